#!/bin/bash
# What an operator asks of a node: admin.sh [--host HOST] COMMAND
#   stats       its figures, as JSON
#   down        publish it as down ahead of a restart; it keeps its places
#   drain       take it out of the zone for good; it goes on answering reads
#   empty       forget every stripe, for drills
#   purge KEY   let the zone answer 410 for this chunk from now on
# Default: the node of this container. ZONECACHE_ADMIN_PORT and ZONECACHE_ADMIN_TOKEN_FILE as for the node.
set -euo pipefail
. "$(dirname "$0")/http.sh"

host=own
if [ "${1:-}" = --host ]; then
  host=${2:?usage: admin.sh --host HOST COMMAND}
  shift 2
fi
method=POST
case ${1:-} in
  stats) method=GET path=/v1/stats ;;
  down | drain | empty) path=/v1/$1 ;;
  purge) path=/v1/purge/${2:?usage: admin.sh purge KEY} ;;
  *)
    sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2
    exit 2
    ;;
esac
token=
if [ "$method" = POST ]; then
  token=$(< "${ZONECACHE_ADMIN_TOKEN_FILE:-${ZONECACHE_DATA_DIR:-/data/node}/admin-token}")
fi
verdict=0
http "$method" "$host" "${ZONECACHE_ADMIN_PORT:-7401}" "$path" "$token" || verdict=$?
echo
exit "$verdict"
