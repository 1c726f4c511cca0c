package io.zonecache.storage.slots;

import java.util.Arrays;

/**
 * A growing array of rows of so many {@code long} each, zero where never set; a row lies within one page. Growth allocates a page and
 * copies page references only. Not thread-safe.
 */
public final class LongRows {

    private static final int PAGE_BITS = 10;
    private static final int ROWS = 1 << PAGE_BITS;

    private final int width;
    private long[][] pages = new long[0][];

    public LongRows(int width) {
        this.width = width;
    }

    public long get(int row, int column) {
        int page = row >>> PAGE_BITS;
        return page < pages.length ? pages[page][offsetOf(row) + column] : 0;
    }

    /** The page of a row, to read and write at {@link #offsetOf}. */
    public long[] pageOf(int row) {
        int page = row >>> PAGE_BITS;
        if (page >= pages.length) {
            grow(page);
        }
        return pages[page];
    }

    public int offsetOf(int row) {
        return (row & ROWS - 1) * width;
    }

    public long memoryBytes() {
        return (long) pages.length * (ROWS * width * Long.BYTES + 24);
    }

    private void grow(int page) {
        int from = pages.length;
        pages = Arrays.copyOf(pages, page + 1);
        for (int i = from; i <= page; i++) {
            pages[i] = new long[ROWS * width];
        }
    }
}
