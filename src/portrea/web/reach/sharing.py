"""Access of a territory by each way of sharing places: what one says, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from portrea.base.errors import ParameterError, TerritoryError
from portrea.reach.catchment import Method, cards, decays
from portrea.reach.supply import When
from portrea.steering.access import Question, prepare, published
from portrea.steering.computation import atoms_of
from portrea.steering.display import parameters
from portrea.steering.helping import offer_of
from portrea.steering.measures import words
from portrea.steering.subject import Subject
from portrea.steering.what_if_words import digits
from portrea.vocab.situations import Situation
from portrea.web.reach.asked import SITUATIONS
from portrea.web.territories.living import living_reader
from portrea.web.territories.selectors import territory_find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.territory import Selection

METHODS = {
    Method.TWO_STAGE: (
        "Chacun compte dans tous les lieux à sa portée (2SFCA)",
        "Chaque lieu partage ses heures entre tous ceux qui peuvent y venir, les plus proches "
        "comptant davantage. C’est la méthode des autres pages.",
    ),
    Method.THREE_STAGE: (
        "Chacun choisit d’abord entre les lieux à sa portée (3SFCA)",
        "Une personne qui a dix lieux près d’elle ne pèse pas dix fois : elle se répartit entre "
        "eux, puis chaque lieu partage ses heures.",
    ),
    Method.RATIONAL: (
        "Chacun prend le lieu qui lui coûte le moins, attente comprise (RAAM)",
        "Un lieu plein fait fuir vers un autre, plus loin mais moins chargé, jusqu’à ce que "
        "personne ne gagne à changer. Les heures dites sont celles d’un lieu à la porte qui "
        "coûterait autant : la distance y est comptée.",
    ),
}
"""Name and plain words of each method."""
FIELDS = ("methode", "besoin", "moment", "poids")
USUAL = Question()
NONE = "–"


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of the form: its name, its label, and (value, label, chosen) of each option."""

    name: str
    label: str
    options: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An area as written."""

    name: str
    reference: str
    access: str
    interval: str
    supposed: str
    cost: str
    edge: str


@dataclass(frozen=True, eq=False)
class Sharing:
    """What the page writes."""

    selection: Selection
    name: str
    at: str
    code: str
    explained: str
    rational: bool
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    counted: str
    decay: str
    assumed: tuple[tuple[str, str], ...]
    choices: tuple[Choice, ...]
    links: tuple[tuple[str, str, bool], ...]
    offer: str


def sharing_of(reference: str, asked: Mapping[str, str]) -> Sharing:
    """Return the access of a territory by the method asked.

    Raises
    ------
    ParameterError
        A choice does not exist.
    TerritoryError
        The territory is unknown, or larger than a département.
    """
    selection = territory_find(reference)
    question = _question(asked)
    current = living_reader()
    subject = Subject.of(current, selection)
    _refuse_wide(selection, subject)
    offer = offer_of(current)
    home, computation = str(current.store.home), current.computation_id
    found = _found(home, computation, offer.state, selection.key, question)
    rational = question.method == Method.RATIONAL
    _, explained = METHODS[Method(question.method)]
    return Sharing(
        selection=selection,
        name=subject.name.plain,
        at=subject.name.at,
        code=str(question.method),
        explained=explained,
        rational=rational,
        rows=found.rows,
        notes=found.notes,
        counted=words(found.measure).meaning,
        decay="" if rational else decays()[question.decay or _usual_decay()].label,
        assumed=_assumed() if rational else (),
        choices=_choices(question)[: 2 if rational else 3],
        links=_links(question),
        offer=offer.told,
    )


@dataclass(frozen=True, eq=False)
class _Found:
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    measure: str


@lru_cache(maxsize=64)
def _found(_home: str, _computation: str, _offer: str, key: str, question: Question) -> _Found:
    current, selection = living_reader(), territory_find(key)
    ground = prepare(current, selection, question, level="commune")
    table = published(ground.table(["selection", "commune"]), current)
    names = dict(
        current.snapshot.territories.filter(level="commune").select("code", "name").iter_rows()
    )
    rows = [_row(row, names) for row in table.sort("level", "access").iter_rows(named=True)]
    rows.sort(key=lambda row: row.reference != "")
    return _Found(tuple(rows), ground.said, ground.scores.demand.measure)


def _row(row: Mapping[str, float | str | None], names: Mapping[str, str]) -> Row:
    whole = row["level"] == "selection"
    code = str(row["code"])
    low, high = row["access_low"], row["access_high"]
    return Row(
        name="" if whole else names.get(code, code),
        reference="" if whole else f"commune:{code}",
        access=_number(row["access"]),
        interval=NONE if low is None else f"{_number(low)} – {_number(high)}",
        supposed=_percent(row["imputed_share"]),
        cost=_number(row["cost"]),
        edge=_percent(row["edge"], 1),
    )


def _number(value: float | str | None) -> str:
    return NONE if value is None else digits(float(value))


def _percent(value: float | str | None, decimals: int = 0) -> str:
    return NONE if value is None else f"{100 * float(value):.{decimals}f}\u00a0%".replace(".", ",")


def _question(asked: Mapping[str, str]) -> Question:
    known = {name: asked.get(name, "").strip() for name in FIELDS}
    return Question(
        method=_among("methode", known["methode"] or str(USUAL.method), tuple(METHODS)),
        need=_among("besoin", known["besoin"] or USUAL.need, SITUATIONS),
        when=_among("moment", known["moment"] or USUAL.when, tuple(When)),
        decay=_among("poids", known["poids"] or _usual_decay(), tuple(decays())),
    )


def _usual_decay() -> str:
    return str(cards()["default_decay"]["value"])


def _among(name: str, value: str, known: Sequence[str]) -> str:
    if value not in set(map(str, known)):
        raise ParameterError(
            f"« {value[:40]} » ne convient pas pour « {name} ».",
            remedy=f"Valeurs possibles\u202f: {', '.join(map(str, known))}.",
        )
    return value


def _refuse_wide(selection: Selection, subject: Subject) -> None:
    most = int(parameters("what_if")["most_origins"]["value"])
    wide = any(area.level in ("region", "france") for area in subject.areas)
    if wide or len(atoms_of(subject.reader.snapshot.territories, selection, "iris")) > most:
        raise TerritoryError(
            f"Cette page ne porte pas sur {subject.name.plain}\u202f: c’est plus grand qu’un"
            " département.",
            remedy="Choisissez un département, une intercommunalité ou une commune\u202f; ou la"
            " commande « portrea reach access ».",
        )


def _choices(question: Question) -> tuple[Choice, ...]:
    needs = [(name, Situation(name).label) for name in SITUATIONS]
    moments = [(str(when), when.label) for when in When]
    fading = [(name, decay.label) for name, decay in decays().items()]
    return (
        _choice("besoin", "Quelle aide", needs, question.need),
        _choice("moment", "Quand", moments, question.when),
        _choice("poids", "Ce que compte le temps de trajet", fading, question.decay),
    )


def _choice(name: str, label: str, pairs: Sequence[tuple[str, str]], chosen: str) -> Choice:
    return Choice(name, label, tuple((value, text, value == chosen) for value, text in pairs))


def _links(question: Question) -> tuple[tuple[str, str, bool], ...]:
    """Return the same question by each method: label, address, whether it is this one."""
    kept = {"besoin": question.need, "moment": question.when, "poids": question.decay}
    return tuple(
        (label, urlencode({"methode": str(name), **kept}), name == question.method)
        for name, (label, _) in METHODS.items()
    )


def _assumed() -> tuple[tuple[str, str], ...]:
    """Return the parameters of rational agents, as written on their cards."""
    card = cards()["raam"]
    titles = {
        "tau": "Minutes de trajet qui valent une affluence moyenne",
        "rings": "Tours ajoutés autour du territoire",
        "draws": "Tirages de l’intervalle",
        "closer": "Gain à changer de lieu en deçà duquel la recherche s’arrête",
    }
    return tuple(
        (f"{title}\u202f: {card[key]['value']:g}".replace(".", ","), card[key]["source"])
        for key, title in titles.items()
    )
