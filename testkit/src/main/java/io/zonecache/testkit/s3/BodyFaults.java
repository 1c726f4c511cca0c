package io.zonecache.testkit.s3;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Passes S3Proxy's answer on, faithfully or not. */
final class BodyFaults {

    private static final String HTML =
            "<html><head><title>Sign in</title></head><body>Please sign in to the network.</body></html>";

    private BodyFaults() {}

    /** Fails when the connection shall be closed. */
    static Future<Void> pass(HttpClientResponse from, HttpServerRequest request, S3Fault fault) {
        HttpServerResponse to = request.response();
        to.setStatusCode(from.statusCode());
        to.headers().setAll(from.headers());
        if (fault == S3Fault.NONE || from.statusCode() >= 300) {
            if (from.getHeader("Content-Length") == null) {
                to.setChunked(true);
            }
            return from.pipeTo(to);
        }
        return from.body().compose(body -> switch (fault) {
            case WRONG_BYTES -> to.end(flipped(body));
            case TRUNCATED ->
                to.write(body.slice(0, body.length() / 2)).compose(written -> Future.failedFuture("truncated"));
            default -> {
                to.headers().clear();
                yield to.putHeader("Content-Type", "text/html").end(HTML);
            }
        });
    }

    private static Buffer flipped(Buffer body) {
        Buffer wrong = body.copy();
        int middle = wrong.length() / 2;
        return wrong.length() == 0 ? wrong : wrong.setByte(middle, (byte) (wrong.getByte(middle) ^ 1));
    }
}
