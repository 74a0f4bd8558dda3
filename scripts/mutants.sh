#!/usr/bin/env bash
# Mutation of pure modules: the code is changed, one place at a time, and its tests must see each change.
#   scripts/mutants.sh                       every module chosen below
#   scripts/mutants.sh stats/disclosure …    some of them; --list names them
# Each module is copied with its tests under /tmp: nothing is written in the tree. What survives is
# told with its change. MUTANTS_SECONDS bounds each module (1,800): one cut short says so. MUTANTS_NICE: 10.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
bin=$root/.venv/bin
declare -A TESTS=(
    [stats/disclosure]="tests/stats/test_disclosure.py"
    [stats/suppression]="tests/stats/test_suppression.py"
    [stats/small_area]="tests/stats/test_small_area.py"
    [needs/composite]="tests/needs/test_composite.py"
    [needs/union]="tests/needs/test_exposure.py"
    [needs/load]="tests/needs/test_load.py"
    [reach/catchment]="tests/reach/test_catchment.py"
    [offer/orientation/ranking]="tests/offer/orientation/test_ranking.py tests/offer/orientation/test_situations.py"
    [action/deadlines]="tests/action/test_deadlines.py"
    [action/planning]="tests/action/test_planning.py"
    [action/slots]="tests/action/test_slots.py"
    [steering/periods]="tests/steering/test_periods.py tests/steering/test_gathering.py tests/steering/test_indicators.py"
    [steering/gathering]="tests/steering/test_gathering.py tests/steering/test_indicators.py"
    [steering/indicators]="tests/steering/test_indicators.py"
    [steering/committee]="tests/steering/test_committee.py"
)
mapfile -t known < <(printf '%s\n' "${!TESTS[@]}" | sort)

[ "${1:-}" != --list ] || { printf '%s\n' "${known[@]}"; exit 0; }
[ $# -gt 0 ] || set -- "${known[@]}"

settings() { # module, its tests: what mutmut reads, after pytest's own settings
    sed -n '/^\[tool.pytest/,/^$/{/^DJANGO_SETTINGS/d;p}' pyproject.toml # pure rooms know no Django
    # pytest escapes accents again at each of its runs: it would not find the tests named by the first one
    printf 'disable_test_id_escaping_and_forfeit_all_rights_to_community_support = true\n'
    printf '[tool.mutmut]\nsource_paths = ["src"]\nonly_mutate = ["src/portrea/%s.py"]\n' "$1"
    printf 'also_copy = ["tests", "docs", "benchmarks"]\nuse_git_change_detection = false\n'
    printf 'timeout_constant = 10\ntimeout_multiplier = 3.0\n' # thirty seconds at least: a machine may be busy
    case "$1" in stats/* | needs/* | offer/*) # a fork loses the threads of polars: each mutant reads it all, but for the libraries
        printf 'process_isolation = "forkserver"\nforkserver_warmup = "import"\n'
        printf 'preload_modules_file = "libraries.txt"\n' ;;
    esac
    printf 'pytest_add_cli_args = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:django", "-p", "no:schemathesis", "-m", "not slow"]\n'
    printf 'pytest_add_cli_args_test_selection = [%s]\n' "$(printf '"%s", ' ${2})"
}

for module in "$@"; do
    [ -n "${TESTS[$module]:-}" ] || { echo "« $module » n’est pas choisi ; --list les dit." >&2; exit 2; }
    folder=$(mktemp -d "/tmp/portrea-mutants-XXXX")
    cp -r src tests docs benchmarks "$folder/"
    settings "$module" "${TESTS[$module]}" >"$folder/pyproject.toml"
    printf '%s\n' numpy polars scipy.sparse.csgraph scipy.optimize scipy.stats >"$folder/libraries.txt"
    cut=""
    (
        cd "$folder"
        PYTHONDONTWRITEBYTECODE="" timeout "${MUTANTS_SECONDS:-1800}" nice -n "${MUTANTS_NICE:-10}" "$bin/mutmut" run --max-children "${MUTANTS_CHILDREN:-1}" >run.txt 2>&1
    ) || cut=" (arrêté : $folder/run.txt)"
    (cd "$folder" && "$bin/mutmut" results --all true >results.txt)
    printf '%s%s : %s\n' "$module" "$cut" \
        "$(sed -nE 's/.*__mutmut_[0-9]+: //p' "$folder/results.txt" | sort | uniq -c | tr -s ' \n' ' ')"
    while IFS=: read -r name _state; do
        (cd "$folder" && "$bin/mutmut" show "$name" | grep -E '^[-+] ' || true)
    done < <(grep ': survived' "$folder/results.txt" | tr -d ' ')
done
