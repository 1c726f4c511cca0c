package io.zonecache.server.http;

import io.zonecache.model.Protocol;
import java.util.Set;

/**
 * A path of the data plane, read exactly: no decoding, no empty or trailing segments, so that two spellings never name one thing.
 *
 * @param key text in the key's place, unchecked; empty where the path has none
 * @param lease text in the lease's place, empty where the path has none
 */
public record Route(Resource resource, String key, String lease) {

    /** What paths name, with the methods each answers. */
    public enum Resource {
        STRIPES("DELETE", "GET", "HEAD", "PUT"),
        LEASES("POST"),
        LEASE("DELETE"),
        VIEW("GET"),
        PURGES("GET"),
        NONE();

        @SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable, which its type doesn't say
        private final Set<String> methods;

        private final String allow;

        Resource(String... methods) {
            this.methods = Set.of(methods);
            this.allow = String.join(", ", methods);
        }

        public boolean answers(String method) {
            return methods.contains(method);
        }

        /** As in an {@code Allow} header. */
        public String allow() {
            return allow;
        }
    }

    private static final Route VIEW = new Route(Resource.VIEW, "", "");
    private static final Route PURGES = new Route(Resource.PURGES, "", "");
    private static final Route NONE = new Route(Resource.NONE, "", "");
    private static final String STRIPES_SUFFIX = '/' + Protocol.STRIPES;
    private static final String LEASE_SUFFIX = '/' + Protocol.LEASE;

    public static Route parse(String path) {
        if (path.equals(Protocol.VIEW_PATH)) {
            return VIEW;
        }
        if (path.equals(Protocol.PURGES_PATH)) {
            return PURGES;
        }
        if (!path.startsWith(Protocol.CHUNKS_PATH)) {
            return NONE;
        }
        int keyFrom = Protocol.CHUNKS_PATH.length();
        int keyEnd = path.indexOf('/', keyFrom);
        if (keyEnd <= keyFrom) {
            return NONE;
        }
        String key = path.substring(keyFrom, keyEnd);
        String rest = path.substring(keyEnd);
        if (rest.equals(STRIPES_SUFFIX)) {
            return new Route(Resource.STRIPES, key, "");
        }
        if (rest.equals(LEASE_SUFFIX)) {
            return new Route(Resource.LEASES, key, "");
        }
        if (rest.startsWith(LEASE_SUFFIX + '/')) {
            String lease = rest.substring(LEASE_SUFFIX.length() + 1);
            return lease.isEmpty() || lease.indexOf('/') >= 0 ? NONE : new Route(Resource.LEASE, key, lease);
        }
        return NONE;
    }
}
