package io.zonecache.storage;

/**
 * What a store takes of the process's memory beyond its hot tier, in bytes at one moment.
 *
 * @param indexBytes of the stripes that are held
 * @param historyBytes of evicted and missed keys whose references are remembered
 * @param memtableBytes written and not on disk yet
 * @param tableBytes what the store's library keeps of files that are open, and of blocks that were read
 */
public record StoreMemory(long indexBytes, long historyBytes, long memtableBytes, long tableBytes) {}
