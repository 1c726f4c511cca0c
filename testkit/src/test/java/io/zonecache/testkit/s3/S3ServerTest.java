package io.zonecache.testkit.s3;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class S3ServerTest extends S3ControlContract {

    @Override
    S3Control start() {
        return S3Server.start(S3Options.defaults());
    }

    @Test
    void shouldSayThatItsPortIsTaken() {
        try (S3Server first = S3Server.start(S3Options.defaults())) {
            int port = first.endpoint().getPort();
            assertThatThrownBy(() -> S3Server.start(S3Options.defaults().withPort(port)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("port " + port);
        }
    }
}
