"""Which period do a file's figures describe? Column names, then a date, then the file name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portrea.base.errors import DataError, Diagnostic

if TYPE_CHECKING:
    from portrea.sources.source import Peek

YEAR = re.compile(r"(?<!\d)(20[0-3]\d)(?:[01]\d[0-3]\d)?(?!\d)")
"""A year, or a day written without dashes (20231201)."""


def vintage_of_name(peek: Peek) -> tuple[str, tuple[Diagnostic, ...]]:
    """Return the year written in the name of the file (or of the member, or of the sheet).

    Raises
    ------
    DataError
        No year, or several: the figures would have no date.
    """
    for name in (peek.member or "", peek.sheet or "", peek.path.name):
        years = sorted(set(YEAR.findall(name)))
        if len(years) == 1:
            remark = Diagnostic(
                "vintage-from-name", f"millésime {years[0]} lu dans le nom du fichier"
            )
            return years[0], (remark,)
    raise DataError(
        f"Le fichier {peek.name} ne dit pas de quelle année sont ses chiffres.",
        remedy="Renommez-le avec son millésime (par exemple « caf_iris_2021.csv »), puis"
        " recommencez.",
    )
