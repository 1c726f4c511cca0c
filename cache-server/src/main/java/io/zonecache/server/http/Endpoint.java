package io.zonecache.server.http;

/** Answers requests for one resource. Called on an event loop, and must not block it. */
@FunctionalInterface
public interface Endpoint {

    /** @throws io.zonecache.model.CacheException to answer with that problem */
    void handle(Exchange exchange, Route route);
}
