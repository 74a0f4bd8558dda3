"""Known files left out on purpose: say why instead of « not recognised »."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portrea.sources.source import Peek


@cache
def known() -> Mapping[str, tuple[frozenset[str], str]]:
    """Return the entries of ``ignored.yaml``: identifier → (lower-case columns, French reason)."""
    text = files("portrea.sources").joinpath("ignored.yaml").read_text("utf-8")
    return {
        name: (frozenset(column.lower() for column in card["columns"]), card["reason"])
        for name, card in yaml.safe_load(text).items()
    }


def known_reason(peeks: Iterable[Peek]) -> str | None:
    """Return why a file that no source reads is left out, ``None`` when it is truly unknown."""
    for peek in peeks:
        columns = {column.lower() for column in peek.columns}
        for wanted, reason in known().values():
            if wanted <= columns:
                return str(reason)
    return None
