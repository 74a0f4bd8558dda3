"""The log of a territoire zéro non-recours: noted, moved, corrected; calls by consent; figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portrea.base.errors import DataError
from portrea.rights.outcomes import Case
from portrea.web.accounts import structures
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.accounts.structures import Structure
from portrea.web.rights.models import CallBack, Outcome, OutcomeImport
from portrea.web.rights.outcomes import erasing
from portrea.web.rights.services import outcome_calls, outreach
from portrea.web.rights.services import outcomes as services
from web.rights.outcome_case import COMMUNE, HOME, TODAY, cells, followed, twelve

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db
ELSEWHERE = "commune:22278"
FILTERS = {
    "droit=c2s": 2,
    "etape=opened": 6,
    "etape=detected&au=2026-11-01": 1,
    "etape=en_cours&au=2026-10-15": 4,
    "origine=maraude": 2,
    "du=2026-05-01&au=2026-06-01": 1,
    "droit=lune&au=2026-10-15": 12,
}
"""What a list keeps of the twelve cases: address → how many."""


def form(**told: Any) -> dict[str, Any]:
    base = {"sent": uuid4(), "holder": COMMUNE, "right": "rsa", "detected": TODAY,
            "reached": "detected"}  # fmt: skip
    return base | told


# -- following a right -----------------------------------------------------------------------------


def test_a_right_is_followed_in_a_few_taps(client: Client, connected: Callable[..., User]) -> None:
    connected(f"referent {COMMUNE}")
    page = client.get(f"{HOME}nouveau/").content.decode()
    assert "aucun nom" in page
    answer = client.post(f"{HOME}nouveau/", form(reached="informed", origin="atelier"))
    one = Outcome.objects.get()
    assert answer["Location"] == f"{HOME}{one.key}/?note=1"
    assert (one.detected, one.informed, one.applied) == (TODAY, TODAY, None)
    page = client.get(answer["Location"]).content.decode()
    assert "C’est noté" in page
    assert one.key in page
    client.post(f"{HOME}{one.key}/etape/applied/")
    client.post(f"{HOME}{one.key}/etape/opened/", {"opened-day": TODAY, "opened-monthly": "607.75"})
    one.refresh_from_db()
    assert (one.applied, one.opened, one.monthly) == (TODAY, TODAY, Decimal("607.75"))
    page = client.get(f"{HOME}{one.key}/").content.decode()
    assert "607,75\u00a0€" in page
    assert "Étape suivante" not in page


def test_a_double_click_follows_one_right(client: Client, connected: Callable[..., User]) -> None:
    connected(f"referent {COMMUNE}")
    told = form()
    first, again = (client.post(f"{HOME}nouveau/", told) for _time in range(2))
    assert first["Location"] == again["Location"]
    assert Outcome.objects.count() == 1


def test_a_stage_twice_is_noted_once(client: Client, connected: Callable[..., User]) -> None:
    connected(f"referent {COMMUNE}")
    one = followed()
    for _time in range(2):
        client.post(f"{HOME}{one.key}/etape/informed/")
    assert JournalEntry.objects.filter(act="outcome.log").count() == 2
    assert client.post(f"{HOME}{one.key}/etape/lune/").status_code == 404


def test_what_cannot_be_is_told_and_nothing_is_lost(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {COMMUNE}")
    tomorrow = TODAY + timedelta(days=1)
    answer = client.post(
        f"{HOME}nouveau/", form(detected=tomorrow, right="autre", procedure="", origin="appel")
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Ce jour n’est pas encore venu." in page
    assert "Dites quel est cet autre droit." in page
    assert '<option value="appel" selected>' in page
    one = followed()
    answer = client.post(f"{HOME}{one.key}/etape/refused/", {"refused-day": "2020-01-01",
                         "refused-reason": "dossier"})  # fmt: skip
    assert answer.status_code == 400
    assert "Ce jour est avant « repéré »" in answer.content.decode()
    assert not Outcome.objects.exclude(refused=None).exists()


def test_it_is_corrected_and_the_journal_keeps_what_it_said(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {COMMUNE}")
    one = followed(informed=TODAY)
    told = {"right": "ppa", "detected": one.detected, "informed": "", "opened": TODAY,
            "monthly": "150"}  # fmt: skip
    assert client.get(f"{HOME}{one.key}/corriger/").status_code == 200
    answer = client.post(f"{HOME}{one.key}/corriger/", told)
    assert answer["Location"] == f"{HOME}{one.key}/"
    one.refresh_from_db()
    assert (one.right, one.informed, one.opened) == ("ppa", None, TODAY)
    line = JournalEntry.objects.latest("pk")
    assert line.before["informé"] == TODAY.isoformat()
    assert line.after["right"] == "ppa"


def test_it_is_removed_with_a_reason(client: Client, connected: Callable[..., User]) -> None:
    connected(f"referent {COMMUNE}")
    one = followed()
    client.post(f"{HOME}{one.key}/retirer/", {"raison": ""})
    assert Outcome.objects.exists()
    client.post(f"{HOME}{one.key}/retirer/", {"raison": "noté deux fois"})
    assert not Outcome.objects.exists()
    assert JournalEntry.objects.get(act="outcome.log.remove").reason == "noté deux fois"


def test_free_words_are_scrubbed_and_secrets_refused() -> None:
    one = followed(right="autre", procedure="aide de Mme Durand, 06 12 34 56 78")
    assert "Durand" not in one.procedure
    assert "[téléphone]" in one.procedure
    with pytest.raises(DataError) as caught:
        followed(right="autre", procedure="mot de passe : azerty12")
    assert caught.value.diagnostics[0].field == "procedure"


@pytest.mark.parametrize(
    "case",
    [
        (f"referent {COMMUNE}", 200, True, True),
        (f"technicien {COMMUNE}", 200, True, False),
        (f"elu {COMMUNE}", 403, False, False),
        (f"referent {ELSEWHERE}", 403, False, False),
    ],
)
def test_who_may_read_write_and_call(
    client: Client, connected: Callable[..., User], case: tuple[str, int, bool, bool]
) -> None:
    role, reads, writes, calls = case
    connected(role)
    one = followed()
    assert client.get(f"{HOME}{one.key}/").status_code == reads
    answer = client.post(f"{HOME}{one.key}/etape/informed/")
    assert (answer.status_code == 302) is writes
    assert (client.get(f"{HOME}{one.key}/rappel/").status_code == 200) is calls


def test_elected_people_are_led_to_the_figures(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(f"elu {COMMUNE}")
    assert client.get(HOME)["Location"] == f"{HOME}indicateurs/"


def test_a_structure_sees_its_own_rights_only(
    client: Client, connected: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {name: Structure(name, f"Le {name}", COMMUNE) for name in ("ccas", "autre")}
    monkeypatch.setattr(structures, "_lookups", [known.get])
    connected(f"acteur {COMMUNE}", structure="ccas")
    client.post(f"{HOME}nouveau/", form(holder="structure:ccas"))
    mine = Outcome.objects.get()
    assert (mine.structure, mine.territory) == ("ccas", COMMUNE)
    case = Case(right="rsa", detected=TODAY)
    other = services.outcome_log(actor=SYSTEM, territory="", structure="autre", case=case)
    assert client.get(f"{HOME}{mine.key}/").status_code == 200
    assert client.get(f"{HOME}{other.key}/").status_code == 403
    assert "1 droit suivi" in client.get(HOME).content.decode()
    action = outreach.outreach_add(
        actor=SYSTEM, territory=COMMUNE, structure="autre", title="Courrier", kind="courrier",
        day=TODAY,
    )  # fmt: skip
    with pytest.raises(DataError, match="autre structure"):
        services.outcome_correct(actor=SYSTEM, key=mine.key, case=case, outreach=action)


def test_lists_are_filtered_and_their_queries_bounded(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {COMMUNE}")
    twelve()
    followed(territory=ELSEWHERE)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page = client.get(HOME).content.decode()
    assert "12 droits suivis" in page
    for _time in range(10):
        followed()
    with CaptureQueriesContext(connection) as many:
        client.get(HOME)
    assert len(many) == len(few) <= 12
    for asked, count in FILTERS.items():
        page = client.get(f"{HOME}?{asked}").content.decode()
        assert f"{count} droit" in page, asked


# -- calls -----------------------------------------------------------------------------------------

PHONE = "06 39 98 12 34"


def call(one: Outcome, **told: Any) -> CallBack:
    fields = {"called": "Nina", "phone": PHONE, "agreed": True, "consent": "le texte"} | told
    return outcome_calls.call_ask(actor=SYSTEM, key=one.key, **fields)


def test_a_call_is_kept_by_consent_and_erased_once_made(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {COMMUNE}")
    one = followed()
    told = {"called": "Nina", "phone": PHONE, "moment": "soir"}
    answer = client.post(f"{HOME}{one.key}/rappel/", told)
    assert "Sans l’accord de la personne, rien n’est gardé." in answer.content.decode()
    assert not CallBack.objects.exists()
    answer = client.post(f"{HOME}{one.key}/rappel/", told | {"agreed": "on"})
    kept = CallBack.objects.get()
    assert (kept.phone, kept.called) == ("0639981234", "Nina")
    assert "90 jours" in kept.consent
    assert kept.code in client.get(answer["Location"]).content.decode()
    assert "Nina" in client.get(f"{HOME}a-rappeler/").content.decode()
    client.post(f"{HOME}a-rappeler/{kept.pk}/fini/")
    assert not CallBack.objects.exists()
    assert client.post(f"{HOME}a-rappeler/{kept.pk}/fini/").status_code == 302


def test_the_person_erases_it_without_account(client: Client) -> None:
    kept, other = call(followed()), call(followed())
    assert client.get("/effacer-mon-telephone/").status_code == 200
    code = f" {kept.code[:4].upper()}-{kept.code[4:]}"
    page = client.post("/effacer-mon-telephone/", {"code": code}).content.decode()
    assert "C’est effacé." in page
    assert list(CallBack.objects.all()) == [other]
    assert page == client.post("/effacer-mon-telephone/", {"code": "inconnu"}).content.decode()
    assert Outcome.objects.count() == 2


def test_codes_cannot_be_guessed_at_length(client: Client) -> None:
    answers = [client.post("/effacer-mon-telephone/", {"code": "x"}) for _time in range(41)]
    assert "Trop d’essais" in answers[-1].content.decode()


def test_a_call_is_never_in_a_file_nor_in_the_journal(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {COMMUNE}")
    one = followed()
    kept = call(one)
    outcome_calls.call_done(actor=SYSTEM, pk=kept.pk)
    call(one)
    for kind in ("csv", "xlsx"):
        content = client.get(f"{HOME}fichier/{kind}/").content
        text = content.decode("utf-8-sig") if kind == "csv" else cells(content)
        assert one.key in text
        assert "Nina" not in text
        assert "0639981234" not in text
    lines = str(list(JournalEntry.objects.values_list("before", "after", "reason", "target_id")))
    assert "Nina" not in lines
    assert "0639981234" not in lines


@pytest.mark.parametrize("phone", ["06 12", "appelez-moi", "+44 20 7946 0000", "0033 6"])
def test_a_number_that_cannot_be_called_is_refused(phone: str) -> None:
    with pytest.raises(DataError) as caught:
        call(followed(), phone=phone)
    assert caught.value.diagnostics[0].field == "phone"


def test_another_call_of_the_same_right_takes_its_place() -> None:
    one = followed()
    call(one)
    call(one, called="Sam")
    assert [kept.called for kept in CallBack.objects.all()] == ["Sam"]


# -- durations -------------------------------------------------------------------------------------


def test_what_is_too_old_ends_as_told(person: Callable[..., User]) -> None:
    user = person(f"referent {COMMUNE}")
    old = datetime.now(UTC) - timedelta(days=400)
    one = followed(age="SoixanteDixPlus", monthly=100, opened=TODAY)
    Outcome.objects.update(by=user, created=old, detected=date(2020, 1, 1))
    CallBack.objects.filter(pk=call(one).pk).update(agreed=old)
    call(followed())
    now = datetime.now(UTC)
    OutcomeImport.objects.create(level="commune", code="35188", file="x.csv", created=old)
    for function, days in ((erasing.calls, 90), (erasing.profiles, 1095), (erasing.authors, 365),
                           (erasing.imports, 30)):  # fmt: skip
        before = now - timedelta(days=days)
        assert function(before, dry_run=True) == 1, function.__name__
        assert function(before, dry_run=False) == 1, function.__name__
        assert function(before, dry_run=True) == 0, function.__name__
    one.refresh_from_db()
    assert (one.age, one.monthly, one.by, one.opened) == ("", None, None, TODAY)
    assert CallBack.objects.count() == 1
