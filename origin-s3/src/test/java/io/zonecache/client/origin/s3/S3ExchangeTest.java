package io.zonecache.client.origin.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.ClientProtocolException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;

/** When a request is sent again. */
final class S3ExchangeTest {

    /** What happens when a request is sent. */
    @FunctionalInterface
    private interface Sending {
        void run() throws IOException;
    }

    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger aborts = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final NewConnections newConnections = new NewConnections();
    private volatile Sending sending = () -> {
        throw new IOException("closed");
    };
    private final StaleConnectionClient client =
            new StaleConnectionClient(new Delegate(), new Delegate(), newConnections);
    private final ExecutableHttpRequest exchange = client.prepareRequest(HttpExecuteRequest.builder()
            .request(SdkHttpFullRequest.builder()
                    .method(SdkHttpMethod.GET)
                    .protocol("http")
                    .host("localhost")
                    .encodedPath("/")
                    .build())
            .build());

    private final class Delegate implements SdkHttpClient {

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            return new ExecutableHttpRequest() {
                @Override
                public HttpExecuteResponse call() throws IOException {
                    calls.incrementAndGet();
                    sending.run();
                    return HttpExecuteResponse.builder().build();
                }

                @Override
                public void abort() {
                    aborts.incrementAndGet();
                }
            };
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    @AfterEach
    void clearInterrupt() {
        boolean unused = Thread.interrupted();
    }

    private void shouldFailAfter(int expectedCalls) {
        assertThatThrownBy(exchange::call).isInstanceOf(IOException.class);
        assertThat(calls).hasValue(expectedCalls);
    }

    @Test
    void shouldEndWhenTheNewConnectionIsClosedToo() {
        shouldFailAfter(2);
    }

    @Test
    void shouldCloseBothClients() {
        client.close();
        assertThat(closed).hasValue(2);
    }

    @Test
    void shouldSucceedOverANewConnection() throws Exception {
        sending = () -> {
            if (calls.get() < 2) {
                throw new IOException("closed");
            }
        };
        exchange.call();
        assertThat(calls).hasValue(2);
    }

    @Test
    void shouldNotSendAgainWhatFailedOverANewConnection() {
        sending = () -> {
            newConnections.resolve("localhost");
            throw new IOException("closed");
        };
        shouldFailAfter(1);
    }

    @Test
    void shouldNotSendAgainWhatHasTimedOut() {
        sending = () -> {
            throw new SocketTimeoutException("silent");
        };
        shouldFailAfter(1);
    }

    @Test
    void shouldNotSendAgainWhatWasAnswered() {
        sending = () -> {
            throw new ClientProtocolException("no HTTP");
        };
        shouldFailAfter(1);
    }

    @Test
    void shouldNotSendAgainWhatWasAborted() {
        sending = () -> {
            exchange.abort();
            throw new IOException("closed");
        };
        shouldFailAfter(1);
        assertThat(aborts).hasValue(1);
    }

    @Test
    void shouldNotSendAgainOnAnInterruptedThread() {
        sending = () -> {
            Thread.currentThread().interrupt();
            throw new IOException("closed");
        };
        shouldFailAfter(1);
    }

    @Test
    void shouldAbortTheRequestThatIsUnderWay() throws Exception {
        sending = () -> {
            if (calls.get() < 2) {
                throw new IOException("closed");
            }
            exchange.abort();
        };
        exchange.call();
        assertThat(aborts).hasValue(1);
    }
}
