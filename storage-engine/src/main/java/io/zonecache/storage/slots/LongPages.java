package io.zonecache.storage.slots;

import java.util.Arrays;

/** A growing array of {@code long}, zero where never set; growth allocates a page and copies page references only. Not thread-safe. */
public final class LongPages {

    private static final int PAGE_BITS = 10;
    private static final int PAGE = 1 << PAGE_BITS;

    private long[][] pages = new long[0][];

    public long get(int index) {
        int page = index >>> PAGE_BITS;
        return page < pages.length ? pages[page][index & PAGE - 1] : 0;
    }

    public void set(int index, long value) {
        int page = index >>> PAGE_BITS;
        if (page >= pages.length) {
            grow(page);
        }
        pages[page][index & PAGE - 1] = value;
    }

    /** The page of an index that was set, for loops over neighbours. */
    public long[] pageOf(int index) {
        return pages[index >>> PAGE_BITS];
    }

    /** Where the index lies in its page; neighbours up to a multiple of 1,024 follow. */
    public static int offsetOf(int index) {
        return index & PAGE - 1;
    }

    public long memoryBytes() {
        return (long) pages.length * (PAGE * Long.BYTES + 24);
    }

    private void grow(int page) {
        int from = pages.length;
        pages = Arrays.copyOf(pages, page + 1);
        for (int i = from; i <= page; i++) {
            pages[i] = new long[PAGE];
        }
    }
}
