#!/usr/bin/env bash
# Second opinion on the survey model M1: NUTS (numpyro), in an environment of its own.
# numpyro and jax are large: neither using nor testing Portrea needs them.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=.venv-oracle
[ -x "$venv/bin/python" ] || .venv/bin/uv venv -q -p .venv/bin/python "$venv"
.venv/bin/uv pip install -q -p "$venv/bin/python" --group oracle -e .
"$venv/bin/python" scripts/oracle_nuts.py "$@"
