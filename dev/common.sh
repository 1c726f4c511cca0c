# shellcheck shell=bash
# What the scripts in dev/ share: sourced, never run. Expects `set -euo pipefail` and the repository as working directory.

is_root() { [ "$(id -u)" -eq 0 ]; }

say() { printf '%s\n' "$*"; }

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# need COMMAND PACKAGE...: true if COMMAND is there, after installing Debian packages where that is possible.
need() {
  local command=$1
  shift
  command -v "$command" > /dev/null 2>&1 && return 0
  is_root && command -v apt-get > /dev/null 2>&1 || return 1
  if [ -z "${zonecache_apt_updated:-}" ]; then
    apt-get -q update > /dev/null || return 1
    zonecache_apt_updated=1
  fi
  say "installing $*"
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" > /dev/null 2>&1 || return 1
  command -v "$command" > /dev/null 2>&1
}

java_major() { "$1/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p'; }

# jdk_home MAJOR [PREFERRED]: prints the home of an installed JDK of that version; nothing is ever downloaded.
jdk_home() {
  local major=$1 home
  for home in "${2:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*"$major"*; do
    if [ -x "$home/bin/javac" ] && [ "$(java_major "$home")" = "$major" ]; then
      say "$home"
      return 0
    fi
  done
  return 1
}

docker_answers() { command -v docker > /dev/null 2>&1 && timeout 20 docker version > /dev/null 2>&1; }

# The builds of all scripts: no prompts, no colours in logs, broken downloads tried again.
maven() { mvn -B -Dstyle.color=never -Dmaven.wagon.http.retryHandler.count=3 "$@" < /dev/null; }
