/**
 * Files over many chunks, on top of {@link io.zonecache.client.ZoneCache}:
 *
 * <ol>
 *   <li>a {@link io.zonecache.client.file.ChunkFile} knows which chunk holds which bytes, whether it is a list of chunks or an object read in
 *       ranges;
 *   <li>a channel or stream of it requests chunks ahead of its reader, within a bound in bytes;
 *   <li>bytes are copied into the reader's buffer, once.
 * </ol>
 *
 * Rationale: docs/decisions/0013-files-over-chunks.md.
 */
@NullMarked
package io.zonecache.client.file;

import org.jspecify.annotations.NullMarked;
