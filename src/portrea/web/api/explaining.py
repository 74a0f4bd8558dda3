"""The description of the interface as sections, tables and examples for a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.web.api.problems import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portrea.web.api.problems import Kind

_TYPES = {
    "string": "texte", "integer": "entier", "number": "nombre", "boolean": "vrai ou faux",
    "array": "liste", "object": "objet", "null": "",
}  # fmt: skip
_FORMATS = {"date": "date (AAAA-MM-JJ)", "date-time": "date et heure"}


@dataclass(frozen=True, slots=True)
class Line:
    """A parameter or a field."""

    name: str
    type: str
    words: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that may be asked."""

    anchor: str
    method: str
    path: str
    title: str
    words: str
    parameters: tuple[Line, ...]
    body: tuple[Line, ...]
    answer: str
    example: str
    key: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """What is answered."""

    anchor: str
    name: str
    words: str
    fields: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole page."""

    operations: tuple[Operation, ...]
    shapes: tuple[Shape, ...]
    errors: tuple[Kind, ...]
    base: str


EXAMPLES = {
    "/api/v1/territories": "?q=rennes",
    "/api/v1/territories/{reference}": "commune:35238",
    "/api/v1/needs": "?territoire=departement:35&niveau=epci&mesure=a2",
    "/api/v1/places": "?territoire=commune:35238&situation=aide",
    "/api/v1/services": "?territoire=departement:35",
    "/api/v1/presences": "?territoire=departement:35",
    "/api/v1/orientation": "?commune=35238&besoin=aide",
    "/api/v1/procedures": "?q=payer+moins+de+loyer",
}
"""What to try, by path."""


def shown(description: Mapping[str, Any], base: str) -> Shown:
    """Return what the page of the documentation shows."""
    return Shown(tuple(_operations(description)), tuple(_shapes(description)), KINDS, base)


def _operations(description: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            asked = [one for one in told["parameters"] if one["in"] != "header"]
            yield Operation(
                anchor=told["operationId"].rsplit("_", 1)[-1],
                method=method.upper(),
                path=path,
                title=told["summary"],
                words=spaced(told.get("description", "")),
                parameters=tuple(_parameter(one) for one in asked),
                body=_body(description, told),
                answer=_answer(told),
                example=_example(path),
                key="security" in told,
            )


def spaced(words: str) -> str:
    """Keep French signs on the line of their word."""
    kept = words.replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    return re.sub(r" ([:;!?])(?=\s|$)", "\u00a0\\1", kept)


def _example(path: str) -> str:
    tried = EXAMPLES.get(path)
    if tried is None:
        return ""
    return path.replace("{reference}", tried) if "{" in path else path + tried


def _parameter(told: Mapping[str, Any]) -> Line:
    schema = told["schema"]
    words = " ".join(filter(None, (told.get("description", ""), _limits(schema))))
    return Line(told["name"], type_of(schema), spaced(words), bool(told["required"]))


def _limits(schema: Mapping[str, Any]) -> str:
    parts = schema.get("anyOf", [schema])
    values = [
        v for part in parts for v in part.get("enum", [part["const"]] if "const" in part else [])
    ]
    told = f"Valeurs : {', '.join(map(str, values))}." if values else ""
    default = schema.get("default")
    if default not in (None, "", [], {}):
        told = f"{told} Sans lui : {default}.".strip()
    most = next((part["maximum"] for part in parts if "maximum" in part), None)
    return f"{told} Au plus {most}.".strip() if most and most < 1_000 else told


def _body(description: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[Line, ...]:
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return ()
    name = content["schema"]["$ref"].rsplit("/", 1)[1]
    return _fields(description["components"]["schemas"][name])


def _answer(told: Mapping[str, Any]) -> str:
    for status in (200, 201):
        content = told["responses"].get(status, {}).get("content", {})
        if content:
            return str(next(iter(content.values()))["schema"].get("$ref", "")).rsplit("/", 1)[-1]
    return ""


def _shapes(description: Mapping[str, Any]) -> Iterator[Shape]:
    for name, schema in sorted(description["components"]["schemas"].items()):
        if schema.get("type") == "object" and not name.endswith(("Asked", "Sent")):
            yield Shape(
                f"forme-{name}", name, spaced(schema.get("description", "")), _fields(schema)
            )


def _fields(schema: Mapping[str, Any]) -> tuple[Line, ...]:
    required = set(schema.get("required", ()))
    return tuple(
        Line(name, type_of(told), _field_words(told), name in required)
        for name, told in schema.get("properties", {}).items()
    )


def _field_words(told: Mapping[str, Any]) -> str:
    return spaced(" ".join(filter(None, (told.get("description", ""), _limits(told)))))


def type_of(schema: Mapping[str, Any]) -> str:
    """Return the type of a value in French."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1])
    if "anyOf" in schema:
        return " ou ".join(filter(None, dict.fromkeys(map(type_of, schema["anyOf"]))))
    if schema.get("type") == "array":
        return f"liste de {type_of(schema.get('items', {}))}".removesuffix(" de ")
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    return _TYPES.get(str(schema.get("type", "")), "")
