"""The wheel holds everything: built, installed apart from the checkout, and shown."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
DEPLOYED = ("systemd/portrea.service", "proxy/nginx.conf", "container/Containerfile", "bin/portrea")
SOURCES = (
    "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".gitignore", "src", "docs/methode",
    "deploy", "frontend", "requirements/core.txt",
)  # fmt: skip
COMPILED = shutil.ignore_patterns("__pycache__", "node_modules")
pytestmark = [pytest.mark.package, pytest.mark.slow]


def run(
    *command: object, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; its whole output is in the failure."""
    words = [str(word) for word in command]
    done = subprocess.run(words, check=False, capture_output=True, text=True, env=env, cwd=cwd)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the checkout, built with the pinned tools."""
    folder = tmp_path_factory.mktemp("wheel")
    build(ROOT, folder, "--wheel")
    return next(folder.glob("portrea-*.whl"))


def build(tree: Path, folder: Path, *kinds: str, **environment: str) -> None:
    """Build a tree at the date of a commit, as a release does."""
    command = (sys.executable, "-m", "build", *kinds, "--no-isolation", "--outdir", folder, tree)
    run(*command, env={**os.environ, "SOURCE_DATE_EPOCH": "1764000000", **environment})


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment where the lock and the wheel are installed."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    uv = Path(sys.executable).with_name("uv")
    lock = ROOT / "requirements" / "core.txt"
    run(uv, "pip", "install", "-q", "--python", python, "--require-hashes", "-r", lock)
    run(uv, "pip", "install", "-q", "--python", python, "--no-deps", wheel)
    return folder / "bin"


def test_wheel_holds_what_it_needs(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    suffixes = {Path(name).suffix for name in names}
    assert {".py", ".yaml", ".html", ".css", ".js", ".typ"} <= suffixes
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [n for n in names if "node_modules" in n or n.startswith("tests")]
    assert {f"portrea/cli/deployment/{name}" for name in DEPLOYED} <= set(names)
    assert "portrea/cli/requirements.txt" in names


def test_the_same_tree_gives_the_same_bytes(tmp_path: Path) -> None:
    """In another folder, with other rights, in another time zone: packages and sources alike."""
    here, there = copied(ROOT, tmp_path / "here"), tmp_path / "there"
    (here / ".venv-rights").mkdir()
    (here / ".venv-rights" / "LICENSE").write_text("somebody else's", "utf-8")
    copied(here, there)
    for tree, rights in ((here, 0o755), (there, 0o700)):
        (tree / "deploy/bin/portrea").chmod(rights)
    build(here, tmp_path / "first", "--wheel", "--sdist")
    build(there, tmp_path / "second", "--wheel", "--sdist", TZ="Pacific/Noumea", LC_ALL="C")
    first, second = ({p.name: p for p in (tmp_path / n).iterdir()} for n in ("first", "second"))
    assert set(first) == set(second)
    sources = next(name for name in first if name.endswith(".tar.gz"))
    assert members(first[sources]) == members(second[sources])
    assert all(first[name].read_bytes() == second[name].read_bytes() for name in first)


def copied(tree: Path, folder: Path) -> Path:
    """Copy what is built, with the date of now."""
    for name in SOURCES:
        source, target = tree / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, copy_function=shutil.copyfile, ignore=COMPILED)
        else:
            shutil.copyfile(source, target)
    return folder


def members(path: Path) -> dict[str, tuple[str, int, int, int]]:
    """Digest, date, rights and owner of each file of the sources: a difference names its file."""
    with tarfile.open(path) as archive:
        return {
            m.name: (sha256(_bytes(archive, m)).hexdigest(), int(m.mtime), m.mode, m.uid)
            for m in archive
        }


def _bytes(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    return stream.read() if stream else b""


def test_installed_package_shows_a_portrait(installed: Path, tmp_path: Path) -> None:
    """``portrea demo`` from the wheel alone, in an empty home, far from the checkout.

    One département, so that the test stays quick: the other ones go through the same code.
    """
    env = {"HOME": str(tmp_path), "PATH": f"{installed}:/usr/bin:/bin", "LANG": "C.UTF-8"}
    version = run(installed / "portrea", "--version", env=env, cwd=tmp_path)
    assert re.fullmatch(r"portrea \d+\.\d+\.\d+\s*", version.stdout)
    command = (installed / "portrea", "demo", "--no-serve", "--departements", "35")
    shown = run(*command, env=env, cwd=tmp_path)
    assert "http://127.0.0.1:8000/" in shown.stdout
    home = tmp_path / ".local" / "share" / "portrea"
    assert (home / "store" / "current").exists()
    portrait = next(home.glob("portraits/*.pdf"))
    assert portrait.read_bytes().startswith(b"%PDF")
    assert list(home.glob("tiles/communes-*.pmtiles"))
    assert list(home.glob("static/design/portrea*.css"))
    before = _stamps(home)
    again = run(*command, env=env, cwd=tmp_path)
    assert not re.search("Données embarquées|Calcul|Fond de carte|Portrait PDF", again.stderr)
    assert _stamps(home) == before, "what is done is not done again"
    assert os.fspath(portrait) in again.stdout


def _stamps(home: Path) -> dict[str, int]:
    """When each file was written, but those of the database in use."""
    kept = (path for path in home.rglob("*") if path.is_file() and "sqlite" not in path.name)
    return {os.fspath(path.relative_to(home)): path.stat().st_mtime_ns for path in kept}
