#!/usr/bin/env bash
# A release: changelog and version agree, wheel and sdist built twice with the same bytes, what is
# inside (SBOM) and checksums. Usage: scripts/release.sh VERSION [FOLDER]; nothing is published.
set -euo pipefail
cd "$(dirname "$0")/.."
version="${1:?la version, par exemple 0.2.0}"
folder="${2:-dist/$version}"
python=.venv/bin/python

stop() { printf 'Livraison arrêtée : %s\n' "$*" >&2; exit 1; }

declared="$(sed -nE 's/^version = "(.*)"$/\1/p' pyproject.toml)"
[ "$declared" = "$version" ] || stop "pyproject.toml dit « $declared », pas « $version »."
grep -qE "^## $version( |$)" CHANGELOG.md || stop "CHANGELOG.md n’a pas de titre « ## $version »."
[ -z "$(git status --porcelain)" ] || stop "des fichiers ne sont pas enregistrés (git status)."
[ ! -e "$folder" ] || stop "« $folder » existe déjà : une version livrée ne se refait pas."

# The date of the commit: whoever builds it later gets the same bytes.
SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)"
export SOURCE_DATE_EPOCH

draft="$(mktemp -d)"
trap 'rm -rf "$draft"' EXIT
PATH="$(scripts/node.sh .venv):$PATH" $python scripts/assets.py
for turn in first second; do
    $python -m build --no-isolation --outdir "$draft/$turn" . >"$draft/$turn.log" 2>&1 ||
        { tail -20 "$draft/$turn.log" >&2; stop "la construction a échoué."; }
done
diff --recursive "$draft/first" "$draft/second" || stop "deux constructions ne donnent pas les mêmes octets."

cp requirements/core.txt "$draft/first/portrea-$version-verrou.txt"
[ ! -x scripts/sbom.sh ] || scripts/sbom.sh "$draft/first/portrea-$version.cdx.json"
(cd "$draft/first" && sha256sum -- * >SHA256SUMS)
mkdir -p "$(dirname "$folder")"
mv "$draft/first" "$folder"
printf 'Version %s dans %s :\n' "$version" "$folder"
cat "$folder/SHA256SUMS"
