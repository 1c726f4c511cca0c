#!/bin/bash
# Runs one node in its container. Settings are those of `serve`: arguments, ZONECACHE_... variables, a file with --config.
set -euo pipefail

home=/opt/zonecache
# What is default here; everything else that a node is told wins over it.
defaults=("-Dzonecache.default.bind=$("$home/bin/bind-address.sh")" -Dzonecache.default.data-dir=/data/node)
# The container's address, as Docker and Kubernetes write it beside its host name.
address=$(awk -v name="$HOSTNAME" '{ for (i = 2; i <= NF; i++) if ($i == name) { print $1; exit } }' /etc/hosts)
[ -z "$address" ] || defaults+=("-Dzonecache.default.advertise-host=$address")

# The volume takes temporary files too, so that the root may be read-only. A killed process leaves its native libraries there.
tmp=/data/tmp
mkdir -p "$tmp"
rm -rf "${tmp:?}"/*

# A size that is none: the node itself says so, with all else that is wrong.
jvm_options=$("$home/bin/jvm-options.sh" "$("$home/bin/memory-setting.sh" "$@")" 25 2> /dev/null) ||
  jvm_options=$("$home/bin/jvm-options.sh" 256MiB)
read -r -a options <<< "$jvm_options"
# ZGC on 25 takes no class cache with linked classes.
cache=("-XX:AOTCache=$home/node.aot")
case $jvm_options in *+UseZGC*) cache=() ;; esac
# exec: the node is process 1 and gets the signals itself.
exec java "${options[@]}" ${cache[@]+"${cache[@]}"} -Djava.io.tmpdir="$tmp" -XX:ErrorFile=/data/hs_err_pid%p.log \
  "-Dzonecache.native-directory=$home/native" "-Dzonecache.version=$(< "$home/version")" "${defaults[@]}" -cp "$(< "$home/classpath")" io.zonecache.server.Main "$@"
