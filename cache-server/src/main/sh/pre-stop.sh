#!/bin/bash
# Kubernetes runs this before it stops a node: publishes the node as down and leaves workers SECONDS to hear of it, while it still
# answers. A restart, not a drain: the node keeps its places. Never fails, since the node is stopped in any case.
"$(dirname "$0")/admin.sh" down
sleep "${1:-3}"
exit 0
