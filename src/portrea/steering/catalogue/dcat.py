"""The catalogue as DCAT-AP 3: what portals harvest, and what search engines read (schema.org).

Rules read in the reference (``standards.md`` § 8): stable identifier, licence and dates on the
dataset and its files, place, period, frequency, digest and size of each file. Every value that
DCAT-AP takes from a European list is one of that list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.steering.catalogue.graph import Graph, Link, Literal, Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from portrea.steering.catalogue.editions import Edition, File

EU = "http://publications.europa.eu/resource/authority"
FREQUENCIES = {"annual": "ANNUAL", "weekly": "WEEKLY", "irreg": "IRREG"}
"""Identifiers of data.gouv.fr → those of the European list."""
THEMES = {"SOCI": "Population et société", "GOVE": "Gouvernement et secteur public"}
SCHEMAS = "https://schema.data.gouv.fr"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A form of file: its name, its media type and its type in the European list."""

    label: str
    media: str
    european: str


FORMS = {
    "csv": FileKind("CSV", "text/csv", "CSV"),
    "xlsx": FileKind(
        "Classeur XLSX",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "XLSX",
    ),
    "geojson": FileKind("GeoJSON", "application/geo+json", "GEOJSON"),
    "parquet": FileKind("Parquet", "application/vnd.apache.parquet", "PARQUET"),
    "data-inclusion.json": FileKind("data·inclusion 1 (JSON)", "application/json", "JSON"),
}


def label_of(edition: Edition, form: str) -> str:
    """Return the name of a form: a Parquet file with outlines is a GeoParquet one."""
    return "GeoParquet 1.1" if form == "parquet" and edition.box else FORMS[form].label


@dataclass(frozen=True, slots=True)
class Site:
    """Who publishes and where: ``address`` is that of the catalogue, with its last slash."""

    address: str
    publisher: str
    title: str = "Données ouvertes"

    def page(self, edition: Edition, version: str = "") -> str:
        """Return the address of a dataset, or of one of its versions."""
        return f"{self.address}{edition.slug}/" + (f"{version}/" if version else "")

    def file(self, edition: Edition, file: File) -> str:
        """Return the permanent address of a file."""
        return self.page(edition, edition.version) + file.name


def catalogue(site: Site, newest: Sequence[Edition]) -> Graph:
    """Return the graph of the versions in force."""
    days = sorted(one.day for one in newest)
    agent = f"{site.address}#editeur"
    told: list[tuple[str, Link | Literal | Node]] = [
        ("dct:title", Literal(f"{site.title} – {site.publisher}")),
        ("dct:description", Literal(
            "Besoins d’aide aux démarches en ligne, offre, accès et non-recours, par territoire."
        )),
        ("dct:publisher", Link(agent)),
        ("dct:language", Link(f"{EU}/language/FRA")),
        ("foaf:homepage", Link(site.address)),
        ("dcat:themeTaxonomy", Link(f"{EU}/data-theme")),
    ]  # fmt: skip
    told += [("dct:modified", _day(day)) for day in days[-1:]]
    told += [("dcat:dataset", Link(site.page(one))) for one in newest]
    nodes = [
        Node(("dcat:Catalog",), told, site.address),
        Node(("foaf:Agent",), [("foaf:name", Literal(site.publisher))], agent),
        *_shared(newest),
    ]
    for edition in newest:
        nodes += [_dataset(site, edition, agent), *_documents(site, edition)]
        nodes += [_distribution(site, edition, one) for one in edition.files.values()]
    return Graph(nodes)


def _shared(newest: Iterable[Edition]) -> list[Node]:
    """Say what each address of a list is, as DCAT-AP wants it known."""
    told = list(newest)
    licences = {one.licence.european: one.licence for one in told}
    themes = {one.card["theme"] for one in told}
    frequencies = {FREQUENCIES[one.card["frequency"]] for one in told}
    kinds = {FORMS[form].european for one in told for form in one.files}
    media = {FORMS[form].media for one in told for form in one.files}
    scheme = f"{EU}/data-theme"
    return [
        Node(("dct:LinguisticSystem",), (), f"{EU}/language/FRA"),
        Node(("dct:RightsStatement",), (), f"{EU}/access-right/PUBLIC"),
        Node(("skos:ConceptScheme",), [("dct:title", Literal("Thèmes de données"))], scheme),
        *(Node(("dct:LicenseDocument",), [("dct:title", Literal(one.title)),
                                          ("rdfs:seeAlso", Link(one.url))], iri)
          for iri, one in sorted(licences.items())),
        *(Node(("skos:Concept",), [("skos:prefLabel", Literal(THEMES[name])),
                                   ("skos:inScheme", Link(scheme))], f"{scheme}/{name}")
          for name in sorted(themes)),
        *(Node(("dct:Frequency",), (), f"{EU}/frequency/{name}") for name in sorted(frequencies)),
        *(Node(("dct:MediaTypeOrExtent",), (), f"{EU}/file-type/{name}") for name in sorted(kinds)),
        *(Node(("dct:MediaType",), (), _media(name)) for name in sorted(media)),
        Node(("spdx:ChecksumAlgorithm",), (), "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"),
    ]  # fmt: skip


