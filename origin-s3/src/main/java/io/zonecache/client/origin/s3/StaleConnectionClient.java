package io.zonecache.client.origin.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/**
 * Sends a request once more, over a new connection, when its connection was a kept one which the server had closed: no fault of the origin, and no
 * attempt of the caller's. The SDK's client only looks at connections that were idle for two seconds, and servers may close them earlier.
 */
final class StaleConnectionClient implements SdkHttpClient {

    private final SdkHttpClient keeping;
    private final SdkHttpClient keepingNone;
    private final NewConnections newConnections;

    /**
     * A client that wraps two others, and closes them.
     *
     * @param keeping keeps connections
     * @param keepingNone uses no connection twice
     * @param newConnections looks up the hosts of both
     */
    StaleConnectionClient(SdkHttpClient keeping, SdkHttpClient keepingNone, NewConnections newConnections) {
        this.keeping = keeping;
        this.keepingNone = keepingNone;
        this.newConnections = newConnections;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new Exchange(request);
    }

    @Override
    public String clientName() {
        return keeping.clientName();
    }

    @Override
    public void close() {
        try {
            keeping.close();
        } finally {
            keepingNone.close();
        }
    }

    /** One request, sent once, or twice if it has met a stale connection. Thread-safe. */
    private final class Exchange implements ExecutableHttpRequest {

        private final HttpExecuteRequest request;
        private ExecutableHttpRequest attempt;
        private boolean aborted;

        Exchange(HttpExecuteRequest request) {
            this.request = request;
            this.attempt = keeping.prepareRequest(request);
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            newConnections.forget();
            try {
                return current().call();
            } catch (IOException e) {
                ExecutableHttpRequest next = isStale(e) ? again() : null;
                if (next == null) {
                    throw e;
                }
                return next.call();
            } finally {
                newConnections.forget();
            }
        }

        /** Timeouts and aborts are {@link InterruptedIOException}s, answers that are no HTTP {@link ClientProtocolException}s. */
        private boolean isStale(IOException failure) {
            return !(failure instanceof InterruptedIOException)
                    && !(failure instanceof ClientProtocolException)
                    && !newConnections.isMade()
                    && !Thread.currentThread().isInterrupted();
        }

        private synchronized ExecutableHttpRequest current() {
            return attempt;
        }

        /** Null after an abort. */
        private synchronized @Nullable ExecutableHttpRequest again() {
            if (aborted) {
                return null;
            }
            attempt = keepingNone.prepareRequest(HttpExecuteRequest.builder()
                    .request(request.httpRequest().toBuilder()
                            .putHeader("Connection", "close")
                            .build())
                    .contentStreamProvider(request.contentStreamProvider().orElse(null))
                    .metricCollector(request.metricCollector().orElse(null))
                    .build());
            return attempt;
        }

        @Override
        public void abort() {
            ExecutableHttpRequest last;
            synchronized (this) {
                aborted = true;
                last = attempt;
            }
            last.abort();
        }
    }
}
