# Sourced by the scripts of compat/: where downloads are kept, and three tries for what comes from a registry.
cache=${MOLDAU_COMPAT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/moldau-compat}
mkdir -p "$cache"

try3() {
  "$@" || { sleep 2; "$@"; } || { sleep 10; "$@"; }
}
