package io.zonecache.model;

import org.jspecify.annotations.Nullable;

/** A failure with a stable code; the detail names the value found and what was expected. A subclass may say more, never otherwise. */
public class CacheException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final CacheErrorCode code;

    public CacheException(CacheErrorCode code, String detail) {
        this(code, detail, null);
    }

    public CacheException(CacheErrorCode code, String detail, @Nullable Throwable cause) {
        super(code + ": " + detail, cause);
        this.code = code;
    }

    public CacheErrorCode code() {
        return code;
    }

    /** The message without the code in front. */
    public String detail() {
        String message = String.valueOf(getMessage());
        return message.substring(code.name().length() + 2);
    }
}
