"""Guide damaged inputs by the code they reach: ``with_atheris.py READER FOLDER [options]``.

The options are those of libFuzzer. ``all`` is for every reader at once: the first byte of an input
says which. Sound inputs are in the folder first. An archive is also damaged inside: one member is
changed, then all are packed again. What is not said in French ends the run, and its input is kept.
"""

from __future__ import annotations

import io
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import atheris

SOURCES = Path(__file__).resolve().parents[2] / "src"
sys.path[:0] = [str(SOURCES), str(SOURCES.parent / "tests")]

with atheris.instrument_imports(include=["portrea"]):
    from fuzz.targets import TARGETS
    from portrea.base.errors import PortreaError

NAMES = tuple(TARGETS)
LARGEST = 65_536
"""Bytes of an input."""


def main(reader: str, folder: str, *options: str) -> None:
    """Read whatever libFuzzer draws, until its options say stop; it ends the process itself."""
    corpus = Path(folder)
    corpus.mkdir(parents=True, exist_ok=True)
    names = NAMES if reader == "all" else (reader,)
    for name in names:
        for rank, seed in enumerate(TARGETS[name][1]):
            (corpus / f"{name}-{rank}").write_bytes(first(reader, name) + seed)
    head = len(first(reader, names[0]))

    def read(content: bytes) -> None:
        name = names[content[0] % len(names)] if head and content else names[0]
        with suppress(PortreaError):  # said in French
            TARGETS[name][0](content[head:])

    def changed(content: bytes, largest: int, seed: int) -> bytes:
        kept, rest = content[:head], content[head:]
        return kept + (inside(rest, seed) if seed % 2 else atheris.Mutate(rest, largest - head))

    line = [sys.argv[0], str(corpus), f"-max_len={LARGEST}", *options]
    atheris.Setup(line, read, custom_mutator=changed)
    atheris.Fuzz()


def first(reader: str, name: str) -> bytes:
    """Return what says the reader at the start of an input: nothing when there is only one."""
    return bytes([NAMES.index(name)]) if reader == "all" else b""


def inside(content: bytes, seed: int) -> bytes:
    """Change one member of an archive and pack it again; anything else is changed as it is."""
    members = {}
    with suppress(Exception), zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if not members:  # no archive, or one that no longer opens
        return bytes(atheris.Mutate(content, LARGEST))
    name = sorted(members)[seed // 2 % len(members)]
    members[name] = atheris.Mutate(members[name], LARGEST)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return stream.getvalue()


if __name__ == "__main__":
    main(*sys.argv[1:])
