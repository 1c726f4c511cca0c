package io.zonecache.client.origin.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.Function;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/**
 * Sends a request again when its connection was a kept one which the server had closed: no fault of the origin, and no attempt of the caller's.
 * The client below only looks at connections that were idle for two seconds, and servers may close them earlier.
 */
final class StaleConnectionClient implements SdkHttpClient {

    private final SdkHttpClient delegate;
    private final NewConnections newConnections = new NewConnections();
    private final int maxConnections;

    /**
     * A client that wraps another.
     *
     * @param maxConnections of the other: no more can be stale at once
     * @param open the other, given what is to look up its hosts
     */
    StaleConnectionClient(int maxConnections, Function<DnsResolver, SdkHttpClient> open) {
        this.maxConnections = maxConnections;
        this.delegate = open.apply(newConnections);
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new Exchange(request);
    }

    @Override
    public String clientName() {
        return delegate.clientName();
    }

    @Override
    public void close() {
        delegate.close();
    }

    /** Knows whether this thread has made a connection: hosts are looked up for each new one, on the thread that sends the request. */
    private static final class NewConnections extends SystemDefaultDnsResolver {

        private final ThreadLocal<Boolean> made = new ThreadLocal<>();

        void forget() {
            made.remove();
        }

        boolean isMade() {
            return made.get() != null;
        }

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            made.set(true);
            return super.resolve(host);
        }
    }

    /** One request, sent as often as it meets a stale connection. Thread-safe. */
    private final class Exchange implements ExecutableHttpRequest {

        private final HttpExecuteRequest request;
        private ExecutableHttpRequest attempt;
        private boolean aborted;

        Exchange(HttpExecuteRequest request) {
            this.request = request;
            this.attempt = delegate.prepareRequest(request);
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            ExecutableHttpRequest current = current();
            for (int stale = 0; ; stale++) {
                newConnections.forget();
                try {
                    return current.call();
                } catch (IOException e) {
                    ExecutableHttpRequest next = stale < maxConnections && isStale(e) ? again() : null;
                    if (next == null) {
                        throw e;
                    }
                    current = next;
                } finally {
                    newConnections.forget();
                }
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
            attempt = delegate.prepareRequest(request);
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
