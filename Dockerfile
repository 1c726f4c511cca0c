# One node: cache-server and what it needs. `dev/image` stages the jars and builds this, also where no image registry answers.
# The base holds a Java 25 runtime, bash, coreutils, awk, grep, sed and libstdc++.
ARG BASE=eclipse-temurin:25-jre
FROM ${BASE}

# Libraries change seldom, so they have a layer of their own.
COPY cache-server/target/image/libraries/ /opt/zonecache/lib/
COPY cache-server/target/image/node/ /opt/zonecache/
RUN ["/opt/zonecache/bin/train.sh"]
COPY cache-server/target/image/version /opt/zonecache/version

# Everything that a node writes: its data directory and temporary files. The root may be read-only.
COPY --chown=10001:10001 cache-server/target/image/data/ /data/
VOLUME /data

# File names are UTF-8. The C library would keep much of what RocksDB frees.
ENV LC_ALL=C.UTF-8
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=1048576

ARG VERSION=unknown
LABEL org.opencontainers.image.title="zonecache node" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"

USER 10001:10001
WORKDIR /data
EXPOSE 7400 7401 5701
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["/opt/zonecache/bin/health.sh"]
ENTRYPOINT ["/opt/zonecache/bin/entrypoint.sh"]
