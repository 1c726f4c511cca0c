/**
 * Where commands write: {@link io.zonecache.cli.output.StandardOutput}, and what an option names as
 * {@link io.zonecache.cli.output.OutputFile}. Both throw {@link io.zonecache.cli.output.OutputException}, so that no command ends with
 * success after output that was lost.
 */
@NullMarked
package io.zonecache.cli.output;

import org.jspecify.annotations.NullMarked;
