# shellcheck shell=bash
# connect HOST PORT: opens descriptor 3. The host `own` is this container, whose node may listen on IPv6 alone.
connect() {
  local hosts=("$1") host
  [ "$1" != own ] || hosts=(127.0.0.1 ::1)
  for host in "${hosts[@]}"; do
    if { exec 3<> "/dev/tcp/$host/$2"; } 2> /dev/null; then return 0; fi
  done
  return 1
}

# http METHOD HOST PORT PATH [TOKEN]: prints the answer's body and returns 0 for a 2xx; 1 for any other answer, 2 for none. Sourced.
# An IPv6 HOST has no brackets. Bash alone speaks well enough for the node's own port, so the image needs no HTTP client.
http() {
  local method=$1 host=$2 port=$3 path=$4 token=${5:-} status line
  connect "$host" "$port" || return 2
  case $host in *:*) host="[$host]" ;; esac
  {
    printf '%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: 0\r\n' "$method" "$path" "$host"
    [ -z "$token" ] || printf 'Authorization: Bearer %s\r\n' "$token"
    printf '\r\n'
  } >&3
  read -r -t 10 _ status _ <&3 || status=0
  while IFS= read -r -t 10 line <&3 && [ "${#line}" -gt 1 ]; do :; done
  timeout 10 cat <&3 || true
  exec 3>&-
  case $status in
    2??) return 0 ;;
    0) return 2 ;;
    *) return 1 ;;
  esac
}
