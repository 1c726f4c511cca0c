package io.zonecache.storage.slots;

import java.util.Arrays;

/** A growing array of {@code int}, zero where never set; growth allocates a page and copies page references only. Not thread-safe. */
public final class IntPages {

    private static final int PAGE_BITS = 10;
    private static final int PAGE = 1 << PAGE_BITS;

    private int[][] pages = new int[0][];

    public int get(int index) {
        int page = index >>> PAGE_BITS;
        return page < pages.length ? pages[page][index & PAGE - 1] : 0;
    }

    public void set(int index, int value) {
        int page = index >>> PAGE_BITS;
        if (page >= pages.length) {
            grow(page);
        }
        pages[page][index & PAGE - 1] = value;
    }

    public long memoryBytes() {
        return (long) pages.length * (PAGE * Integer.BYTES + 24);
    }

    private void grow(int page) {
        int from = pages.length;
        pages = Arrays.copyOf(pages, page + 1);
        for (int i = from; i <= page; i++) {
            pages[i] = new int[PAGE];
        }
    }
}
