#!/usr/bin/env bash
# Coverage of the pure rooms, each by the quick tests of its own folder: lines and branches.
#   scripts/coverage.sh                 a line by room
#   scripts/coverage.sh stats reach     some rooms, module by module, with the lines not reached
set -euo pipefail
cd "$(dirname "$0")/.."
rooms=(base vocab territory stats needs offer reach rights surveys action steering sources)
quick="not slow and not browser and not postgres and not package and not shared and not endurance"
whole=""
if [ $# -gt 0 ]; then rooms=("$@") whole=yes; fi
folder=$(mktemp -d)
export COVERAGE_FILE=$folder/data
trap 'rm -rf "$folder"' EXIT

for room in "${rooms[@]}"; do
    [ -d "tests/$room" ] || { echo "« tests/$room » n’existe pas." >&2; exit 2; }
    .venv/bin/python -m coverage run --branch --source="portrea.$room" \
        -m pytest -q -p no:cacheprovider -m "$quick" "tests/$room" >"$folder/tests.txt" ||
        { tail -30 "$folder/tests.txt" >&2; exit 1; }
    if [ -n "$whole" ]; then
        .venv/bin/python -m coverage report --show-missing --skip-covered --precision=1
    else
        printf '%-10s %s %%\n' "$room" "$(.venv/bin/python -m coverage report --format=total)"
    fi
done
