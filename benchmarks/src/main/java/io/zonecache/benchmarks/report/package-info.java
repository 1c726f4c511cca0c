/** What measurements amount to: numbers of several runs in rows, with what is aimed at. */
@NullMarked
package io.zonecache.benchmarks.report;

import org.jspecify.annotations.NullMarked;
