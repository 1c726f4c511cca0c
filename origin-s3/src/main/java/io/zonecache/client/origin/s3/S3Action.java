package io.zonecache.client.origin.s3;

import org.jspecify.annotations.Nullable;

/** What a request needs to be allowed. */
enum S3Action {
    READ(S3Action.TO_READ, true),
    READ_VERSION(S3Action.TO_READ_VERSION, true),
    STAT(S3Action.TO_READ, false),
    STAT_VERSION(S3Action.TO_READ_VERSION, false),
    WRITE("s3:PutObject for the object", true);

    private static final String TO_READ =
            "s3:GetObject for the object, and s3:ListBucket, without which S3 answers the same for one that does not exist";
    private static final String TO_READ_VERSION =
            "s3:GetObjectVersion for the object, and s3:ListBucketVersions, without which S3 answers the same for one"
                    + " that does not exist";

    private final String permissions;
    private final boolean hasBody;

    S3Action(String permissions, boolean hasBody) {
        this.permissions = permissions;
        this.hasBody = hasBody;
    }

    /** A read of the version; of the current one, if there is none. */
    static S3Action read(@Nullable String versionId) {
        return versionId == null ? READ : READ_VERSION;
    }

    /** A request for the state of the version; of the current one, if there is none. */
    static S3Action stat(@Nullable String versionId) {
        return versionId == null ? STAT : STAT_VERSION;
    }

    /** Whether an error's answer has a body, and so a code. */
    boolean hasBody() {
        return hasBody;
    }

    /** For messages: what the credentials may lack. */
    String permissions() {
        return permissions;
    }
}
