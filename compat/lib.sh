# Sourced by the scripts of compat/: where downloads are kept, and three tries for what comes from a registry.
cache=${MOLDAU_COMPAT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/moldau-compat}
mkdir -p "$cache"

try3() {
  "$@" || { sleep 2; "$@"; } || { sleep 10; "$@"; }
}

# Ends the script as skipped when a command is missing that it cannot fetch itself.
need() {
  for command; do
    command -v "$command" > /dev/null || { echo "skipped: $command is missing"; exit 77; }
  done
}

# Builds the suite in this folder, which uses harness/, into the file $1 when a source is newer than it.
build_go() {
  need go
  [ -e "$1" ] && [ -z "$(find . ../harness -newer "$1" \( -name '*.go' -o -name 'go.*' \))" ] || try3 go build -o "$1" .
}
