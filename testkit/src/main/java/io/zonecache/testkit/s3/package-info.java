/**
 * A real S3 server that counts what reaches it and can be told to be slow or to fail.
 *
 * <p>What a request goes through:
 *
 * <ol>
 *   <li>{@link io.zonecache.testkit.s3.S3Front} accepts it and counts it ({@link io.zonecache.testkit.s3.S3Counters}); a GET of
 *       an object is in flight from here to its last body byte or its abort;
 *   <li>a fault that is set answers it, or
 *   <li>a GET of an object waits on a timer for a time drawn from {@link io.zonecache.testkit.s3.LatencyModel};
 *   <li>S3Proxy, behind it on loopback, checks the signature and answers; its answer is passed on as it comes.
 * </ol>
 *
 * {@link io.zonecache.testkit.s3.S3Server} runs all that in this process, {@link io.zonecache.testkit.s3.S3Process} in one of its
 * own; both are an {@link io.zonecache.testkit.s3.S3Control}.
 */
@NullMarked
package io.zonecache.testkit.s3;

import org.jspecify.annotations.NullMarked;
