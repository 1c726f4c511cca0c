/**
 * The operator's port, never exposed to workers: health, figures, events, the dashboard, and a few changes behind a token.
 */
@NullMarked
package io.zonecache.server.admin;

import org.jspecify.annotations.NullMarked;
