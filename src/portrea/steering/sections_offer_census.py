"""The offer read off the census: where nobody helps, when, at what price, how, and who helps.

Every table counts places, says how many do not tell it (« non renseigné »), and the day of the
census; a place counts once for each thing that it says.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.estimates import integer
from portrea.offer.record import Block, PresenceKind
from portrea.steering.document import Cell, Column, Figure, Section, Sentence, Table
from portrea.steering.figures_hours import DAYS
from portrea.steering.figures_map import Reading, Zone, choropleth
from portrea.steering.figures_style import Caption
from portrea.steering.wording import capitalised, counted, enumeration
from portrea.territory.naming import typographic
from portrea.vocab.hours import week_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from portrea.offer.record import Helper, Place
    from portrea.territory.geometry import Shapes

UNTOLD = "non renseigné"
SOLIDARITY = "Acquisition de matériel informatique à prix solidaire"
MOST_COMMUNES = 60
MOST_NAMED = 8
HALVES = (("matin", 0, 13 * 60), ("après-midi", 13 * 60, 18 * 60), ("après 18 h", 18 * 60, 30 * 60))
"""Parts of a day in minutes; a place is open in one when it is for half an hour of it at least."""
HALF_HOUR = 30
WAYS = {
    PresenceKind.FIXE: "Sur place",
    PresenceKind.PERMANENCE: "Permanence dans un autre lieu",
    PresenceKind.ITINERANT: "Itinérance (bus, tournée)",
    PresenceKind.DOMICILE: "À domicile",
    PresenceKind.MARAUDE: "Dans la rue, maraude",
    PresenceKind.DISTANCE: "À distance",
}
OUTSIDE = (
    PresenceKind.PERMANENCE,
    PresenceKind.ITINERANT,
    PresenceKind.DOMICILE,
    PresenceKind.MARAUDE,
)


@dataclass(frozen=True, eq=False)
class Census:
    """Open places of a territory.

    ``communes`` gives names by code, in order; ``around`` says where (« dans la commune »);
    ``told`` says where the records come from and when; ``shapes`` are the outlines of the communes.
    """

    places: tuple[Place, ...]
    communes: Mapping[str, str]
    around: str
    told: str
    shapes: Shapes | None = None

    @property
    def own(self) -> Counter[str]:
        """Places by commune."""
        return Counter(one.commune for one in self.places if one.commune)

    @property
    def visits(self) -> Counter[str]:
        """Places that come to a commune other than theirs, by commune."""
        return Counter(
            commune
            for place in self.places
            for commune in {
                presence.commune
                for service in place.services
                for presence in service.presences
                if presence.commune and presence.commune != place.commune
            }
        )

    @property
    def without(self) -> tuple[str, ...]:
        """Names of the communes without a place or a visit."""
        own, visits = self.own, self.visits
        return tuple(name for code, name in self.communes.items() if not own[code] + visits[code])


def coverage_section(census: Census) -> Section:
    """Say where places are, when they open, what they cost and how they go to people."""
    tables = [_communes(census), _halves(census), *_counted(census, COVERAGE)]
    figure = _map(census)
    return Section(
        "offre-maillage",
        "Le maillage : où, quand, à quel prix",
        Sentence(coverage_lead(census)),
        tables=tuple(tables),
        figures=(figure,) if figure else (),
        notes=(census.told,),
    )


def appeal_section(census: Census) -> Section:
    """Say under which forms people are helped, by whom and in which frame."""
    helped = [one for one in census.places if any(service.helpers for service in one.services)]
    lead = (
        f"Qui aide est dit par {counted(integer(len(helped)), len(helped), 'lieu', 'lieux')} "
        f"sur {integer(len(census.places))}."
        if helped
        else "Aucun lieu ne dit encore qui aide, ni dans quel cadre."
    )
    tables = [*_counted(census, APPEAL)]
    if helped:
        tables.append(_helpers(census))
    return Section(
        "offre-attractivite",
        "L’attrait : formes d’aide, personnes qui aident",
        Sentence(lead),
        tables=tuple(tables),
        notes=(census.told,),
    )


def coverage_lead(census: Census) -> str:
    """Say how many communes have no help known, and name them when they are few."""
    without, total = census.without, len(census.communes)
    if not without:
        return f"Chaque commune {census.around} a au moins un lieu ou une permanence connus."
    told = counted(integer(len(without)), len(without), "commune", "communes")
    verb = "n’a ni lieu ni permanence connus" if len(without) == 1 else (
        "n’ont ni lieu ni permanence connus"
    )  # fmt: skip
    named = f"\u00a0: {enumeration(without)}" if len(without) <= MOST_NAMED else ""
    return f"{told} sur {integer(total)} {verb}{named}."


# -- tables ---------------------------------------------------------------------------------------


def _communes(census: Census) -> Table:
    own, visits = census.own, census.visits
    ordered = sorted(
        census.communes.items(),
        key=lambda item: (own[item[0]] > 0, own[item[0]] + visits[item[0]] > 0),
    )
    rows = tuple(
        (
            Cell(typographic(name), territory=f"commune:{code}"),
            Cell(integer(own[code]), float(own[code])),
            Cell(integer(visits[code]), float(visits[code])),
            Cell(_state(own[code], visits[code])),
        )
        for code, name in ordered[:MOST_COMMUNES]
    )
    columns = (
        Column("Commune"), Column("Lieux", numeric=True),
        Column("Permanences d’ailleurs", numeric=True), Column("En un mot"),
    )  # fmt: skip
    note = ""
    if len(ordered) > MOST_COMMUNES:
        total = integer(len(ordered))
        note = f"{MOST_COMMUNES} communes sur {total}, celles sans aide connue d’abord."
    return Table("offre-communes", "Lieux et permanences par commune", columns, rows, note)


def _state(own: int, visits: int) -> str:
    if own:
        return "au moins un lieu"
    return "permanence seulement" if visits else "aucune aide connue"


def _halves(census: Census) -> Table:
    weeks = [week for one in census.places if (week := week_of(one.hours)) is not None]
    rows = tuple(
        (
            Cell(name),
            *(
                Cell(integer(count), float(count))
                for _label, start, end in HALVES
                for count in [sum(_is_open(week[day], start, end) for week in weeks)]
            ),
        )
        for day, name in enumerate(DAYS)
    )
    columns = (Column("Jour"), *(Column(label, numeric=True) for label, _start, _end in HALVES))
    caption = f"Lieux ouverts par demi-journée (horaires connus pour {integer(len(weeks))})"
    return Table("offre-demi-journees", capitalised(caption), columns, rows)


def _is_open(spans: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    return any(min(close, end) - max(opens, start) >= HALF_HOUR for opens, close in spans)


@dataclass(frozen=True, slots=True)
class _Question:
    """What a table counts: its words and what a place tells of it."""

    id: str
    caption: str
    title: str
    told: Callable[[Place], Iterable[str]]
    order: Sequence[str] = ()
    silent: bool = True


def _counted(census: Census, questions: Iterable[_Question]) -> Iterable[Table]:
    for question in questions:
        table = _count(census, question)
        if table is not None:
            yield table


def _count(census: Census, question: _Question) -> Table | None:
    """Return how many places tell each thing; ``None`` when no place tells any."""
    answers = [set(question.told(one)) for one in census.places]
    counts = Counter(value for told in answers for value in told)
    if not counts:
        return None
    listed = [name for name in question.order if counts[name]]
    names = listed or sorted(counts, key=lambda name: (-counts[name], name))
    lines = [(typographic(name), counts[name]) for name in names]
    silent = sum(not told for told in answers)
    if question.silent and silent:
        lines.append((UNTOLD, silent))
    rows = tuple((Cell(name), Cell(integer(count), float(count))) for name, count in lines)
    columns = (Column(question.title), Column("Lieux", numeric=True))
    caption = f"{question.caption} ({integer(len(census.places))} lieux)"
    return Table(question.id, caption, columns, rows)


def _costs(place: Place) -> Iterable[str]:
    return (value for service in place.services for value in service.cost)


def _ways(place: Place) -> Iterable[str]:
    return (WAYS[one.kind] for service in place.services for one in service.presences)


def _offers(place: Place) -> Iterable[str]:
    return (value for service in place.services for value in service.offers)


def _equipment(place: Place) -> Iterable[str]:
    blocks = {service.block for service in place.services}
    for block in (Block.EQUIPEMENT, Block.DEPANNAGE):
        if block in blocks:
            yield block.label
    if SOLIDARITY in set(_offers(place)):
        yield "Acheter du matériel à prix solidaire"


def _forms(place: Place) -> Iterable[str]:
    return (value for service in place.services for value in service.support_modes)


def _publics(place: Place) -> Iterable[str]:
    return (value for service in place.services for value in service.publics)


def _programmes(place: Place) -> Iterable[str]:
    return (*place.programmes, *place.trainings, *place.other_labels)


COVERAGE = (
    _Question("offre-services", "Ce qui est proposé", "Service", _offers),
    _Question("offre-cout", "Coût pour la personne", "Coût", _costs),
    _Question("offre-presences", "Où l’on est aidé, aller vers", "Forme de présence", _ways,
              tuple(WAYS.values())),
    _Question("offre-materiel", "Équipement, matériel et dépannage", "Ce que l’on y trouve",
              _equipment, (Block.EQUIPEMENT.label, "Acheter du matériel à prix solidaire",
                           Block.DEPANNAGE.label), silent=False),
)  # fmt: skip
APPEAL = (
    _Question("offre-formats", "Formes d’aide et d’apprentissage", "Forme", _forms),
    _Question("offre-publics", "Publics accueillis en priorité", "Public", _publics),
    _Question("offre-dispositifs", "Dispositifs, formations et labels", "Dispositif", _programmes),
)


def _helpers(census: Census) -> Table:
    """Count who helps, as a role with its status and its habilitation or training."""
    told = [
        (one, place.id)
        for place in census.places
        for service in place.services
        for one in service.helpers
    ]
    kinds = sorted({_frame(one) for one, _place in told})
    rows = []
    for kind in kinds:
        same = [(one, place) for one, place in told if _frame(one) == kind]
        places = len({place for _one, place in same})
        persons = [one.count for one, _place in same if one.count is not None]
        count = Cell(integer(sum(persons)), float(sum(persons))) if persons else Cell(UNTOLD)
        rows.append((*map(Cell, kind), Cell(integer(places), float(places)), count))
    columns = (
        Column("Qui aide"), Column("Statut"), Column("Habilitation ou formation"),
        Column("Lieux", numeric=True), Column("Personnes", numeric=True),
    )  # fmt: skip
    return Table("offre-aidants", "Qui aide, et dans quel cadre", columns, tuple(rows))


def _frame(helper: Helper) -> tuple[str, str, str]:
    told = ", ".join(filter(None, (helper.habilitation, helper.training)))
    return helper.role, helper.status or UNTOLD, told or UNTOLD


def _map(census: Census) -> Figure | None:
    """Draw the communes by number of places, when there are some to compare."""
    if census.shapes is None or len(census.communes) < 2:
        return None
    own = census.own
    zones = {code: Zone(code, float(own[code]), integer(own[code])) for code in census.communes}
    title = f"Lieux d’aide par commune, {census.around}"
    description = "Le nombre de lieux est écrit sur chaque commune. Le tableau donne chaque nombre."
    caption = Caption("carte-maillage", title, description)
    reading = Reading("Lieux d’aide connus", percent=False)
    svg = choropleth(caption, zones, census.shapes, reading=reading)
    return Figure(caption.id, title, description, svg, "offre-communes")
