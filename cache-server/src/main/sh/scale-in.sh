#!/bin/bash
# Drains the nodes that a smaller zone will not have, highest first and one at a time: scale-in.sh SET SERVICE NODES SECONDS
#   SET      name of the StatefulSet, whose pods are SET-0, SET-1, ...
#   SERVICE  name of the headless service that names them
#   NODES    how many are to stay
#   SECONDS  for all together; exit 1 when they are over, with the rest as it was
# ZONECACHE_ADMIN_PORT and ZONECACHE_ADMIN_TOKEN_FILE as for the node.
set -euo pipefail
bin=$(dirname "$0")
. "$bin/http.sh"

set=$1 service=$2 nodes=$3 end=$((SECONDS + $4))
port=${ZONECACHE_ADMIN_PORT:-7401}
# Pods have consecutive numbers, but one in between may not answer.
farthest=$((nodes + ${ZONECACHE_SCALE_IN_AT_MOST:-100}))

host() { printf '%s-%s.%s' "$set" "$1" "$service"; }

# wait_for WHAT COMMAND...: until the command succeeds
wait_for() {
  local what=$1
  shift
  until "$@"; do
    if [ "$SECONDS" -ge "$end" ]; then
      printf 'scale-in: %s: not within the time given\n' "$what" >&2
      exit 1
    fi
    sleep 2
  done
}

is_out() { [[ $(http GET "$(host "$1")" "$port" /health/ready) == *'"drained: '* ]]; }

# Whoever does not answer is down, and the others say so.
rest_is_quiet() {
  local number verdict
  for ((number = 0; number < nodes; number++)); do
    verdict=0
    http GET "$(host "$number")" "$port" /health/quiet > /dev/null || verdict=$?
    [ "$verdict" -ne 1 ] || return 1
  done
}

leaving=()
for ((number = farthest; number >= nodes; number--)); do
  if http GET "$(host "$number")" "$port" /health/live > /dev/null; then leaving+=("$number"); fi
done
printf 'scale-in: %s nodes stay, %s leave\n' "$nodes" "${#leaving[@]}"
for number in ${leaving[@]+"${leaving[@]}"}; do
  printf 'scale-in: draining %s\n' "$set-$number"
  "$bin/admin.sh" --host "$(host "$number")" drain
  wait_for "$set-$number out of the view" is_out "$number"
  wait_for "quiet without $set-$number" rest_is_quiet
done
