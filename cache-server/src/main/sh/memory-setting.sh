#!/bin/sh
# Prints what `serve ARGS...` will take for its memory, as the node itself reads it: flag, then environment, then file, then default.
# The JVM's options depend on it, and so must be known before there is a JVM.
set -eu

memory='' config='' previous=''
for argument in "$@"; do
  case $previous in
    --memory) memory=$argument ;;
    --config) config=$argument ;;
  esac
  case $argument in
    --memory=*) memory=${argument#*=} ;;
    --config=*) config=${argument#*=} ;;
  esac
  previous=$argument
done
memory=${memory:-${ZONECACHE_MEMORY:-}}
# A pipe can be read once only, and that is for the node.
if [ -z "$memory" ] && [ -f "$config" ] && [ -r "$config" ]; then
  memory=$(sed -n 's/^memory:[[:space:]]*["'"'"']\{0,1\}\([0-9A-Za-z]*\).*/\1/p' "$config" | tail -n 1)
fi
printf '%s\n' "${memory:-256MiB}"
