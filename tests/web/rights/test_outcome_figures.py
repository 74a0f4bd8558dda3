"""Files of the log, its figures on the page and to be shared, actions compared."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from portrea.base.errors import DataError
from portrea.rights.outcomes import STAGES, Case
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.rights.models import Outcome, Outreach
from portrea.web.rights.outcomes.cases import case_of
from portrea.web.rights.outcomes.figures import figures_of
from portrea.web.rights.services import outcome_imports, outreach
from portrea.web.rights.services import outcomes as services
from web.rights.outcome_case import COMMUNE, HOME, TODAY, TOLD, cells, followed, twelve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db


# -- files -----------------------------------------------------------------------------------------

LINES = """Droit;Repéré le;Demandé le;Ouvert le;Montant par mois (€);Origine
RSA;04/05/2026;10/05/2026;01/07/2026;607,75;Atelier
ppa;2026-05-04;;;;
RSA;2026-05-04;2026-05-01;;;
lune;2026-05-04;;;;
RSA;;;;;
"""


def _sent(client: Client, text: str, name: str = "suivi.csv") -> str:
    file = SimpleUploadedFile(name, text.encode())
    return str(client.post(f"{HOME}importer/", {"holder": COMMUNE, "file": file})["Location"])


def test_a_file_is_looked_at_added_and_undone(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {COMMUNE}")
    address = _sent(client, LINES)
    page = client.get(address).content.decode()
    for said in (
        "5 lignes lues", "2 droits à ajouter", "3 lignes qui ne vont pas", "Ligne 4",
        "Demandé le : Ce jour est avant « repéré »", "on attend : RSA",
    ):  # fmt: skip
        assert said in page, said
    assert not Outcome.objects.exists()
    client.post(f"{address}ajouter/")
    assert Outcome.objects.count() == 2
    one = Outcome.objects.get(right="rsa")
    assert (one.monthly, one.origin, one.territory) == (Decimal("607.75"), "atelier", COMMUNE)
    again = _sent(client, LINES)
    assert "2 déjà là" in client.get(again).content.decode()
    client.post(f"{again}oublier/")
    client.post(f"{address}defaire/")
    assert not Outcome.objects.exists()
    assert client.post(f"{address}defaire/").status_code == 302


def test_the_same_line_of_two_territories_is_two_rights(tmp_path: Path) -> None:
    path = tmp_path / "suivi.csv"
    path.write_text("Droit;Repéré le\nRSA;2026-05-04\n", "utf-8")
    for place in (COMMUNE, "commune:22278"):
        found = outcome_imports.import_receive(actor=SYSTEM, path=path, territory=place, most=5)
        assert outcome_imports.import_apply(actor=SYSTEM, key=found.key).added == 1


def test_what_is_taken_away_comes_back_the_same(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {COMMUNE}")
    twelve()
    before = sorted((case_of(row) for row in Outcome.objects.all()), key=str)
    content = client.get(f"{HOME}fichier/xlsx/").content
    file = SimpleUploadedFile("droits.xlsx", content)
    address = client.post(f"{HOME}importer/", {"holder": COMMUNE, "file": file})["Location"]
    assert "12 déjà là" in client.get(address).content.decode()
    Outcome.objects.all().delete()
    client.post(f"{address}ajouter/")
    assert sorted((case_of(row) for row in Outcome.objects.all()), key=str) == before


def test_the_model_to_fill_is_read_back(client: Client, connected: Callable[..., User]) -> None:
    connected(f"referent {COMMUNE}")
    model = client.get(f"{HOME}fichier/csv/?modele=1").content.decode("utf-8-sig")
    assert model.startswith("Identifiant;Droit;")
    assert "Dossier incomplet" in cells(client.get(f"{HOME}fichier/xlsx/?modele=1").content)


@pytest.mark.parametrize(
    ("text", "said"),
    [("a;b\n1;2\n", "droits suivis que l’on reconnaisse"), ("", "vide"),
     ("Droit;Repéré le\n", "aucun droit suivi")],
)  # fmt: skip
def test_a_file_that_is_no_list_is_explained(
    client: Client, connected: Callable[..., User], text: str, said: str
) -> None:
    connected(f"referent {COMMUNE}")
    file = SimpleUploadedFile("liste.csv", text.encode() or b" ")
    answer = client.post(f"{HOME}importer/", {"holder": COMMUNE, "file": file})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert said in page or "liste.csv" in page


def test_too_long_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("Droit;Repéré le\n" + "RSA;2026-05-04\n" * 6, "utf-8")
    with pytest.raises(DataError, match="6 lignes : 5 au plus"):
        outcome_imports.import_receive(actor=SYSTEM, path=path, territory=COMMUNE, most=5)


# -- figures ---------------------------------------------------------------------------------------


def test_the_figures_of_twelve_cases_are_those_counted_by_hand() -> None:
    twelve()
    found = figures_of(Q(), TOLD["today"], discreet=False)
    told = {cell.stage: [cell.reached, cell.noted] for cell in found.whole.cells}
    assert told | {"pending": found.pending} == TOLD["funnel"]["all"]
    rsa = next(row for row in found.rights if row.label == "RSA")
    assert [cell.reached for cell in rsa.cells] == [
        TOLD["funnel"]["rsa"][stage][0] for stage in STAGES
    ]
    assert list(found.times.quartiles) == TOLD["time"]["quartiles"]
    assert rsa.median == TOLD["time_rsa"]["quartiles"][1]
    amounts = TOLD["amounts"]
    assert (found.amounts.monthly, found.amounts.median) == (amounts["monthly"], amounts["median"])
    assert (found.amounts.known, found.amounts.back_pay) == (amounts["known"], amounts["back_pay"])


def test_the_page_says_all_to_the_team_and_hides_small_counts_outside(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {COMMUNE}", email="r@exemple.org")
    twelve()
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"{HOME}indicateurs/").content.decode()
    assert len(asked) <= 16
    for said in ("Un cas sur deux", "pas assez de cas pour comparer", "Cour des comptes",
                 "Notre choix.", "Aspa"):  # fmt: skip
        assert said in page, said
    for address in ("?partage=1&periode=2026", "csv/?periode=2026", "xlsx/?periode=2026"):
        content = client.get(f"{HOME}indicateurs/{address}").content
        text = cells(content) if address.startswith("xlsx") else content.decode("utf-8-sig")
        assert "caché" in text
        assert "2350" not in text.replace("\u202f", "")
        assert "280" not in text
    connected(f"elu {COMMUNE}", email="elu@exemple.org")
    page = client.get(f"{HOME}indicateurs/").content.decode()
    assert "version à partager" in page
    assert "Depuis le début" not in page
    assert "Comparer les actions" not in page


def test_a_page_of_figures_without_anything(client: Client, connected: Callable[..., User]) -> None:
    connected(f"referent {COMMUNE}")
    assert "Aucun droit suivi ici." in client.get(f"{HOME}indicateurs/").content.decode()
    assert client.get(f"{HOME}indicateurs/pdf/").status_code == 404
    twelve()
    page = client.get(f"{HOME}indicateurs/?periode=2024&pour=lune").content.decode()
    assert "Aucun droit suivi ici." in page


def test_actions_are_compared_once_there_are_enough_cases(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {COMMUNE}")
    told = {"holder": COMMUNE, "title": "Atelier du marché", "kind": "atelier", "day": TODAY,
            "hours": "40"}  # fmt: skip
    assert client.post(f"{HOME}actions/", told)["Location"] == f"{HOME}actions/"
    page = client.post(f"{HOME}actions/", told).content.decode()
    assert outreach.SAME_DAY in page
    action = Outreach.objects.get()
    old = TODAY - timedelta(days=120)
    for number in range(20):
        case = Case(right="rsa", detected=old, origin="atelier",
                    opened=TODAY - timedelta(days=1) if number < 8 else None)  # fmt: skip
        services.outcome_log(actor=SYSTEM, territory=COMMUNE, case=case, outreach=action)
    followed(origin="atelier")  # too young to be compared
    page = client.get(f"{HOME}indicateurs/").content.decode().replace("\u202f", " ")
    assert "40" in page
    for said in ("de 22", "à 61", "2,0", "de 0,9 à 3,9"):
        assert said in page, said
    assert "Atelier du marché" in client.get(f"{HOME}nouveau/").content.decode()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"day": TODAY + timedelta(days=1)}, "day"),
        ({"hours": Decimal(-1)}, "hours"),
        ({"kind": "lune"}, "kind"),
        ({"title": " "}, "title"),
    ],
)
def test_an_action_that_cannot_be_is_refused(told: dict[str, Any], field: str) -> None:
    base = {"title": "Courrier", "kind": "courrier", "day": TODAY, "territory": COMMUNE}
    with pytest.raises(DataError) as caught:
        outreach.outreach_add(actor=SYSTEM, **(base | told))
    assert [fault.field for fault in caught.value.diagnostics] == [field]
