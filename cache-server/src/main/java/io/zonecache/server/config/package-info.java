/**
 * What a node is told at start.
 *
 * <ol>
 *   <li>{@link io.zonecache.server.config.Setting} lists every setting once;
 *   <li>{@link io.zonecache.server.config.NodeConfigReader} merges file, environment and flags and checks them all;
 *   <li>{@link io.zonecache.server.config.NodeConfig} is the typed result, with
 *       {@link io.zonecache.server.config.MemorySplit} and {@link io.zonecache.server.config.Limits} in it.
 * </ol>
 */
@NullMarked
package io.zonecache.server.config;

import org.jspecify.annotations.NullMarked;
