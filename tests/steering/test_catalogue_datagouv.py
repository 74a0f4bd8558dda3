"""Publishing on data.gouv.fr, against a server of our own that behaves as its public code does."""

from __future__ import annotations

import logging
from datetime import date

import pytest

from datagouv_portal import KEY, running
from portrea.base.errors import DataError, ParameterError
from portrea.sources.udata import Udata
from portrea.steering.catalogue import building, dcat, editions
from portrea.steering.catalogue.datagouv import Publication
from portrea.steering.catalogue.entries import entries
from portrea.steering.reading import Reader

SITE = dcat.Site("https://exemple.fr/donnees/", "CC d’essai")
FACTS = {"producer": "CC", "coverage": "35", "computation": "abc", "computed_on": "2026-11-21"}


@pytest.fixture
def portal():
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def newest(mini_store, tmp_path_factory):
    home, reader = tmp_path_factory.mktemp("shelf"), Reader(mini_store)
    found = []
    for slug in ("besoins-communes", "acces-communes", "sources"):
        made = building.build(reader, entries()[slug])
        found.append(
            editions.freeze(home, entries()[slug], made, day=date(2026, 11, 23), facts=FACTS)
        )
    return found


def _publish(portal, newest, **options):
    with Udata(portal.url, KEY, "cc", sleep=lambda _seconds: None) as client:
        done = Publication(client, SITE, newest, **options)
        steps = done.plan()
        done.run(steps)
    return steps


def _files(portal):
    return {
        told["extras"]["portrea:slug"]: sorted(one["extras"].get("portrea:form", "?")
                                               for one in told["resources"])
        for told in portal.datasets.values()
    }  # fmt: skip


WHOLE = {
    "besoins-communes": ["csv", "geojson", "parquet", "xlsx"],
    "acces-communes": ["csv", "geojson", "parquet", "xlsx"],
    "sources": ["csv", "parquet", "xlsx"],
}


def test_everything_is_published_then_nothing_changes(portal, newest):
    assert len(_publish(portal, newest)) == 3 + 11
    assert _files(portal) == WHOLE
    told = next(iter(portal.datasets.values()))
    assert (told["license"], told["frequency"], told["organization"]) == ("lov2", "annual", "cc")
    assert told["temporal_coverage"] == {"start": "2021-01-01", "end": "2021-12-31"}
    assert told["private"] is False
    before = len(portal.writes)
    assert _publish(portal, newest) == []
    assert len(portal.writes) == before


def test_a_trial_changes_nothing(portal, newest):
    client = Udata(portal.url, KEY, "cc")
    assert len(Publication(client, SITE, newest).plan()) == 14
    assert portal.writes == []


def test_another_version_replaces_its_files_only(portal, newest, mini_store, tmp_path):
    _publish(portal, newest)
    ids = {one["id"] for told in portal.datasets.values() for one in told["resources"]}
    entry = entries()["sources"]
    made = building.build(Reader(mini_store), entry)
    more = building.Made(made.frame.head(0), made.variables, made.key)
    other = editions.freeze(tmp_path, entry, more, day=date(2026, 12, 1), facts=FACTS)
    steps = _publish(portal, [*newest[:2], other])
    assert {step.what for step in steps} == {"remplacer"}
    assert {step.slug for step in steps} == {"sources"}
    assert _files(portal) == WHOLE
    assert {one["id"] for t in portal.datasets.values() for one in t["resources"]} == ids


def test_what_others_added_is_left(portal, newest):
    _publish(portal, newest)
    dataset = next(iter(portal.datasets.values()))
    dataset["resources"].append({"id": "zz", "title": "notice.pdf", "extras": {}})
    portal.datasets["other"] = {"id": "other", "title": "Autre", "extras": {}, "resources": []}
    assert _publish(portal, newest) == []


def test_the_schema_of_a_standard_is_declared(portal, mini_store, tmp_path):
    from portrea.offer.exchange.context import Context
    from portrea.offer.rows import of_row
    from portrea.steering.catalogue.offering import mednum_made

    day = date(2026, 11, 23)
    rows = Reader(mini_store).computation.table("places").iter_rows(named=True)
    made = mednum_made([of_row(r) for r in rows], [], Context(today=day, undated=day))
    entry = entries()["lieux-mediation-numerique"]
    _publish(portal, [editions.freeze(tmp_path, entry, made, day=day, facts=FACTS)])
    (told,) = portal.datasets.values()
    schemas = {one["extras"]["portrea:form"]: one.get("schema") for one in told["resources"]}
    assert schemas["csv"] == {"name": "LaMednum/standard-mediation-num", "version": "1.0.2"}
    assert schemas["parquet"] is None


@pytest.mark.parametrize(
    ("pattern", "code", "after"),
    [
        ("POST /datasets/$", 500, True),  # created, and the answer is lost
        ("POST .*upload/", 500, True),  # the file is there, and the answer is lost
        ("POST .*upload/", -1, True),
        ("POST .*upload/", 500, False),
        ("PUT .*resources", 403, False),  # sent, and never described
    ],
)
def test_an_interrupted_publication_doubles_nothing(portal, newest, pattern, code, after):
    portal.fail = [(pattern, code, after)]
    with pytest.raises(DataError) as caught:
        _publish(portal, newest)
    assert "Relancez" in caught.value.render() or "éditeur" in caught.value.render()
    _publish(portal, newest)
    assert _files(portal) == WHOLE
    assert _publish(portal, newest) == []


@pytest.mark.parametrize(
    ("pattern", "code"), [("GET", 503), ("PUT", 502), ("POST /datasets/$", 429), ("GET", -1)]
)
def test_what_passes_is_tried_again(portal, newest, pattern, code):
    portal.fail = [(pattern, code, False)] * 2
    _publish(portal, newest)
    assert _files(portal) == WHOLE
    assert portal.fail == []


def test_a_wrong_key_is_told_and_never_shown(portal, newest, caplog):
    caplog.set_level(logging.DEBUG)
    client = Udata(portal.url, "mauvaise-clef-987654321", "cc")
    with pytest.raises(DataError, match="clé") as caught:
        Publication(client, SITE, newest).plan()
    told = caught.value.render() + repr(client) + caplog.text
    assert "PORTREA_DATAGOUV_KEY" in told
    assert "987654321" not in told


def test_what_the_portal_refuses_is_told(portal, newest):
    client = Udata(portal.url, KEY, "cc")
    with pytest.raises(DataError, match="title") as caught:
        client.create({"title": "interdit"})
    assert "refusé" in caught.value.message


@pytest.mark.parametrize(
    ("url", "key", "organization"),
    [("http://exemple.fr/api/1", "k", "o"), ("https://x/api/1", "", "o"), ("https://x", "k", "")],
)
def test_a_key_goes_only_where_it_is_safe(url, key, organization):
    with pytest.raises(ParameterError, match="PORTREA_DATAGOUV_"):
        Udata(url, key, organization)


def test_a_portal_that_is_off_is_told(newest):
    client = Udata("http://127.0.0.1:9/api/1", KEY, "cc", sleep=lambda _seconds: None)
    with pytest.raises(DataError, match="ne répond pas"):
        Publication(client, SITE, newest).plan()
