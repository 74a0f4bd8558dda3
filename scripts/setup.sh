#!/usr/bin/env bash
# Prepare a virtual environment from the lock: scripts/setup.sh core|dev [folder]
#
# The best Python from 3.11 on is looked for, in the path and in ~/.pyenv; PYTHON=… imposes one.
# A stamp in the folder makes the second run instant; it changes with the lock and the Python.
set -euo pipefail
cd "$(dirname "$0")/.."
kind="${1:?core ou dev}"
venv="${2:-.venv}"
lock="requirements/$kind.txt"

say() { printf '%s\n' "» $*" >&2; }

# A candidate must truly run (a pyenv shim may answer "command not found") and make environments.
usable() {
    local wanted="$1" path="$2"
    "$path" - "$wanted" >/dev/null 2>&1 <<'PYTHON'
import sys
import ctypes, ensurepip, sqlite3, ssl, venv, zlib
wanted = tuple(int(part) for part in sys.argv[1].split("."))
sys.exit(sys.version_info[:2] != wanted)
PYTHON
}

find_python() {
    local version path
    for version in ${PYTHON_VERSIONS:-3.13 3.12 3.11 3.14}; do
        while read -r path; do
            if [ -n "$path" ] && usable "$version" "$path"; then
                echo "$path"
                return 0
            fi
        done < <(
            type -ap "python$version" || true
            compgen -G "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version.*/bin/python3" || true
            compgen -G "$(dirname "$(type -P pyenv || echo "$HOME/.pyenv/shims/pyenv")")/../versions/$version.*/bin/python3" || true
            compgen -G "/opt/python*/$version*/bin/python3" || true
            type -ap python3 || true
        )
    done
    return 1
}

digest() { cat "$@" | cksum | tr -d ' '; }

stamped() { # stamped KIND: is the environment up to date with the lock of that kind?
    local stamp="$venv/.portrea-$1"
    [ -x "$venv/bin/python" ] && [ -f "$stamp" ] &&
        [ "$(cat "$stamp")" = "$(digest "requirements/$1.txt" pyproject.toml) $PWD" ]
}

install_pinned() {
    local python="$venv/bin/python"
    if "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
        -r requirements/uv.txt; then
        "$venv/bin/uv" pip sync --quiet --python "$python" --require-hashes "$lock"
        "$venv/bin/uv" pip install --quiet --python "$python" --no-deps --no-build-isolation -e .
    else
        say "uv n’est pas disponible pour ce système : installation par pip, plus lente."
        "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock"
        "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
    fi
}

# The developer's environment holds everything the demo needs; once hers, it is brought up to date as hers.
if [ "$kind" = core ] && [ -f "$venv/.portrea-dev" ]; then
    kind=dev
    lock=requirements/dev.txt
fi
if stamped "$kind"; then
    exit 0
fi

python="${PYTHON:-$(find_python || true)}"
if [ -z "$python" ]; then
    say "Aucun Python utilisable (3.11, 3.12, 3.13 ou 3.14, avec venv) n’a été trouvé."
    say "Sous Debian ou Ubuntu : sudo apt-get install python3 python3-venv"
    say "Ou indiquez-le : make demo PYTHON=/chemin/vers/python3.13"
    exit 1
fi
if ! "$venv/bin/python" -c "" >/dev/null 2>&1 ||
    [ "$("$venv/bin/python" -c 'import sys; print(sys.version_info[:2])')" != \
        "$("$python" -c 'import sys; print(sys.version_info[:2])')" ]; then
    say "Environnement $venv : $("$python" --version) ($python)"
    "$python" -m venv --clear "$venv"
fi
rm -f "$venv"/.portrea-*
say "Installation des bibliothèques épinglées ($lock)…"
install_pinned
echo "$(digest "$lock" pyproject.toml) $PWD" >"$venv/.portrea-$kind"
