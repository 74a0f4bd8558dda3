"""How a version is described to others: Table Schema, citation, provenance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from portrea.steering.catalogue.entries import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from portrea.steering.catalogue.editions import Edition
    from portrea.steering.catalogue.entries import Variable

MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
          "octobre", "novembre", "décembre")  # fmt: skip
BIBTEX_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BIBTEX = str.maketrans({sign: f"\\{sign}" for sign in "&%$#_{}"})


# -- dictionary -----------------------------------------------------------------------------------


def table_schema(variables: Iterable[Variable], key: Sequence[str] = ()) -> dict[str, Any]:
    """Return a dictionary of columns as a Table Schema (Frictionless), for the CSV file."""
    told: dict[str, Any] = {"fields": [_field(one) for one in variables]}
    if key:
        told["primaryKey"] = list(key)
    return told | {"missingValues": [""]}


def _field(one: Variable) -> dict[str, Any]:
    meaning = one.meaning
    if one.unit:
        meaning += f" Unité : {one.unit}."
    if one.kind == "list":
        meaning += f" Plusieurs valeurs sont séparées par « {SEPARATOR} »."
    if one.secrecy:
        meaning += f" {one.secrecy}"
    kind = "string" if one.kind == "list" else one.kind
    field: dict[str, Any] = {
        "name": one.name, "title": one.label, "type": kind, "description": meaning,
    }  # fmt: skip
    if kind == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    if kind == "date":
        field["format"] = "default"
    limits: dict[str, Any] = {
        "required": one.required or None,
        "enum": list(one.allowed) or None,
        "minimum": one.low,
        "maximum": one.high,
    }
    limits = {name: value for name, value in limits.items() if value is not None}
    return field | ({"constraints": limits} if limits else {})


# -- citation -------------------------------------------------------------------------------------


def day_words(day: date) -> str:
    """Write a day in French: « 1ᵉʳ février 2026 »."""
    return f"{'1ᵉʳ' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def citation(*, title: str, producer: str, version: str, day: date, url: str, licence: str) -> str:
    """Return the sentence that cites a version."""
    return (
        f"{producer}, « {title} », version {version} du {day_words(day)}, calculée avec Portrea, "
        f"{url}, {licence}."
    )


def bibtex(
    *, slug: str, title: str, producer: str, version: str, day: date, url: str, licence: str
) -> str:
    """Return the BibTeX entry that cites a version."""
    fields = {
        "author": f"{{{{{producer.translate(_BIBTEX)}}}}}",
        "title": f"{{{{{title.translate(_BIBTEX)}}}}}",
        "year": f"{{{day.year}}}",
        "month": BIBTEX_MONTHS[day.month - 1],
        "version": f"{{{version}}}",
        "url": f"{{{url}}}",
        "note": f"{{{licence}}}",
    }
    body = ",\n".join(f"  {name} = {value}" for name, value in fields.items())
    return f"@misc{{portrea-{slug}-{version},\n{body}\n}}\n"


def cff(*, title: str, producer: str, version: str, day: date, url: str, licence: str) -> str:
    """Return the Citation File Format 1.2.0 of a version; ``licence`` is its SPDX identifier."""
    told = {
        "cff-version": "1.2.0",
        "message": "Si vous utilisez ces données, citez-les ainsi.",
        "type": "dataset",
        "title": title,
        "version": version,
        "date-released": day.isoformat(),
        "url": url,
        "license": licence,
        "authors": [{"name": producer}],
    }
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=100)


# -- provenance -----------------------------------------------------------------------------------


def provenance(edition: Edition, url: str) -> dict[str, Any]:
    """Return where a version comes from, as PROV-JSON: files read, code run, files written."""
    card, run = edition.card, f"portrea:run-{edition.version}"
    sources = {f"portrea:source-{rank}": one for rank, one in enumerate(edition.inputs, 1)}
    written = {f"portrea:{one.name}": one for one in edition.files.values()}
    agents = {
        "portrea:producer": {"prov:type": "prov:Organization", "prov:label": card["producer"]},
        "portrea:software": {
            "prov:type": "prov:SoftwareAgent", "prov:label": f"Portrea {card['software']}",
            "portrea:code": card["code"],
        },
    }  # fmt: skip
    return {
        "prefix": {"portrea": url, "prov": "http://www.w3.org/ns/prov#"},
        "entity": {
            **{key: _source(one) for key, one in sources.items()},
            **{key: {"prov:label": one.name, "portrea:sha256": one.sha256,
                     "portrea:bytes": one.size} for key, one in written.items()},
        },
        "activity": {
            run: {
                "prov:endTime": card["day"], "portrea:computation": card["computation"],
                "portrea:computed_on": card["computed_on"], "portrea:digest": card["digest"],
            },
        },
        "agent": agents,
        "used": {f"_:u{i}": {"prov:activity": run, "prov:entity": key}
                 for i, key in enumerate(sources, 1)},
        "wasGeneratedBy": {f"_:g{i}": {"prov:entity": key, "prov:activity": run}
                           for i, key in enumerate(written, 1)},
        "wasAssociatedWith": {f"_:a{i}": {"prov:activity": run, "prov:agent": key}
                              for i, key in enumerate(agents, 1)},
    }  # fmt: skip


def _source(one: Any) -> dict[str, Any]:
    told = {
        "prov:label": f"{one.producer}, {one.title}", "portrea:vintage": one.vintage,
        "portrea:licence": one.licence, "portrea:page": one.page, "portrea:sha256": one.sha256,
        "portrea:retrieved": one.retrieved,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}
