"""Read-only questions about territories, asked to the computation in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from portrea.base.errors import ParameterError, TerritoryError
from portrea.sources.store import Store
from portrea.steering.reading import Reader
from portrea.territory.naming import normalise

if TYPE_CHECKING:
    from pathlib import Path

    from portrea.territory import Selection, Territory

RESULTS = 20
LONGEST_QUERY = 120
MOST_TERRITORIES = 60


@dataclass(frozen=True, slots=True)
class Found:
    """A territory proposed to the reader: how it is written, its name, where it is."""

    reference: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the breadcrumb; the last one has no address."""

    label: str
    url: str = ""


def reader() -> Reader:
    """Return the reader of the computation in force."""
    return Reader(Store(settings.PORTREA_HOME))


def territory_find(reference: str) -> Selection:
    """Resolve a reference; an unknown one raises with the territories perhaps meant."""
    gazetteer = reader().gazetteer
    if reference.count(",") >= MOST_TERRITORIES:
        raise ParameterError(
            f"La liste compte plus de {MOST_TERRITORIES} territoires.",
            remedy="Demandez plutôt le territoire qui les contient.",
        )
    return gazetteer.resolve(reference)


def territory_candidates(error: TerritoryError) -> list[Found]:
    """Return the territories perhaps meant by a reference that was refused."""
    return [found(territory) for territory in error.candidates]


def territory_search(text: str, *, limit: int = RESULTS) -> list[Found]:
    """Return the territories whose name or code begins like ``text``, best first."""
    wanted = text.strip()[:LONGEST_QUERY]
    return [found(t) for t in reader().gazetteer.search(wanted, limit=limit)] if wanted else []


def territory_named(text: str) -> tuple[Selection | None, list[Found]]:
    """Return the territory a person wrote by name or code, else the proposals to choose from."""
    try:
        return reader().gazetteer.resolve(text), []
    except TerritoryError:
        results = territory_search(text)
    same = [one for one in results if normalise(one.name) == normalise(text)]
    if len(same) == 1:
        return reader().gazetteer.resolve(same[0].reference), []
    return None, results


def territory_nearest(latitude: float, longitude: float) -> Territory:
    """Return the commune whose town centre is nearest to a position."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ParameterError(
            "La position reçue n’est pas sur Terre.",
            remedy="Cherchez plutôt votre commune par son nom.",
        )
    return reader().gazetteer.nearest(longitude, latitude)


def territory_examples(limit: int = 6) -> list[Found]:
    """Return the EPCI whose needs are known best: the first portraits to open."""
    frame = reader().estimates(level="epci", measure="a2")
    known = frame.filter(frame["quality"].is_in(["A", "B", "C"])).sort("quality", "code")
    gazetteer = reader().gazetteer
    return [found(gazetteer.get("epci", code)) for code in known["code"].head(limit)]


def found(territory: Territory) -> Found:
    """Describe a territory in a list of results."""
    above = [
        parent.name
        for parent in reader().gazetteer.parents(territory)
        if parent.level.value in {"epci", "departement", "region"}
    ]
    place = " › ".join(above[:2])
    label = territory.level.label
    code = territory.code if territory.level.value != "france" else ""
    detail = " · ".join(filter(None, (label, code, place)))
    return Found(territory.key, territory.name, detail)


def trail(selection: Selection) -> list[Crumb]:
    """Return the breadcrumb of a territory, from France down to itself."""
    if not selection.is_single:
        return [Crumb(_("Territoires"), "/territoires/"), Crumb(_("Sélection"))]
    territory = selection.territories[0]
    above = reversed(reader().gazetteer.parents(territory))
    crumbs = [Crumb(t.name, f"/territoires/{t.level.value}/{t.code}/") for t in above]
    return [*crumbs, Crumb(territory.name)]


def tiles_path() -> Path | None:
    """Return the tile file in force, ``None`` before « portrea map build »."""
    from portrea.territory.tiles import latest

    return latest(settings.PORTREA_HOME / "tiles")
