"""The portrait of a territory and the datasets behind it, composed once per computation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings

from portrea.base.errors import ParameterError
from portrea.sources.store import Store
from portrea.steering import difference as difference_of
from portrea.steering import validation_report
from portrea.steering.measures import words
from portrea.steering.portrait import build_portrait, with_trials
from portrea.web.needs.selectors import FRANCE, Choice, surroundings, usual_level, zone_codes
from portrea.web.reach.forward import forward_of, shown_state
from portrea.web.territories.selectors import reader, territory_find, trail

if TYPE_CHECKING:
    from portrea.sources.datasets import Dataset
    from portrea.steering.difference import Difference
    from portrea.steering.document import Portrait, Table
    from portrea.web.territories.selectors import Crumb

KEPT_PORTRAITS = 256
KEPT_DOCUMENTS = 16
DOCUMENTS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
}
"""Forms of a document, to be printed or to be edited, and their types."""
PARTS = {("lieux", "csv"), ("lieux", "geojson"), ("tableaux", "csv")}
"""What is given away beside the estimates, and in which form."""


def portrait_of(reference: str) -> Portrait:
    """Return the portrait of a territory, or of a list joined by commas.

    The trials of « Et si ? » that it puts forward are in it.
    """
    return _portrait(*_state(reference))


def forward_state(reference: str) -> str:
    """Name the trials that a territory puts forward: its pages change with them."""
    return shown_state(territory_find(reference).key)


def _state(reference: str) -> tuple[str, str, str, str]:
    """Return what a portrait depends on: home, computation, territory, trials put forward."""
    key, current = territory_find(reference).key, reader()
    return str(current.store.home), current.computation_id, key, shown_state(key)


def portrait_file(reference: str, form: str) -> bytes:
    """Return the portrait in one of :data:`DOCUMENTS`."""
    return _file(form, *_state(reference))


def portrait_trail(reference: str) -> list[Crumb]:
    """Return the breadcrumb of a portrait."""
    return trail(territory_find(reference))


def portrait_notes(reference: str) -> tuple[str, ...]:
    """Return what the reader must know when another territory is shown than the one written."""
    return territory_find(reference).notes


def datasets() -> list[Dataset]:
    """Return the datasets in force, by producer then title."""
    found = Store(settings.PORTREA_HOME).datasets()
    return sorted(found, key=lambda d: (d.provenance.producer, d.provenance.title, d.id))


@lru_cache(maxsize=KEPT_PORTRAITS)
def _portrait(_home: str, _computation: str, key: str, shown: str) -> Portrait:
    found = build_portrait(reader(), territory_find(key))
    return with_trials(found, forward_of(key)) if shown else found


@lru_cache(maxsize=KEPT_DOCUMENTS)
def _file(form: str, *state: str) -> bytes:
    from portrea.steering.downloads import document_file

    return document_file(_portrait(*state), form)


def portrait_data(reference: str, kind: str) -> str:
    """Return everything shown about a territory as ``csv``, ``geojson`` or ``json``."""
    from portrea.steering import opendata

    if kind == "json":
        return opendata.to_json(portrait_of(reference))
    write = opendata.to_csv if kind == "csv" else opendata.to_geojson
    return write(reader(), territory_find(reference))


def portrait_part(reference: str, part: str, kind: str) -> str:
    """Return the places of a territory, or every table of its portrait (see :data:`PARTS`)."""
    from portrea.steering import downloads

    if part == "tableaux":
        return downloads.tables_csv(portrait_of(reference))
    write = downloads.places_csv if kind == "csv" else downloads.places_geojson
    return write(reader(), territory_find(reference))


def difference(reference: str, measure: str, version: str) -> Compared:
    """Return what the comparison page shows: our counts beside an index, over some zones.

    Raises
    ------
    ParameterError
        Unknown measure or version.
    """
    for name, known, what in (
        (measure, difference_of.MEASURES, "mesure"),
        (version, tuple(v for v, _ in difference_of.versions()), "version de l’indice"),
    ):
        if name not in known:
            raise ParameterError(
                f"La {what} « {name} » n’existe pas.", remedy=f"Valeurs : {', '.join(known)}."
            )
    asked = territory_find(reference or FRANCE)
    around = surroundings(asked)
    current = reader()
    arguments = str(current.store.home), current.computation_id, asked.key, around.key
    return _difference(*arguments, measure, version)


@lru_cache(maxsize=64)
def _difference(
    _home: str, _computation: str, asked: str, around: str, measure: str, version: str
) -> Compared:
    selection, surrounding = territory_find(asked), territory_find(around)
    level = usual_level(surrounding)
    strong = selection.territories[0].code if asked != around else ""
    zones = difference_of.Zones(level, zone_codes(surrounding, level), strong)
    found = difference_of.explain(reader(), zones, measure=measure, version=version)
    measures = [
        Choice(words(m).label, _comparison(around, m, version), m == measure)
        for m in difference_of.MEASURES
    ]
    versions = [
        Choice(name, _comparison(around, measure, v), v == version)
        for v, name in difference_of.versions()
    ]
    return Compared(found, surrounding.label, surrounding.key, measures, versions)


def _comparison(reference: str, measure: str, version: str) -> str:
    parts = {"territoire": reference, "mesure": measure, "indice": version}
    return urlencode(parts, safe=":,")


def validation() -> Validated:
    """Return every published figure beside ours, as the computation in force keeps them."""
    current = reader()
    return _validation(str(current.store.home), current.computation_id)


@lru_cache(maxsize=2)
def _validation(_home: str, _computation: str) -> Validated:
    rows = reader().computation.table("validation")
    return Validated(validation_report.statement(), *validation_report.tables(rows))


def validation_csv() -> str:
    """Return the rows of the validation page as CSV."""
    return reader().computation.table("validation").write_csv()


@dataclass(frozen=True, slots=True)
class Compared:
    """The comparison page: the finding, its place, and the links to the other choices."""

    shown: Difference
    place: str
    reference: str
    measures: list[Choice]
    versions: list[Choice]


@dataclass(frozen=True, slots=True)
class Validated:
    """The validation page: what agreement proves, the errors by family, the figures."""

    statement: str
    summary: Table
    families: tuple[Table, ...]
