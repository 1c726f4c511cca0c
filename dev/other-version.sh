# shellcheck shell=bash
# Another version of the program, built beside this one: sourced after common.sh by scripts that compare or mix versions.

# build_other_version COMMIT: sets other_class_path. Builds in a temporary worktree with its own output, which goes when the script ends.
build_other_version() {
  local full
  git rev-parse --git-dir > /dev/null 2>&1 || die "no Git history here (expected: a clone, to check out the other version)"
  full=$(git rev-parse --verify --quiet "$1^{commit}") || die "commit: $1 is not in this clone (expected: a full history, git fetch --unshallow)"
  other_version_directory=$(mktemp -d)
  trap remove_other_version EXIT
  trap 'exit 130' INT TERM
  say "other version: $(git log -1 --format='%h %s' "$full")"
  git worktree add --quiet --detach "$other_version_directory/other" "$full"
  # The command builds itself where it stands.
  "$other_version_directory/other/zonecache" --version
  # For the scripts.
  # shellcheck disable=SC2034
  other_class_path="$(say "$other_version_directory"/other/cli/target/zonecache-cli-*.jar):$(< "$other_version_directory/other/cli/target/dependencies")"
}

remove_other_version() {
  git worktree remove --force "$other_version_directory/other" > /dev/null 2>&1 || true
  rm -rf "$other_version_directory"
  git worktree prune
}
