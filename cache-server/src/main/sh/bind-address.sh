#!/bin/sh
# Prints the address that takes connections to every address of this container: bind-address.sh [IF_INET6]
#   ::        IPv4 and IPv6, where there is an IPv6 address that other machines reach
#   0.0.0.0   elsewhere, since a kernel without IPv6 has no ::
# IF_INET6 is the kernel's list, whose fourth field is an address's scope; 00 is global. It is absent where there is no IPv6.
set -eu

if [ -n "$(awk '$4 == "00"' "${1:-/proc/net/if_inet6}" 2> /dev/null)" ]; then
  echo ::
else
  echo 0.0.0.0
fi
