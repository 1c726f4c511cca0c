package io.zonecache.storage.rocksdb;

import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Tells bytes that are not what was written from every other failure. Only what is proven corrupt is ever discarded: a disk that
 * cannot be read now, a process without descriptors or rights, or a fault in the program proves nothing about what is stored.
 */
final class Corruption {

    private Corruption() {}

    static boolean isProven(@Nullable Throwable failure) {
        return failure instanceof RocksDBException rocks
                && rocks.getStatus() != null
                && rocks.getStatus().getCode() == Status.Code.Corruption;
    }

    static RocksDBException of(String what) {
        return new RocksDBException(what, new Status(Status.Code.Corruption, Status.SubCode.None, what));
    }
}
