#!/usr/bin/env bash
# Second opinions, in an environment of their own: NUTS (numpyro) on the survey model M1, svy on weights
# and estimates. Both are large: neither using nor testing Portrea needs them.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=.venv-oracle
[ -x "$venv/bin/python" ] || .venv/bin/uv venv -q -p .venv/bin/python "$venv"
.venv/bin/uv pip install -q -p "$venv/bin/python" --group oracle -e .
"$venv/bin/python" scripts/oracle_nuts.py "$@"
"$venv/bin/python" scripts/oracle_svy.py
