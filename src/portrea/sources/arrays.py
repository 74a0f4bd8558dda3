"""Arrays that took long to compute, kept on disk by version: ``$PORTREA_HOME/cache/<kind>``.

Layout: one folder per version, ``<name>.npy`` per array and ``card.json``, written last. Erasing
any of it is safe. Arrays are read where they lie (memory map): several processes share them.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MOST_BYTES = 2 << 30
"""Beyond 2 GiB, what was used the longest ago is erased."""
CARD = "card.json"


class ArrayShelf:
    """Arrays kept by version in one folder, the least recently used erased first."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self.most_bytes = most_bytes

    def read(self, version: str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]] | None:
        """Return the arrays and the card of a version, or nothing when absent or damaged."""
        place = self.folder / version
        try:
            card = json.loads((place / CARD).read_text("utf-8"))
            arrays = {
                name: np.load(place / f"{name}.npy", mmap_mode="r" if size else None)
                for name, size in card["sizes"].items()
            }
            os.utime(place / CARD)
        except (OSError, ValueError, KeyError, TypeError, EOFError):
            return None
        if any(array.size != card["sizes"][name] for name, array in arrays.items()):
            return None
        return arrays, card["facts"]

    def has(self, version: str) -> bool:
        """Whether a version is kept."""
        return (self.folder / version / CARD).is_file()

    def write(
        self, version: str, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]
    ) -> bool:
        """Keep the arrays of a version; say whether the disk let us.

        A full or read-only disk is no fault: what is kept here can be computed again.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=self.folder))
        except OSError:
            return False
        try:
            for name, array in arrays.items():
                np.save(draft / f"{name}.npy", array, allow_pickle=False)
            sizes = {name: int(array.size) for name, array in arrays.items()}
            (draft / CARD).write_text(json.dumps({"sizes": sizes, "facts": dict(facts)}), "utf-8")
            shutil.rmtree(self.folder / version, ignore_errors=True)
            draft.replace(self.folder / version)
        except OSError:
            return False
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        self._make_room(keep=version)
        return True

    def _make_room(self, *, keep: str) -> None:
        kept = sorted(self.folder.glob(f"*/{CARD}"), key=_used, reverse=True)
        total = 0
        for card in kept:
            total += sum(file.stat().st_size for file in card.parent.iterdir())
            if total > self.most_bytes and card.parent.name != keep:
                shutil.rmtree(card.parent, ignore_errors=True)


def _used(card: Path) -> float:
    return card.stat().st_mtime
