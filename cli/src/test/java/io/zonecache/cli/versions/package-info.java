/**
 * Two builds of the product in one zone, as during a rolling upgrade. Run by {@code dev/mixed-versions}.
 *
 * <ol>
 *   <li>{@link io.zonecache.cli.versions.MixedVersionsCheck} takes a zone from the other build to this one, and stops half way to let both
 *       builds' clients and commands work with each other's nodes and chunks;
 *   <li>{@link io.zonecache.cli.versions.UpgradedZone} has the nodes and an S3 server that counts;
 *   <li>{@link io.zonecache.cli.versions.VersionClientMain} is a client, compiled here and run on either build's class path.
 * </ol>
 */
@NullMarked
package io.zonecache.cli.versions;

import org.jspecify.annotations.NullMarked;
