#!/usr/bin/env bash
# Install the reference XForms client that the browser tests drive (tests/browser/web_forms); instant when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
node="$(scripts/node.sh "${1:-.venv}")"
cd tests/browser/web_forms
mark=node_modules/.lock-sha256
lock="$(sha256sum package-lock.json)"
[ -f "$mark" ] && [ "$(cat "$mark")" = "$lock" ] && exit 0
echo "» Client XForms de référence : installation (npm ci)…"
PATH="$node:$PATH" npm ci --ignore-scripts --omit=optional --omit=dev --no-audit --no-fund --loglevel=error
printf '%s\n' "$lock" >"$mark"
