"""The hint on its pages: each question, each refusal; what is missing never breaks the flow."""

from __future__ import annotations

import gzip
import re
from datetime import date
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import polars as pl
import pytest
import time_machine
import yaml

from portrea.base.errors import EngineError
from portrea.rights.answers import questions, read
from portrea.rights.catalogue import rights
from portrea.rights.estimating import Estimate
from portrea.rights.hints import Hint, Saying
from portrea.rights.ladder import Level
from portrea.sources.rights_grid import grid_path
from portrea.web.rights.hints import computing, show, views
from portrea.web.rights.models import LadderChoice
from web.rights.hinted import MONTFORT, Person
from web.rights.test_aids_for import written

if TYPE_CHECKING:
    from django.test import Client

    from web.rights.hinted import Engine

pytestmark = pytest.mark.django_db
CASES = yaml.safe_load((Path(__file__).parents[2] / "cases/rights/answers.yaml").read_text("utf-8"))
REFUSED = [
    case
    for case in CASES["refused"]
    if case["name"] not in {"question inconnue", "commune en toutes lettres"}
]
STATIC = Path(__file__).resolve().parents[3] / "src/portrea/web/design/static/design"
LIGHT = 30_000


# -- questions ------------------------------------------------------------------------------------


def test_every_question_can_be_skipped(visitor: Person, engine: Engine) -> None:
    met = []
    while "Passer cette question" in visitor.page:
        met.append(visitor.title)
        visitor.send("passer")
    assert len(met) == sum(one.shown_if is None for one in questions())
    assert visitor.answer.status_code == 200
    assert "Vos droits possibles" in visitor.title
    assert len(engine.asked) == 1


def test_answers_follow_from_page_to_page_and_back(visitor: Person) -> None:
    visitor.send(ou="Montfort-sur-Meu").send(age="36").send(partner="seul")
    assert visitor.hidden()["r.commune"] == MONTFORT
    assert visitor.hidden()["r.age"] == "36"
    visitor.send("retour")
    assert "couple" in visitor.title
    assert re.search(r'value="seul"[^>]* checked', visitor.page)
    visitor.send("retour")
    assert 'value="36"' in visitor.page
    visitor.send("question:commune")
    assert 'value="Montfort-sur-Meu (35)"' in visitor.page


def test_a_question_that_depends_on_another_is_asked_only_then(visitor: Person) -> None:
    for go in ("passer",) * 4:
        visitor.send(go)
    assert "Où habitez-vous" in visitor.title
    visitor.send(housing="proprietaire")
    assert "situation" in visitor.title
    visitor.send("retour").send(housing="prive")
    assert "loyer" in visitor.title


def test_an_answer_that_no_longer_makes_sense_is_left_out(visitor: Person) -> None:
    for _go in range(4):
        visitor.send("passer")
    visitor.send(housing="prive").send(rent="450").send("question:housing")
    visitor.send(housing="heberge")
    assert "r.rent" not in visitor.hidden()
    assert "450" not in visitor.text


def test_a_commune_is_found_chosen_or_said_unknown(visitor: Person) -> None:
    visitor.send(ou="Montfort")
    assert visitor.answer.status_code == 200
    assert "Laquelle de ces communes" in visitor.page
    assert f'value="commune:{MONTFORT}"' in visitor.page
    visitor.send(f"commune:{MONTFORT}")
    assert "âge" in visitor.title
    assert visitor.hidden()["r.commune"] == MONTFORT
    visitor.send("retour").send(ou="Xzqwk")
    assert visitor.answer.status_code == 400
    assert "Nous ne trouvons pas cette commune" in visitor.text
    assert 'value="Xzqwk"' in visitor.page


def test_a_question_worth_answering_leads_back_to_the_estimate(visitor: Person) -> None:
    visitor.send("voir")
    assert "Vos droits possibles" in visitor.title
    visitor.send("question:age")
    assert "âge" in visitor.title
    visitor.send(age="36")
    assert "Vos droits possibles" in visitor.title
    assert "36 ans" in visitor.text


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_what_cannot_be_is_explained_and_nothing_is_lost(visitor: Person, case) -> None:
    told = {f"r.{name}": text for name, text in case["given"].items()}
    visit = visitor.hidden()["visite"]
    answer = visitor.client.post("/droits/", {"visite": visit, "aller": "voir", **told})
    page = Person(visitor.client)._got(answer)
    asked = {one.name: one for one in questions()}[case["question"]]
    if not asked.is_shown(case["given"]):  # not asked any more: left out, and not counted
        assert answer.status_code == 200
        return
    assert answer.status_code == 400
    assert 'role="alert"' in page.page
    for word in case["says"]:
        assert word in page.text
    kept = {**page.hidden(), **dict(re.findall(r'name="(r\.[^"]+)" value="([^"]*)"', page.page))}
    for name in case["given"]:
        assert f"r.{name}" in kept or name == "commune"
    if "hides" in case:
        alert = re.search(r'role="alert".*?</div>', page.page, re.DOTALL)
        assert alert
        assert case["hides"] not in alert[0]


