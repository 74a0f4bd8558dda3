"""Demands left without an answer: told by a button, counted once, small counts never shown."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from portrea.base.errors import ParameterError
from portrea.offer.record import Block
from portrea.web.journeys.demands import unmet_demands
from portrea.web.journeys.models import Handover, UnmetDemand
from portrea.web.journeys.services.demands import demand_count
from web.journeys.partners import census, sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
ASKED = "commune=35188&besoin=aide&demarche=rsa&vu=oui"
TELL = f"/orientation/rien-ne-convient/?{ASKED}"
AIDE = list(Block).index(Block.AIDE)
MONTFORT = "epci:243500550"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as travelled:
        yield travelled


def told(client: Client, reason: str = "far", url: str = TELL, **more: str) -> HttpResponse:
    """Open the page, then press the button."""
    page = client.get(url).content.decode()
    (once,) = re.findall(r'name="une-fois" value="([^"]+)"', page)
    return client.post(url, {"raison": reason, "une-fois": once} | more)


def total() -> int:
    return sum(UnmetDemand.objects.values_list("count", flat=True))


def add(commune: str, times: int, **more: Any) -> None:
    for _ in range(times):
        demand_count(**{"commune": commune, "need": "aide", "reason": "far",
                        "origin": "visitor"} | more)  # fmt: skip


# -- counting -------------------------------------------------------------------------------------


def test_one_button_one_unit_and_nobody_in_it(site: Client) -> None:
    site.get(TELL)
    site.head(TELL)
    assert total() == 0, "looking counts nothing: link previews, caches, readers ahead"
    page = told(site)
    assert "Merci, c’est noté" in unescape(page.content.decode())
    row = UnmetDemand.objects.values().get()
    assert row.pop("id")
    assert row == {
        "month": date(2026, 12, 1), "commune": "35188", "need": "aide", "procedure": "rsa",
        "reason": "far", "origin": "visitor", "count": 1,
    }  # fmt: skip


def test_a_position_counts_for_its_commune(site: Client) -> None:
    url = "/orientation/rien-ne-convient/?lon=-1.955&lat=48.136&besoin=equipement&vu=oui"
    told(site, url=url)
    assert UnmetDemand.objects.get().commune == "35188"


def test_replays_and_robots_count_nothing(site: Client, clock: Any) -> None:
    page = site.get(TELL).content.decode()
    (once,) = re.findall(r'name="une-fois" value="([^"]+)"', page)
    for _ in range(3):
        assert site.post(TELL, {"raison": "far", "une-fois": once}).status_code == 200
    assert total() == 1, "one page, one unit"
    for wrong in ({}, {"une-fois": ""}, {"une-fois": once[:-2] + "xx"}):
        assert site.post(TELL, {"raison": "far"} | wrong).status_code == 200
    told(site, site_perso="x")
    assert total() == 1
    for _ in range(5):
        told(site)
    assert total() == 3, "one address, one situation: three a day"
    clock.move_to(datetime(2026, 12, 1, 12, tzinfo=UTC))
    site.post(TELL, {"raison": "far", "une-fois": once})
    assert total() == 3


def test_what_cannot_be_counted(site: Client) -> None:
    page = site.post(TELL, {"raison": "n-importe"})
    assert page.status_code == 400
    assert "Choisissez une raison" in unescape(page.content.decode())
    where = site.get("/orientation/rien-ne-convient/?besoin=aide")
    assert (where.status_code, where["Location"]) == (302, "/orientation/?besoin=aide")
    assert site.get("/orientation/rien-ne-convient/?commune=35999&besoin=aide").status_code == 404
    assert site.get("/orientation/rien-ne-convient/?besoin=x").status_code == 400
    assert total() == 0
    for wrong in ({"need": "x"}, {"reason": "x"}, {"origin": "x"}, {"procedure": "x"}):
        with pytest.raises(ParameterError):
            add("35188", 1, **wrong)
    with pytest.raises(ParameterError):
        add("Montfort", 1)


def test_an_agent_sees_many_people(site: Client, connected: Callable[..., User]) -> None:
    connected("referent commune:35188")
    for _ in range(6):
        told(site, "closed")
    assert UnmetDemand.objects.get().count == 6
    assert UnmetDemand.objects.get().origin == "agent"


def test_an_orientation_for_want_of_better_counts_once(person: Callable[..., User]) -> None:
    places = census()
    row = sent(person("referent commune:35133"), places["CCAS de Rennes"], unmet="far")
    assert (total(), UnmetDemand.objects.get().origin) == (1, "agent")
    assert Handover.objects.get(pk=row.pk).counted


# -- showing --------------------------------------------------------------------------------------


def test_small_counts_are_not_found(site: Client) -> None:
    """Montfort Communauté: 12 + 3 + 2; another EPCI: 4 alone, hidden with its neighbours."""
    add("35188", 12)
    add("35133", 3, reason="full")
    add("35023", 2)
    shown = unmet_demands(MONTFORT, 2026)
    assert shown.total.counts[AIDE] == 17
    assert {line.key: line.counts[AIDE] for line in shown.areas} == {
        "commune:35188": 12, "commune:35133": None, "commune:35023": None,
    }  # fmt: skip
    assert shown.hidden
    assert {line.label: line.counts[AIDE] for line in shown.reasons} == {
        "Rien de proche": None, "Plus de place": None,
    }  # fmt: skip
    assert unmet_demands("commune:35133", 2026).total.counts[AIDE] is None
    assert unmet_demands("commune:35188", 2026).total.counts[AIDE] == 12
    assert unmet_demands("commune:35188", 2026).reasons == ()
    assert unmet_demands("departement:35", 2026).total.counts[AIDE] == 17
    add("35238", 4)
    hidden = unmet_demands("departement:35", 2026)
    assert hidden.total.counts[AIDE] == 21
    assert [line.counts[AIDE] for line in hidden.areas] == [None, None]
    assert unmet_demands(MONTFORT, 2026).total.counts[AIDE] is None, "21 − 17 would be Rennes"
    for inside in ("commune:35238", "commune:35188"):
        assert unmet_demands(inside, 2026).total.counts[AIDE] is None, "a hidden total hides all"


def test_years_and_months(site: Client) -> None:
    add("35188", 7, on=date(2025, 3, 9))
    add("35188", 6)
    add("35188", 8, on=date(2026, 6, 9))
    shown = unmet_demands(MONTFORT, 2026)
    assert {line.label: line.counts[AIDE] for line in shown.months} == {"juin": 8, "décembre": 6}
    assert unmet_demands(MONTFORT, 2025).total.counts[AIDE] == 7
    assert unmet_demands(MONTFORT, 2024).empty
    with pytest.raises(ParameterError):
        unmet_demands("qpv:QP035001", 2026)


def test_the_page_and_its_csv_hide_the_same(site: Client, connected: Callable[..., User]) -> None:
    add("35188", 12)
    add("35133", 3)
    add("35023", 2)
    connected("elu epci:243500550")
    page = unescape(site.get("/espace/demandes/").content.decode())
    assert "Montfort" in page
    assert ">12<" in page.replace(" ", "")
    assert page.count("masqué") >= 2
    file = site.get("/espace/demandes/donnees.csv")
    assert file["Content-Type"].startswith("text/csv")
    text = file.content.decode().lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text[:60] else ","))
    aide = {row["ligne"]: row["demandes"] for row in rows
            if row["besoin"] == Block.AIDE.label and row["tableau"] == "Par zone"}  # fmt: skip
    assert sorted(aide.values()) == ["12", "masqué", "masqué"]
    assert not {"3", "2"} & {row["demandes"] for row in rows}


@pytest.mark.parametrize("route", ["/espace/demandes/", "/espace/demandes/donnees.csv"])
def test_reading_stops_at_ones_territory(
    route: str, site: Client, connected: Callable[..., User]
) -> None:
    add("35238", 50)
    connected("referent epci:243500550")
    for elsewhere in ("commune:35238", "epci:243500139", "departement:35", "france:FR"):
        assert site.get(f"{route}?territoire={elsewhere}").status_code == 403, elsewhere
    assert site.get(f"{route}?territoire=commune:35188").status_code == 200
    for wrong in ("x", "commune:", "iris:351880000", "annee"):
        assert site.get(f"{route}?territoire={wrong}").status_code in (400, 403)
    assert site.get(f"{route}?annee=vingt").status_code == 400
    connected("acteur commune:35188", email="acteur@exemple.org")
    assert site.get(route).status_code == 403


def test_nothing_told_says_so(site: Client, connected: Callable[..., User]) -> None:
    connected("administrateur")
    page = unescape(site.get("/espace/demandes/").content.decode())
    assert "beaucoup renoncent sans le dire" in page
