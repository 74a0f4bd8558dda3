"""Places ↔ the sheets of a workbook that people read, fill and send back.

One sheet per thing told: places, services, presences, capacity, helpers, closures. Lists are
separated by ``|``; every text is disarmed (:func:`portrea.base.spreadsheets.inert`).
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError
from portrea.base.spreadsheets import alive, inert
from portrea.offer.content import ANY_SERVICE, FIELDS, from_dict, to_dict
from portrea.offer.importing.values import number
from portrea.vocab.standards.mednum import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from portrea.offer.record import Place

Cell = str | float | None
Columns = tuple[tuple[str, str, str], ...]
"""Heading, attribute, kind: ``text``, ``list``, ``number``, ``whole`` or ``yes_no``."""
PLACES, SERVICES, PRESENCES, CAPACITIES, HELPERS, CLOSURES = (
    "lieux", "services", "présences", "capacité", "qui aide", "fermetures",
)  # fmt: skip
README = "lisez-moi"
LONGEST_CELL = 32_767
_KINDS = {
    "emails": "list", "urls": "list", "choices": "list", "words": "list",
    "number": "number", "whole": "whole", "yes_no": "yes_no",
}  # fmt: skip
_APART = {"closures", "presences", "capacity", "helpers", "service"}
_KEYS = (("Lieu", "place", "text"), ("Service", "service", "text"))
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def _fields(*, of_service: bool) -> Columns:
    return tuple(
        (field.label, field.name, _KINDS.get(field.kind, "text"))
        for field in FIELDS
        if field.of_service == of_service and field.kind not in _APART and field.path != ANY_SERVICE
    )


COLUMNS: dict[str, Columns] = {
    PLACES: (
        ("Identifiant", "id", "text"),
        *_fields(of_service=False),
        ("Mis à jour le", "updated", "text"),
        ("Source", "source", "text"),
    ),
    SERVICES: (
        ("Lieu", "place", "text"),
        ("Clé du service", "key", "text"),
        ("Sorte d’aide", "block", "text"),
        *_fields(of_service=True),
    ),
    PRESENCES: (
        *_KEYS,
        ("Rang", "rank", "whole"),
        ("Sorte de présence", "kind", "text"),
        ("Horaires", "hours", "text"),
        ("Horaires tels que publiés", "hours_text", "text"),
        ("Horaires relus par une personne", "hours_confirmed", "yes_no"),
        ("Toutes les (semaines)", "every_weeks", "whole"),
        ("À partir du", "first", "text"),
        ("Jusqu’au", "until", "text"),
        ("Dates", "dates", "list"),
        ("Sur rendez-vous", "by_appointment", "yes_no"),
        ("Accueilli par", "host", "text"),
        ("Adresse", "address", "text"),
        ("Code de la commune", "commune", "text"),
        ("Longitude", "longitude", "number"),
        ("Latitude", "latitude", "number"),
    ),
    CAPACITIES: (
        *_KEYS,
        ("Heures par semaine", "hours_week", "number"),
        ("Personnes par semaine", "persons_week", "number"),
        ("Part pour les démarches (0 à 1)", "share_procedures", "number"),
        ("Saturation", "saturation", "text"),
        ("Déclarée par le lieu", "declared", "yes_no"),
    ),
    HELPERS: (
        *_KEYS,
        ("Métier", "role", "text"),
        ("Nombre", "count", "number"),
        ("Statut", "status", "text"),
        ("Habilitation", "habilitation", "text"),
        ("Formation", "training", "text"),
    ),
    CLOSURES: (
        *_KEYS,
        ("Rang de la présence", "rank", "whole"),
        ("Du", "start", "text"),
        ("Au", "end", "text"),
        ("Raison", "reason", "text"),
    ),
}

EXPLAINED = (
    "Une ligne par lieu dans « lieux » ; les autres feuilles disent le lieu et le service.",
    "Une liste s’écrit avec des barres : « Gratuit|Payant ». Une date s’écrit 2026-11-22.",
    "Une case vide veut dire « non renseigné », jamais « non ».",
    "Horaires : format OpenStreetMap, par exemple « Mo-Fr 09:00-12:00; PH off ».",
    "Une apostrophe devant « = », « + », « - » ou « @ » empêche le tableur d’y voir une formule ; "
    "elle disparaît au retour dans Portrea.",
    "N’écrivez aucun nom de personne : « qui aide » attend des métiers.",
)


def rows_of(place: Place) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    """Yield (sheet, cells) of every row that tells a place."""
    content = to_dict(place)
    yield PLACES, _cells(PLACES, content)
    for closure in content.get("closures", ()):
        yield CLOSURES, _cells(CLOSURES, {"place": place.id, **closure})
    for service in content.get("services", ()):
        yield from _service_rows(place.id, service)


def rows_by_sheet(told: Place | Mapping[str, Any]) -> dict[str, int]:
    """Return how many rows :func:`rows_of` yields in each sheet, for a place or its JSON."""
    content = told if isinstance(told, dict) else to_dict(told)  # type: ignore[arg-type]
    services = content.get("services", ())
    presences = [presence for s in services for presence in s.get("presences", ())]
    closed = sum(len(one.get("closures", ())) for one in (content, *presences))
    return {
        PLACES: 1,
        SERVICES: len(services),
        PRESENCES: len(presences),
        CAPACITIES: sum("capacity" in s for s in services),
        HELPERS: sum(len(s.get("helpers", ())) for s in services),
        CLOSURES: closed,
    }


def _service_rows(
    place_id: str, service: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    keys = {"place": place_id, "service": service["key"]}
    yield SERVICES, _cells(SERVICES, {"place": place_id, **service})
    for rank, presence in enumerate(service.get("presences", ()), 1):
        yield PRESENCES, _cells(PRESENCES, keys | {"rank": rank} | presence)
        for closure in presence.get("closures", ()):
            yield CLOSURES, _cells(CLOSURES, keys | {"rank": rank} | closure)
    if "capacity" in service:
        yield CAPACITIES, _cells(CAPACITIES, keys | {"declared": True} | service["capacity"])
    for helper in service.get("helpers", ()):
        yield HELPERS, _cells(HELPERS, keys | helper)


def _cells(sheet: str, told: Mapping[str, Any]) -> tuple[Cell, ...]:
    return tuple(
        [
            None if (value := told.get(name)) is None else _cell(value, kind)
            for _, name, kind in COLUMNS[sheet]
        ]
    )


def _cell(value: Any, kind: str) -> Cell:
    if kind in ("number", "whole"):
        return float(value) if math.isfinite(value) else None
    if kind == "yes_no":
        return "oui" if value else "non"
    text = SEPARATOR.join(v.replace(SEPARATOR, "/") for v in value) if kind == "list" else value
    text = _UNREADABLE.sub(" ", text)
    return (text if text[:1].isalnum() else inert(text))[:LONGEST_CELL]


# -- back -----------------------------------------------------------------------------------------


def of_sheets(sheets: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[Place]:
    """Return the places of the sheets of :func:`rows_of`, rows given by heading.

    Raises
    ------
    DataError
        When a sheet speaks of a place or a service that is told nowhere, or a cell is wrong.
    """
    told = {sheet: [_read(sheet, row) for row in sheets.get(sheet, ())] for sheet in COLUMNS}
    places: dict[str, dict[str, Any]] = {row["id"]: row for row in told[PLACES] if row.get("id")}
    for row in told[SERVICES]:
        place = _found(places, row.pop("place", None), SERVICES)
        place.setdefault("services", []).append(row)
    for sheet, name in ((PRESENCES, "presences"), (HELPERS, "helpers")):
        for row in told[sheet]:
            row.pop("rank", None)
            _service_of(places, row, sheet).setdefault(name, []).append(row)
    for row in told[CAPACITIES]:
        _service_of(places, row, CAPACITIES)["capacity"] = row
    for row in told[CLOSURES]:
        _closed(places, row).setdefault("closures", []).append(row)
    return [from_dict(place) for place in places.values()]


def _found(places: Mapping[str, dict[str, Any]], place: Any, sheet: str) -> dict[str, Any]:
    if place not in places:
        raise DataError(
            f"Feuille « {sheet} » : le lieu « {place} » n’est pas dans la feuille « {PLACES} ».",
            remedy=f"Ajoutez-le à « {PLACES} », ou corrigez la colonne « Lieu ».",
        )
    return places[place]


def _service_of(
    places: Mapping[str, dict[str, Any]], row: dict[str, Any], sheet: str
) -> dict[str, Any]:
    place, key = _found(places, row.pop("place", None), sheet), row.pop("service", None)
    found: dict[str, Any] | None = next(
        (s for s in place.get("services", ()) if s.get("key") == key), None
    )
    if found is None:
        raise DataError(
            f"Feuille « {sheet} » : le lieu « {place['id']} » n’a pas de service « {key} ».",
            remedy=f"Ajoutez-le à « {SERVICES} », ou corrigez la colonne « Service ».",
        )
    return found


def _closed(places: Mapping[str, dict[str, Any]], row: dict[str, Any]) -> dict[str, Any]:
    rank = row.pop("rank", None)
    if "service" not in row:
        return _found(places, row.pop("place", None), CLOSURES)
    presences: list[dict[str, Any]] = _service_of(places, row, CLOSURES).get("presences", [])
    if rank is None or not 1 <= rank <= len(presences):
        raise DataError(
            f"Feuille « {CLOSURES} » : la présence n° {rank} n’existe pas.",
            remedy="Corrigez la colonne « Rang de la présence ».",
        )
    found: dict[str, Any] = presences[rank - 1]
    return found


def _read(sheet: str, row: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for heading, name, kind in COLUMNS[sheet]:
        value = _value(row.get(heading), kind, f"{sheet}, « {heading} »")
        if value is not None:
            found[name] = value
    return found


def _value(cell: Any, kind: str, where: str) -> Any:
    if cell is None or cell == "":
        return None
    if kind in ("number", "whole"):
        return _number(cell, where, whole=kind == "whole")
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = alive(str(cell))
    if kind == "yes_no":
        if text not in ("oui", "non"):
            raise DataError(f"Feuille {where} : « {text} » n’est ni « oui » ni « non ».")
        return text == "oui"
    return text.split(SEPARATOR) if kind == "list" else text


def _number(cell: Any, where: str, *, whole: bool) -> float | int:
    value = cell if isinstance(cell, (int, float)) else _typed(str(cell))
    if value is None or (whole and value != int(value)):
        raise DataError(f"Feuille {where} : « {cell} » n’est pas un nombre attendu.")
    return int(value) if whole else float(value)


def _typed(text: str) -> float | None:
    sign = -1.0 if text.strip().startswith("-") else 1.0
    found = number(text.strip().lstrip("+-"))[0]
    return None if found is None else sign * float(found)
