package io.zonecache.membership.hazelcast;

import com.hazelcast.logging.AbstractLogger;
import com.hazelcast.logging.ILogger;
import com.hazelcast.logging.LogEvent;
import com.hazelcast.logging.LoggerFactorySupport;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hazelcast's log in ours, a level lower: what it informs of is detail here, since membership logs each change of the zone itself.
 * Hazelcast makes it by name.
 */
public final class TamedLogging extends LoggerFactorySupport {

    static final String PROPERTY = "hazelcast.logging.class";

    /** For the few lines that Hazelcast logs before it reads a configuration. */
    static void install() {
        if (System.getProperty(PROPERTY) == null && System.getProperty("hazelcast.logging.type") == null) {
            System.setProperty(PROPERTY, TamedLogging.class.getName());
        }
    }

    @Override
    protected ILogger createLogger(String name) {
        return new Tamed(LoggerFactory.getLogger(name));
    }

    private static final class Tamed extends AbstractLogger {

        private final Logger logger;

        Tamed(Logger logger) {
            this.logger = logger;
        }

        @Override
        public void log(Level level, String message) {
            log(level, message, null);
        }

        @Override
        public void log(Level level, String message, @Nullable Throwable thrown) {
            if (level.intValue() >= Level.SEVERE.intValue()) {
                logger.warn(message, thrown);
            } else if (level.intValue() >= Level.WARNING.intValue()) {
                // Mostly connections that ended, with a stack trace for each.
                logger.info(message, logger.isDebugEnabled() ? thrown : null);
            } else if (level.intValue() >= Level.INFO.intValue()) {
                logger.debug(message, thrown);
            } else {
                logger.trace(message, thrown);
            }
        }

        /** Abstract as long as Hazelcast keeps it. */
        @Override
        @SuppressWarnings("removal")
        public void log(LogEvent event) {
            log(
                    event.getLogRecord().getLevel(),
                    event.getLogRecord().getMessage(),
                    event.getLogRecord().getThrown());
        }

        @Override
        public Level getLevel() {
            if (logger.isTraceEnabled()) {
                return Level.FINEST;
            }
            if (logger.isDebugEnabled()) {
                return Level.INFO;
            }
            return logger.isInfoEnabled() ? Level.WARNING : Level.SEVERE;
        }

        @Override
        public boolean isLoggable(Level level) {
            return !level.equals(Level.OFF) && level.intValue() >= getLevel().intValue();
        }
    }
}
