package io.zonecache.client.origin.s3;

import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Obtains the credentials of an origin's requests. The time that takes is no silence of S3, and a failure is this client's own.
 *
 * @param provider asked for each request
 * @param isOwned whether it is closed with the SDK's client, which closes what it was given
 */
record OriginCredentials(AwsCredentialsProvider provider, boolean isOwned)
        implements AwsCredentialsProvider, SdkAutoCloseable {

    /** @throws CredentialsException if there are none */
    @Override
    public AwsCredentials resolveCredentials() {
        try {
            return AbortableHttpClient.obtain("credentials", provider::resolveCredentials);
        } catch (RuntimeException e) {
            throw new CredentialsException(e);
        }
    }

    @Override
    public void close() {
        if (isOwned && provider instanceof SdkAutoCloseable closeable) {
            closeable.close();
        }
    }
}
