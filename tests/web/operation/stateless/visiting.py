"""What somebody does on two sites in turn, and what both must then know."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from web.operation.stateless.machines import InTurn, act, served
from web.surveys.filling_pages import Form, Person

if TYPE_CHECKING:
    from collections.abc import Sequence

EMAIL, PASSWORD = "jeanne@example.org", "un mot de passe long"
PORTRAIT = "/portraits/epci-243500618/"
TRIES = 10
"""Wrong passwords that one address may try (``accounts.views.ADDRESS_RATE``)."""


def visited(environments: Sequence[dict[str, str]]) -> None:
    """Go through the site, each request on the other process; nothing is asked twice or lost."""
    told = act("prepare", environments[0])
    with served(environments) as addresses:
        with closing(InTurn(addresses)) as browser:
            answer_a_survey(browser, told["survey"])
        assert act("answers", environments[0]) == [{"age": "72", "remarque": "Rien."}]
        with closing(InTurn(addresses)) as browser:
            sign_in_and_out(browser)
        with closing(InTurn(addresses)) as browser:
            try_passwords(browser)
        with closing(InTurn(addresses)) as browser:
            read_a_portrait(browser, environments[0])


def answer_a_survey(browser: InTurn, key: str) -> None:
    """Answer page by page: the receipt comes from the site that did not give the first page."""
    person = Person(browser, key)  # type: ignore[arg-type]
    person.send().send(age="72").send(remarque="Rien.")
    assert "envoyer" in person.form.buttons, person.page
    person.send("envoyer")
    assert person.answer.status_code == 200, person.page


def sign_in_and_out(browser: InTurn) -> None:
    """Sign in with the form of the other site; both then know who it is, until she leaves."""
    assert entered(browser, PASSWORD) == 302
    assert [browser.get("/compte/").status_code for _ in "ab"] == [200, 200]
    page = Form(browser.get("/compte/").text)
    token = {"csrfmiddlewaretoken": page.values["csrfmiddlewaretoken"]}
    assert browser.post("/deconnexion/", token).status_code == 302
    assert [browser.get("/compte/").status_code for _ in "ab"] == [302, 302]


def try_passwords(browser: InTurn) -> None:
    """Guess: the two sites count together, and the right password is refused like the others."""
    answers = [entered(browser, f"non {number}") for number in range(TRIES + 1)]
    assert answers[-1] == 429, answers
    assert 429 not in answers[: TRIES - 2], "one honest sign-in was already counted"
    assert [entered(browser, PASSWORD) for _ in "ab"] == [429, 429]


def read_a_portrait(browser: InTurn, env: dict[str, str]) -> None:
    """Read what a third process published: both sites, that had said there was none, show it."""
    assert [browser.get(PORTRAIT).status_code for _ in "ab"] == [404, 404]
    act("publish", env)
    pages = [browser.get(PORTRAIT + "2026-11/") for _ in "ab"]
    assert [page.status_code for page in pages] == [200, 200]
    assert all("Novembre" in page.text for page in pages)


def entered(browser: InTurn, password: str) -> int:
    """Send the form of connection that one site gave to the other; return the status."""
    form = Form(browser.get("/connexion/").text)
    told = {"username": EMAIL, "password": password}
    token = {"csrfmiddlewaretoken": form.values["csrfmiddlewaretoken"]}
    return browser.post("/connexion/", token | told).status_code
