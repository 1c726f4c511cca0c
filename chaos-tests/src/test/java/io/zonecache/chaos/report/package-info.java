/** What happened when, as figures for each second, as a table and as a picture. */
@NullMarked
package io.zonecache.chaos.report;

import org.jspecify.annotations.NullMarked;
