#!/usr/bin/env bash
# Everything: system packages, environment, assets, lint, tests (the fast ones on Python 3.11, the others on the newest).
# With options, they are passed to pytest, which runs alone. Without ../shared/data it says what it could not show.
set -euo pipefail
cd "$(dirname "$0")/.."
start=$SECONDS
# A new environment holds no compiled code; a site started by a test would compile Django anew, each time.
unset PYTHONDONTWRITEBYTECODE

say() { printf '\n» %s (%d min %02d s)\n' "$*" $(((SECONDS - start) / 60)) $(((SECONDS - start) % 60)); }

has_chromium() { type -P chromium chromium-browser google-chrome >/dev/null; }
has_postgres() { compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || type -P initdb >/dev/null; }
has_java() { type -P java >/dev/null; }
has_poppler() { type -P pdftotext >/dev/null && type -P pdftoppm >/dev/null; }

can_install() { [ "$(id -u)" -eq 0 ] && type -P apt-get >/dev/null; }

install() { # what apt says is kept for who needs it
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends "$@" >/tmp/portrea-apt.log 2>&1 ||
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } >/tmp/portrea-apt.log 2>&1
}

lighter_browser() { # draws the same pages without windows, for a quarter of the processor
    if type -P chromium-headless-shell >/dev/null || ! can_install; then return 0; fi
    say "Installation par apt : chromium-headless-shell"
    install chromium-headless-shell || echo "Elle n’a pas réussi : les essais prendront chromium, plus lent."
}

system_packages() {
    local missing=()
    has_chromium || missing+=(chromium)
    has_java || missing+=(default-jre-headless)
    has_poppler || missing+=(poppler-utils)
    has_postgres || missing+=(postgresql)
    [ ${#missing[@]} -eq 0 ] && return 0
    if can_install; then
        say "Installation par apt : ${missing[*]}"
        install "${missing[@]}" || { tail -20 /tmp/portrea-apt.log >&2 && exit 1; }
        return 0
    fi
    echo "Il manque : ${missing[*]}. Sous Debian ou Ubuntu, lancez :" >&2
    echo "    sudo apt-get install ${missing[*]}" >&2
    echo "Ailleurs, installez chromium, poppler (pdftotext, pdftoppm), Java et PostgreSQL." >&2
    exit 1
}

FAST="not slow and not browser and not postgres and not package"

marked() { # files that bear one of these marks: to read the others would take half a minute
    grep -rlE "mark\.($1)\b" tests --include='test_*.py' | sort
}

fast_tests() { # on the oldest Python we promise
    local python=.venv
    if [ "$(.venv/bin/python -c 'import sys; print(sys.version_info[1])')" != 11 ]; then
        if PYTHON_VERSIONS=3.11 scripts/setup.sh dev .venv-3.11; then
            python=.venv-3.11
        else
            echo "Python 3.11 n’est pas installé ici : les tests rapides n’ont pas été faits avec lui."
        fi
    fi
    say "Tests rapides, $($python/bin/python --version)"
    $python/bin/python -m pytest -q -m "$FAST"
}

BESIDE="(shared or postgres) and not ($FAST)"

real_tests() { # long computations on the files of ../shared/data, and a real database
    say "Tests lents sur les fichiers réels et sur PostgreSQL, $(.venv/bin/python --version)"
    marked 'shared|postgres' | xargs .venv/bin/python -m pytest -q --durations=10 -m "$BESIDE"
}

PARTS=12 # fifteen files take a minute and a half beside the other tests; an eighth would be twenty-seven

on_postgresql() { # a twelfth of the files of the site, the next one each day; the whole: make postgresql
    local files chosen=() index turn
    mapfile -t files < <(find tests/web -name 'test_*.py' | sort)
    turn=$(($(git log -1 --format=%ct 2>/dev/null || date +%s) / 86400 % PARTS))
    for index in "${!files[@]}"; do
        if [ $((index % PARTS)) -eq "$turn" ]; then chosen+=("${files[index]}"); fi
    done
    say "Les mêmes sur PostgreSQL : ${#chosen[@]} fichiers sur ${#files[@]}"
    .venv/bin/python scripts/postgresql.py .venv/bin/python -m pytest -q -m "$FAST" "${chosen[@]}"
}

known_flaws() { # of the libraries of the lock; says « non fait » where the bases are out of reach
    say "Failles connues des bibliothèques"
    scripts/audit.sh
}

beside() { # all are done, whichever fails
    local status=0
    fast_tests || status=1
    real_tests || status=1
    return $status
}

all_tests() { # on two processors: the fast ones, those on real files and on PostgreSQL, beside the others
    local status=0
    beside_log=$(mktemp)
    beside >"$beside_log" 2>&1 &
    beside_pid=$!
    trap 'kill "$beside_pid" 2>/dev/null || true; rm -f "$beside_log"' EXIT
    say "Tests lents, du navigateur et du paquet, $(.venv/bin/python --version)"
    marked 'slow|browser|package' |
        xargs .venv/bin/python -m pytest -q --durations=15 -m "not ($BESIDE) and not ($FAST)" || status=1
    on_postgresql || status=1
    known_flaws || status=1
    wait "$beside_pid" || status=1
    cat "$beside_log"
    say "Fin"
    return $status
}

system_packages
lighter_browser
say "Environnement"
scripts/setup.sh dev .venv
PATH="$(scripts/node.sh .venv):$PATH" .venv/bin/python scripts/assets.py
scripts/client.sh .venv
scripts/rights.sh .venv
say "Lecture du code"
scripts/lint.sh .venv
[ -d ../shared/data ] || echo "../shared/data absent : les tests sur les fichiers réels seront passés."
if [ $# -gt 0 ]; then
    .venv/bin/python -m pytest "$@"
else
    all_tests
fi
