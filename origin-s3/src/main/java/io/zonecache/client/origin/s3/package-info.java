/**
 * Chunks in an S3 bucket, and ranges of any object; the only package that knows the AWS SDK.
 *
 * <ol>
 *   <li>{@link io.zonecache.client.origin.s3.S3Origin} takes a call; {@code S3Location} finds bucket and key, {@code S3Requests} makes the request.
 *   <li>The call runs on a thread of the origin's; {@code AbortableHttpClient} lets it be ended early, {@code StaleConnectionClient} sends it again
 *       if its connection was one that the server had closed.
 *   <li>{@code S3Answers} checks what the answer says of the object, {@code S3Reader} reads it.
 *   <li>{@code S3Failures} translates what the SDK throws.
 * </ol>
 *
 * <p>{@code S3Connection} opens the client for all that, as {@code S3Clients} sets it up by {@link io.zonecache.client.origin.s3.S3OriginOptions}.
 */
@NullMarked
package io.zonecache.client.origin.s3;

import org.jspecify.annotations.NullMarked;