# -- the estimate ---------------------------------------------------------------------------------


def test_the_estimate_says_how_sure_how_much_and_is_no_decision(visitor: Person) -> None:
    visitor.send(ou="Montfort-sur-Meu").send("voir")
    text = visitor.text
    assert "C’est une estimation. Seul l’organisme décide." in text
    assert "OpenFisca-France 176.1.8" in text
    assert re.search(r"Montants : \w+ 20\d\d", text.replace("\u00a0", " "))
    assert "Environ 573 € par mois" in text
    assert not re.search(r"(?:vous avez|n’avez pas) droit", text, re.IGNORECASE)
    assert (
        f"/orientation/?commune={MONTFORT}&amp;besoin=aide&amp;demarche=rsa#question"
        in visitor.page
    )
    assert "Déclaration trimestrielle de ressources" in text
    assert "https://www.service-public.fr/particuliers/vosdroits/" in visitor.page
    for label in (right.label for right in rights().values()):
        assert label in text


def test_old_amounts_are_said(visitor: Person) -> None:
    visitor.send("voir")
    assert "Calculé avec des montants du 1er avril 2024" in visitor.text


@pytest.mark.parametrize(
    ("day", "asked"), [("2026-12-31", 1), ("2027-01-01", 1), ("2027-03-31", 1), ("2027-04-01", 0)]
)
def test_after_the_last_amounts_known(
    visitor: Person, engine: Engine, day: str, asked: int
) -> None:
    """They serve three months more, and the page says it; then it says only where to ask."""
    with time_machine.travel(f"{day}T12:00:00Z"):
        visitor.open().send("voir")
    assert len(engine.asked) == asked
    late = "Nous ne connaissons pas encore les montants de ce mois."
    assert (late in visitor.text) == (day > "2027")
    assert ("Montants : décembre 2026." in visitor.text) == bool(asked)
    assert "/orientation/?" in visitor.page


@pytest.mark.parametrize(
    ("installed", "said"),
    [(True, "n’a pas répondu à temps"), (False, "n’est pas installé")],
)
def test_without_engine_the_page_still_helps(
    visitor: Person, engine: Engine, monkeypatch: pytest.MonkeyPatch, installed: bool, said: str
) -> None:
    engine.error = EngineError("rien", remedy="")
    monkeypatch.setattr(computing, "is_installed", lambda: installed)
    visitor.send(ou="Montfort-sur-Meu").send("voir")
    assert visitor.answer.status_code == 200
    assert said in visitor.text
    assert visitor.page.count("/orientation/?commune=35188") == len(rights())
    assert ("Réessayer" in visitor.text) == installed
    assert "Emporter" not in visitor.text


def test_a_long_queue_is_said(visitor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computing._queue, "acquire", lambda **_told: False)
    visitor.send("voir")
    assert "Beaucoup de personnes demandent en ce moment" in visitor.text
    assert "Réessayer" in visitor.text


def test_too_many_estimates_from_one_place(
    visitor: Person, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "RATE", "1/h")
    visitor.send(ou="Montfort-sur-Meu").send("voir").send("voir")
    assert visitor.answer.status_code == 429
    assert "Réessayer" in visitor.text
    assert visitor.hidden()["r.commune"] == MONTFORT
    assert len(engine.asked) == 1


def test_a_month_whose_amounts_are_unknown(visitor: Person, monkeypatch) -> None:
    monkeypatch.setattr(show, "today", lambda _commune="": date(2027, 2, 1))
    visitor.send("voir")
    assert visitor.answer.status_code == 200
    assert "Nous ne connaissons pas encore les montants" in visitor.text


def test_aids_of_the_place_stand_beside(visitor: Person) -> None:
    written("eau")
    visitor.send(ou="Montfort-sur-Meu").send("voir")
    assert "Aides de votre commune" in visitor.text


def test_a_territory_that_only_informs_gives_no_summary(visitor: Person) -> None:
    visitor.send(ou="Montfort-sur-Meu").send("voir")
    assert "Emporter ce résumé" in visitor.text
    LadderChoice.objects.create(level="commune", code=MONTFORT, rung=Level.INFORMATION)
    visitor.send("voir")
    assert "Emporter ce résumé" not in visitor.text


