package io.zonecache.cli.demo.worker;

import java.util.List;

/**
 * What a worker is started with, as its one argument.
 *
 * @param nodes data addresses to find the zone by
 * @param origin {@code s3://bucket/prefix}; credentials are in the environment, as the SDK wants them
 * @param keysFile one key a line
 * @param warmUpKeys chunks that the worker reads before it says that it is ready: a program that has only just begun is slow, which is
 *     nothing to measure a cache by
 * @param deadlineMillis of each read
 */
public record WorkerSetup(
        List<String> nodes,
        String origin,
        String s3Endpoint,
        String keysFile,
        List<String> warmUpKeys,
        long seed,
        int inFlight,
        long deadlineMillis) {}
