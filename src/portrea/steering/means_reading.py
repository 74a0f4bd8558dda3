"""Lines of means read from a table: every fault is told at once, where and how to mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.errors import DataError
from portrea.steering.means import INVESTMENT, Line, kinds, natures, rule
from portrea.territory.naming import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COLUMNS = ("Action", "Type", "Année", "Nature", "Montant", "Durée", "Financeur")
NEEDED = COLUMNS[:5]
MOST_LINES, MOST_TOLD, LONGEST_TITLE, MOST_AMOUNT = 2_000, 12, 160, 1e9
_YEAR = re.compile(r"(19|20)\d{2}")
_AMOUNT = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Told:
    """A line of a table: the action it is of, its type, what it says."""

    title: str
    kind: str
    line: Line


def read_means(rows: Sequence[Mapping[str, str]]) -> tuple[Told, ...]:
    """Return the lines of a table whose columns are :data:`COLUMNS`, whatever case and accents.

    Raises
    ------
    DataError
        A column is missing, or a line cannot be: which line, what was read, what is expected.
    """
    if not rows:
        raise DataError("Ce fichier ne contient aucune ligne.", remedy=_remedy())
    if len(rows) > MOST_LINES:
        raise DataError(
            f"Ce fichier a {len(rows)} lignes.", remedy=f"Importez {MOST_LINES} lignes au plus."
        )
    _check_columns(rows[0])
    found, faults = [], []
    for number, row in enumerate(rows, start=2):
        told, wrong = _read({normalise(name): str(cell).strip() for name, cell in row.items()})
        faults += [f"ligne {number} : {one}" for one in wrong]
        if told is not None:
            found.append(told)
    if faults:
        more = len(faults) - MOST_TOLD
        told_of = [*faults[:MOST_TOLD], *([f"et {more} autres fautes"] if more > 0 else [])]
        raise DataError(
            "Rien n’a été importé. " + " ; ".join(told_of) + ".",
            remedy="Corrigez ces lignes dans votre fichier, puis importez-le de nouveau.",
        )
    return tuple(found)


def amount_of(text: str) -> float | None:
    """Return a number as people write it: « 48 000,50 € » is 48000.5; ``None`` when it is none."""
    plain = re.sub(r"[\s\u00a0\u202f€]", "", text).replace(",", ".")
    return float(plain) if _AMOUNT.fullmatch(plain) and float(plain) <= MOST_AMOUNT else None


def _check_columns(row: Mapping[str, str]) -> None:
    known = {normalise(name) for name in row}
    missing = [name for name in NEEDED if normalise(name) not in known]
    if missing:
        raise DataError(
            f"Il manque la colonne {', '.join(f'« {one} »' for one in missing)}.", remedy=_remedy()
        )


def _remedy() -> str:
    return f"Colonnes attendues : {', '.join(COLUMNS)}. Le modèle à télécharger les a toutes."


def _read(row: Mapping[str, str]) -> tuple[Told | None, list[str]]:
    """Return a line, or what is wrong in it."""
    title = row.get("action", "")
    kind, nature = _code(kinds(), row.get("type", "")), _nature(row.get("nature", ""))
    year, amount = row.get("annee", ""), amount_of(row.get("montant", ""))
    life = row.get("duree", "")
    faults = []
    if not title or len(title) > LONGEST_TITLE:
        faults.append(f"l’action doit avoir un nom, de {LONGEST_TITLE} signes au plus")
    if kind is None:
        faults.append(_expected("type", row.get("type", ""), ", ".join(kinds())))
    if not _YEAR.fullmatch(year):
        faults.append(_expected("année", year, "une année comme 2026"))
    if nature is None:
        faults.append(_expected("nature", row.get("nature", ""), ", ".join(natures())))
    if amount is None:
        faults.append(_expected("montant", row.get("montant", ""), "un nombre comme 12 500,00"))
    if nature == INVESTMENT and not _is_life(life):
        wanted = f"un nombre d’années, de 1 à {rule('longest_life')}"
        faults.append(_expected("durée", life, wanted))
    if faults or kind is None or nature is None or amount is None:
        return None, faults
    years = int(life) if nature == INVESTMENT else 1
    return Told(title, kind, Line(nature, amount, int(year), years, row.get("financeur", ""))), []


def _is_life(text: str) -> bool:
    return text.isdecimal() and 1 <= int(text) <= rule("longest_life")


def _nature(text: str) -> str | None:
    return _code(natures(), text)


def _code(known: Mapping[str, str], text: str) -> str | None:
    """Return a code told by itself or by its French, whatever the case and the accents."""
    told = {normalise(code): code for code in known}
    told |= {normalise(label): code for code, label in known.items()}
    return told.get(normalise(text)) if text else None


def _expected(name: str, text: str, wanted: str) -> str:
    return f"{name} « {text} », on attend {wanted}"
