"""Open data on the site: pages, files, feed, versions, who publishes, and what secrecy keeps."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import rdflib
import time_machine
from click.testing import CliRunner

from datagouv_portal import KEY, running
from portrea.base.errors import DataError, ParameterError
from portrea.cli import publish as publish_cli
from portrea.sources.store import Store
from portrea.steering.catalogue import editions
from portrea.steering.catalogue.entries import entries
from portrea.steering.reading import Reader
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.accounts.schedule import jobs
from portrea.web.action.models import Difficulty, Procedure
from portrea.web.rights.services import aids as rights
from portrea.web.steering.catalogue import selectors
from portrea.web.steering.catalogue.tasks import freeze_changed
from portrea.web.steering.services import opendata
from portrea.web.surveys.services.publishing import results_publish, results_withdraw
from web.accounts.conftest import connected, person
from web.rights.test_aids_pages import PLAIN
from web.steering.activity_case import a_year_and_a_half, noted
from web.surveys.test_results import survey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from portrea.web.surveys.models import Survey

__all__ = ["connected", "person", "survey"]
pytestmark = pytest.mark.django_db
TEAM = "/espace/donnees-ouvertes/"
COMPUTED = ("besoins-iris", "besoins-communes", "acces-iris", "zones-prioritaires", "lieux",
            "portraits", "sources")  # fmt: skip


@pytest.fixture(scope="module")
def open_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that reads the demo and keeps its own versions."""
    home = tmp_path_factory.mktemp("open")
    (home / "store").symlink_to(demo_home / "store")
    return home


@pytest.fixture
def shelf(open_home: Path, settings: SettingsWrapper, client: Client) -> Client:
    """A browser on a site whose versions were frozen once."""
    settings.PORTREA_HOME = open_home
    settings.PORTREA_URL = "http://testserver"
    if not (open_home / editions.FOLDER).exists():
        opendata.versions_freeze(actor=SYSTEM, slugs=COMPUTED)
    return client


