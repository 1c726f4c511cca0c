/**
 * Arrays that grow without being copied, and the table from chunk key to slot: what keeps an entry at tens of bytes.
 *
 * <p>A slot is a small number that stands for a chunk key as long as anything is known of it; all that is known lies in arrays at
 * that number.
 */
@NullMarked
package io.zonecache.storage.slots;

import org.jspecify.annotations.NullMarked;
