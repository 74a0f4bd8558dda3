"""Versions over a miniature country: files read back by others, secrecy, links, provenance."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date

import frictionless
import openpyxl
import polars as pl
import pytest
import rdflib
import shapely
from frictionless import system
from pyshacl import validate

from portrea.offer.exchange.context import Context
from portrea.offer.rows import of_row
from portrea.steering.catalogue import building, dcat, editions, forms, graph, offering, telling
from portrea.steering.catalogue.entries import entries
from portrea.steering.reading import Reader

FACTS = {
    "producer": "CC de « l’Essai »", "coverage": "Ille-et-Vilaine", "computation": "abc",
    "computed_on": "2026-11-21",
}  # fmt: skip
DAY = date(2026, 11, 23)
SITE = dcat.Site("https://exemple.fr/donnees/", 'CC "d’essai" \\ <é>')
DATASET = rdflib.Namespace("http://www.w3.org/ns/dcat#")
TERMS = rdflib.Namespace("http://purl.org/dc/terms/")


@pytest.fixture(scope="module")
def world(mini_store):
    return Reader(mini_store)


@pytest.fixture(scope="module")
def shelf(world, tmp_path_factory):
    """Every dataset of the computation and of its places, frozen once."""
    home = tmp_path_factory.mktemp("shelf")
    for slug, made in _all(world).items():
        assert editions.freeze(home, entries()[slug], made, day=DAY, facts=FACTS) is not None
    return home


def _all(world):
    found = {
        slug: building.build(world, entry)
        for slug, entry in entries().items()
        if entry.family in ("needs", "access", "sources", "take-up")
    }
    rows = world.computation.table("places").iter_rows(named=True)
    places, context = [of_row(row) for row in rows], Context(today=DAY, undated=DAY)
    return found | {
        "lieux": offering.places_made(places, []),
        "lieux-mediation-numerique": offering.mednum_made(places, [], context),
        "services": offering.services_made(places, [], context),
    }


def _newest(shelf):
    found = (editions.latest(shelf, slug) for slug in entries())
    return [one for one in found if one is not None]


# -- files -----------------------------------------------------------------------------------------


def test_every_csv_is_what_its_dictionary_says(shelf):
    for edition in _newest(shelf):
        told = telling.table_schema(edition.variables, edition.card["key"])
        with system.use_context(trusted=True):
            resource = frictionless.Resource(
                path=str(edition.path("csv")), schema=frictionless.Schema.from_descriptor(told)
            )
            report = frictionless.validate(resource)
        assert report.valid, (edition.slug, report.flatten(["fieldName", "rowNumber", "note"])[:3])


def test_every_form_tells_the_same_rows(shelf):
    for edition in _newest(shelf):
        table = pl.read_parquet(edition.path("parquet"))
        assert table.height == edition.rows, edition.slug
        lines = list(csv.reader(io.StringIO(edition.path("csv").read_text("utf-8"))))
        assert lines[0] == [one.name for one in edition.variables]
        assert len(lines) == edition.rows + 1
        book = openpyxl.load_workbook(edition.path("xlsx"), read_only=True)
        assert book.sheetnames == [forms.README, forms.TABLE, forms.DICTIONARY]
        assert sum(1 for _ in book[forms.TABLE].rows) == edition.rows + 1
        assert sum(1 for _ in book[forms.DICTIONARY].rows) == len(edition.variables) + 1


def test_outlines_are_read_by_other_tools(shelf):
    edition = editions.latest(shelf, "besoins-communes")
    import duckdb
    import pyarrow.parquet

    told = json.loads(edition.path("geojson").read_text("utf-8"))
    metadata = pyarrow.parquet.read_metadata(edition.path("parquet")).metadata
    geo = json.loads(metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    column = geo["columns"][geo["primary_column"]]
    assert column["encoding"] == "WKB"
    assert tuple(column["bbox"]) == edition.box == tuple(told["bbox"])
    rows = duckdb.sql(f"select code, geometry from '{edition.path('parquet')}'").fetchall()
    shapes = {code: shapely.from_wkb(bytes(wkb)) for code, wkb in rows}
    kinds = {shape.geom_type for shape in shapes.values()}
    assert kinds == set(column["geometry_types"])
    for feature in told["features"]:
        drawn = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert drawn.equals(shapes[feature["properties"]["code"]])
    assert len(told["features"]) == edition.rows == len(shapes)


def test_a_table_is_the_one_of_the_portraits(world, shelf):
    """The same number, area by area, as the download of the page."""
    from portrea.steering.opendata import zone_rows

    edition = editions.latest(shelf, "besoins-communes")
    table = {row["code"]: row for row in pl.read_parquet(edition.path("parquet")).to_dicts()}
    for row in zone_rows(world, "commune", list(table)):
        mine = table[row["code"]]
        for field in ("n", "n_low", "n_high", "share", "share_low", "share_high", "population"):
            name = f"{row['measure']}_{field}"
            assert name not in mine or mine[name] == row[field], (row["code"], name)
        assert mine[f"{row['measure']}_status"] == row["status"]


def test_a_small_iris_is_in_no_file(world, shelf):
    hidden = set(world.snapshot.withheld["code"])
    assert hidden
    table = pl.read_parquet(editions.latest(shelf, "besoins-iris").path("parquet"))
    rows = table.filter(pl.col("code").is_in(hidden))
    assert {"350030102", "350030103"} <= set(rows["code"])
    assert set(rows["a1_status"]) == {"hidden"}
    numbers = [one for one, kind in rows.schema.items() if kind.is_numeric()]
    assert rows.select(numbers).null_count().sum_horizontal()[0] == rows.height * len(numbers)


def test_no_cell_is_a_formula(world, shelf, tmp_path):
    places = [of_row(row) for row in world.computation.table("places").iter_rows(named=True)]
    made = offering.places_made(places, [])
    evil = made.frame.with_columns(name=pl.lit("=cmd|'/c calc'!A1"))
    path = tmp_path / "evil.csv"
    forms.write(offering.Made(evil, made.variables), "csv", path, ())
    rows = csv.DictReader(io.StringIO(path.read_text("utf-8")))
    assert {row["name"][:2] for row in rows} == {"'="}


def test_what_data_inclusion_takes_is_beside_the_services(shelf):
    edition = editions.latest(shelf, "services")
    told = json.loads(edition.path("data-inclusion.json").read_text("utf-8"))
    assert told["structures"]


# -- versions --------------------------------------------------------------------------------------


def test_the_same_content_makes_no_other_version(world, tmp_path):
    entry = entries()["besoins-communes"]
    made = building.build(world, entry)
    first = editions.freeze(tmp_path, entry, made, day=DAY, facts=FACTS)
    assert editions.freeze(tmp_path, entry, made, day=date(2027, 1, 2), facts=FACTS) is None
    files = {p.name: p.read_bytes() for p in first.folder.iterdir()}
    less = building.Made(made.frame[1:], made.variables, made.key, made.inputs, made.geometry[1:])
    second = editions.freeze(tmp_path, entry, less, day=DAY, facts=FACTS)
    assert [one.version for one in editions.versions(tmp_path, entry.slug)] == [
        second.version, first.version,
    ]  # fmt: skip
    assert {p.name: p.read_bytes() for p in first.folder.iterdir()} == files
    assert editions.find(tmp_path, entry.slug, first.version).rows == second.rows + 1
    assert editions.find(tmp_path, entry.slug, "../../etc") is None


def test_a_failure_leaves_no_half_version(world, tmp_path):
    entry = entries()["sources"]
    made = building.build(world, entry)

    def fail(_path):
        raise RuntimeError

    broken = building.Made(made.frame, made.variables, extras={"data-inclusion.json": fail})
    with pytest.raises(RuntimeError):
        editions.freeze(tmp_path, entry, broken, day=DAY, facts=FACTS)
    assert editions.versions(tmp_path, entry.slug) == []
    assert not list((tmp_path / editions.FOLDER / entry.slug).iterdir())


def test_digests_of_files_are_those_of_their_bytes(shelf):
    for edition in _newest(shelf):
        for one in edition.files.values():
            content = edition.path(one.form).read_bytes()
            assert (one.size, one.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_provenance_links_files_read_to_files_written(shelf):
    edition = editions.latest(shelf, "besoins-communes")
    told = telling.provenance(edition, "https://exemple.fr/donnees/besoins-communes/v/")
    (run,) = told["activity"]
    assert told["activity"][run]["portrea:computation"] == "abc"
    assert {one["prov:activity"] for one in told["used"].values()} == {run}
    written = {one["prov:entity"] for one in told["wasGeneratedBy"].values()}
    assert written == {f"portrea:{one.name}" for one in edition.files.values()}
    assert written | {one["prov:entity"] for one in told["used"].values()} == set(told["entity"])
    assert {one["prov:agent"] for one in told["wasAssociatedWith"].values()} == set(told["agent"])


# -- DCAT ------------------------------------------------------------------------------------------

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix spdx: <http://spdx.org/rdf/terms#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix ex: <urn:x#> .
ex:Catalog a sh:NodeShape ; sh:targetClass dcat:Catalog ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:nodeKind sh:Literal ],
    [ sh:path dct:description ; sh:minCount 1 ; sh:nodeKind sh:Literal ],
    [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ],
    [ sh:path dcat:dataset ; sh:minCount 1 ; sh:class dcat:Dataset ],
    [ sh:path dct:language ; sh:class dct:LinguisticSystem ],
    [ sh:path dcat:themeTaxonomy ; sh:class skos:ConceptScheme ] .
ex:Dataset a sh:NodeShape ; sh:targetClass dcat:Dataset ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:nodeKind sh:Literal ],
    [ sh:path dct:description ; sh:minCount 1 ; sh:nodeKind sh:Literal ],
    [ sh:path dct:identifier ; sh:minCount 1 ; sh:nodeKind sh:Literal ],
    [ sh:path dct:publisher ; sh:maxCount 1 ; sh:class foaf:Agent ],
    [ sh:path dcat:theme ; sh:minCount 1 ; sh:class skos:Concept ],
    [ sh:path dct:accrualPeriodicity ; sh:maxCount 1 ; sh:class dct:Frequency ],
    [ sh:path dct:accessRights ; sh:maxCount 1 ; sh:class dct:RightsStatement ],
    [ sh:path dct:spatial ; sh:class dct:Location ],
    [ sh:path dct:temporal ; sh:class dct:PeriodOfTime ],
    [ sh:path dct:provenance ; sh:class dct:ProvenanceStatement ],
    [ sh:path dct:modified ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:date ],
    [ sh:path dcat:version ; sh:maxCount 1 ; sh:nodeKind sh:Literal ],
    [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ] .
ex:Distribution a sh:NodeShape ; sh:targetClass dcat:Distribution ;
  sh:property [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ],
    [ sh:path dcat:downloadURL ; sh:nodeKind sh:IRI ],
    [ sh:path dct:license ; sh:minCount 1 ; sh:maxCount 1 ; sh:class dct:LicenseDocument ],
    [ sh:path dct:format ; sh:maxCount 1 ; sh:class dct:MediaTypeOrExtent ],
    [ sh:path dcat:mediaType ; sh:maxCount 1 ; sh:class dct:MediaType ],
    [ sh:path dcat:byteSize ; sh:maxCount 1 ; sh:datatype xsd:nonNegativeInteger ],
    [ sh:path spdx:checksum ; sh:maxCount 1 ; sh:class spdx:Checksum ] .
ex:Checksum a sh:NodeShape ; sh:targetClass spdx:Checksum ;
  sh:property [ sh:path spdx:algorithm ; sh:minCount 1 ; sh:maxCount 1 ;
      sh:class spdx:ChecksumAlgorithm ],
    [ sh:path spdx:checksumValue ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:hexBinary ] .
ex:Agent a sh:NodeShape ; sh:targetClass foaf:Agent ;
  sh:property [ sh:path foaf:name ; sh:minCount 1 ; sh:nodeKind sh:Literal ] .
"""
"""Ours: the obligations and classes of DCAT-AP 3.0.0, as its public SHACL files tell them."""


