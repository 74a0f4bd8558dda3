"""A list received by the site: its columns, what its rows give, what it would change."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from portrea.base.errors import Diagnostic
from portrea.base.spreadsheets import inert
from portrea.base.unseen import without_unseen
from portrea.offer.importing.mapping import Mapping, from_dict, label_of, place_targets
from portrea.offer.importing.outcome import LINE, REASON, RefusedRow
from portrea.offer.importing.people import personal_column
from portrea.offer.importing.profiles import choose_mapping
from portrea.offer.importing.rows import import_rows
from portrea.sources.lists import read_list
from portrea.sources.lists.writing import csv_text
from portrea.web.accounts import objects
from portrea.web.accounts.scope import FRANCE, contains, key_of, name_of
from portrea.web.offer.locating import communes_of, on_map
from portrea.web.offer.models import ImportRow, SavedMapping
from portrea.web.offer.services.imports import NotTaken
from portrea.web.offer.uploads import path_of

if TYPE_CHECKING:
    from portrea.offer.importing.locating import Queued
    from portrea.offer.importing.outcome import Imported
    from portrea.offer.record import Place as Record
    from portrea.sources.lists import ListFile
    from portrea.web.offer.models import ImportBatch

SAMPLES = 3
POSITIONS = {
    "declared": gettext_lazy("à la position donnée par la liste"),
    "address": gettext_lazy("à leur adresse"),
    "street": gettext_lazy("dans leur rue"),
    "commune": gettext_lazy("au centre de leur commune"),
    None: gettext_lazy("sans position"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: what it was taken for, how sure, a few of its cells."""

    rank: int
    name: str
    target: str
    label: str
    confidence: int | None
    reason: str
    samples: list[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """A list, its mapping, what its rows give in the territory, what a person must locate."""

    listing: ListFile
    mapping: Mapping
    result: Imported
    queue: tuple[Queued, ...] = ()
    geocoding: dict[str, Any] = field(default_factory=dict)

    @property
    def positions(self) -> list[tuple[str, int]]:
        """How places are put on the map, and how many: what is told first, what is lost last."""
        counts = Counter(place.position for place in self.result.places)
        return [(label, counts[kind]) for kind, label in POSITIONS.items() if counts[kind]]

    @property
    def columns(self) -> list[Column]:
        """Columns in the order of the file."""
        guesses = {guess.column: guess for guess in self.mapping.guesses}
        targets = {c: rule.target for rule in reversed(self.mapping.rules) for c in rule.columns}
        found = []
        for rank, name in enumerate(self.listing.columns):
            guess, target = guesses.get(name), targets.get(name)
            told = dict.fromkeys(row[rank].strip() for row in self.listing.rows[:50])
            cells = [cell for cell in told if cell]
            shown = (
                []
                if personal_column(name)
                else [without_unseen(cell[:60]) for cell in cells[:SAMPLES]]
            )
            sure = round(100 * guess.confidence) if guess and target else None
            found.append(
                Column(rank, name, target or "", label_of(target), sure,
                       guess.reason if guess else "", shown)
            )  # fmt: skip
        return found

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Fields that a column may be taken for."""
        days = [f"hours.{day}" for day in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")]
        used = [rule.target for rule in self.mapping.rules]
        targets = dict.fromkeys((*place_targets(), *days, *used))
        return [(target, label_of(target)) for target in targets]

    @property
    def searchable(self) -> list[Record]:
        """Places that an address may put nearer than the centre of their commune."""
        vague = (place for place in self.result.places if place.position in (None, "commune"))
        return [place for place in vague if place.address]


def saved_mappings() -> list[Mapping]:
    """Return the profiles that people kept."""
    cards = SavedMapping.objects.order_by("name").values_list("mapping", flat=True)
    return [from_dict(card) for card in cards]


def read_batch(batch: ImportBatch) -> Reading:
    """Read the file of an import with its mapping, put on the map, rows of elsewhere refused."""
    listing, mapping, result = read_rows(batch)
    geocoding = batch.report.get("geocoding") or {}
    result, queue = on_map(result, geocoding)
    result = _within(result, listing, batch.territory)
    kept = {place.id for place in result.places}
    queue = tuple(queued for queued in queue if queued.id in kept)
    return Reading(listing, mapping, result, queue, geocoding)


def read_rows(batch: ImportBatch) -> tuple[ListFile, Mapping, Imported]:
    """Read the file of an import with its mapping, as the list tells it."""
    with objects.at_hand(path_of(batch)) as path:
        listing = read_list(path)
    told = batch.report.get("mapping")
    mapping = from_dict(told) if told else choose_mapping(listing, saved_mappings())
    if told:  # how sure each guess was is kept beside
        fresh = choose_mapping(listing, saved_mappings())
        mapping = replace(mapping, guesses=fresh.guesses)
    mapping = replace(mapping, source=batch.source)  # rows keep their names, whatever the file's
    return listing, mapping, import_rows(listing, mapping, today=timezone.localdate())


def _within(result: Imported, listing: ListFile, territory: str | None) -> Imported:
    """Refuse the rows of places that are not in the territory of the import."""
    if territory is None or key_of(territory) == FRANCE:
        return result
    known: dict[str, bool] = {}
    found = communes_of(result.places)

    def inside(place: Record) -> bool:
        code = found.get(place.id) or ""
        if code not in known:
            known[code] = bool(code) and contains(key_of(territory), ("commune", code))
        return known[code]

    outside = {place.id for place in result.places if not inside(place)}
    if not outside:
        return result
    why = Diagnostic(
        "outside",
        f"ce lieu n’est pas dans le territoire de l’import ({name_of(territory)}),"
        " ou sa commune n’est pas dite",
    )
    lines = {line for identifier in outside for line in result.lines[identifier]}
    cells = dict(zip(listing.lines, listing.rows, strict=True))
    refused = (RefusedRow(line, tuple(cells[line]), (why,)) for line in sorted(lines))
    return replace(
        result,
        places=tuple(place for place in result.places if place.id not in outside),
        accepted=tuple(line for line in result.accepted if line not in lines),
        refused=(*result.refused, *refused),
        lines={key: value for key, value in result.lines.items() if key not in outside},
    )


def source_name(title: str, territory: str | None) -> str:
    """Return the name of a list, apart for each territory: no list of elsewhere is touched."""
    plain = re.sub(r"[^\w\-]+", "-", title.strip().lower()).strip("-")[:80] or "liste"
    local = territory and key_of(territory) != FRANCE
    return f"{plain}@{territory}" if local else plain


def report_of(reading: Reading) -> dict[str, Any]:
    """Return the counts of a reading, without any personal value."""
    result = reading.result
    return {
        "read": result.read,
        "accepted": len(result.accepted),
        "refused": len(result.refused),
        "left_out": len(result.left_out),
        "empty": result.empty,
        "people": list(result.people.sentences()),
        "mapping": reading.mapping.to_dict(),
        "geocoding": reading.geocoding,
        "to_locate": [asdict(queued) for queued in reading.queue],
    }


def not_taken(result: Imported) -> list[NotTaken]:
    """Return the rows that gave no place, as the census keeps them (personal columns emptied)."""
    shown = [(i, c) for i, c in enumerate(result.columns) if not personal_column(c)]
    return [
        NotTaken(
            row.line,
            tuple(str(reason) for reason in row.reasons),
            {c: row.cells[i] for i, c in shown if i < len(row.cells)},
            left=left,
        )
        for rows, left in ((result.refused, False), (result.left_out, True))
        for row in rows
    ]


def refused_csv(batch: ImportBatch) -> str:
    """Return the refused rows of an applied import, to be mended and sent again."""
    rows = list(batch.rows.filter(action=ImportRow.Action.REFUSED).order_by("row", "pk"))
    told = dict.fromkeys(name for row in rows for name in row.before or {})
    columns = [name for name in told if name not in (REASON, LINE)]
    table = [
        (
            *(inert(str((row.before or {}).get(name, ""))) for name in columns),
            inert(" / ".join(row.reasons)),
            str(row.row or ""),
        )
        for row in rows
    ]
    return csv_text((*map(inert, columns), REASON, LINE), table)
