package io.zonecache.client.origin.s3;

import org.jspecify.annotations.Nullable;

/** What a request needs to be allowed. */
enum S3Action {
    READ("s3:GetObject for the object, and s3:ListBucket, without which S3 answers so for one that does not exist"),
    READ_VERSION("s3:GetObjectVersion for the object, and s3:ListBucketVersions, without which S3 answers so for one"
            + " that does not exist"),
    WRITE("s3:PutObject for the object");

    private final String permissions;

    S3Action(String permissions) {
        this.permissions = permissions;
    }

    /** A read of the version; of the current one, if there is none. */
    static S3Action read(@Nullable String versionId) {
        return versionId == null ? READ : READ_VERSION;
    }

    /** For messages: what the credentials may lack. */
    String permissions() {
        return permissions;
    }
}
