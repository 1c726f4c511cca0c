package io.zonecache.client.internal.view;

import io.zonecache.model.EncodedView;
import io.zonecache.model.Placement;
import io.zonecache.model.ZoneView;

/** A view with the placement that follows from it. */
public record KnownView(EncodedView encoded, Placement placement) {

    static KnownView of(EncodedView encoded) {
        return new KnownView(encoded, new Placement(encoded.view()));
    }

    public ZoneView view() {
        return encoded.view();
    }
}
