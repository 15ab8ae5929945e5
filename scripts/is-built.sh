#!/bin/sh
# Whether dist/ is there and no source is newer. Called by bin/moldau at every start, and by scripts/install.sh: so it is
# one `find` that ends at its first hit.
root=$(dirname "$0")/..
[ -e "$root/dist/main.js" ] && [ -z "$(find "$root/packages" -path '*/src*' -newer "$root/dist/main.js" -print -quit 2>/dev/null)" ]
