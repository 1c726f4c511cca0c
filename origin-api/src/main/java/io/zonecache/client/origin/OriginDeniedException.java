package io.zonecache.client.origin;

import org.jspecify.annotations.Nullable;

/** The origin denies this client what it asks for, and may grant it to another one: rights are missing, or the credentials are not valid. */
public final class OriginDeniedException extends OriginRefusedException {

    private static final long serialVersionUID = 1L;

    /**
     * A denial.
     *
     * @param detail what came, what was expected, and which right is missing as far as is known
     * @param cause null if there is none
     */
    public OriginDeniedException(String detail, @Nullable Throwable cause) {
        super(detail, cause);
    }
}
