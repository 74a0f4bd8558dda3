#!/usr/bin/env bash
# OpenFisca-France in an environment of its own, from the lock: scripts/rights.sh [folder of the main one]. Instant when
# it is there. It asks for an older NumPy than ours, and only answers in lines (portrea.sources.openfisca).
set -euo pipefail
cd "$(dirname "$0")/.."
main="${1:-.venv}"
venv=.venv-rights
lock="$(cksum requirements/rights.txt | tr -d ' ') $("$main/bin/python" --version) $PWD"
[ -f "$venv/.portrea-rights" ] && [ "$(cat "$venv/.portrea-rights")" = "$lock" ] && exit 0
echo "» OpenFisca-France : installation dans $venv…"
"$main/bin/python" -m venv --clear "$venv"
if [ -x "$main/bin/uv" ]; then
    "$main/bin/uv" pip sync --quiet --python "$venv/bin/python" --require-hashes requirements/rights.txt
else
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/rights.txt
fi
echo "$lock" >"$venv/.portrea-rights"
