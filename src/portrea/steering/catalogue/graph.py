"""A small RDF graph, and its three ways to be written: Turtle, JSON-LD, RDF/XML.

Only what a catalogue needs: named nodes, blank nodes held by one other, literals with a language or
a type. Nothing is read here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "locn": "http://www.w3.org/ns/locn#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
LANGUAGE = "fr"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_IN_IRI = {ord(sign): f"%{ord(sign):02X}" for sign in '<>"{}|^`\\ '}


@dataclass(frozen=True, slots=True)
class Link:
    """A node named by its address."""

    iri: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A text; in French when it has no type. ``kind`` is prefixed: ``xsd:date``."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A node, its types, and what is told of it; without address, a blank one."""

    kinds: Sequence[str]
    told: Sequence[tuple[str, Link | Literal | Node]] = ()
    iri: str = ""


@dataclass(slots=True)
class Graph:
    """Nodes, in the order they are told."""

    nodes: list[Node] = field(default_factory=list)


def full(name: str) -> str:
    """Return the address of a prefixed name."""
    prefix, _sep, local = name.partition(":")
    return PREFIXES[prefix] + local


def _iri(text: str) -> str:
    return text.translate(_IN_IRI)


# -- Turtle ---------------------------------------------------------------------------------------


def turtle_literal(told: Literal) -> str:
    """Write a literal in Turtle."""
    text = "".join(_ESCAPES.get(sign, sign) for sign in told.text)
    return f'"{text}"^^{told.kind}' if told.kind else f'"{text}"@{LANGUAGE}'


def turtle(graph: Graph) -> str:
    """Write a graph in Turtle."""
    heads = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    bodies = (f"<{_iri(node.iri)}> {_turtle_body(node, 1)} .\n" for node in graph.nodes)
    return heads + "\n" + "\n".join(bodies)


def _turtle_body(node: Node, depth: int) -> str:
    lines = [f"a {', '.join(node.kinds)}"] if node.kinds else []
    lines += [f"{name} {_turtle_value(value, depth)}" for name, value in node.told]
    return (" ;\n" + "    " * depth).join(lines)


def _turtle_value(value: Link | Literal | Node, depth: int) -> str:
    if isinstance(value, Link):
        return f"<{_iri(value.iri)}>"
    if isinstance(value, Literal):
        return turtle_literal(value)
    return f"[ {_turtle_body(value, depth + 1)} ]"


# -- JSON-LD --------------------------------------------------------------------------------------


def jsonld(graph: Graph) -> str:
    """Write a graph in JSON-LD 1.1."""
    content = {"@context": PREFIXES, "@graph": [_json_node(node) for node in graph.nodes]}
    return json.dumps(content, ensure_ascii=False, indent=1)


def _json_node(node: Node) -> dict[str, Any]:
    told: dict[str, Any] = {"@id": _iri(node.iri)} if node.iri else {}
    if node.kinds:
        told["@type"] = list(node.kinds)
    for name, value in node.told:
        told.setdefault(name, []).append(_json_value(value))
    return told


def _json_value(value: Link | Literal | Node) -> dict[str, Any]:
    if isinstance(value, Link):
        return {"@id": _iri(value.iri)}
    if isinstance(value, Literal):
        kind = {"@type": value.kind} if value.kind else {"@language": LANGUAGE}
        return {"@value": value.text, **kind}
    return _json_node(value)


# -- RDF/XML --------------------------------------------------------------------------------------


def rdfxml(graph: Graph) -> str:
    """Write a graph in RDF/XML."""
    spaces = "".join(f'\n  xmlns:{name}="{iri}"' for name, iri in PREFIXES.items())
    body = "".join(line for node in graph.nodes for line in _xml_node(node, "  "))
    return f'<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF{spaces}>\n{body}</rdf:RDF>\n'


def _xml_node(node: Node, indent: str) -> Iterator[str]:
    about = f" rdf:about={quoteattr(_iri(node.iri))}" if node.iri else ""
    name = node.kinds[0] if node.kinds else "rdf:Description"
    yield f"{indent}<{name}{about}>\n"
    for kind in node.kinds[1:]:
        yield f"{indent}  <rdf:type rdf:resource={quoteattr(full(kind))}/>\n"
    for told, value in node.told:
        yield from _xml_value(told, value, indent + "  ")
    yield f"{indent}</{name}>\n"


def _xml_value(name: str, value: Link | Literal | Node, indent: str) -> Iterator[str]:
    if isinstance(value, Link):
        yield f"{indent}<{name} rdf:resource={quoteattr(_iri(value.iri))}/>\n"
    elif isinstance(value, Literal):
        kind = (
            f"rdf:datatype={quoteattr(full(value.kind))}"
            if value.kind
            else f'xml:lang="{LANGUAGE}"'
        )
        yield f"{indent}<{name} {kind}>{escape(_printed(value.text))}</{name}>\n"
    else:
        yield f"{indent}<{name}>\n"
        yield from _xml_node(value, indent + "  ")
        yield f"{indent}</{name}>\n"


def _printed(text: str) -> str:
    """Leave out the signs that XML has no way to write."""
    return "".join(c for c in text if c in "\n\t" or ord(c) >= 0x20)


WRITERS = {
    "ttl": ("text/turtle; charset=utf-8", turtle),
    "jsonld": ("application/ld+json", jsonld),
    "rdf": ("application/rdf+xml", rdfxml),
}
"""Extension → content type and writer."""
