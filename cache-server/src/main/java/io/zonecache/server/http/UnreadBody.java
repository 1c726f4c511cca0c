package io.zonecache.server.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.zonecache.server.config.Limits;

/**
 * The rest of a body whose request has been answered already. It is read and thrown away, so that the connection stays usable and the
 * answer isn't lost to a reset, but neither without end nor without progress.
 */
final class UnreadBody {

    /** How long a client may take to read an answer that comes with the connection's end. */
    private static final long LINGER_MILLIS = 500;

    private UnreadBody() {}

    static boolean isHttp1(HttpServerRequest request) {
        HttpVersion version = request.version();
        return version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0;
    }

    static void discard(HttpServerRequest request, Serving serving) {
        if (request.isEnded() || !hasBody(request)) {
            return;
        }
        long timer = serving.vertx().setTimer(serving.limits().bodyStallMillis(), id -> end(request));
        long[] discardedBytes = {0};
        request.exceptionHandler(e -> serving.vertx().cancelTimer(timer));
        request.endHandler(ended -> serving.vertx().cancelTimer(timer));
        request.handler(bytes -> {
            discardedBytes[0] += bytes.length();
            if (discardedBytes[0] > Limits.MAX_BODY_BYTES) {
                request.pause();
            }
        });
        request.resume();
    }

    /** Closes the connection after a moment for the answer to be read. */
    static void close(HttpServerRequest request, Serving serving) {
        serving.vertx().setTimer(LINGER_MILLIS, id -> end(request));
    }

    private static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            return !length.equals("0");
        }
        return !isHttp1(request) || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    private static void end(HttpServerRequest request) {
        if (isHttp1(request)) {
            request.connection().close();
        } else {
            request.response().reset();
        }
    }
}
