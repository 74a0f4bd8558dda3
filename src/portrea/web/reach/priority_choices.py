"""What the form of the priority areas offers, and what its figures suppose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.base.estimates import percent
from portrea.reach.travel import default_travel
from portrea.steering.helping import offer_of
from portrea.steering.measures import words
from portrea.steering.priority_ground import levels_inside
from portrea.steering.what_if_assumed import Assumed, places_assumed, travel_assumed
from portrea.steering.what_if_ground import measure_known
from portrea.territory.codes import Level
from portrea.vocab.situations import Situation
from portrea.web.reach.asked import TRIPS
from portrea.web.reach.choices import Option, times_setting
from portrea.web.reach.priority_asked import SHARES
from portrea.web.reach.priority_selectors import ground_of
from portrea.web.reach.selectors import engine_asked
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.web.reach.priority_asked import PriorityAsked
    from portrea.web.reach.priority_selectors import PriorityPage

ORDERS = {
    "personnes": "le nombre de personnes mal desservies",
    "part": "leur part dans la population",
    "acces": "l’accès le plus faible",
}


def settings(asked: PriorityAsked) -> tuple[tuple[str, str, tuple[Option, ...]], ...]:
    """Return the fields of the form: name, label, values."""
    ground = ground_of(asked)
    known = measure_known(reader(), territory_find(asked.reference))
    levels = levels_inside(ground.subject)
    fields = [
        ("besoin", "Quelle aide", [(s.value, s.label) for s in Situation], asked.situation),
        ("qui", "Qui est compté", [(m, words(m).short) for m in known], ground.question.measure),
        (
            "trajet",
            "Comment on vient",
            [(word, default_travel().profile(code).label) for word, code in TRIPS.items()],
            asked.trip,
        ),
        (
            "seuil",
            "Mal desservi\u00a0: moins de",
            [(key, f"{percent(share)} de l’accès moyen") for key, share in SHARES.items()],
            asked.share,
        ),
    ]
    if len(levels) > 1:
        plural = [(level, Level(level).plural) for level in levels]
        fields.append(("zones", "Zones classées", plural, ground.level))
    told = tuple((name, label, _options(pairs, value)) for name, label, pairs, value in fields)
    return (*told, *times_setting(asked))


def orders(asked: PriorityAsked) -> tuple[Option, ...]:
    """Return what may order the list, as links."""
    return tuple(
        Option(asked.query(order=key), label, key == asked.order) for key, label in ORDERS.items()
    )


def _options(pairs: Sequence[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value, label, value == chosen) for value, label in pairs)


def assumptions(asked: PriorityAsked, page: PriorityPage) -> tuple[Assumed, ...]:
    """Return what the figures suppose, each said as ours when it is."""
    ground = ground_of(asked)
    return (
        Assumed(
            "Le seuil",
            f"Une zone est mal desservie quand chacun peut y compter sur moins de "
            f"{percent(SHARES[asked.share])} de l’aide moyenne du territoire, soit ici moins de "
            f"{page.threshold} par semaine pour 100\u00a0personnes concernées. C’est notre "
            "supposition\u00a0: changez-la ci-dessus.",
        ),
        Assumed(
            "L’accès",
            "Les heures d’aide de chaque lieu sont partagées entre toutes les personnes qui "
            f"peuvent y venir, hors du territoire aussi\u00a0: {ground.scores.decay.label}. Ces "
            "poids sont notre supposition.",
        ),
        Assumed(
            "Les heures supposées",
            "Quand un lieu ne dit ni ses horaires ni combien de personnes y aident, ses heures "
            "sont supposées d’après sa nature. La colonne «\u00a0Supposé\u00a0» dit quelle part de "
            "l’accès en dépend. Si les retirer fait entrer une zone parmi les premières, ou l’en "
            "fait sortir, son rang n’est pas donné.",
        ),
        Assumed(
            "Les temps de trajet",
            travel_assumed(asked.profile, engine_asked(asked)),
        ),
        places_assumed(offer_of(ground.reader).told),
        Assumed(
            "Sûr, ou pas",
            f"Le classement est refait {_draws(ground.scores.demand.draws)}\u00a0fois avec les "
            "incertitudes du besoin. Une zone est dite parmi les premières à partir de 80\u00a0% "
            "des fois, derrière elles jusqu’à 20\u00a0%. Entre les deux, on ne tranche pas.",
        ),
    )


def _draws(draws: object) -> int:
    return int(getattr(draws, "shape", (0, 0))[1])
