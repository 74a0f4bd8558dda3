#!/usr/bin/env bash
# Rewrite requirements/*.txt: every package pinned, with hashes, for all systems and Pythons >= 3.11.
# No header and no index: the files name no host. Usage: scripts/lock.sh [--upgrade]
set -euo pipefail
cd "$(dirname "$0")/.."
uv="${UV:-.venv/bin/uv}"

compile() {
    local target="$1"
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --output-file "requirements/$target" "$@"
}

compile core.txt "${@}" pyproject.toml --group build
compile dev.txt "${@}" pyproject.toml --group build --group dev --extra postgres
compile node.txt "${@}" --group node
compile rights.txt "${@}" - <<<"openfisca-france==176.1.8"
compile uv.txt "${@}" --constraint requirements/core.txt - <<<"uv"
if grep -nEi 'https?://|--index-url|--extra-index' requirements/*.txt; then
    echo "Le verrou nomme un hôte : rien ne doit dépendre d’une adresse." >&2
    exit 1
fi
