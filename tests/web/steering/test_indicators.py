"""Pages of the indicators: small counts, who reads, files, the crossed table, a shared link."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import time_machine
from django.utils import timezone

from portrea.steering.periods import Period, month_of
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.steering.indicators import selectors
from portrea.web.steering.models import SharedView
from portrea.web.steering.services import indicators as services
from portrea.web.territories.selectors import territory_find
from web.accounts.conftest import connected, person
from web.steering.activity_case import COMMUNES, EPCI, a_year_and_a_half, noted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
HOME = f"/pilotage/indicateurs/{EPCI.replace(':', '/')}/"


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel("2026-11-23 12:00", tick=False):
        yield


@pytest.fixture
def referent(site: Client, connected: Callable[..., Any]) -> Client:
    connected(f"referent {EPCI}")
    a_year_and_a_half()
    return site


def plain(page: Any) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_the_page_says_who_was_helped_beside_the_quarters_before(referent: Client) -> None:
    page = referent.get("/pilotage/indicateurs/", follow=True)
    assert page.status_code == 200
    page = referent.get(HOME)
    said = plain(page)
    assert "384 comptes rendus" in said
    assert "Demandes entièrement satisfaites : 75 % (entre 70 % et 79 %)" in said
    assert "octobre 2025 à septembre 2026" in said
    assert "Ce que cela ne dit pas" in said
    for name in ("aides", "lieux", "profils", "demandes", "reponses", "motifs", "orientations",
                 "fraicheur", "difficultes", "droits"):  # fmt: skip
        assert f'id="indicateur-{name}"' in page.content.decode()


def test_periods_and_comparisons_are_chosen(referent: Client) -> None:
    assert "96 comptes rendus" in plain(referent.get(HOME, {"periode": "2026-T3"}))
    said = plain(referent.get(HOME, {"periode": "2025", "comparer": "annee"}))
    assert "384 comptes rendus" in said
    chosen = referent.get(HOME, {"du": "2025-T1", "au": "2025-T2"})
    assert "janvier 2025 à juin 2025" in plain(chosen)
    refused = {
        "2025-T5": "n’existe pas",
        "2026-08": "La période coupe un trimestre : août 2026",
        "2026-T4": "le dernier trimestre entier est le 3e trimestre 2026",
    }
    for code, said in refused.items():
        page = referent.get(HOME, {"du": code})
        assert page.status_code == 400
        assert said in plain(page)
    other = {"comparer": "territoire", "avec": "commune:35211"}
    assert referent.get(HOME, other).status_code == 200


def test_small_counts_are_gathered_everywhere(referent: Client) -> None:
    from datetime import date

    noted(date(2026, 5, 9), 3, where="domicile", reason="droit", result="non")
    pages = [referent.get(HOME, {"periode": code}) for code in ("4t", "2026-T2", "2025")]
    pages.append(referent.get(f"{HOME}croiser/", {"lignes": "where", "periode": "2026-T2"}))
    for page in pages:
        for number in re.findall(
            r'<td class="num">\s*([\d\u202f]+)\s*</td>', page.content.decode()
        ):
            assert not 0 < int(number.replace("\u202f", "")) < 5, page.request
    assert "À domicile" not in plain(pages[1])
    assert "Lignes réunies" in plain(pages[1])


def test_nobody_else_reads_them(site: Client, connected: Callable[..., Any]) -> None:
    assert "/connexion" in site.get(HOME)["Location"]
    connected("referent epci:243500550")
    assert site.get(HOME).status_code == 403
    connected(f"acteur {EPCI}")
    assert site.get(HOME).status_code == 403
    connected(f"elu {EPCI}")
    assert site.get(HOME).status_code == 200
    assert site.get(f"{HOME}partager/").status_code == 403
    other = {"comparer": "territoire", "avec": "epci:243500550"}
    assert site.get(HOME, other).status_code == 400


def test_files_hold_numbers_and_definitions(referent: Client) -> None:
    asked = {"periode": "2025", "lignes": "theme", "colonnes": "trimestre"}
    book = openpyxl.load_workbook(
        io.BytesIO(referent.get(f"{HOME}indicateurs.xlsx", asked).content)
    )
    assert book.sheetnames[0] == "À lire"
    assert {"aides", "reponses", "croisement"} <= set(book.sheetnames)
    words = [str(cell.value) for row in book["À lire"].iter_rows() for cell in row]
    assert any("Wilson" in one for one in words)
    numbers = [cell.value for row in book["aides"].iter_rows() for cell in row]
    assert 384 in numbers, numbers
    told = json.loads(referent.get(f"{HOME}indicateurs.json", asked).content)
    assert told["definitions"]["reponses"]["ne_dit_pas"]
    lines = referent.get(f"{HOME}indicateurs.csv", asked).content.decode("utf-8-sig")
    assert lines.startswith("indicateur;tableau;ligne")
    assert referent.get(f"{HOME}indicateurs.pdf").status_code == 404


def test_every_crossed_table_is_shown_or_says_why_not(referent: Client) -> None:
    for columns in ("trimestre", "annee", "parties"):
        for measure in ("nombre", "ligne", "colonne"):
            asked = {"periode": "2025", "lignes": "kind", "colonnes": columns, "mesure": measure}
            said = plain(referent.get(f"{HOME}croiser/", asked))
            assert ("Ensemble" in said) != ("Trop peu a été noté" in said), asked
            if columns == "parties":
                assert "Paimpont" in said
    assert "Trop peu" in plain(referent.get(f"{HOME}croiser/", {"periode": "2022"}))


def test_a_link_shows_its_view_and_nothing_else(referent: Client, client: Client) -> None:
    made = referent.post(f"{HOME}partager/?periode=2025&comparer=", {"label": "Comité", "days": 30})
    assert made.status_code == 302
    link = SharedView.objects.get()
    token = services.token_of(link)
    assert token not in (link.digest, link.label)
    client.logout()
    page = client.get(f"/pilotage/partage/{token}/")
    assert "384 comptes rendus" in plain(page)
    assert page["X-Robots-Tag"] == "noindex"
    assert "partager" not in page.content.decode()
    other = client.get(f"/pilotage/partage/{token}/?periode=2026-T1")
    assert "384 comptes rendus" in plain(other)
    assert client.get("/pilotage/partage/abcdef/").status_code == 404
    assert JournalEntry.objects.filter(act="indicator.share").count() == 1


def test_a_link_is_closed_or_ends(referent: Client) -> None:
    link = services.view_share(
        actor=SYSTEM, territory=EPCI, label="Essai", asked={"periode": "2025"}, days=7
    )
    address = f"/pilotage/partage/{services.token_of(link)}/"
    assert referent.get(address).status_code == 200
    with time_machine.travel("2026-12-01 12:00", tick=False):
        assert referent.get(address).status_code == 404
    assert "Essai" in plain(referent.get(f"{HOME}partager/"))
    SharedView.objects.update(asked={"periode": "2025-03"})
    assert referent.get(address).status_code == 404
    referent.post(f"{HOME}partager/{link.pk}/fermer/")
    link.refresh_from_db()
    assert link.revoked == timezone.now()
    assert referent.get(address).status_code == 404
    assert "Fermé le" in plain(referent.get(f"{HOME}partager/"))
    assert "déjà fermé" in plain(referent.post(f"{HOME}partager/{link.pk}/fermer/", follow=True))


def test_a_crossed_table_is_shared_alone(referent: Client) -> None:
    asked = "periode=2025&lignes=kind&colonnes=trimestre&mesure=nombre"
    referent.post(f"{HOME}partager/?{asked}", {"label": "Tableau", "days": 7})
    token = services.token_of(SharedView.objects.get())
    page = plain(referent.get(f"/pilotage/partage/{token}/"))
    assert "1er trimestre 2025" in page
    assert "Demandes entièrement satisfaites" not in page


def test_a_wrong_form_loses_nothing(referent: Client) -> None:
    page = referent.post(f"{HOME}partager/", {"label": "", "days": 30})
    assert page.status_code == 400
    assert "À corriger" in plain(page)
    assert not SharedView.objects.exists()


def test_few_queries_whatever_the_territory(
    referent: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(60):
        referent.get(HOME)


def test_sections_for_a_document(referent: Client) -> None:
    found = selectors.sections(territory_find(EPCI))
    assert next(one.id for one in found) == "indicateur-aides"
    year = Period(month_of("2025-01"), month_of("2025-12"))
    assert "384" in selectors.sections(territory_find(EPCI), year)[0].lead.text
    assert selectors.sections(territory_find("epci:243500550")) == ()
    assert COMMUNES
