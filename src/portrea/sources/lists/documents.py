"""JSON, JSON lines and GeoJSON lists: nested objects become columns ``a.b``, lists stay lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError, Diagnostic

if TYPE_CHECKING:
    from portrea.sources.lists.limits import Limits

LATITUDE, LONGITUDE = "geometry.latitude", "geometry.longitude"
LIST_KEYS = ("features", "records", "results", "data", "items", "structures", "lieux", "places")
_LISTS_OF_LISTS = 40
"""Objects of a list that become columns of their own (``services.0.name``), at most."""


def read_document(text: str, name: str, limits: Limits) -> tuple[list[list[str]], list[Diagnostic]]:
    """Return the header row and the rows of a JSON list of objects.

    Raises
    ------
    DataError
        Not JSON, too deep, or no list of objects in it.
    """
    remarks: list[Diagnostic] = []
    objects = _objects(_parse(text, name), name)
    flat: list[dict[str, str]] = []
    for rank, item in enumerate(objects):
        if not isinstance(item, dict):
            remarks.append(
                Diagnostic(
                    "not-an-object",
                    "élément qui n’est pas un objet",
                    rank + 2,
                    None,
                    _text(item)[:60],
                )
            )
        told = item if isinstance(item, dict) else {"valeur": item}
        flat.append(_record(told, rank + 2, remarks))
    columns = list(dict.fromkeys(key for record in flat for key in record))
    if len(columns) > limits.most_columns:
        raise DataError(
            f"Le fichier {name} a {len(columns)} champs : {limits.most_columns} au plus.",
            remedy="Gardez les champs qui décrivent les lieux.",
        )
    return [columns, *([record.get(key, "") for key in columns] for record in flat)], remarks


def _parse(text: str, name: str) -> Any:
    options: dict[str, Any] = {
        "parse_int": str, "parse_float": str, "parse_constant": lambda _: None,
    }  # fmt: skip
    try:
        return json.loads(text, **options)
    except RecursionError as error:
        raise DataError(
            f"Le fichier {name} a trop de niveaux imbriqués.", remedy="Exportez-le à plat."
        ) from error
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            if len(lines) > 1:
                return [json.loads(line, **options) for line in lines]
        except (ValueError, RecursionError):
            pass
        raise DataError(
            f"Le fichier {name} n’est pas du JSON bien formé ({error}).",
            remedy="Vérifiez que l’export est complet.",
        ) from error


def _objects(document: Any, name: str) -> list[Any]:
    if isinstance(document, dict):
        if document.get("type") == "Feature":
            return [document]
        for key in (*LIST_KEYS, *document):
            found = document.get(key)
            if isinstance(found, list) and any(isinstance(item, dict) for item in found):
                return found
        for found in document.values():
            if (
                isinstance(found, dict)
                and found
                and all(isinstance(v, dict) for v in found.values())
            ):
                return list(found.values())
    if isinstance(document, list) and any(isinstance(item, dict) for item in document):
        return document
    raise DataError(
        f"Le fichier {name} ne contient pas de liste d’objets.",
        remedy="Il faut une liste de lieux : [{…}, {…}], ou un GeoJSON « FeatureCollection ».",
    )


def _record(item: dict[str, Any], row: int, remarks: list[Diagnostic]) -> dict[str, str]:
    if item.get("type") == "Feature":
        inside = item.get("properties")
        record = _flat(inside if isinstance(inside, dict) else {})
        if "id" in item and "id" not in record:
            record["id"] = _text(item["id"])
        return record | _point(item.get("geometry"), row, remarks)
    fields = item.get("fields")
    if isinstance(fields, dict) and set(item) <= {
        "fields",
        "geometry",
        "recordid",
        "datasetid",
        "record_timestamp",
    }:
        return _flat(fields) | _point(item.get("geometry"), row, remarks)
    return _flat(item)


def _point(geometry: Any, row: int, remarks: list[Diagnostic]) -> dict[str, str]:
    if not isinstance(geometry, dict):
        return {}
    coordinates = geometry.get("coordinates")
    if (
        geometry.get("type") == "MultiPoint"
        and isinstance(coordinates, list)
        and len(coordinates) == 1
    ):
        coordinates = coordinates[0]
    elif geometry.get("type") != "Point":
        remarks.append(
            Diagnostic(
                "geometry", "forme qui n’est pas un point : position laissée de côté", row,
                "geometry", _text(geometry.get("type"))[:40], "Donnez un point par lieu.",
            )
        )  # fmt: skip
        return {}
    if isinstance(coordinates, list) and len(coordinates) >= 2:
        return {LONGITUDE: _text(coordinates[0]), LATITUDE: _text(coordinates[1])}
    return {}


def _flat(item: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in item.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and depth < 6 and value:
            found |= _flat(value, f"{name}.", depth + 1)
        elif isinstance(value, list) and depth < 6 and any(isinstance(v, dict) for v in value):
            members = {str(index): member for index, member in enumerate(value[:_LISTS_OF_LISTS])}
            found |= _flat(members, f"{name}.", depth + 1)
            if len(value) > _LISTS_OF_LISTS:
                found[f"{name}.suite"] = _text(value[_LISTS_OF_LISTS:])
        else:
            found[name] = _text(value)
    return found


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list) and all(not isinstance(v, (dict, list)) for v in value):
        return "|".join(_text(v) for v in value if v is not None)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str) if value else ""
    return str(value).encode("utf-8", "replace").decode("utf-8")
