/**
 * The stripes of a chunk on this node. A GET:
 *
 * <ol>
 *   <li>{@link io.zonecache.server.stripes.StripeReads}: admission, then the store's lookup, on the event loop;
 *   <li>held in memory: the buffer goes into the answer as it is; on disk: a thread of the read queue fetches it first;
 *   <li>a miss tells one reader now and then that its repair is wanted.
 * </ol>
 *
 * A PUT:
 *
 * <ol>
 *   <li>{@link io.zonecache.server.stripes.StripeWrites}: what can be refused is refused before a byte is read;
 *   <li>{@link io.zonecache.server.stripes.RecordAssembler} checks each record as its bytes come, the header first;
 *   <li>a thread of the write queue stores the whole.
 * </ol>
 */
@NullMarked
package io.zonecache.server.stripes;

import org.jspecify.annotations.NullMarked;
