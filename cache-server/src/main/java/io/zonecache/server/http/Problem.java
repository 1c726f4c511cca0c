package io.zonecache.server.http;

import io.vertx.core.json.JsonObject;
import io.zonecache.model.CacheErrorCode;
import java.util.Locale;

/** An error as {@code application/problem+json} (RFC 9457) tells it. */
public final class Problem {

    private Problem() {}

    /** @param detail names the value and what was expected */
    public static String json(CacheErrorCode code, int status, String detail) {
        String title = code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return new JsonObject()
                .put("type", "about:blank")
                .put("title", title)
                .put("status", status)
                .put("code", code.name())
                .put("detail", detail)
                .encode();
    }
}
