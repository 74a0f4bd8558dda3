"""A place ↔ its line of version 0.1 of the standard, which older map components still read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from portrea.offer.exchange.context import Context, LeftOut
from portrea.offer.exchange.mednum import of_mednum, parameters, to_mednum
from portrea.vocab.standards import mednum
from portrea.vocab.standards.mednum_repair import from_legacy, tidy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.offer.record import Place

SEPARATOR = ";"
COLUMNS = (
    "id", "pivot", "nom", "commune", "code_postal", "code_insee", "adresse", "complement_adresse",
    "latitude", "longitude", "cle_ban", "typologie", "telephone", "courriel", "site_web",
    "horaires", "presentation_resume", "presentation_detail", "source", "structure_parente",
    "date_maj", "services", "publics_accueillis", "conditions_acces", "labels_nationaux",
    "labels_autres", "modalites_accompagnement", "accessibilite", "prise_rdv",
)  # fmt: skip
_SAME = {
    "courriel": "courriels",
    "labels_autres": "autres_formations_labels",
    "accessibilite": "fiche_acces_libre",
}
_LISTS = {
    "services": ("services",),
    "publics_accueillis": ("publics_specifiquement_adresses", "prise_en_charge_specifique"),
    "conditions_acces": ("frais_a_charge",),
    "labels_nationaux": ("dispositif_programmes_nationaux", "formations_labels"),
    "modalites_accompagnement": ("modalites_accompagnement",),
}
_FREE_LISTS = frozenset({"typologie", "courriel", "site_web", "labels_autres"})


def to_former(place: Place, context: Context) -> mednum.Record | LeftOut:
    """Return the cells of version 0.1, values turned to the nearest of then; services required."""
    record = to_mednum(place, context)
    if isinstance(record, LeftOut):
        return record
    written = {name: _cell(name, record) for name in COLUMNS}
    if not written["services"]:
        return LeftOut(place.id, place.name, "services", "sans service du standard")
    return written


def _cell(name: str, record: mednum.Record) -> str | None:
    if name in _LISTS:
        return _meant(name, tuple([record[field] for field in _LISTS[name]]))
    text = record.get(_SAME.get(name, name))
    if text and name in _FREE_LISTS:
        parts = (part.replace(SEPARATOR, ",") for part in _parts(text))
        return SEPARATOR.join(dict.fromkeys(parts)) or None
    return text


@lru_cache(maxsize=32768)
def _meant(name: str, cells: tuple[str | None, ...]) -> str | None:
    meanings = parameters()["former"][name]
    told = [value for cell in cells for value in _parts(cell) if value in meanings]
    return SEPARATOR.join(dict.fromkeys(meanings[value] for value in told)) or None


def _parts(text: str | None) -> list[str]:
    return text.split(mednum.SEPARATOR) if text else []


def of_former(cells: Mapping[str, str | None]) -> Place | None:
    """Return the place of a line of version 0.1."""
    return of_mednum(from_legacy(tidy(cells))[0])
