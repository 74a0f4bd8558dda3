"""Totals typed or pasted for a question that weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.surveys.margins_words import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.web.surveys.weighting.selectors import Asked

OUT = "-"
LONGEST = 20_000


@dataclass(slots=True)
class Row:
    """One choice as it is typed: people, and the choice it is counted with (``-``: left out)."""

    name: str
    label: str
    answers: int
    people: str = ""
    into: str = ""


@dataclass(slots=True)
class Typed:
    """The totals of a question as they are typed, with their source and what is wrong."""

    rows: list[Row]
    source: str = ""
    faults: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, question: Asked, margin: Mapping[str, float], source: str, out: set[str]) -> Typed:
        """Return what is kept (or nothing yet) as it is typed."""
        first = {name: key.split()[0] for key in margin for name in key.split()}
        people = {key.split()[0]: f"{count:g}" for key, count in margin.items()}
        rows = []
        for name, label in question.choices.items():
            into = first.get(name, OUT if margin or name in out else name)
            row = Row(name, label, question.counts[name], people.get(name, ""))
            row.into = "" if into == name else into
            rows.append(row)
        return cls(rows, source)

    @classmethod
    def read(cls, question: Asked, posted: Mapping[str, str]) -> Typed:
        """Return what was posted."""
        rows = [
            Row(
                name,
                label,
                question.counts[name],
                posted.get(f"people:{name}", "").strip()[:20],
                posted.get(f"into:{name}", "")[:80],
            )
            for name, label in question.choices.items()
        ]
        return cls(rows, posted.get("source", "").strip()[:400])

    def paste(self, text: str) -> int:
        """Take the totals of lines « choice ; number »; return how many were recognised."""
        named = {" ".join(words_of(row.label)): row for row in self.rows}
        named |= {row.name: row for row in self.rows}
        taken = 0
        for line in text[:LONGEST].splitlines():
            cells = [cell.strip() for cell in line.replace(";", "\t").split("\t") if cell.strip()]
            if len(cells) < 2 or not any(sign.isdigit() for sign in cells[-1]):
                continue
            row = named.get(" ".join(words_of(cells[0]))) or named.get(cells[0])
            if row is None:
                self.faults.append(_("« %s » n’est pas un choix de cette question.") % cells[0])
                continue
            row.people, taken = cells[-1], taken + 1
        return taken

    def margin(self) -> dict[str, float]:
        """Return the margin typed: choices counted together are one group.

        Raises
        ------
        DataError
            A total is no number of people, or is missing; the message says which.
        """
        names = {row.name for row in self.rows}
        roots = {row.name: self._root(row) for row in self.rows}
        groups: dict[str, list[Row]] = {}
        for row in self.rows:
            if roots[row.name] in names:
                groups.setdefault(roots[row.name], []).append(row)
        margin = {}
        for rows in groups.values():
            told = [_number(row) for row in rows if row.people]
            if not told:
                raise DataError(
                    _("« %s » n’a pas de total.") % rows[0].label,
                    remedy=_("Écrivez-le, regroupez ce choix, ou laissez-le hors du calcul."),
                )
            margin[" ".join(row.name for row in rows)] = sum(told)
        return margin

    def _root(self, row: Row) -> str:
        """Follow what a choice is counted with, to the last."""
        known = {one.name: one for one in self.rows}
        seen = set()
        while row.into and row.into in known and row.name not in seen:
            seen.add(row.name)
            row = known[row.into]
        return OUT if row.into == OUT else row.name


def _number(row: Row) -> float:
    text = "".join(row.people.split()).replace("\u202f", "").replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e9:
        raise DataError(
            _("« %(label)s » : « %(text)s » n’est pas un nombre de personnes.")
            % {"label": row.label, "text": row.people},
            remedy=_("Écrivez un nombre, par exemple 1250."),
        )
    return number
