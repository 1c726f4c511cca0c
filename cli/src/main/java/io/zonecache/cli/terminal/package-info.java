/** What a person sees while something works. */
@NullMarked
package io.zonecache.cli.terminal;

import org.jspecify.annotations.NullMarked;
