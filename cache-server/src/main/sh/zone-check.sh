#!/bin/bash
# Exit 0 if a zone's view lists at least NODES nodes as up, asked as a worker asks: zone-check.sh HOST PORT NODES SECONDS
set -euo pipefail
. "$(dirname "$0")/http.sh"

end=$((SECONDS + $4))
while :; do
  view=$(http GET "$1" "$2" /v1/view || true)
  up=$(grep -o '"state":"up"' <<< "$view" | wc -l || true)
  if [ "$up" -ge "$3" ]; then
    printf '%s:%s: %s nodes up\n' "$1" "$2" "$up"
    exit 0
  fi
  if [ "$SECONDS" -ge "$end" ]; then
    printf '%s:%s: %s nodes up (expected: at least %s)\n%s\n' "$1" "$2" "$up" "$3" "$view" >&2
    exit 1
  fi
  sleep 2
done