def _dataset(site: Site, edition: Edition, agent: str) -> Node:
    card, page = edition.card, site.page(edition)
    told: list[tuple[str, Link | Literal | Node]] = [
        ("dct:identifier", Literal(page, "xsd:anyURI")),
        ("dct:title", Literal(edition.title)),
        ("dct:description", Literal(f"{card['description']} {card['quality']}")),
        ("dct:publisher", Link(agent)),
        ("dcat:contactPoint", Node(("vcard:Organization",), [
            ("vcard:fn", Literal(site.publisher)), ("vcard:hasURL", Link(site.address)),
        ])),
        ("dcat:landingPage", Link(page)),
        ("dct:issued", _day(edition.day)),
        ("dct:modified", _day(edition.day)),
        ("dcat:version", Literal(edition.version, "xsd:string")),
        ("dct:language", Link(f"{EU}/language/FRA")),
        ("dct:accessRights", Link(f"{EU}/access-right/PUBLIC")),
        ("dct:accrualPeriodicity", Link(f"{EU}/frequency/{FREQUENCIES[card['frequency']]}")),
        ("dcat:theme", Link(f"{EU}/data-theme/{card['theme']}")),
        ("dct:license", Link(edition.licence.european)),
        ("dct:provenance", Node(("dct:ProvenanceStatement",), [
            ("rdfs:label", Literal(_provenance(edition))),
            ("rdfs:seeAlso", Link(f"{site.page(edition, edition.version)}provenance.json")),
        ])),
        ("foaf:page", Link(_dictionary(site, edition))),
    ]  # fmt: skip
    told += [("dcat:keyword", Literal(word)) for word in card["keywords"]]
    told += [("dct:spatial", place) for place in _places(edition)]
    told += [("dct:temporal", period) for period in _periods(edition)]
    if card["standard"]:
        told.append(("dct:conformsTo", _standard(card)))
    told += [("dcat:distribution", Link(site.file(edition, one)))
             for one in edition.files.values()]  # fmt: skip
    return Node(("dcat:Dataset",), told, page)


def _documents(site: Site, edition: Edition) -> list[Node]:
    """Say that the dictionary is a document."""
    return [Node(("foaf:Document",), (), _dictionary(site, edition))]


def _dictionary(site: Site, edition: Edition) -> str:
    return f"{site.page(edition, edition.version)}schema.json"


def _distribution(site: Site, edition: Edition, file: File) -> Node:
    kind, address = FORMS[file.form], site.file(edition, file)
    digest = Node(("spdx:Checksum",), [
        ("spdx:algorithm", Link("http://spdx.org/rdf/terms#checksumAlgorithm_sha256")),
        ("spdx:checksumValue", Literal(file.sha256, "xsd:hexBinary")),
    ])  # fmt: skip
    told: list[tuple[str, Link | Literal | Node]] = [
        ("dct:title", Literal(f"{edition.title} – {label_of(edition, file.form)}")),
        ("dcat:accessURL", Link(site.page(edition, edition.version))),
        ("dcat:downloadURL", Link(address)),
        ("dcat:mediaType", Link(_media(kind.media))),
        ("dct:format", Link(f"{EU}/file-type/{kind.european}")),
        ("dcat:byteSize", Literal(str(file.size), "xsd:nonNegativeInteger")),
        ("dct:license", Link(edition.licence.european)),
        ("dct:issued", _day(edition.day)),
        ("dct:modified", _day(edition.day)),
        ("spdx:checksum", digest),
    ]
    if edition.card["standard"] and file.form == "csv":
        told.append(("dct:conformsTo", _standard(edition.card)))
    return Node(("dcat:Distribution",), told, address)


def _day(day: date) -> Literal:
    return Literal(day.isoformat(), "xsd:date")


def _media(name: str) -> str:
    return f"https://www.iana.org/assignments/media-types/{name}"


def _standard(card: Any) -> Link:
    return Link(f"{SCHEMAS}/{card['standard']}/{card['standard_version']}/schema.json")


def _provenance(edition: Edition) -> str:
    told = f"Portrea {edition.card['software']}, calcul {edition.card['computation']}."
    read = " ; ".join(f"{one.producer}, {one.title}, {one.vintage}" for one in edition.inputs)
    return f"{told} Sources : {read}." if read else told


def _places(edition: Edition) -> list[Node]:
    if edition.box is None:
        return []
    west, south, east, north = edition.box
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    wkt = "POLYGON((" + ",".join(f"{x} {y}" for x, y in ring) + "))"
    return [Node(("dct:Location",), [("dcat:bbox", Literal(wkt, "geo:wktLiteral"))])]


def _periods(edition: Edition) -> list[Node]:
    if edition.period is None:
        return []
    names = zip(("dcat:startDate", "dcat:endDate"), edition.period, strict=True)
    return [Node(("dct:PeriodOfTime",), [(name, Literal(day, "xsd:date")) for name, day in names])]


# -- search engines -------------------------------------------------------------------------------


def schema_org(site: Site, edition: Edition) -> dict[str, Any]:
    """Return a version as ``schema.org/Dataset``."""
    card = edition.card
    told: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": edition.title,
        "description": f"{card['description']} {card['quality']}",
        "url": site.page(edition),
        "identifier": site.page(edition, edition.version),
        "version": edition.version,
        "license": edition.licence.url,
        "isAccessibleForFree": True,
        "inLanguage": "fr",
        "keywords": list(card["keywords"]),
        "datePublished": edition.day.isoformat(),
        "creator": {"@type": "Organization", "name": site.publisher},
        "variableMeasured": [one.label for one in edition.variables],
        "distribution": [
            {
                "@type": "DataDownload", "encodingFormat": FORMS[one.form].media,
                "contentUrl": site.file(edition, one), "contentSize": str(one.size),
                "sha256": one.sha256,
            }
            for one in edition.files.values()
        ],
    }  # fmt: skip
    if edition.period:
        told["temporalCoverage"] = "/".join(edition.period)
    if edition.box:
        west, south, east, north = edition.box
        shape = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
        told["spatialCoverage"] = {"@type": "Place", "geo": shape}
    return told
