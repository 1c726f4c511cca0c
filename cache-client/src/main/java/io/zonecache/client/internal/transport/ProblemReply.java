package io.zonecache.client.internal.transport;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.zonecache.model.CacheErrorCode;
import org.jspecify.annotations.Nullable;

/** A node's error answer. */
record ProblemReply(int status, @Nullable CacheErrorCode code, String detail, long retryAfterMillis) {

    static final int MAX_BODY_BYTES = 64 * 1024;

    private static final int MAX_DETAIL_CHARS = 500;

    static ProblemReply of(HttpClientResponse response, Buffer body) {
        long retryAfterMillis = retryAfterMillis(response.getHeader(HttpHeaders.RETRY_AFTER));
        try {
            JsonObject problem = new JsonObject(body);
            String detail = problem.getString("detail");
            return new ProblemReply(
                    response.statusCode(),
                    code(problem.getString("code")),
                    detail == null ? "status " + response.statusCode() + ", no detail" : shorten(detail),
                    retryAfterMillis);
        } catch (DecodeException | ClassCastException e) {
            return new ProblemReply(
                    response.statusCode(),
                    null,
                    "status " + response.statusCode() + ", no problem+json",
                    retryAfterMillis);
        }
    }

    boolean is(CacheErrorCode expected) {
        return code == expected && status == expected.status();
    }

    /** The code, or the given one if the answer is not a node's. */
    CacheErrorCode codeOr(CacheErrorCode unknown) {
        return code == null ? unknown : code;
    }

    String text() {
        return code == null ? detail : code + ": " + detail;
    }

    private static @Nullable CacheErrorCode code(@Nullable String name) {
        for (CacheErrorCode code : CacheErrorCode.values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        return null;
    }

    private static long retryAfterMillis(@Nullable String seconds) {
        try {
            return seconds == null ? 0 : Math.max(0, Math.min(3_600, Long.parseLong(seconds.trim()))) * 1_000;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String shorten(String text) {
        return text.length() <= MAX_DETAIL_CHARS ? text : text.substring(0, MAX_DETAIL_CHARS);
    }
}
