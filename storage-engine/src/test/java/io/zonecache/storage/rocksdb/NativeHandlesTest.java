package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.storage.FastDisk;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.AbstractImmutableNativeReference;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

class NativeHandlesTest {

    @TempDir(factory = FastDisk.class)
    Path data;

    @Test
    void shouldCloseEveryNativeObjectThatAStoreMade() throws RocksDBException, IOException, IllegalAccessException {
        NativeLibrary.load(data);
        int before = NativeHandles.open();
        SegmentDb db = new SegmentDb(data, 1 << 20, 128);
        Segment dropped = db.createSegment(1);
        Segment kept = db.createSegment(2);
        db.dropSegment(dropped);
        List<AbstractImmutableNativeReference> made = new ArrayList<>(List.of(dropped.family(), kept.family()));
        for (Field field : SegmentDb.class.getDeclaredFields()) {
            field.setAccessible(true);
            if (field.get(db) instanceof AbstractImmutableNativeReference handle) {
                made.add(handle);
            }
        }
        assertThat(made).hasSizeGreaterThan(8);
        db.close();
        assertThat(made).noneMatch(AbstractImmutableNativeReference::isOwningHandle);
        assertThat(NativeHandles.open()).isEqualTo(before);
    }

    @Test
    void shouldCloseWhatWasMadeBeforeAnOpenThatFailed() throws IOException {
        NativeLibrary.load(data);
        int before = NativeHandles.open();
        Files.writeString(data.resolve("CURRENT"), "nonsense");
        assertThatThrownBy(() -> new SegmentDb(data, 1 << 20, 128)).isInstanceOf(RocksDBException.class);
        assertThat(NativeHandles.open()).isEqualTo(before);
    }

    @Test
    void shouldCountWhatIsOpenAndCloseOneBeforeTheOthers() throws IOException {
        NativeLibrary.load(data);
        int before = NativeHandles.open();
        try (NativeHandles handles = new NativeHandles()) {
            WriteOptions first = handles.own(new WriteOptions());
            WriteOptions second = handles.own(new WriteOptions());
            assertThat(NativeHandles.open()).isEqualTo(before + 2);
            handles.release(first);
            handles.release(first);
            assertThat(NativeHandles.open()).isEqualTo(before + 1);
            assertThat(first.isOwningHandle()).isFalse();
            assertThat(second.isOwningHandle()).isTrue();
        }
        assertThat(NativeHandles.open()).isEqualTo(before);
    }
}
