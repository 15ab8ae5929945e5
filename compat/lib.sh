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
