"""Open answers coded by hand, and how far two people who code them agree."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.base.csv_rows import csv_rows
from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_WORDS = ((0.8, "fort"), (0.6, "bon"), (0.4, "moyen"), (0.2, "faible"))


@dataclass(frozen=True, slots=True)
class Agreement:
    """Share of answers coded alike, and Cohen's kappa (1 perfect, 0 as by chance)."""

    answers: int
    alike: float
    kappa: float | None
    disagreements: tuple[tuple[str, str, int], ...]

    @property
    def word(self) -> str:
        """How strong the agreement is (Landis and Koch, 1977: a habit, not a law)."""
        if self.kappa is None:
            return "sans objet"
        return next(
            (word for least, word in _WORDS if round(self.kappa, 9) >= least), "très faible"
        )


def agreement(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """Compare the codes two people gave to the same answers, in the same order.

    ``kappa`` is None when chance alone would make them agree always (a single code used).
    """
    if len(first) != len(second) or not first:
        message = f"{len(first)} réponses codées d’un côté, {len(second)} de l’autre."
        raise DataError(
            message, remedy="Les deux personnes codent les mêmes réponses, au moins une."
        )
    size = len(first)
    alike = sum(map(str.__eq__, first, second)) / size
    ones, others = Counter(first), Counter(second)
    chance = sum(ones[code] * others[code] for code in ones) / size**2
    kappa = (alike - chance) / (1 - chance) if chance < 1 else None
    apart = Counter((a, b) for a, b in zip(first, second, strict=True) if a != b)
    return Agreement(size, alike, kappa, tuple((a, b, n) for (a, b), n in apart.most_common()))


@dataclass(frozen=True, slots=True)
class Entry:
    """One theme of a codebook: its code, its name, when to use it, when not, an example."""

    name: str
    label: str
    definition: str = ""
    exclusion: str = ""
    example: str = ""


def agreement_of_sets(
    first: Sequence[Collection[str]], second: Sequence[Collection[str]]
) -> Agreement:
    """Compare the sets of themes two people gave: alike when they are exactly the same."""
    return agreement(*([" + ".join(sorted(set(one))) for one in side] for side in (first, second)))


def agreement_by_theme(
    first: Sequence[Collection[str]], second: Sequence[Collection[str]], themes: Sequence[str]
) -> dict[str, Agreement]:
    """Compare, for each theme, who put it and who did not."""
    return {
        theme: agreement(*([_YES_NO[theme in one] for one in side] for side in (first, second)))
        for theme in themes
    }


_YES_NO = ("non", "oui")


def coded_twice(identifier: str, *, seed: str, percent: int) -> bool:
    """Whether an answer is of the share that two people code.

    The draw depends on the seed and on the answer alone: answers that come later do not change
    it, and whoever knows the seed draws the same.
    """
    drawn = hashlib.sha256(f"{seed} {identifier}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") * 100 < percent << 64


def proposed(model: str, question: str) -> tuple[Entry, ...]:
    """Return the codebook proposed for an open question of a ready questionnaire (or none)."""
    rows = _proposals().get(model, {}).get(question, ())
    return tuple(Entry(**row) for row in rows)


@cache
def _proposals() -> dict[str, dict[str, Any]]:
    text = (files("portrea.surveys") / "codebooks.yaml").read_text("utf-8")
    told: dict[str, dict[str, Any]] = yaml.safe_load(text)["questions"]
    return told


_COLUMNS = {
    "code": "name",
    "thème": "label",
    "quand l’employer": "definition",
    "quand ne pas l’employer": "exclusion",
    "exemple": "example",
}
LONGEST_LABEL = 120
MOST_THEMES = 60


def write_codebook(entries: Sequence[Entry]) -> str:
    """Return a codebook as CSV (semicolons, as French spreadsheets read it)."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerows(
        [_inert(getattr(entry, field)) for field in _COLUMNS.values()] for entry in entries
    )
    return out.getvalue()


def read_codebook(text: str) -> tuple[Entry, ...]:
    """Return the themes of a codebook written as CSV; a code that is absent is made of the name.

    Raises
    ------
    DataError
        No theme, no column « thème », or a code used twice: the message says the line.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise DataError("Ce fichier est vide.", remedy="Exportez un livre de codes pour modèle.")
    head = text.splitlines()[0]
    rows = csv_rows(text, max(";,\t", key=head.count))
    names = [_COLUMNS.get(_plain(cell), "") for cell in next(rows)[1]]
    if "label" not in names:
        raise DataError(
            f"Ce fichier n’a pas de colonne « thème » ; il a : {head[:120]}",
            remedy=f"Nommez ses colonnes : {' ; '.join(_COLUMNS)}.",
        )
    found: dict[str, Entry] = {}
    for line, row in rows:
        told = {name: cell.strip() for name, cell in zip(names, row, strict=False) if name}
        if told.get("label"):
            _add(found, told, line)
    if not found:
        raise DataError("Ce fichier n’a aucun thème.", remedy="Écrivez un thème par ligne.")
    return tuple(found.values())


def code_of(label: str) -> str:
    """Return the code of a theme made of its name: « Le coût » is « le-cout »."""
    bare = unicodedata.normalize("NFKD", label.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:40].strip("-")


def _add(found: dict[str, Entry], told: dict[str, str], line: int) -> None:
    name = code_of(told.get("name") or told["label"])
    if not name or name in found or len(found) >= MOST_THEMES:
        raise DataError(
            f"Ligne {line} : le code « {name or told['label'][:40]} » sert déjà, ou il y a plus de "
            f"{MOST_THEMES} thèmes.",
            remedy="Un code par thème, fait de lettres et de chiffres ; regroupez les autres.",
        )
    texts = {key: told.get(key, "") for key in ("definition", "exclusion", "example")}
    found[name] = Entry(name, told["label"][:LONGEST_LABEL], **texts)


def _plain(cell: str) -> str:
    return cell.strip().lower().replace("'", "’")


def _inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
