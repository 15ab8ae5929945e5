# Sourced, in the root of the project, by the scripts behind `npm start`, `npm test`, …: installs the dependencies when they are missing or older
# than the lock file, builds dist/ when a source is newer, and sets $node to the Node that the lock file pins (or the system's, if new enough).
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "Installing dependencies (once)…" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  touch node_modules/.package-lock.json
fi

node=$(sh scripts/find-node.sh) || exit 1
PATH="$(cd "$(dirname "$node")" && pwd):$PWD/node_modules/.bin:$PATH"
export PATH

sh scripts/is-built.sh || "$node" scripts/build.ts
