"""Write what Portrea is made of (CycloneDX, JSON): the libraries of the lock, Python and browser.

``scripts/sbom.sh [FILE]`` writes ``dist/portrea-VERSION.cdx.json``. The same lock gives the same
bytes; no name of a host is written: a package is known by its registry's kind, name and version.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


def of_python() -> dict[str, Any]:
    """Return the document of the libraries of Python, as cyclonedx-py writes it."""
    command = [
        *(str(BIN / "cyclonedx-py"), "requirements", "requirements/core.txt"),
        *("--pyproject", "pyproject.toml", "--output-reproducible", "--of", "JSON"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def without_hosts(component: dict[str, Any]) -> dict[str, Any]:
    """Return a component of Python without addresses, the digests of its files as properties."""
    digests = {
        one["content"]
        for place in component.pop("externalReferences", ())
        for one in place.get("hashes", ())
    }
    kept = {name: value for name, value in component.items() if name != "description"}
    kept["bom-ref"] = kept["purl"]
    kept["properties"] = [{"name": "portrea:sha256", "value": one} for one in sorted(digests)]
    return kept


def of_browser() -> list[dict[str, Any]]:
    """Return the components that the assets are built with, from the lock of npm."""
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text("utf-8"))
    found = []
    for path, card in sorted(lock["packages"].items()):
        name = path.rpartition("node_modules/")[2]
        if not name or card.get("link"):
            continue
        purl = f"pkg:npm/{quote(name, safe='/')}@{card['version']}"
        one = {"type": "library", "name": name, "version": card["version"], "purl": purl}
        algorithm, _, digest = card.get("integrity", "").partition("-")
        if algorithm == "sha512":
            content = base64.b64decode(digest).hex()
            one["hashes"] = [{"alg": "SHA-512", "content": content}]
        if card.get("license"):
            one["licenses"] = [{"expression": card["license"]}]
        found.append({**one, "bom-ref": f"{purl}#{path}"})
    return found


def document() -> dict[str, Any]:
    """Return the whole document."""
    told = of_python()
    told.pop("$schema", None)
    told.pop("dependencies", None)  # a lock is flat: nothing is said of who asks for whom
    told["metadata"].pop("tools", None)
    told["components"] = [*map(without_hosts, told["components"]), *of_browser()]
    return told


def version() -> str:
    """Return the version of Portrea."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def main(words: list[str]) -> None:
    """Write the document where asked, under ``dist`` by default."""
    path = Path(words[0]) if words else ROOT / "dist" / f"portrea-{version()}.cdx.json"
    text = json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if re.search(r"https?://", text):
        raise SystemExit("Le document nomme un hôte : rien ne doit dépendre d’une adresse.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    made_of = len(json.loads(text)["components"])
    print(f"{path} : {made_of} bibliothèques.")


if __name__ == "__main__":
    main(sys.argv[1:])