@pytest.fixture
def own_shelf(demo_home: Path, tmp_path: Path, settings: SettingsWrapper) -> Path:
    """A home of this test only, without any version."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "store").symlink_to(demo_home / "store")
    settings.PORTREA_HOME = home
    settings.PORTREA_URL = "http://testserver"
    return home


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# -- pages and files -------------------------------------------------------------------------------


def test_the_list_tells_what_is_there_and_what_is_not(
    shelf: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        page = shelf.get("/donnees/").content.decode()
    for slug, entry in entries().items():
        assert html.escape(entry.title) in page
        assert (f'href="/donnees/{slug}/"' in page) == (slug in COMPUTED)


def test_every_link_of_a_dataset_leads_somewhere(shelf: Client) -> None:
    for slug in COMPUTED:
        page = shelf.get(f"/donnees/{slug}/").content.decode()
        links = set(re.findall(r'href="(?:http://testserver)?(/donnees/[^"#]+)"', page))
        assert len(links) >= 9, slug
        for link in links:
            answer = shelf.get(link)
            body(answer)
            assert answer.status_code == 200, link


def test_search_engines_find_the_dataset_in_its_page(shelf: Client) -> None:
    page = shelf.get("/donnees/besoins-communes/").content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    told = json.loads(found[1])
    assert told["@type"] == "Dataset"
    link = next(d["contentUrl"] for d in told["distribution"] if d["contentUrl"].endswith("csv"))
    assert len(body(shelf.get(link.removeprefix("http://testserver")))) == int(
        next(d["contentSize"] for d in told["distribution"] if d["contentUrl"] == link)
    )


def test_a_file_is_kept_by_who_has_it(shelf: Client) -> None:
    edition = selectors.edition_found("besoins-communes")
    permanent = f"/donnees/besoins-communes/{edition.version}/besoins-communes.csv"
    last = "/donnees/besoins-communes/derniere/besoins-communes.csv"
    answers = {path: shelf.get(path) for path in (permanent, last)}
    assert body(answers[permanent]) == body(answers[last])
    assert "immutable" in answers[permanent]["Cache-Control"]
    assert "immutable" not in answers[last]["Cache-Control"]
    for path, answer in answers.items():
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "besoins-communes.csv" in answer["Content-Disposition"]
        assert answer["Link"] == f'<http://testserver{permanent}>; rel="canonical"'
        again = shelf.get(path, headers={"if-none-match": answer["ETag"]})
        assert again.status_code == 304
        assert body(again) == b""


@pytest.mark.parametrize(
    "path",
    ["rien/", "besoins-communes/2020-01-01-00000000/", "besoins-communes/derniere/autre.csv",
     "besoins-communes/derniere/card.json", "catalogue.html", "besoins-communes/..%2f..%2fstore/x"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(shelf: Client, path: str) -> None:
    assert shelf.get(f"/donnees/{path}").status_code == 404


def test_a_site_without_any_version_says_how_to_make_one(own_shelf: Path, client: Client) -> None:
    assert "portrea publish freeze" in client.get("/donnees/").content.decode()
    assert client.get("/donnees/besoins-communes/").status_code == 404
    assert client.get("/donnees/catalogue.ttl").status_code == 200


# -- the feed and the interface --------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@pytest.mark.parametrize(
    ("form", "name"), [("ttl", "turtle"), ("jsonld", "json-ld"), ("rdf", "xml")]
)
def test_a_portal_harvests_every_file(shelf: Client, form: str, name: str) -> None:
    told = rdflib.Graph().parse(data=shelf.get(f"/donnees/catalogue.{form}").content, format=name)
    links = set(told.objects(None, rdflib.URIRef("http://www.w3.org/ns/dcat#downloadURL")))
    assert len(links) >= 3 * len(COMPUTED)
    if form == "ttl":
        for link in links:
            answer = shelf.get(str(link).removeprefix("http://testserver"))
            body(answer)
            assert answer.status_code == 200


def test_the_interface_tells_the_same(shelf: Client) -> None:
    told = {one["id"]: one for one in shelf.get("/api/v1/datasets").json()["items"]}
    assert set(told) == set(COMPUTED)
    for slug, one in told.items():
        edition = selectors.edition_found(slug)
        assert (one["rows"], one["version"]) == (edition.rows, edition.version)
        assert len(one["files"]) == len(edition.files)
        assert [c["name"] for c in one["columns"]] == [v.name for v in edition.variables]


# -- secrecy ---------------------------------------------------------------------------------------


def test_a_hidden_iris_has_no_number_in_any_file(shelf: Client, demo_home: Path) -> None:
    hidden = set(Reader(Store(demo_home)).snapshot.withheld["code"])
    text = body(shelf.get("/donnees/besoins-iris/derniere/besoins-iris.csv")).decode()
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["code"] in hidden]
    assert rows
    numbers = [name for name in rows[0] if re.search(r"_(n|share|population)", name)]
    assert {row[name] for row in rows for name in numbers} == {""}
    far = pl.read_parquet(selectors.edition_found("acces-iris").path("parquet"))
    persons = far.filter(pl.col("code").is_in(hidden))["aide_persons_beyond_20"]
    assert persons.null_count() == persons.len() > 0
    others = [r for r in csv.DictReader(io.StringIO(text)) if r["code"] not in hidden]
    assert any(row["a1_n_low"] for row in others)


def test_no_hidden_iris_is_alone_in_its_commune(shelf: Client) -> None:
    """Commune minus shown IRIS never gives one hidden IRIS."""
    iris = pl.read_parquet(selectors.edition_found("besoins-iris").path("parquet"))
    hidden = iris.filter(pl.col("a1_status") == "hidden")
    alone = hidden.group_by("commune").len().filter(pl.col("len") == 1)["commune"].to_list()
    sizes = dict(iris.group_by("commune").len().iter_rows())
    assert [code for code in alone if sizes[code] > 1] == []


def test_the_table_gives_what_the_page_gives(shelf: Client) -> None:
    table = pl.read_parquet(selectors.edition_found("besoins-communes").path("parquet"))
    mine = table.filter(pl.col("code") == "35188").to_dicts()[0]
    page = shelf.get("/territoires/commune/35188/donnees.csv").content.decode()
    seen = 0
    for row in csv.DictReader(io.StringIO(page)):
        if (row["level"], row["code"]) == ("commune", "35188"):
            for field in ("n", "n_low", "n_high", "share_low", "share_high"):
                value = mine.get(f"{row['measure']}_{field}")
                assert value == (float(row[field]) if row[field] else None)
                seen += 1
    assert seen > 30


# -- versions --------------------------------------------------------------------------------------


def test_a_version_that_was_taken_back_says_why(own_shelf: Path, client: Client) -> None:
    (made,) = opendata.versions_freeze(actor=SYSTEM, slugs=["sources"])
    address = f"/donnees/sources/{made.version}/"
    assert client.get(address).status_code == 200
    with pytest.raises(DataError, match="pas de version"):
        opendata.version_withdraw(actor=SYSTEM, slug="sources", version="x", why="Erreur.")
    with pytest.raises(DataError, match="dit pourquoi"):
        opendata.version_withdraw(actor=SYSTEM, slug="sources", version=made.version, why=" ")
    opendata.version_withdraw(actor=SYSTEM, slug="sources", version=made.version, why="Un nom.")
    for path in (address, f"{address}sources.csv"):
        answer = client.get(path)
        assert answer.status_code == 410
        assert "Un nom." in answer.content.decode()
    assert client.get("/donnees/sources/").status_code == 404
    assert [path.name for path in made.folder.iterdir()] == [editions.CARD]
    assert opendata.versions_freeze(actor=SYSTEM, slugs=["sources"]) == []
    assert client.get(address).status_code == 410


def test_what_teams_publish_is_given_and_taken_back_with_them(
    own_shelf: Path, client: Client, survey: Survey
) -> None:
    rights.aid_save(actor=SYSTEM, territory="commune:35188", name="eau", card=PLAIN)
    slugs = ["enquetes", "aides-locales", "propositions"]
    assert [m.slug for m in opendata.versions_freeze(actor=SYSTEM, slugs=slugs)] == [
        "aides-locales"
    ]
    results_publish(actor=SYSTEM, key=survey.key)
    (made,) = opendata.versions_freeze(actor=SYSTEM, slugs=slugs)
    rows = pl.read_parquet(made.path("parquet"))
    assert set(rows["survey"]) == {survey.key}
    told = rows.filter(pl.col("question") == "nature")["answers"]
    assert told.null_count() == 2, "the three answers, and the seventeen that would tell them"
    assert set(told.drop_nulls()) == {0, 40}
    results_withdraw(actor=SYSTEM, key=survey.key)
    opendata.versions_freeze(actor=SYSTEM, slugs=slugs)
    assert client.get(f"/donnees/enquetes/{made.version}/enquetes.csv").status_code == 410
    last = selectors.edition_found("enquetes")
    assert last.rows == 0


@time_machine.travel("2026-11-24T09:00:00Z")
def test_activity_is_given_by_departement_and_finished_year_rounded_to_five(
    own_shelf: Path,
) -> None:
    """Each quarter of 2025, in each of two communes: 30 records, then 10, then 8 in a group."""
    a_year_and_a_half()
    noted(date(2025, 4, 2), 3, "35188", themes=["argent_impots"])  # too few to be told apart
    (made,) = opendata.versions_freeze(actor=SYSTEM, slugs=["activite-departements"])
    rows = pl.read_parquet(made.path("parquet"))
    assert set(rows["code"]) == {"35"}
    assert set(rows["year"]) == {2025}, "2026 is not over"
    told = {(row["dimension"], row["value"]): row["number"] for row in rows.iter_rows(named=True)}
    assert told["kind", "individuel"] == 325, "8 × 40 + 3 = 323, to the nearest five"
    assert told["kind", "collectif"] == 65, "8 × 8 = 64"
    assert (told["result", "oui"], told["result", "non"]) == (245, 80)
    assert ("theme", "argent_impots") not in told
    assert not [row for row in rows["dimension"] if row == "commune"], "never by commune"
    assert all(number % 5 == 0 for number in rows["number"])


def test_difficulties_seen_in_one_place_are_not_given_with_the_activity(own_shelf: Path) -> None:
    """Seven, all at the mairie: public pages ask for two places."""
    a_year_and_a_half()
    procedure = Procedure.objects.create(key="essai", name="Essai", checked=date(2026, 1, 1))
    for _rank in range(7):
        Difficulty.objects.create(
            level="commune", code="35211", day=date(2025, 2, 3), procedure=procedure,
            codes=["panne"], place="Mairie",
        )  # fmt: skip
    (made,) = opendata.versions_freeze(actor=SYSTEM, slugs=["activite-departements"])
    rows = pl.read_parquet(made.path("parquet"))
    assert {"kind", "theme", "result"} <= set(rows["dimension"])
    assert "difficulty" not in set(rows["dimension"])


# -- who publishes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status", "buttons"),
    [
        ("administrateur", 200, True),
        ("referent departement:35", 200, True),
        ("referent region:53", 200, True),
        ("referent epci:243500550", 200, False),
        ("elu departement:35", 403, False),
        ("technicien departement:35", 403, False),
    ],
)
def test_who_holds_the_whole_territory_publishes(
    shelf: Client, connected: Callable[..., Any], role: str, status: int, *, buttons: bool
) -> None:
    connected(role)
    before = JournalEntry.objects.count()
    answer = shelf.get(TEAM)
    assert answer.status_code == status
    assert ('value="figer"' in answer.content.decode()) == buttons
    asked = shelf.post(TEAM, {"faire": "figer"})
    assert asked.status_code == (302 if buttons else 403)
    assert JournalEntry.objects.count() - before == int(buttons)


def test_a_visitor_is_asked_who_she_is(shelf: Client) -> None:
    before = JournalEntry.objects.count()
    for answer in (shelf.get(TEAM), shelf.post(TEAM, {"faire": "figer"})):
        assert "/connexion/" in answer["Location"]
    assert JournalEntry.objects.count() == before


def test_the_night_and_the_button_freeze(
    own_shelf: Path, client: Client, connected: Callable[..., Any], run_tasks: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert "portrea.web.steering.catalogue.tasks.freeze_changed" in {job.name for job in jobs()}
    kept = {name: entries()[name] for name in ("sources", "portraits")}
    monkeypatch.setattr(opendata, "entries", lambda: kept)
    assert freeze_changed.func() == [], "the first versions are somebody's decision"
    connected("administrateur")
    client.post(TEAM, {"faire": "figer"})
    assert "en attente" in client.get(TEAM).content.decode()
    run_tasks()
    page = client.get(TEAM).content.decode()
    assert "Sources des calculs : version" in html.unescape(page)
    kept["publie-et-estime"] = entries()["publie-et-estime"]
    assert [told.split()[0] for told in freeze_changed.func()] == ["publie-et-estime"]
    refused = client.post(TEAM, {"faire": "tout"}, follow=True)
    assert "Cette demande n’existe pas" in html.unescape(refused.content.decode())


def test_a_publication_is_tried_then_done(
    shelf: Client, settings: SettingsWrapper, connected: Callable[..., Any],
    run_tasks: Callable[[], None],
) -> None:  # fmt: skip
    connected("administrateur")
    assert "PORTREA_DATAGOUV_KEY" in shelf.get(TEAM).content.decode()
    with running() as portal:
        settings.PORTREA_DATAGOUV_URL = portal.url
        settings.PORTREA_DATAGOUV_KEY, settings.PORTREA_DATAGOUV_ORGANIZATION = KEY, "cc"
        shelf.post(TEAM, {"faire": "essayer"})
        run_tasks()
        assert "ajouter besoins-communes.csv" in shelf.get(TEAM).content.decode()
        assert portal.writes == []
        for _again in range(2):
            shelf.post(TEAM, {"faire": "publier"})
            run_tasks()
        page = html.unescape(shelf.get(TEAM).content.decode())
        assert "tout était à jour" in page
        assert KEY not in page
        assert len(portal.datasets) == len(COMPUTED)
        settings.PORTREA_DATAGOUV_KEY = "00" + KEY
        shelf.post(TEAM, {"faire": "publier"})
        run_tasks()
        page = html.unescape(shelf.get(TEAM).content.decode())
        assert "la clé n’est pas acceptée" in page
        assert KEY not in page
    assert not JournalEntry.objects.filter(after__icontains=KEY).exists()


# -- the command -----------------------------------------------------------------------------------


def test_the_command_freezes_tries_and_takes_back(
    own_shelf: Path, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish_cli, "_prepare", lambda: None)

    def run(*words: str) -> str:
        return CliRunner().invoke(publish_cli.publish, [*words], catch_exceptions=False).output

    assert "sources : version" in run("freeze", "sources")
    assert "Rien n’a changé" in run("freeze", "sources")
    with pytest.raises(ParameterError, match="Inconnu : lune"):
        run("freeze", "lune")
    with running() as portal:
        settings.PORTREA_DATAGOUV_URL = portal.url
        settings.PORTREA_DATAGOUV_KEY, settings.PORTREA_DATAGOUV_ORGANIZATION = KEY, "cc"
        assert "2 changements à faire" in run("datagouv", "--dry-run", "--form", "csv")
        assert portal.writes == []
        assert "2 changements faits" in run("datagouv", "--form", "csv")
        assert "rien à changer" in run("datagouv", "--form", "csv")
    version = selectors.edition_found("sources").version
    assert "Retirée" in run("withdraw", "sources", version, "--why", "Une erreur.")
