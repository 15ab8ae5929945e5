#!/bin/sh
# Prints the path of the Node that runs Moldau: the one that npm installed for this platform, else the system's
# if it is new enough. Called by bin/moldau and by scripts/install.sh.
root=$(cd "$(dirname "$0")/.." && pwd)
for pinned in "$root"/node_modules/node-*/bin/node; do
  if [ -x "$pinned" ] && "$pinned" --version >/dev/null 2>&1; then
    echo "$pinned"
    exit 0
  fi
done
if command -v node >/dev/null 2>&1 && node -e '
  const [major, minor] = process.versions.node.split(".").map(Number)
  process.exit(major > 24 || (major === 24 && minor >= 12) ? 0 : 1)'; then
  command -v node
  exit 0
fi
echo "Moldau needs Node 24.12 or newer, and npm has none for this platform: install it from nodejs.org (found: $(node --version 2>/dev/null || echo none))." >&2
exit 1
