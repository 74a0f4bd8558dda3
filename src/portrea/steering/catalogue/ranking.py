"""The priority areas of every EPCI: the usual question of its page, one row per commune."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.base.errors import PortreaError
from portrea.reach.priority_rules import default_rule
from portrea.reach.priority_tables import ORDERS, Status
from portrea.steering import priorities
from portrea.steering.catalogue.entries import Variable
from portrea.steering.priority_files import priority_rows
from portrea.steering.priority_ground import Question, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.steering.reading import Reader

HOURS = "heures par semaine pour cent personnes"
_SHARE = ("number", "part (0 à 1)")
_COUNT = ("number", "personnes")
_ACCESS = ("number", HOURS)
_TOLD = {
    "epci": ("EPCI", "EPCI dont les communes sont comparées entre elles.", ("string", "")),
    "level": ("Niveau", "Niveau géographique de la ligne.", ("string", "")),
    "code": ("Code", "Code officiel de la commune.", ("string", "")),
    "name": ("Nom", "Nom de la commune.", ("string", "")),
    "situation": ("Besoin", "Besoin auquel l’offre répond.", ("string", "")),
    "measure": ("Mesure", "Mesure des personnes concernées.", ("string", "")),
    "order": ("Ordre", "Ce qui ordonne les zones.", ("string", "")),
    "rank_low": ("Rang, borne basse", "Borne basse du rang, 1 en tête.", ("number", "")),
    "rank_high": ("Rang, borne haute", "Borne haute du rang.", ("number", "")),
    "p_first": ("Probabilité", "Probabilité d’être parmi les premières.", _SHARE),
    "p_first_low": ("Probabilité la plus petite", "La même, au plus bas des scénarios.", _SHARE),
    "p_first_high": ("Probabilité la plus grande", "La même, au plus haut.", _SHARE),
    "status": ("État", "Ce qu’on peut dire du rang, en code.", ("string", "")),
    "status_words": ("État, en mots", "Ce qu’on peut dire du rang.", ("string", "")),
    "uncovered": ("Mal desservies", "Personnes concernées mal desservies, arrondies.", _COUNT),
    "uncovered_low": ("Mal desservies, borne basse", "Borne basse.", _COUNT),
    "uncovered_high": ("Mal desservies, borne haute", "Borne haute.", _COUNT),
    "persons": ("Personnes concernées", "Personnes concernées, arrondies.", _COUNT),
    "persons_low": ("Personnes, borne basse", "Borne basse, 95 %.", _COUNT),
    "persons_high": ("Personnes, borne haute", "Borne haute, 95 %.", _COUNT),
    "share": ("Part", "Part des personnes concernées.", _SHARE),
    "share_low": ("Part, borne basse", "Borne basse, 95 %.", _SHARE),
    "share_high": ("Part, borne haute", "Borne haute, 95 %.", _SHARE),
    "access_hours": ("Accès", "Heures d’aide à portée.", _ACCESS),
    "access_hours_low": ("Accès, borne basse", "Borne basse.", _ACCESS),
    "access_hours_high": ("Accès, borne haute", "Borne haute.", _ACCESS),
    "threshold_hours": ("Seuil", "Accès sous lequel une zone est mal desservie.", _ACCESS),
    "minutes": ("Minutes", "Temps jusqu’au lieu le plus proche.", ("number", "minutes")),
    "imputed_share": ("Part supposée", "Part de l’accès tenant à des horaires supposés.", _SHARE),
    "quality": ("Qualité", "Note des personnes concernées, de A à D ; N : non disponible.",
                ("string", "")),
}  # fmt: skip
_ALLOWED = {"status": tuple(map(str, Status)), "order": ORDERS}
KEY = ("epci", "code")


def ranking_variables() -> list[Variable]:
    """Return the columns of the table of priority areas."""
    return [
        Variable(name, label, kind, meaning, unit, required=name in KEY,
                 allowed=_ALLOWED.get(name, ()))
        for name, (label, meaning, (kind, unit)) in _TOLD.items()
    ]  # fmt: skip


def ranking_rows(reader: Reader) -> Iterator[dict[str, Any]]:
    """Yield the communes of each EPCI with what its page says of their rank.

    An EPCI that cannot be ranked (no figure, no place) has no row.
    """
    known = reader.estimates(level="epci", measure="a1").filter(pl.col("quality") != "N")
    for code in known["code"].sort().to_list():
        try:
            ground = prepare(reader, reader.gazetteer.resolve(f"epci:{code}"), Question())
            rule = default_rule(first=priorities.usual_first(ground))
            rows = priority_rows(ground, rule)
        except PortreaError:
            continue
        for row in rows:
            yield {name: row.get(name) for name in _TOLD} | {"epci": code}
