#!/bin/bash
# Exit 0 if the node of this container says that it is ready: health.sh [ready|live|settled|quiet]
set -euo pipefail
. "$(dirname "$0")/http.sh"

http GET own "${ZONECACHE_ADMIN_PORT:-7401}" "/health/${1:-ready}"
