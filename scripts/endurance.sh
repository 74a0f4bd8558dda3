#!/usr/bin/env bash
# The runs that last: load, 1,000 kills, a soak of half an hour, an upgrade between versions, long fuzzing.
# PostgreSQL has fsync on and SQLite synchronous=FULL there. Figures go to benchmarks/ENDURANCE.md, row by row.
# ARGS are passed to pytest: make endurance ARGS="-k killed". Sizes: see tests/endurance/sizes.py.
set -euo pipefail
cd "$(dirname "$0")/.."
export PORTREA_ENDURANCE=1
if [ $# -eq 0 ] || [[ "$1" == -* ]]; then set -- $(grep -rl "mark.endurance" tests --include="test_*.py" | sort) "$@"; fi
exec nice -n 10 .venv/bin/python -m pytest -q -p no:randomly -m endurance --durations=0 "$@"
