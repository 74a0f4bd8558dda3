"""The cells of one row → values by field, with a note for all that is not kept as it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portrea.base.spreadsheets import alive
from portrea.offer.importing import contacts, positions, values, vocabularies
from portrea.offer.importing.mapping import Rule, reader_of
from portrea.offer.importing.parameters import parameters
from portrea.offer.importing.spelling import key, without_tags
from portrea.offer.importing.values import Note, untold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

LISTS = frozenset(vocabularies.STANDARD) - {"itinerance"}
_SCALARS: dict[str, Callable[[str], values.Read]] = {
    "text": values.text,
    "prose": values.prose,
    "postcode": values.postcode,
    "commune": values.commune,
    "siret": values.siret,
    "phone": contacts.phone,
    "emails": contacts.emails,
    "websites": contacts.websites,
    "link": contacts.link,
    "number": values.number,
    "share": values.share,
    "boolean": values.boolean,
    "position": positions.position,
    "kind": vocabularies.kind,
    "words": vocabularies.words,
    "coordinate": lambda cell: (cell, None),
    "block": lambda cell: vocabularies.single("blocks", cell),
    "saturation": lambda cell: vocabularies.single("saturation", cell),
    "helpers": lambda cell: (cell, None),
}


_TELL_EMPTY = frozenset(("boolean", "text", "prose"))
"""Readers that know by themselves which texts mean « not told »."""


@dataclass(slots=True)
class Draft:
    """What one row tells, before it is a place.

    ``values`` holds one value by field, ``lists`` the values of lists in the order met, ``raw``
    the cells as received by field, ``notes`` the remarks with their column and cell.
    """

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, dict[str, None]] = field(default_factory=dict)
    raw: dict[str, list[tuple[str | None, str]]] = field(default_factory=dict)
    notes: list[tuple[Note, str | None, str | None, bool]] = field(default_factory=list)

    def note(self, note: Note | None, column: str | None, cell: str | None, *, kept: bool) -> None:
        """Add a remark; ``kept`` says whether the value is in the record all the same."""
        if note is not None:
            self.notes.append((note, column, cell, kept))

    def get(self, target: str) -> Any:
        """Return the value of a field, ``None`` when it is not told."""
        return self.values.get(target)

    def listed(self, target: str) -> tuple[str, ...]:
        """Return the values of a list."""
        return tuple(self.lists.get(target, ()))

    def add(self, target: str, value: str) -> None:
        """Add a value to a list."""
        self.lists.setdefault(target, {})[value] = None


@dataclass(frozen=True, slots=True)
class _Plan:
    rule: Rule
    reader: str
    columns: tuple[tuple[str, int], ...]
    when: tuple[tuple[int, frozenset[str]], ...]
    words: dict[str, str]


class RowReader:
    """Reads the rows of one list with one mapping.

    Parameters
    ----------
    today
        Dates after it are not believed.
    """

    def __init__(self, columns: Sequence[str], rules: Sequence[Rule], *, today: date) -> None:
        self._at = {column: index for index, column in enumerate(columns)}
        self._today = today
        self._plans = [self._plan(rule) for rule in rules]

    def _plan(self, rule: Rule) -> _Plan:
        present = tuple((c, self._at[c]) for c in rule.columns if c in self._at)
        when = tuple(
            (self._at[c], frozenset(map(key, told))) for c, told in rule.when if c in self._at
        )
        words = {key(word): value for word, value in rule.words}
        return _Plan(rule, reader_of(rule.target), present, when, words)

    def read(self, row: Sequence[str], line: int) -> Draft:
        """Return what a row tells."""
        draft = Draft(line)
        for plan in self._plans:
            if not plan.when or all(key(row[index]) in told for index, told in plan.when):
                self._apply(plan, row, draft)
        return draft

    def _apply(self, plan: _Plan, row: Sequence[str], draft: Draft) -> None:
        rule = plan.rule
        if rule.constant is not None:
            self._take(plan, None, rule.constant, draft)
            return
        if rule.join is not None:
            pieces = [row[index].strip() for _, index in plan.columns]
            joined = rule.join.join(piece for piece in pieces if piece)
            if joined:
                self._take(plan, plan.columns[0][0], joined, draft)
            return
        for column, index in plan.columns:
            cell = row[index]
            if not cell or cell.isspace():
                continue
            told = self._piece(plan, alive(cell).strip())
            if told and self._take(plan, column, told, draft) and rule.how != "many":
                return

    def _piece(self, plan: _Plan, cell: str) -> str | None:
        """Return the part of a cell that a rule reads, turned by its words."""
        rule = plan.rule
        if rule.split is not None:
            pieces = cell.split(rule.split)
            if not -len(pieces) <= rule.part < len(pieces):
                return None
            cell = pieces[rule.part].strip()
        if rule.keep is not None:
            pieces = re.split(r"[|;,\n]", cell)
            return "|".join(piece for piece in pieces if rule.keep in piece) or None
        if plan.words:
            found = plan.words.get(key(cell))
            if found is None and rule.only_words:
                return None
            return cell if found is None else found
        return cell

    def _take(self, plan: _Plan, column: str | None, cell: str, draft: Draft) -> bool:
        """Read a cell into the draft; return whether it told something."""
        target, reader = plan.rule.target, plan.reader
        if reader in LISTS or reader == "itinerant":
            return _take_list(target, reader, column, cell, draft)
        if reader not in _TELL_EMPTY and untold(cell):
            return False
        if reader == "date":
            value, note = values.day(cell, self._today)
        else:
            value, note = _SCALARS[reader](cell)
        kept = value is not None and value != ()
        draft.note(note, column, cell, kept=kept)
        if not kept:
            return False
        draft.raw.setdefault(target, []).append((column, cell))
        _store(plan.rule.how, target, value, draft)
        return True


def _store(how: str, target: str, value: Any, draft: Draft) -> None:
    if isinstance(value, tuple) and target != "position":
        for piece in value:
            draft.add(target, piece)
    elif how == "many" and target in draft.values and isinstance(value, str):
        mark = " / " if target.startswith(("hours.", "services.")) else "\n"
        if value not in draft.values[target]:
            draft.values[target] = f"{draft.values[target]}{mark}{value}"
    elif target not in draft.values:
        draft.values[target] = value


def _take_list(target: str, reader: str, column: str | None, cell: str, draft: Draft) -> bool:
    """Read a list; an older word may fill another list of the same family."""
    name = "itinerance" if reader == "itinerant" else reader
    found, strange = vocabularies.listed(name, cell)
    prefix = target.rsplit(".", 1)[0] + "." if target.startswith("services.") else ""
    for told, value in found:
        draft.add("itinerant" if reader == "itinerant" else prefix + told, value)
    rest = parameters("words").get(name, {}).get("rest")
    if rest:
        for piece in strange:
            draft.add(str(rest), piece[:200])
    elif reader == "cost":
        _cost_text(prefix, cell, found, draft)
    elif strange:
        draft.note(vocabularies.unknown_note(strange), column, cell, kept=bool(found))
    return bool(found or strange)


def _cost_text(prefix: str, cell: str, found: vocabularies.Found, draft: Draft) -> None:
    """Keep the words of a price unless the standard's values say all of it."""
    told = {key(value) for _, value in found}
    exact = key(cell) in told or any(key(cell).startswith(key(v)) and ":" in cell for _, v in found)
    value = None if exact else values.text(without_tags(cell))[0]
    if value:
        draft.values.setdefault(f"{prefix}cost_text", value)
