package io.zonecache.client.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LocalFailureLogTest {

    private long nowNanos = Long.MAX_VALUE - 1;
    private final ListAppender<ILoggingEvent> events = new ListAppender<>();
    private final LocalFailureLog log = new LocalFailureLog(logger(), () -> nowNanos);

    @Test
    void shouldWarnOnceInTenSecondsAndCountTheOthers() {
        OutOfMemoryError failure = new OutOfMemoryError("Direct buffer memory");
        for (int i = 0; i < 1_000; i++) {
            log.log("127.0.0.1:7400", failure);
        }
        nowNanos += TimeUnit.SECONDS.toNanos(10);
        log.log("127.0.0.1:7400", failure);

        List<ILoggingEvent> warnings = events.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .toList();
        assertThat(warnings)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "request to 127.0.0.1:7400 failed in the client; 0 more such failures since the last warning",
                        "request to 127.0.0.1:7400 failed in the client; 999 more such failures since the last warning");
        assertThat(warnings.get(0).getThrowableProxy().getMessage()).isEqualTo("Direct buffer memory");
        assertThat(events.list).hasSize(1_001);
    }

    private Logger logger() {
        Logger logger = new LoggerContext().getLogger(LocalFailureLog.class);
        logger.setLevel(Level.DEBUG);
        events.start();
        logger.addAppender(events);
        return logger;
    }
}
