package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.OriginThreads.Call;
import java.util.function.Supplier;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;

/**
 * Lets a call's HTTP exchange be ended early: a thread that reads from a socket does not react to an interrupt, and an abandoned origin call must
 * not stay in flight.
 */
final class AbortableHttpClient implements SdkHttpClient {

    private static final ThreadLocal<Call> CURRENT = new ThreadLocal<>();

    private final SdkHttpClient delegate;

    AbortableHttpClient(SdkHttpClient delegate) {
        this.delegate = delegate;
    }

    /** Ties the exchanges that this thread starts from here on to a call. */
    static void begin(Call call) {
        CURRENT.set(call);
    }

    static void end() {
        CURRENT.remove();
    }

    /** Obtains something for this thread's call, if there is one, which is not silent meanwhile. */
    static <T> T obtain(String resource, Supplier<T> work) {
        Call call = CURRENT.get();
        return call == null ? work.get() : call.obtain(resource, work);
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        ExecutableHttpRequest prepared = delegate.prepareRequest(request);
        Call call = CURRENT.get();
        if (call != null) {
            call.onAbort(prepared::abort);
        }
        return prepared;
    }

    @Override
    public String clientName() {
        return delegate.clientName();
    }

    @Override
    public void close() {
        delegate.close();
    }
}
