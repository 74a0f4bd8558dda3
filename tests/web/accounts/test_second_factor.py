"""The code of the telephone: published values, once each, required of some roles after a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
import time_machine
import yaml
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from portrea.web.accounts import second_factor, sign_in
from portrea.web.accounts.matrix import matrix
from portrea.web.accounts.models import JournalEntry, RecoveryCode, SecondFactor, User
from web.accounts.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/accounts/sign_in.yaml").read_text("utf-8")
)
CODES = CASES["codes"]
START = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize("case", CODES["values"], ids=lambda case: str(case["at"]))
def test_published_codes(case: dict[str, Any]) -> None:
    step = case["at"] // CODES["step"]
    assert second_factor.step_of(case["code"], CODES["secret"], case["at"]) == step
    assert case["told"].endswith(case["code"])


@pytest.mark.parametrize("case", CODES["drift"], ids=lambda case: str(case["late"]))
def test_a_clock_may_be_a_step_early_or_late(case: dict[str, Any]) -> None:
    value = CODES["values"][3]
    now = value["at"] // 30 * 30 + case["late"]
    taken = second_factor.step_of(value["code"], CODES["secret"], now)
    assert taken == (value["at"] // 30 if case["taken"] else None)


@given(st.text(max_size=12))
def test_what_is_not_a_code_is_never_taken(text: str) -> None:
    """Whatever is typed: no fault, and nothing but the three codes of the moment."""
    generator = pyotp.TOTP(CODES["secret"])
    good = {generator.generate_otp(step) for step in (41152262, 41152263, 41152264)}
    taken = second_factor.step_of(text, CODES["secret"], 1234567890)
    assert (taken is not None) == ("".join(text.split()) in good)


def test_the_key_needs_the_secret_of_the_site(settings: SettingsWrapper) -> None:
    seed = second_factor.new_seed()
    secret = second_factor.secret_of(seed)
    assert len(secret) == 32
    assert seed not in secret
    settings.SECRET_KEY = "another site"
    assert second_factor.secret_of(seed) != secret


def test_days_by_role_are_those_of_the_case() -> None:
    for role, days in CASES["grace"].items():
        assert matrix().roles[role].second_factor == days, role
        assert sign_in.grace_of([role]) == days
    assert sign_in.grace_of(["acteur", "technicien"]) == 14
    assert sign_in.grace_of([]) is None


# -- in the browser --------------------------------------------------------------------------------


def log_in(client: Client, user: User, **fields: str) -> Any:
    return client.post("/connexion/", {"username": user.email, "password": PASSWORD, **fields})


def is_connected(client: Client) -> bool:
    return client.get("/compte/").status_code == 200


def code_of(user: User) -> str:
    """What the telephone shows now."""
    seed = SecondFactor.objects.get(user=user).seed
    return pyotp.TOTP(second_factor.secret_of(seed)).now()


def with_factor(user: User) -> list[str]:
    """Put a second factor in place, one step before now; return the recovery codes."""
    sign_in.factor_begin(actor=user)
    codes = sign_in.factor_confirm(actor=user, code=code_of(user))
    SecondFactor.objects.filter(user=user).update(counter=0)
    return codes


@pytest.fixture
def now() -> Any:
    with time_machine.travel(START, tick=False) as travel:
        yield travel


@pytest.fixture
def jeanne(person: Callable[..., User], now: Any) -> User:
    return person("referent departement:35", email="jeanne@exemple.org")


def test_before_the_day_one_enters_and_is_told(client: Client, jeanne: User, now: Any) -> None:
    answer = client.post(
        "/connexion/", {"username": jeanne.email, "password": PASSWORD}, follow=True
    )
    page = answer.content.decode()
    assert "Avant le 06/12/2026" in page
    assert "jusqu’au 6 décembre 2026" in page
    now.shift(timedelta(days=13))
    assert log_in(client, jeanne)["Location"] == "/compte/"
    assert is_connected(client)
    now.shift(timedelta(days=2))
    assert not is_connected(client), "the session opened before the day ends with it"


def test_after_the_day_one_prepares_it_first(client: Client, jeanne: User, now: Any) -> None:
    log_in(client, jeanne)
    client.logout()
    now.shift(timedelta(days=15))
    assert log_in(client, jeanne, next="/journal/")["Location"] == "/connexion/second-facteur/"
    assert not is_connected(client)
    page = client.get("/connexion/second-facteur/")
    assert b"data:image/svg+xml" in page.content
    assert "no-store" in page["Cache-Control"]
    wrong = client.post("/connexion/second-facteur/", {"code": "000 000"})
    assert "pas le bon" in wrong.content.decode()
    assert not is_connected(client)
    done = client.post("/connexion/second-facteur/", {"code": code_of(jeanne)})
    assert done.content.decode().count("<code>") == 10
    assert 'href="/journal/"' in done.content.decode()
    assert is_connected(client)
    assert b"data:image" not in client.get("/compte/second-facteur/").content, "shown once"


@pytest.mark.parametrize(
    ("role", "asked"),
    [("technicien departement:35", True), ("administrateur", True), ("elu", False), ("", False)],
)
def test_who_must(
    client: Client, person: Callable[..., User], now: Any, role: str, asked: bool
) -> None:
    user = person(*filter(None, [role]))
    log_in(client, user)
    client.logout()
    now.shift(timedelta(days=20))
    expected = "/connexion/second-facteur/" if asked else "/compte/"
    assert log_in(client, user)["Location"] == expected


def test_the_site_may_leave_it_optional(
    client: Client, jeanne: User, now: Any, settings: SettingsWrapper
) -> None:
    settings.PORTREA_SECOND_FACTOR = False
    log_in(client, jeanne)
    client.logout()
    now.shift(timedelta(days=90))
    assert log_in(client, jeanne)["Location"] == "/compte/"


def test_the_password_alone_opens_nothing(client: Client, jeanne: User) -> None:
    with_factor(jeanne)
    assert log_in(client, jeanne, next="/journal/")["Location"] == "/connexion/code/"
    assert not is_connected(client)
    assert client.get("/journal/")["Location"].startswith("/connexion/")
    answer = client.post("/connexion/code/", {"code": code_of(jeanne)})
    assert answer["Location"] == "/journal/"
    assert is_connected(client)


def test_a_code_is_good_once(client: Client, jeanne: User, now: Any) -> None:
    with_factor(jeanne)
    code = code_of(jeanne)
    log_in(client, jeanne)
    client.post("/connexion/code/", {"code": code})
    client.logout()
    log_in(client, jeanne)
    again = client.post("/connexion/code/", {"code": code})
    assert "déjà servi" in again.content.decode()
    assert not is_connected(client)
    now.shift(timedelta(seconds=30))
    assert client.post("/connexion/code/", {"code": code}).status_code == 200, "nor a step later"
    assert client.post("/connexion/code/", {"code": code_of(jeanne)}).status_code == 302


def test_a_recovery_code_stands_once_for_the_telephone(client: Client, jeanne: User) -> None:
    codes = with_factor(jeanne)
    assert len(set(codes)) == 10
    kept = str(list(RecoveryCode.objects.values_list("digest")))
    assert not any(code.replace("-", "") in kept for code in codes)
    log_in(client, jeanne)
    typed = codes[3].upper().replace("-", " ")
    assert client.post("/connexion/code/", {"code": typed}).status_code == 302
    client.logout()
    log_in(client, jeanne)
    assert client.post("/connexion/code/", {"code": typed}).status_code == 200
    assert not is_connected(client)
    assert RecoveryCode.objects.count() == 9


def test_the_code_of_another_person_is_refused(
    client: Client, jeanne: User, person: Callable[..., User]
) -> None:
    other = person()
    codes = with_factor(other)
    with_factor(jeanne)
    log_in(client, jeanne)
    for code in (code_of(other), codes[0]):
        assert client.post("/connexion/code/", {"code": code}).status_code == 200
    assert not is_connected(client)


def test_codes_are_not_guessed(client: Client, jeanne: User) -> None:
    with_factor(jeanne)
    log_in(client, jeanne)
    answers = [client.post("/connexion/code/", {"code": "123456"}).status_code for _ in range(7)]
    assert answers == [200] * 6 + [429]
    good = client.post("/connexion/code/", {"code": code_of(jeanne)})
    assert good.status_code == 429


def test_the_door_stays_open_ten_minutes(client: Client, jeanne: User, now: Any) -> None:
    with_factor(jeanne)
    log_in(client, jeanne)
    now.shift(timedelta(minutes=11))
    answer = client.post("/connexion/code/", {"code": code_of(jeanne)})
    assert answer["Location"] == "/connexion/"
    assert not is_connected(client)
    log_in(client, jeanne)
    jeanne.set_password("une autre phrase très longue")
    jeanne.save()
    assert client.get("/connexion/code/")["Location"] == "/connexion/", "the password changed"


@pytest.mark.parametrize("address", ["/connexion/code/", "/connexion/second-facteur/"])
def test_nobody_at_the_door(client: Client, db: None, address: str) -> None:
    assert client.get(address)["Location"] == "/connexion/"
    assert client.post(address, {"code": "123456"})["Location"] == "/connexion/"


def test_a_shared_computer_is_remembered_through_the_code(client: Client, jeanne: User) -> None:
    with_factor(jeanne)
    log_in(client, jeanne, shared="on")
    client.post("/connexion/code/", {"code": code_of(jeanne)})
    assert client.cookies["sessionid"]["max-age"] == ""


def test_one_prepares_it_from_her_account(
    client: Client, connected: Callable[..., User], run_tasks: Callable[[], None], now: Any
) -> None:
    user = connected("acteur commune:35188")
    assert b"Commencer" in client.get("/compte/second-facteur/").content
    client.post("/compte/second-facteur/")
    assert b"data:image/svg+xml" in client.get("/compte/second-facteur/").content
    assert client.post("/compte/second-facteur/", {"code": "12"}).status_code == 200
    done = client.post("/compte/second-facteur/", {"code": code_of(user)}).content.decode()
    assert done.count("<code>") == 10
    run_tasks()
    assert [message.subject for message in mail.outbox] == ["Votre second facteur a changé"]
    line = JournalEntry.objects.get()
    assert (line.act, line.after) == ("account.own.factor", {"second_facteur": "en place"})


def test_one_changes_it_with_a_code_only(
    client: Client, connected: Callable[..., User], now: Any
) -> None:
    user = connected("referent departement:35")
    old = with_factor(user)
    where = "/compte/second-facteur/"
    refused = client.post(where, {"what": "codes", "code": "000000"})
    assert refused.status_code == 200
    assert RecoveryCode.objects.count() == 10
    assert "remove" not in refused.content.decode(), "her role requires one"
    assert client.post(where, {"what": "remove", "code": code_of(user)}).status_code == 200
    assert sign_in.is_in_place(user)
    now.shift(timedelta(minutes=1))
    fresh = client.post(where, {"what": "codes", "code": code_of(user)}).content.decode()
    assert fresh.count("<code>") == 10
    assert not any(code in fresh for code in old)
    assert not sign_in.factor_check(user=user, code=old[0])
    before = SecondFactor.objects.get().seed
    now.shift(timedelta(minutes=1))
    assert client.post(where, {"what": "replace", "code": code_of(user)})["Location"] == where
    assert SecondFactor.objects.get().seed not in {"", before}
    assert not sign_in.is_in_place(user)


def test_taking_it_away_gives_no_new_delay(client: Client, jeanne: User, now: Any) -> None:
    log_in(client, jeanne)
    with_factor(jeanne)
    now.shift(timedelta(days=30))
    sign_in.factor_remove(actor=jeanne)
    client.logout()
    assert log_in(client, jeanne)["Location"] == "/connexion/second-facteur/"


def test_nothing_in_the_database_writes_a_code(jeanne: User) -> None:
    codes = with_factor(jeanne)
    row = SecondFactor.objects.get()
    secret = second_factor.secret_of(row.seed)
    kept = str(SecondFactor.objects.values().get()) + str(list(RecoveryCode.objects.values()))
    assert secret not in kept
    assert pyotp.TOTP(secret).now() != pyotp.TOTP("A" * 32).now()
    assert not any(code.replace("-", "") in kept for code in codes)


def test_who_lost_everything_is_let_in_by_the_terminal(
    jeanne: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from portrea.cli import account

    with_factor(jeanne)
    monkeypatch.setattr(account, "_prepare", lambda: None)
    done = CliRunner().invoke(account.account, ["unlock", jeanne.email])
    assert done.exit_code == 0, done.output
    assert not sign_in.is_in_place(jeanne)
    assert not RecoveryCode.objects.exists()


@pytest.mark.usefixtures("lenient_templates")
def test_the_administration_has_no_door_of_its_own(
    client: Client, person: Callable[..., User]
) -> None:
    """Its own connection page would ask no second factor; staff without the role stays out."""
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/connexion/?next=/admin/"
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 302
    client.force_login(person("referent departement:35", is_staff=True))
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    client.force_login(person("administrateur"))
    assert client.get("/admin/").status_code == 302, "not declared « équipe »"
    client.force_login(person("administrateur", is_staff=True))
    assert client.get("/admin/").status_code == 200
    client.force_login(person(is_staff=True, is_superuser=True))
    assert client.get("/admin/accounts/user/").status_code == 200
