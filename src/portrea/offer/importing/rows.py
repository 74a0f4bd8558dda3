"""Rows of a list → places: every row is accepted, refused or left out, and none is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError, Diagnostic
from portrea.offer.importing.building import NAMELESS, build_place, cleaned_services, same_name
from portrea.offer.importing.cells import Draft, RowReader
from portrea.offer.importing.mapping import Mapping, label_of
from portrea.offer.importing.offering import services_of, united_services
from portrea.offer.importing.outcome import Fault, Imported, Listing, RefusedRow, Severity
from portrea.offer.importing.people import KINDS, People, personal_column
from portrea.offer.importing.spelling import key
from portrea.offer.importing.values import Note, number
from portrea.offer.record import Place

if TYPE_CHECKING:
    from collections.abc import Mapping as KeyedMapping
    from collections.abc import Sequence
    from datetime import date

TOO_LONG = Note(
    "extra-cells",
    "plus de cellules que de colonnes : les valeurs sont sans doute décalées",
    "Vérifiez les séparateurs et les guillemets de cette ligne.",
)


def import_rows(
    listing: Listing,
    mapping: Mapping,
    *,
    today: date,
    strict_people: bool = False,
    known: KeyedMapping[str, Place] | None = None,
) -> Imported:
    """Return the places of a list, the rows refused and all that was left aside.

    Parameters
    ----------
    today
        Dates of update after it are not believed.
    strict_people
        Refuse the whole list when it surely holds personal data, in place of stripping it.
    known
        Places by identifier, for a mapping that attaches services to places told elsewhere.

    Raises
    ------
    DataError
        The file is not a list of places, nothing gives the names, or ``strict_people``.
    """
    _refuse_unreadable(listing, mapping)
    work = _Work(listing, mapping, today, dict(known or {}))
    for position, row in enumerate(listing.rows):
        work.take(position, row)
    result = work.result()
    if strict_people:
        _refuse_people(result)
    return result


def _refuse_unreadable(listing: Listing, mapping: Mapping) -> None:
    if mapping.refuse:
        raise DataError(
            f"Le fichier {listing.name} n’est pas une liste de lieux : {mapping.refuse}.",
            remedy="Importez le fichier qui donne le nom et l’adresse de chaque lieu.",
        )
    wanted = "id" if mapping.attach else "name"
    rule = mapping.rule(wanted)
    present = rule is not None and (rule.constant or set(rule.columns) & set(listing.columns))
    if not present:
        shown = ", ".join(listing.columns[:8])
        raise DataError(
            f"Le fichier {listing.name} : aucune colonne ne donne le champ"
            f" « {label_of(wanted)} » (colonnes lues : {shown}).",
            remedy="Choisissez la colonne qui le donne, ou nommez-la « nom ».",
        )


class _Work:
    """One list under way."""

    def __init__(
        self, listing: Listing, mapping: Mapping, today: date, known: dict[str, Place]
    ) -> None:
        self.listing, self.mapping, self.known = listing, mapping, known
        self.reader = RowReader(listing.columns, mapping.rules, today=today)
        self.at = {column: index for index, column in enumerate(listing.columns)}
        self.places: dict[str, Place] = {}
        self.lines: dict[str, list[int]] = {}
        self.accepted: list[int] = []
        self.refused: list[RefusedRow] = []
        self.left_out: list[RefusedRow] = []
        self.faults: list[Fault] = []
        self.people = People()
        self.has_id = mapping.rule("id") is not None
        self.personal = [
            (column, index) for column, index in self.at.items() if personal_column(column)
        ]

    def take(self, position: int, row: Sequence[str]) -> None:
        """Accept, refuse or leave out one row."""
        line = self.listing.lines[position]
        outside = self._outside(row)
        if outside is not None:
            self.left_out.append(RefusedRow(line, tuple(row), (outside.at(line, None, None),)))
            return
        for column, index in self.personal:
            if row[index].strip():
                self.people.add(column, "name", line)
        if self.listing.extra and position in self.listing.extra:
            self._refuse(row, line, TOO_LONG, " | ".join(self.listing.extra[position]))
            return
        draft = self.reader.read(row, line)
        if self.mapping.attach:
            self._attach(draft, row)
        else:
            self._place(draft, row)

    def _place(self, draft: Draft, row: Sequence[str]) -> None:
        place, why = build_place(draft, self.mapping.source, self.people)
        if place is None:
            self._refuse(row, draft.line, why or NAMELESS, draft.get("name"), draft)
            return
        first = self.places.get(place.id)
        if first is not None and not same_name(first, place):
            note = Note(
                "repeated-id",
                f"identifiant déjà employé ligne {self.lines[place.id][0]}",
                "Donnez à chaque lieu un identifiant à lui.",
            )
            self._refuse(row, draft.line, note, draft.get("id"), draft)
            return
        if first is not None:
            place = self._joined(first, place, draft)
        self.places[place.id] = place
        self._accept(place.id, draft)

    def _joined(self, first: Place, place: Place, draft: Draft) -> Place:
        told = self.lines[place.id][0]
        united, differing = united_places(first, place)
        words = f"même lieu que la ligne {told}"
        if differing:
            labels = ", ".join(label_of(name).lower() for name in differing[:5])
            words += f" ; gardé de la ligne {told} : {labels}"
        draft.note(Note("same-place", words), None, None, kept=True)
        return united

    def _attach(self, draft: Draft, row: Sequence[str]) -> None:
        told = str(draft.get("id") or "")
        identifier = next(
            (i for i in (told, f"{self.mapping.source}--{told}") if i in self.known), None
        )
        if identifier is None:
            note = Note(
                "unknown-place",
                "service d’une structure qui n’est pas connue",
                "Importez aussi la liste des structures.",
            )
            self._refuse(row, draft.line, note, told, draft)
            return
        near = (self.known[identifier].name,)
        services = cleaned_services(services_of(draft, None, ()), draft.line, near, self.people)
        if not services:
            note = Note("no-block", "service sans sorte connue", "Dites sa sorte.")
            self._refuse(row, draft.line, note, draft.get("service.name"), draft)
            return
        place = self.known[identifier]
        united, _ = united_places(place, replace(place, services=services))
        self.known[identifier] = self.places[identifier] = united
        self._accept(identifier, draft)

    def _accept(self, identifier: str, draft: Draft) -> None:
        self.accepted.append(draft.line)
        self.lines.setdefault(identifier, []).append(draft.line)
        self._tell(draft)

    def _refuse(
        self,
        row: Sequence[str],
        line: int,
        why: Note,
        value: str | None,
        draft: Draft | None = None,
    ) -> None:
        reason = why.at(line, None, value or None)
        notes = [
            note.at(line, c, v) for note, c, v, kept in (draft.notes if draft else ()) if not kept
        ]
        self.refused.append(RefusedRow(line, tuple(row), (reason, *notes)))
        self.faults.append(Fault(Severity.REFUSED, reason))
        if draft:
            self._tell(draft)

    def _tell(self, draft: Draft) -> None:
        for note, column, cell, kept in draft.notes:
            severity = Severity.WARNING if kept else Severity.LEFT_ASIDE
            self.faults.append(Fault(severity, note.at(draft.line, column, cell)))

    def _outside(self, row: Sequence[str]) -> Note | None:
        """Return why a row is not of this list, by the conditions of the profile."""
        for column, kept in self.mapping.only:
            if column in self.at and key(row[self.at[column]]) not in {key(v) for v in kept}:
                return Note("left-out", f"hors de la liste des lieux ({column} ≠ {kept[0]})")
        for column, dropped in self.mapping.without:
            if column in self.at and key(row[self.at[column]]) in {key(v) for v in dropped}:
                return Note("left-out", f"hors de la liste des lieux ({column} = {dropped[0]})")
        for column, words in self.mapping.holds:
            told = key(row[self.at[column]]) if column in self.at else ""
            if column in self.at and not any(key(word) in told for word in words):
                return Note(
                    "left-out", f"hors de la liste des lieux ({column} sans « {words[0]} »)"
                )
        for column in self.mapping.positive:
            if column in self.at and not number(row[self.at[column]])[0]:
                return Note("left-out", f"hors de la liste des lieux ({column} nul ou absent)")
        return None

    def result(self) -> Imported:
        """Return what became of every row."""
        return Imported(
            name=self.listing.name,
            columns=self.listing.columns,
            mapping=self.mapping,
            places=tuple(self.places.values()),
            accepted=tuple(self.accepted),
            refused=tuple(self.refused),
            left_out=tuple(self.left_out),
            empty=self.listing.empty,
            faults=tuple(self.faults),
            people=self.people,
            lines={identifier: tuple(lines) for identifier, lines in self.lines.items()},
        )


# -- two rows of one place ------------------------------------------------------------------------

_APART = ("id", "source", "services", "latitude", "longitude", "position")


def united_places(first: Place, second: Place) -> tuple[Place, tuple[str, ...]]:
    """Return two tellings of one place as one, and the fields where they differ.

    The first row is kept where both speak; lists add up; services of one key are one.
    """
    changes: dict[str, Any] = {}
    differing = []
    for name in Place.__slots__:
        if name in _APART:
            continue
        mine, other = getattr(first, name), getattr(second, name)
        if isinstance(mine, tuple):
            if other and not set(other) <= set(mine):
                changes[name] = tuple(dict.fromkeys((*mine, *other)))
        elif mine is None and other is not None:
            changes[name] = other
        elif other is not None and other != mine and not isinstance(mine, bool):
            differing.append(name)
    if first.latitude is None and second.latitude is not None:
        changes |= {n: getattr(second, n) for n in ("latitude", "longitude", "position")}
    services = {service.key: service for service in first.services}
    for service in second.services:
        mine = services.get(service.key)
        services[service.key] = united_services(mine, service) if mine else service
    changes["services"] = tuple(services.values())
    return replace(first, **changes), tuple(differing)


def _refuse_people(result: Imported) -> None:
    sure = {where: count for where, count in result.people.sure.items() if count}
    if not sure:
        return
    raise DataError(
        f"Le fichier {result.name} contient des données personnelles : il est refusé.",
        diagnostics=tuple(
            Diagnostic(
                "personal",
                f"{count} fois : {KINDS[kind]}",
                result.people.lines[column, kind],
                column,
            )
            for (column, kind), count in sorted(sure.items())
        ),
        remedy="Retirez-les, ou importez-le en laissant Portrea les retirer.",
    )
