"""Texts written by several people, editions frozen, published, read for ever, withdrawn."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from portrea.base.errors import DataError
from portrea.steering.document import Portrait
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.steering.complete.selectors import complete_of
from portrea.web.steering.editions import selectors
from portrea.web.steering.models import Edition, Passage
from portrea.web.steering.models.editions import FrozenError
from portrea.web.steering.services import editions, passages
from web import test_pages
from web.accounts.conftest import connected, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
EPCI = "epci:243500618"
DRAFT = "/territoires/epci/243500618/portrait-complet/"
PLACE = "/portraits/epci-243500618/"
NEEDS = f"{DRAFT}textes/besoins/"


def written(text: str, section: str = "besoins", seen: int = 0) -> Passage:
    return passages.passage_write(
        actor=SYSTEM, territory=EPCI, section=section, text=text, seen=seen
    )


def frozen(name: str = "2026-11", *, public: bool = True, **told: Any) -> Edition:
    made = editions.edition_freeze(
        actor=SYSTEM, territory=EPCI, name=name, title=f"Édition {name}", **told
    )
    if public:
        editions.edition_publish(actor=SYSTEM, edition=made, read_again=True)
        made.refresh_from_db()
    return made


# -- texts ----------------------------------------------------------------------------------------


def test_a_text_is_under_its_section_and_every_version_is_kept(site: Client) -> None:
    written("Un texte.")
    written("Un autre.\n\n- ouvrir le soir", seen=1)
    written("Mot d’accueil.", "avant-propos")
    made = complete_of(EPCI)
    section = next(one for one in made.walk() if one.id == "besoins")
    assert section.comment
    assert section.comment.paragraphs == ("Un autre.", "• ouvrir le soir")
    assert made.foreword
    assert Passage.objects.filter(section="besoins").count() == 2
    passages.passage_restore(
        actor=SYSTEM, passage=Passage.objects.get(section="besoins", version=1)
    )
    section = next(one for one in complete_of(EPCI).walk() if one.id == "besoins")
    assert section.comment
    assert section.comment.paragraphs == ("Un texte.",)


def test_the_same_text_again_adds_no_version(site: Client) -> None:
    first = written("Un texte.")
    assert written("Un  texte.\n", seen=1) == first


def test_two_people_at_once_lose_nothing(site: Client, connected: Callable[..., Any]) -> None:
    connected(f"referent {EPCI}")
    assert 'name="seen" value="0"' in site.get(NEEDS).content.decode()
    written("Le texte de l’autre.")
    answer = site.post(NEEDS, {"text": "Mon texte à moi.", "seen": 0})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Le texte de l’autre." in page
    assert "Mon texte à moi.</textarea>" in page
    assert "<ins>" in page
    assert Passage.objects.count() == 1
    assert site.post(NEEDS, {"text": "Les deux.", "seen": 1}).status_code == 302
    assert Passage.objects.count() == 2


@pytest.mark.parametrize("secret", ["1 85 05 78 006 084 91", "mot de passe : azerty12"])
def test_a_secret_is_refused_and_the_text_is_not_lost(
    site: Client, connected: Callable[..., Any], secret: str
) -> None:
    connected(f"referent {EPCI}")
    page = site.post(NEEDS, {"text": f"Voici {secret}", "seen": 0}).content.decode()
    assert "Portrea ne le garde jamais" in page
    assert secret in page
    assert not Passage.objects.exists()


def test_markup_stays_letters(site: Client, connected: Callable[..., Any]) -> None:
    connected(f"referent {EPCI}")
    written("<script>alert(1)</script>")
    page = site.get(DRAFT).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_hidden_section_leaves_and_comes_back(
    site: Client, connected: Callable[..., Any]
) -> None:
    connected(f"referent {EPCI}")
    assert 'id="zones"' in site.get(DRAFT).content.decode()
    assert site.post(f"{DRAFT}masquer/", {"section": "zones"}).status_code == 302
    page = site.get(DRAFT).content.decode()
    assert 'id="zones"' not in page
    assert "Sections masquées" in page
    site.post(f"{DRAFT}masquer/", {"section": "zones", "faire": "montrer"})
    assert 'id="zones"' in site.get(DRAFT).content.decode()
    assert site.post(f"{DRAFT}masquer/", {"section": "rien"}).status_code == 404


def test_versions_are_compared_and_put_back(site: Client, connected: Callable[..., Any]) -> None:
    connected(f"referent {EPCI}")
    written("Il manque deux lieux.")
    written("Il manque trois lieux.", seen=1)
    page = site.get(f"{NEEDS}versions/").content.decode()
    assert "deux</del>" in page
    assert "trois</ins>" in page
    assert site.get(f"{NEEDS}versions/", {"de": "9"}).status_code == 404
    site.post(f"{NEEDS}versions/", {"version": "1"})
    assert Passage.objects.order_by("-version")[0].told == ["Il manque deux lieux."]


def test_a_text_without_its_section_is_kept(site: Client, connected: Callable[..., Any]) -> None:
    connected(f"referent {EPCI}")
    written("Plus tard.", "section-a-venir")
    assert "section-a-venir" in site.get(DRAFT).content.decode()
    assert site.get(f"{DRAFT}textes/section-a-venir/").status_code == 200
    assert site.get(f"{DRAFT}textes/jamais-vue/").status_code == 404


def test_who_only_reads_writes_nothing(site: Client, connected: Callable[..., Any]) -> None:
    connected(f"elu {EPCI}")
    page = site.get(DRAFT).content.decode()
    assert "Écrire un texte ici" not in page
    assert "Figer une édition" not in page
    assert site.get(NEEDS).status_code == 403
    assert site.post(f"{DRAFT}figer/", {}).status_code == 403
    connected(f"technicien {EPCI}")
    assert site.get(NEEDS).status_code == 200
    assert site.get(f"{DRAFT}figer/").status_code == 403
    connected("referent epci:243500550")
    assert site.get(NEEDS).status_code == 403


# -- editions -------------------------------------------------------------------------------------


def test_an_edition_is_frozen_published_read_and_withdrawn(
    site: Client, connected: Callable[..., Any]
) -> None:
    connected(f"referent {EPCI}")
    written("Ce que nous en pensons.")
    page = site.get(f"{DRAFT}figer/").content.decode()
    assert "parties sur 10" in page
    told = {"name": "2026-11", "title": "Édition de novembre", "since": ""}
    kept = site.post(f"{DRAFT}figer/", told)
    assert kept.status_code == 302
    keep = f"{DRAFT}editions/2026-11/"
    assert kept["Location"] == keep
    assert site.get(f"{PLACE}2026-11/").status_code == 404  # not yet
    assert "vous seuls" in site.get(f"{keep}lire/").content.decode()
    assert site.post(f"{keep}publier/").status_code == 302
    site.logout()
    answer = site.get(f"{PLACE}2026-11/")
    assert answer.status_code == 200
    assert "Ce que nous en pensons." in answer.content.decode()
    assert site.get(PLACE).status_code == 200
    again = site.get(f"{PLACE}2026-11/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    connected(f"referent {EPCI}")
    assert site.post(f"{keep}retirer/", {"reason": " "}).status_code == 200  # says what it asks
    assert site.post(f"{keep}retirer/", {"reason": "Un chiffre était faux."}).status_code == 302
    site.logout()
    for path in ("2026-11/", "2026-11.pdf", "2026-11.json", "2026-11/dix-minutes/", ""):
        gone = site.get(f"{PLACE}{path}", headers={"If-None-Match": answer["ETag"]})
        assert gone.status_code == 410, path
        assert "Un chiffre était faux." in gone.content.decode()


def test_what_is_frozen_never_changes(site: Client) -> None:
    made = frozen()
    before = selectors.told_of(made)
    written("Un texte écrit après.")
    assert selectors.told_of(Edition.objects.get(pk=made.pk)) == before
    assert b"Un texte crit" not in before
    made.title = "Autre"
    with pytest.raises(FrozenError):
        made.save()
    with pytest.raises(FrozenError):
        made.save(update_fields=["title"])
    Edition.objects.filter(pk=made.pk).update(content=gzip.compress(b"{}"))
    with pytest.raises(DataError, match="n’est plus celle"):
        selectors.told_of(Edition.objects.get(pk=made.pk))


def test_the_files_come_from_the_frozen_object(site: Client) -> None:
    made = frozen()
    told = site.get(f"{PLACE}2026-11.json").content
    assert hashlib.sha256(told).hexdigest() == made.digest
    document = Portrait.from_dict(json.loads(told))
    assert document == selectors.document_of(made)
    page = site.get(f"{PLACE}2026-11/").content.decode()
    assert made.digest in page
    for form in selectors.FORMS:
        first = site.get(f"{PLACE}2026-11.{form}")
        assert first.status_code == 200, form
        selectors._file.cache_clear()
        selectors._document.cache_clear()
        assert site.get(f"{PLACE}2026-11.{form}").content == first.content, form
    assert site.get(f"{PLACE}2026-11.exe").status_code == 404


@pytest.mark.parametrize("name", ["", "novembre", "2026 11", "2026/11", "26", "comparer"])
def test_a_name_that_does_not_suit_an_address_is_refused(site: Client, name: str) -> None:
    with pytest.raises(DataError, match="adresse"):
        frozen(name)


def test_a_name_serves_once(site: Client, connected: Callable[..., Any]) -> None:
    frozen(public=False)
    connected(f"referent {EPCI}")
    told = {"name": "2026-11", "title": "Une autre", "since": ""}
    page = site.post(f"{DRAFT}figer/", told).content.decode()
    assert "porte déjà le nom" in page
    assert Edition.objects.count() == 1


def test_what_may_name_somebody_is_read_again_first(
    site: Client, connected: Callable[..., Any]
) -> None:
    connected(f"referent {EPCI}")
    written("Appelez Mme Durand au 06 12 34 56 78.")
    frozen(public=False)
    keep = f"{DRAFT}editions/2026-11/"
    page = site.get(keep).content.decode()
    assert "06 12 34 56 78" in page
    refused = site.post(f"{keep}publier/")
    assert refused.status_code == 200
    assert "Relisez" in refused.content.decode()
    assert not Edition.objects.get().published
    assert site.post(f"{keep}publier/", {"read_again": "on"}).status_code == 302
    assert Edition.objects.get().published


def test_an_edition_never_published_may_be_erased_another_may_not(site: Client) -> None:
    public, mistake = frozen("2025"), frozen("2026", public=False)
    editions.edition_discard(actor=SYSTEM, edition=mistake)
    with pytest.raises(DataError, match="Retirez"):
        editions.edition_discard(actor=SYSTEM, edition=public)
    assert [one.name for one in Edition.objects.all()] == ["2025"]


def test_services_ask_the_matrix(site: Client, person: Callable[..., Any]) -> None:
    stranger = person("referent epci:243500550")
    made = frozen(public=False)
    for step in (
        lambda: passages.passage_write(
            actor=stranger, territory=EPCI, section="besoins", text="x", seen=0
        ),
        lambda: passages.passage_hide(
            actor=stranger, territory=EPCI, section="besoins", hidden=True
        ),
        lambda: editions.edition_freeze(actor=stranger, territory=EPCI, name="2027", title="x"),
        lambda: editions.edition_publish(actor=stranger, edition=made, read_again=True),
        lambda: editions.edition_withdraw(actor=stranger, edition=made, reason="x"),
        lambda: editions.edition_discard(actor=stranger, edition=made),
    ):
        with pytest.raises(RefusedError):
            step()


# -- comparison, ten minutes ----------------------------------------------------------------------


def test_editions_are_compared_and_the_new_one_may_say_it(site: Client) -> None:
    former = frozen("2025")
    written("Ce que nous en pensons.")
    made = frozen("2026-11", since=former)
    opening = selectors.document_of(made).sections[0]
    assert opening.title.startswith("Ce qui a changé depuis 2025")
    page = site.get(f"{PLACE}comparer/").content.decode()
    assert "1 texte du territoire a changé" in page.replace("\u202f", " ").replace("\u00a0", " ")
    assert "n’a pas changé" in page
    back = site.get(f"{PLACE}comparer/", {"de": "2026-11", "a": "2025"})
    assert back.status_code == 200
    wrong = site.get(f"{PLACE}comparer/", {"de": "1999"})
    assert wrong.status_code == 400
    assert "Éditions publiées" in wrong.content.decode()
    assert "plus récente" in site.get(f"{PLACE}2025/").content.decode()
    assert "plus récente" not in site.get(f"{PLACE}2026-11/").content.decode()


def test_one_edition_alone_is_not_compared(site: Client) -> None:
    frozen()
    assert "rien à comparer" in site.get(f"{PLACE}comparer/").content.decode()


def test_ten_minutes_say_what_the_edition_says(site: Client) -> None:
    made = frozen()
    document = selectors.document_of(made)
    page = site.get(f"{PLACE}2026-11/dix-minutes/").content.decode()
    assert document.key_figures[0].number.text in page
    assert page.count("<svg") >= 1
    pdf = site.get(f"{PLACE}2026-11/dix-minutes.pdf").content
    assert pdf.startswith(b"%PDF")


def test_the_page_of_the_territory_leads_to_its_edition(site: Client) -> None:
    page = "/territoires/epci/243500618/"
    before = site.get(page)
    assert PLACE not in before.content.decode()
    frozen()
    after = site.get(page, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert f'href="{PLACE}"' in after.content.decode()
    assert (
        PLACE + "2026-11/"
        in gzip.decompress(
            site.get("/sitemap.xml", headers={"Accept-Encoding": "gzip"}).content
        ).decode()
    )


def test_a_published_page_asks_little_of_the_database(
    site: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("2024", "2025", "2026"):
        frozen(name)
    site.get(f"{PLACE}2026/")
    with django_assert_max_num_queries(3):
        assert site.get(f"{PLACE}2026/").status_code == 200


def test_the_pages_are_well_built(site: Client, connected: Callable[..., Any]) -> None:
    """Headings in order, identifiers met once, inner links that hold, tables with headers."""
    written("- un point\n- un autre")
    frozen("2026", since=frozen("2025"))
    connected(f"referent {EPCI}")
    team = (DRAFT, NEEDS, f"{NEEDS}versions/", f"{DRAFT}figer/", f"{DRAFT}editions/2026/")
    for path in (*team, PLACE, f"{PLACE}2026/", f"{PLACE}2026/dix-minutes/", f"{PLACE}comparer/"):
        page = site.get(path).content.decode()
        test_pages.test_structure(page)
        test_pages.test_identifiers_are_unique_and_links_to_them_hold(page)


def test_the_workbench_is_found_from_the_space(site: Client, connected: Callable[..., Any]) -> None:
    connected(f"referent {EPCI}")
    page = site.get("/pilotage/portraits/").content.decode()
    assert f'href="{DRAFT}"' in page
    assert "/territoires/commune/35211/portrait-complet/" in page  # Paimpont, inside
    connected("elu commune:35211")
    assert "commune/35211/portrait-complet" in site.get("/pilotage/portraits/")["Location"]


def test_an_unknown_place_or_name_is_not_found(site: Client) -> None:
    assert site.get(PLACE).status_code == 404
    assert site.get("/portraits/rien/").status_code == 404
    frozen()
    assert site.get(f"{PLACE}2031/").status_code == 404
