#!/bin/bash
# Run while the image is built: starts a node once, so that the JVM leaves its loaded and linked classes in a cache (JEP 483, 514), and
# RocksDB's native library is unpacked, for which a full volume would have no room.
# A start from it takes half the CPU time, and six nodes can start at once on two cores.
set -euo pipefail

home=/opt/zonecache
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
jvm_options=$("$home/bin/jvm-options.sh" 256MiB)
read -r -a options <<< "$jvm_options"

# A second peer that never answers: alone, the node would not load its membership.
mkdir "$home/native"
java "${options[@]}" -XX:AOTCacheOutput="$home/node.aot" -Djava.io.tmpdir="$work" \
  "-Dzonecache.native-directory=$home/native" -cp "$(< "$home/classpath")" \
  io.zonecache.server.Main --data-dir "$work/node" --peers 127.0.0.1:5701,127.0.0.1:5702 --expected-nodes 1 > "$work/log" 2>&1 &
node=$!
for ((attempt = 0; attempt < 300; attempt++)); do
  if "$home/bin/health.sh" > /dev/null 2>&1; then break; fi
  sleep 0.2
done
kill -TERM "$node"
wait "$node" || true
if [ ! -s "$home/node.aot" ] || [ -z "$(ls "$home/native")" ]; then
  cat "$work/log" >&2
  exit 1
fi
