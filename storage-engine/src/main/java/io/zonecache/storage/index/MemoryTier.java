package io.zonecache.storage.index;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A buffer for each slot, or none. Owns one reference to each; answers are retained duplicates. Not thread-safe. */
public final class MemoryTier {

    private static final int PAGE_BITS = 10;
    private static final int PAGE = 1 << PAGE_BITS;

    private @Nullable ByteBuf[][] pages = new ByteBuf[0][];

    /** A duplicate that the caller releases, or null. */
    public @Nullable ByteBuf get(int slot) {
        ByteBuf buffer = peek(slot);
        return buffer == null ? null : buffer.retainedDuplicate();
    }

    @Nullable
    ByteBuf peek(int slot) {
        int page = slot >>> PAGE_BITS;
        return page < pages.length ? pages[page][slot & PAGE - 1] : null;
    }

    /** The caller's reference becomes the tier's; whatever was there is released. */
    public void set(int slot, ByteBuf buffer) {
        int page = slot >>> PAGE_BITS;
        if (page >= pages.length) {
            int from = pages.length;
            pages = Arrays.copyOf(pages, page + 1);
            for (int i = from; i <= page; i++) {
                pages[i] = new ByteBuf[PAGE];
            }
        }
        drop(slot);
        pages[page][slot & PAGE - 1] = buffer;
    }

    public void drop(int slot) {
        ByteBuf buffer = peek(slot);
        if (buffer != null) {
            pages[slot >>> PAGE_BITS][slot & PAGE - 1] = null;
            buffer.release();
        }
    }

    public void releaseAll() {
        for (ByteBuf[] page : pages) {
            for (ByteBuf buffer : page) {
                if (buffer != null) {
                    buffer.release();
                }
            }
        }
        pages = new ByteBuf[0][];
    }

    public long memoryBytes() {
        return (long) pages.length * (PAGE * 4 + 24);
    }
}
