package io.zonecache.client.internal.observe;

import java.util.regex.Pattern;

/** Checks the header {@code traceparent} of W3C Trace Context, https://www.w3.org/TR/trace-context/#traceparent-header. */
final class Traceparent {

    /** Version, trace, parent and flags; versions later than 00 may add more, in characters that a header may hold. */
    private static final Pattern FORM = Pattern.compile(
            "(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}((?<!^00.{53})-[\\x21-\\x7e]{0,200})?");

    private Traceparent() {}

    static boolean isValid(String value) {
        return FORM.matcher(value).matches();
    }
}