@pytest.fixture(scope="module")
def feeds(shelf):
    told = dcat.catalogue(SITE, _newest(shelf))
    return {form: write(told) for form, (_kind, write) in graph.WRITERS.items()}


def _read(feeds, form):
    names = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}
    return rdflib.Graph().parse(data=feeds[form], format=names[form])


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_three_syntaxes_tell_the_same_graph(feeds):
    from rdflib.compare import isomorphic

    first, second, third = (_read(feeds, form) for form in ("ttl", "jsonld", "rdf"))
    assert len(first) > 200
    assert isomorphic(first, second)
    assert isomorphic(first, third)


def test_the_catalogue_has_what_dcat_ap_asks(feeds):
    shapes = rdflib.Graph().parse(data=SHAPES, format="turtle")
    conforms, _graph, words = validate(_read(feeds, "ttl"), shacl_graph=shapes)
    assert conforms, words


def test_the_shapes_do_refuse(feeds):
    """A catalogue without its titles would be seen."""
    shapes = rdflib.Graph().parse(data=SHAPES, format="turtle")
    found = _read(feeds, "ttl")
    found.remove((None, TERMS.title, None))
    assert not validate(found, shacl_graph=shapes)[0]


def test_every_dataset_and_file_is_in_the_feed(feeds, shelf):
    found, newest = _read(feeds, "ttl"), _newest(shelf)
    datasets = set(found.subjects(rdflib.RDF.type, DATASET.Dataset))
    assert {str(one) for one in datasets} == {SITE.page(one) for one in newest}
    links = {str(one) for one in found.objects(None, DATASET.downloadURL)}
    assert links == {SITE.file(one, file) for one in newest for file in one.files.values()}


def test_search_engines_read_the_same(shelf):
    edition = editions.latest(shelf, "besoins-communes")
    told = dcat.schema_org(SITE, edition)
    assert told["@type"] == "Dataset"
    assert {one["contentUrl"] for one in told["distribution"]} == {
        SITE.file(edition, file) for file in edition.files.values()
    }
    assert told["temporalCoverage"] == "2021-01-01/2021-12-31"
