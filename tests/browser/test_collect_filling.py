"""Forms filled by the page of a phone: the cases of the server, worked by the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from portrea.surveys.models import models
from portrea.surveys.portable import portable
from portrea.surveys.xlsform import read_sheets
from surveys.test_forms import CASES, NOW, sheets

ROOT = Path(__file__).parents[2]
SITE = "http://collecte.test"
RUN = """async (cases) => {
  const { fill } = await import("/js/collect/filling.js");
  const told = (entries, of) => Object.fromEntries(entries.map(of));
  return cases.map(([form, given, now]) => {
    const { answers, entries } = fill(form, given, { now });
    return {
      answers,
      shown: [...new Set(entries.map((one) => one.item.name))],
      paths: entries.map((one) => one.path),
      faults: told(entries.filter((one) => one.fault), (one) => [one.path, one.fault]),
      choices: told(entries, (one) => [one.item.name, one.choices.map((of) => of.name)]),
    };
  });
}"""

TAPPED_TWICE = """async (form) => {
  const { Asking } = await import("/js/collect/asking.js");
  const soon = (after) => new Promise((done) => setTimeout(done, after));
  const place = document.body.appendChild(document.createElement("main"));
  const told = { drawn: 0, titles: [], done: 0 };
  new MutationObserver(() => (told.drawn += 1)).observe(place, { childList: true });
  const draft = { at: "", given: {} };
  const kept = () => soon(20); // a phone that writes slowly
  const done = async () => { await soon(20); told.done += 1; };
  new Asking(place, draft, form, { kept, done, left() {} }).start();
  while (!told.done) {
    const before = place.querySelector("h1").innerText;
    const go = place.querySelector(".btn-primary");
    go.click();
    go.click();
    told.titles.push(before);
    await soon(200);
    if (told.titles.length > 9) break;
  }
  return told;
}"""

pytestmark = pytest.mark.slow


def module(route):
    """Give a page our modules as they are written."""
    path = ROOT / "frontend" / route.request.url.removeprefix(f"{SITE}/")
    if path.suffix == ".js":
        route.fulfill(body=path.read_text("utf-8"), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>Essai</title>", content_type="text/html")


def worked(browser, cases, run=RUN):
    page = browser.new_page()
    try:
        page.route(f"{SITE}/**", module)
        page.goto(f"{SITE}/")
        return page.evaluate(run, cases)
    finally:
        page.close()


def test_the_page_fills_as_worked_by_hand(browser):
    told = [(case, one) for case in CASES["understood"] for one in case["filled"]]
    found = worked(
        browser,
        [
            [
                portable(read_sheets(sheets(case)).form),
                one["answers"],
                NOW.isoformat("T", "minutes"),
            ]
            for case, one in told
        ],
    )
    for (_case, one), got in zip(told, found, strict=True):
        assert set(got["faults"]) == set(one["faults"]), one["why"]
        assert all(why in got["faults"][path] for path, why in one["faults"].items())
        assert got["shown"] == one.get("shown", got["shown"])
        assert {name: got["answers"][name] for name in one.get("says", {})} == one.get("says", {})
        assert {name: got["choices"][name] for name in one.get("choices", {})} == one.get(
            "choices", {}
        )


def test_the_page_says_of_every_model_what_the_server_says(browser):
    from portrea.surveys.filling import fill

    told = [(model.form, answers) for model in models().values() for answers in _first(model.form)]
    now = NOW.isoformat("T", "minutes")
    found = worked(browser, [[portable(form), answers, now] for form, answers in told])
    for (form, answers), got in zip(told, found, strict=True):
        filled = fill(form, answers, now=NOW)
        assert got["answers"] == filled.answers
        assert got["faults"] == filled.faults
        assert got["paths"] == [entry.path for entry in filled.entries]


def _first(form):
    """Nothing; the first choice of every question; the last one, and words in every number."""
    listed = {one.name: form.lists.get(one.choices) or () for one in form.questions()}
    yield {}
    yield {name: of[0].name if of else "1" for name, of in listed.items()}
    yield {name: of[-1].name if of else "mots" for name, of in listed.items()}


def test_a_second_tap_while_the_phone_writes_is_the_same_tap(browser):
    """Drawn again under the finger, the next screen would lose the tap that follows."""
    rows = [
        {"type": "text", "name": "mot", "label": "Votre mot"},
        {"type": "select_one avis", "name": "avis", "label": "Votre avis"},
    ]
    choices = [{"list_name": "avis", "name": "oui", "label": "Oui"}]
    form = portable(read_sheets({"survey": rows, "choices": choices}).form)
    found = worked(browser, form, TAPPED_TWICE)
    assert found["titles"] == ["Votre mot (facultatif)", "Votre avis (facultatif)", "C’est fini"]
    assert found["drawn"] == 3
    assert found["done"] == 1
