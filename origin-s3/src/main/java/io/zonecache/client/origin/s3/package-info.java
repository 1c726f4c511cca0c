/** Chunks in an S3 bucket; the only package that knows the AWS SDK. */
@NullMarked
package io.zonecache.client.origin.s3;

import org.jspecify.annotations.NullMarked;
