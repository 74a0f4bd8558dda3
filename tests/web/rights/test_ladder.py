"""The ladder of a territory: chosen, inherited; partners; nothing kept of whom a file is about."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from portrea.base.errors import DataError
from portrea.rights.catalogue import rights
from portrea.rights.hints import Hint, Saying
from portrea.rights.ladder import Level
from portrea.rights.summary import check_summary, summary_of
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.rights.ladder.selectors import chain_of, level_of
from portrea.web.rights.models import LadderChoice, Partner
from portrea.web.rights.services import ladder as services
from web.accounts.conftest import connected, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
MONTFORT, EPCI, OTHER = "35188", "243500550", "35238"
WHERE, REDON = f"epci:{EPCI}", "epci:243500741"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SETTINGS = "/espace/droits/echelle/"
TOLD = {
    "name": "Caisse d’Exemple", "basis": "Texte d’exemple, article 2", "signed": date(2026, 3, 3),
    "until": date(2027, 3, 2), "service": "Accueil de la caisse",
}  # fmt: skip


def partner(territory: str = WHERE, **more: Any) -> Partner:
    return services.partner_save(actor=SYSTEM, territory=territory, told=TOLD | more)


def summary(**more: Any) -> dict[str, Any]:
    told = summary_of(
        [Hint(rights()["rsa"], Saying.PROBABLE, 570, 580)], day=date(2026, 11, 20),
        told=[{"name": "age", "label": "Quel est votre âge ?", "value": "36 ans"}],
        month="2026-11", assumed=["Vous n’avez pas d’épargne."],
    )  # fmt: skip
    return told | more


def sent(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def made(one: Partner, content: bytes, *, consent: bool = True, actor: Any = SYSTEM) -> Any:
    return services.file_make(actor=actor, partner=one.key, content=content, consent=consent)


def chosen(level: str, code: str, rung: Level) -> None:
    LadderChoice.objects.create(level=level, code=code, rung=rung)


def test_a_commune_inherits_from_the_nearest_that_chose(site: Client) -> None:
    assert level_of(MONTFORT) is level_of("") is Level.PROPOSAL
    chosen("departement", "35", Level.ATTRIBUTION)
    assert (level_of(MONTFORT), level_of(OTHER)) == (Level.ATTRIBUTION, Level.ATTRIBUTION)
    chosen("epci", EPCI, Level.INFORMATION)
    assert (level_of(MONTFORT), level_of(OTHER)) == (Level.INFORMATION, Level.ATTRIBUTION)
    chosen("commune", MONTFORT, Level.PROPOSAL)
    assert level_of(MONTFORT) is Level.PROPOSAL


def test_the_chain_holds_what_holds_the_territory_whole(site: Client) -> None:
    assert chain_of(("commune", MONTFORT)) == [
        ("commune", MONTFORT), ("epci", EPCI), ("departement", "35"), ("region", "53"),
        ("france", "FR"),
    ]  # fmt: skip
    assert chain_of(("france", "FR")) == [("france", "FR")]


def test_one_query_tells_the_level(site: Client, django_assert_num_queries) -> None:
    level_of(MONTFORT)
    with django_assert_num_queries(1):
        level_of(MONTFORT)


# -- settings --------------------------------------------------------------------------------------


def test_a_level_is_chosen_inherited_again_and_told_to_the_journal(
    site: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {WHERE}")
    assert "proposition" in site.get(SETTINGS).content.decode()
    site.post(SETTINGS, {"territory": WHERE, "level": "attribution"})
    assert (level_of(MONTFORT), level_of(OTHER)) == (Level.ATTRIBUTION, Level.PROPOSAL)
    site.post(SETTINGS, {"territory": WHERE, "level": ""})
    assert level_of(MONTFORT) is Level.PROPOSAL
    told = JournalEntry.objects.filter(act="rights.ladder").order_by("pk")
    assert [(one.before, one.after) for one in told] == [
        ({"niveau": None}, {"niveau": "attribution"}),
        ({"niveau": "attribution"}, {"niveau": None}),
    ]


def test_only_who_holds_a_territory_settles_it(
    site: Client, connected: Callable[..., User]
) -> None:
    who = connected(f"referent {REDON}", f"technicien {WHERE}", f"elu {WHERE}")
    page = site.post(SETTINGS, {"territory": WHERE, "level": "attribution"})
    assert page.status_code == 400
    with pytest.raises(RefusedError):
        services.level_choose(actor=who, territory=WHERE, level=Level.ATTRIBUTION)
    with pytest.raises(RefusedError):
        services.partner_save(actor=who, territory=WHERE, told=TOLD)
    assert LadderChoice.objects.count() == Partner.objects.count() == 0


def test_a_partner_is_written_corrected_retired(
    site: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {WHERE}")
    plain = {name: str(value) for name, value in TOLD.items()}
    assert site.get(f"{SETTINGS}partenaires/nouveau/").status_code == 200
    page = site.post(f"{SETTINGS}partenaires/nouveau/", plain | {"territory": WHERE})
    assert page.status_code == 302
    row = Partner.objects.get()
    page = site.post(f"{SETTINGS}partenaires/{row.key}/", plain | {"until": "2026-01-01"})
    assert "finit avant de commencer" in page.content.decode()
    site.post(f"{SETTINGS}partenaires/{row.key}/", plain | {"until": "2028-01-01"})
    site.post(f"{SETTINGS}partenaires/{row.key}/retirer/", {"retirer": "oui"})
    row.refresh_from_db()
    assert (row.until, row.retired is None) == (date(2028, 1, 1), False)
    again = site.post(f"{SETTINGS}partenaires/nouveau/", plain | {"territory": WHERE})
    assert "déjà là" in again.content.decode()
    bare = site.post(f"{SETTINGS}partenaires/nouveau/", plain | {"territory": WHERE, "basis": " "})
    assert (bare.status_code, Partner.objects.count()) == (400, 1)


def test_the_public_page_says_what_is_never_done(site: Client) -> None:
    text = site.get("/droits/a-la-source/").content.decode()
    for told in ("lui seul décide", "numéro de sécurité sociale", "proposition"):
        assert told in text


# -- a file for a partner --------------------------------------------------------------------------


@time_machine.travel(NOW, tick=False)
def test_a_file_is_given_back_and_nothing_of_the_person_is_kept(
    site: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {WHERE}")
    row = partner()
    chosen("epci", EPCI, Level.ATTRIBUTION)
    address = f"/espace/droits/partenaires/{row.key}/"
    assert row.name in site.get("/espace/droits/partenaires/").content.decode()
    assert site.get(address).status_code == 200
    extra = summary(nom="Jeanne Exemple") | {"rights": [summary()["rights"][0] | {"note": "x"}]}
    page = site.post(address, {"summary": BytesIO(sent(extra)), "consent": "on"})
    told = json.loads(page.content)
    assert "no-store" in page["Cache-Control"]
    assert (told["format"], told["partner"], told["basis"]) == (
        "portrea-attribution", TOLD["name"], TOLD["basis"],
    )  # fmt: skip
    assert (told["made"], told["consent"]) == ("2026-11-23", "2026-11-23")
    assert told["summary"] == summary()
    assert check_summary(told["summary"])
    line = JournalEntry.objects.get(act="rights.attribute")
    assert line.after == {"fichier": "remis en main propre"}
    kept = " ".join(str(one.__dict__) for one in JournalEntry.objects.all())
    assert [word for word in ("36 ans", "Jeanne", "570", "RSA") if word in kept] == []


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("level", "more", "consent", "says"),
    [
        (Level.PROPOSAL, {}, True, "« proposition »"),
        (Level.INFORMATION, {}, True, "« information »"),
        (Level.ATTRIBUTION, {"until": date(2026, 11, 22)}, True, "finie"),
        (Level.ATTRIBUTION, {"signed": date(2026, 12, 1)}, True, "commence"),
        (Level.ATTRIBUTION, {}, False, "accord"),
    ],
)
def test_a_file_is_refused_with_its_reason(site: Client, level, more, consent, says) -> None:
    row = partner(**more)
    chosen("epci", EPCI, level)
    with pytest.raises(DataError, match=says):
        made(row, sent(summary()), consent=consent)
    assert not JournalEntry.objects.filter(act="rights.attribute").exists()


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe", "lisible"),
        (b"[" * 100_000, "lisible"),
        (b"{}", "pas un résumé"),
        (sent(summary(version=2)), "autre version"),
        (sent(summary(written="2026-11-24")), "à venir"),
        (sent(summary(written="2026-08-24")), "trois mois"),
        (sent(summary(assumed=["NIR 1 85 05 78 006 084 91"])), "sécurité sociale"),
        (sent(summary(rights=[{"name": "rmi"}])), "droit n° 1"),
    ],
)
def test_what_is_not_a_summary_is_explained(site: Client, content, says) -> None:
    row = partner()
    chosen("epci", EPCI, Level.ATTRIBUTION)
    with pytest.raises(DataError, match=says):
        made(row, content)


@time_machine.travel(NOW, tick=False)
def test_a_summary_of_three_months_is_still_taken(site: Client) -> None:
    row = partner()
    chosen("epci", EPCI, Level.ATTRIBUTION)
    assert made(row, sent(summary(written="2026-08-25")))["made"] == "2026-11-23"


def test_who_has_no_role_there_makes_no_file(site: Client, connected: Callable[..., User]) -> None:
    row = partner()
    chosen("epci", EPCI, Level.ATTRIBUTION)
    who = connected(f"referent {REDON}", f"elu {WHERE}")
    assert site.get(f"/espace/droits/partenaires/{row.key}/").status_code == 404
    with pytest.raises(RefusedError):
        made(row, sent(summary()), actor=who)


@time_machine.travel(NOW, tick=False)
def test_an_acteur_makes_files_for_the_partners_of_where_its_structure_is(
    site: Client, connected: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    from portrea.web.accounts import structures

    place = structures.Structure("s1", "CCAS d’Exemple", f"commune:{MONTFORT}")
    monkeypatch.setattr(structures, "_lookups", [lambda one: place if one == "s1" else None])
    chosen("epci", EPCI, Level.ATTRIBUTION)
    here, elsewhere = partner(), partner(REDON)
    who = connected(f"acteur commune:{MONTFORT}", structure="s1")
    text = site.get("/espace/droits/partenaires/").content.decode()
    assert (here.key in text, elsewhere.key in text) == (True, False)
    assert made(here, sent(summary()), actor=who)["partner"] == here.name
    with pytest.raises(RefusedError):
        made(elsewhere, sent(summary()), actor=who)


def test_a_file_too_big_or_absent_is_said(site: Client, connected: Callable[..., User]) -> None:
    connected(f"referent {WHERE}")
    row = partner(until=date(2099, 1, 1))
    address = f"/espace/droits/partenaires/{row.key}/"
    page = site.post(address, {"summary": BytesIO(b"x" * 200_001), "consent": "on"})
    assert "trop gros" in page.content.decode()
    assert site.post(address, {}).status_code == 400