@pytest.mark.parametrize("served", [True, False])
def test_the_engine_starts_with_the_first_page_of_a_site_that_serves(
    site: Client, engine: Engine, monkeypatch: pytest.MonkeyPatch, served: bool
) -> None:
    monkeypatch.setattr(computing, "_served", Event())
    if served:
        computing.serve()
    site.get("/droits/")
    assert engine.warmed.wait(60 if served else 0) == served


# -- a first idea ---------------------------------------------------------------------------------


@pytest.fixture
def first(monkeypatch: pytest.MonkeyPatch) -> Estimate:
    """A first idea, as the grid of the month would give it."""
    hints = (Hint(rights()["rsa"], Saying.POSSIBLE, 400, 600),)
    made = Estimate(month="2026-11", hints=hints, assumed=("Lue d’avance.",), first=True)
    monkeypatch.setattr(computing, "idea", lambda _answers, _day: made)
    return made


def test_a_first_idea_is_said_so_and_leads_to_the_estimate(
    visitor: Person, engine: Engine, first: Estimate
) -> None:
    visitor.send("idee")
    assert "Première idée de vos droits" in visitor.text
    assert "De 400 à 600 € par mois" in visitor.text
    assert "Emporter ce résumé" not in visitor.text
    assert not engine.asked
    assert "data-hint-go" in visitor.page
    form = re.search(r"<form[^>]*data-hint-go.*?</form>", visitor.page, re.DOTALL)
    assert form
    assert "Voir le calcul complet" in form[0]
    visitor.send("voir")
    assert "Première idée" not in visitor.text
    assert len(engine.asked) == 1


def test_without_engine_the_first_idea_stays(
    visitor: Person, engine: Engine, first: Estimate
) -> None:
    engine.error = EngineError("rien", remedy="")
    visitor.send("voir")
    assert "De 400 à 600 € par mois" in visitor.text
    assert "n’a pas répondu à temps" in visitor.text
    assert "data-hint-go" not in visitor.page


def test_without_grid_the_estimate_comes_at_once(visitor: Person, engine: Engine) -> None:
    visitor.send("idee")
    assert "Vos droits possibles" in visitor.title
    assert len(engine.asked) == 1


def test_a_grid_of_another_month_or_damaged_is_not_used(
    site: Client, settings, tmp_path: Path
) -> None:
    settings.PORTREA_HOME = tmp_path
    day = date(2026, 11, 23)
    assert computing.idea(read({}), day) is None
    grid_path(tmp_path, "2026-11").parent.mkdir()
    grid_path(tmp_path, "2026-11").write_bytes(b"damaged")
    assert computing.idea(read({}), day) is None
    old = pl.DataFrame({"month": ["2026-10"], "engine": ["1"]})
    old.write_parquet(grid_path(tmp_path, "2026-11"))
    assert computing.idea(read({}), day) is None


# -- languages, weight ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "direction", "said"),
    [("en", "ltr", "What you may claim"), ("es", "ltr", "Sus posibles derechos"),
     ("ar", "rtl", "حقوقك الممكنة")],
)  # fmt: skip
def test_other_languages_are_marked_as_not_read_yet(
    site: Client, engine: Engine, language: str, direction: str, said: str
) -> None:
    visitor = Person(site, f"/{language}/droits/").open().send("voir")
    assert f'<html lang="{language}" dir="{direction}"' in visitor.page
    assert said in visitor.text
    assert 'class="unread"' in visitor.page
    assert f'action="/{language}/droits/' in visitor.page
    assert f'href="/{language}/orientation/?besoin=aide' in visitor.page


def test_simple_words_stay_simple(site: Client, engine: Engine) -> None:
    visitor = Person(site, "/droits/?version=simple").open().send("passer")
    assert 'data-version="simple"' in visitor.page
    assert 'action="/droits/?version=simple#question"' in visitor.page


@pytest.mark.parametrize("go", ["passer", "voir"])
def test_weight(visitor: Person, go: str) -> None:
    """At most 30 kB as sent, style and script included."""
    visitor.send(go)
    files = re.findall(r'(?:src|rel="stylesheet" href)="/static/design/([^"]+)"', visitor.page)
    assert {"portrea.css", "rights.css", "js/rights.js"} <= set(files)
    sizes = [len(gzip.compress((STATIC / file).read_bytes(), 9)) for file in files]
    assert len(gzip.compress(visitor.page.encode(), 9)) + sum(sizes) <= LIGHT
