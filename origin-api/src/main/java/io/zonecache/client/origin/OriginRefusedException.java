package io.zonecache.client.origin;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * An {@code ORIGIN_FAILED} that another attempt would only repeat: access is denied ({@link OriginDeniedException}), the bucket does not exist, the
 * object has a length that no chunk has, or wrong bytes came twice.
 */
public class OriginRefusedException extends CacheException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure that is not retried.
     *
     * @param detail what came and what was expected
     * @param cause null if there is none
     */
    public OriginRefusedException(String detail, @Nullable Throwable cause) {
        super(CacheErrorCode.ORIGIN_FAILED, detail, cause);
    }
}
