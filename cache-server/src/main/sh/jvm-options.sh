#!/bin/sh
# Prints the JVM's options, on one line, for a node that may take so much memory: jvm-options.sh 256MiB [JAVA_VERSION]
# The split is that of MemorySplit.java, which says what each part is for; a test holds the two together.
set -eu

size=${1:?usage: jvm-options.sh SIZE [JAVA_VERSION], such as 256MiB 25}
java_version=${2:-17}
number=${size%%[!0-9]*}
case ${size#"$number"} in
  '' | B) unit=1 ;;
  KiB | Ki) unit=1024 ;;
  MiB | Mi) unit=1048576 ;;
  GiB | Gi) unit=1073741824 ;;
  TiB | Ti) unit=1099511627776 ;;
  kB) unit=1000 ;;
  MB) unit=1000000 ;;
  GB) unit=1000000000 ;;
  TB) unit=1000000000000 ;;
  *) unit= ;;
esac
if [ -z "$number" ] || [ -z "$unit" ]; then
  echo "memory: \"$size\" (expected: a size such as 256MiB)" >&2
  exit 2
fi

mib=1048576
total=$((number * unit))
if [ "$total" -lt $((128 * mib)) ]; then
  # Too little: the node says so itself, and needs a JVM to say it.
  total=$((128 * mib))
fi
heap=$((24 * mib + total / 16))
runtime=$((total / 16))
if [ "$runtime" -gt $((64 * mib)) ]; then runtime=$((64 * mib)); fi
runtime=$((runtime + 32 * mib))
network=$((total / 8))
stripes=$((total - heap - runtime - network - total / 8))
index=$((total / 8))
if [ "$index" -lt $((96 * mib)) ]; then index=$((96 * mib)); fi
if [ "$index" -gt $((stripes * 15 / 16)) ]; then index=$((stripes * 15 / 16)); fi
# Room for what pooling rounds up; the node bounds what it uses by itself.
direct=$((stripes + network + network / 2 + 32 * mib))

# docs/decisions/0012-collector.md: small heaps collect fastest with one thread and no regions, ZGC is generational from 21 on and
# hardly pauses, but wants room.
collector=-XX:+UseG1GC
if [ "$java_version" -ge 25 ]; then collector=-XX:+UseZGC; fi
if [ "$total" -lt $((1024 * mib)) ]; then collector=-XX:+UseSerialGC; fi

# -XX:-UsePerfData: leave no file in /tmp. --enable-native-access: Netty and RocksDB load native code. The rest of the access is
# what Hazelcast asks for.
# The heap begins without the index and grows with it.
printf '%s ' \
  "-Xms$((heap / 1024))k" \
  "-Xmx$(((heap + index) / 1024))k" \
  "-XX:MaxDirectMemorySize=$((direct / 1024))k" \
  "$collector" \
  -XX:ReservedCodeCacheSize=64m \
  -XX:+ExitOnOutOfMemoryError \
  -XX:-UsePerfData \
  --enable-native-access=ALL-UNNAMED \
  --add-modules=java.se \
  --add-exports=java.base/jdk.internal.ref=ALL-UNNAMED \
  --add-opens=java.base/java.lang=ALL-UNNAMED \
  --add-opens=java.base/sun.nio.ch=ALL-UNNAMED \
  --add-opens=java.management/sun.management=ALL-UNNAMED
echo --add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED
