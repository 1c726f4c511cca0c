package io.zonecache.benchmarks.cluster.peer;

import net.rubyeye.xmemcached.transcoders.SerializingTranscoder;

/** Stores byte arrays as they are: xmemcached's own transcoder, without its compression. */
final class RawBytes extends SerializingTranscoder {

    RawBytes() {
        setCompressionThreshold(Integer.MAX_VALUE);
    }
}
