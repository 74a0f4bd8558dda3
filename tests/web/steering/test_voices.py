"""Voices in the complete portrait: what is published of surveys, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from portrea.steering.complete import complete
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.steering.complete import voices
from portrea.web.steering.selectors import portrait_of
from portrea.web.surveys.models import Publication, Submission
from portrea.web.surveys.results.reading import read
from portrea.web.surveys.services.publishing import report_save, results_withdraw
from portrea.web.territories.selectors import territory_find
from web.steering.voices_case import DIAGNOSIS, EPCI, opened, published, residents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from portrea.steering.document import Section, Table
    from portrea.web.surveys.models import Survey

pytestmark = pytest.mark.django_db
LIST = Path(__file__).parents[3] / "docs/acceptation/diagnostic-41-pages.md"
FRANCE = "voix-habitants-france-aisance"
REQUEST = {
    "jour": "2026-03-02", "canal": "accueil", "lieu": "Mairie", "nature": "aide", "droit": "acces",
    "institution": "caf", "blocages": "compte document", "issue": "non", "motif": "panne",
    "orientation": "conseil", "age": "a60_74",
}  # fmt: skip
CONTENT = [{"regle": "oui", "reviendrait": "oui"}] * 12
STORY = {"recit": "On m’a dit de revenir.", "publier": "oui", "emploi": "portrait"}


def told(territory: str = EPCI) -> tuple[Section, ...]:
    """Return the sections of a territory."""
    return voices.sections(territory_find(territory))


def walked(sections: tuple[Section, ...]) -> Iterator[Section]:
    """Yield sections and what is inside them."""
    for section in sections:
        yield from section.walk()


def tables(sections: tuple[Section, ...]) -> dict[str, Table]:
    """Return tables by identifier."""
    return {one.id: one for part in walked(sections) for one in part.tables}


def text(sections: tuple[Section, ...]) -> str:
    """Return every sentence, with plain spaces."""
    said = [
        words
        for part in walked(sections)
        for words in (part.lead.text, *part.paragraphs, *part.notes)
    ]
    return re.sub(r"[\u00a0\u202f]", " ", "\n".join(said))


def test_every_table_of_the_diagnosis(site: Client) -> None:
    """192 synthetic residents: each table of the real diagnosis, three numbers worked by hand."""
    published(residents())
    sections = told()
    found = tables(sections)
    assert [name for name in DIAGNOSIS["tables"].values() if name not in found] == []
    said = text(sections)
    assert [one for one in DIAGNOSIS["says"] if one not in said] == []
    near = found["voix-habitants-t-criteres"]
    assert near.rows[0][0].text == "Près de chez moi"
    drawn = {figure.table for part in walked(sections) for figure in part.figures}
    asked = [name for name in DIAGNOSIS["tables"].values() if "-t-" in name]
    assert [name for name in asked if name not in drawn] == []
    made = complete(portrait_of(EPCI), {"voix": sections})
    ids = [part.id for part in made.walk()] + [one.id for one in made.tables()]
    assert len(ids) == len(set(ids))
    beside_the_census(found)
    national = [re.sub(r"[\u00a0\u202f]", " ", row[0].text) for row in found[FRANCE].rows]
    assert any("44 % ont des difficultés" in one and "Ici : 41 %." in one for one in national)
    assert sum("des internautes" in one for one in national) == 4
    assert sorted(written_in_the_list() - set(ids)) == []


def written_in_the_list() -> set[str]:
    """Return the sections and tables that the list of the diagnosis names."""
    return set(re.findall(r"`(voix-habitants-[a-z_-]*[a-z])`", LIST.read_text("utf-8")))


def beside_the_census(found: dict[str, Table]) -> None:
    """The young are 72 of 192 and 15 % of the people; small places are put together."""
    age = found["voix-habitants-profil-age"]
    shown = [[cell.text.replace("\u202f", " ") for cell in row] for row in age.rows]
    assert shown[0] == ["15 à 24 ans", "72", "38 %", "15 %", "15 %"]
    assert shown[1] == ["25 à 39 ans + 40 à 59 ans", "64", "33 %", "49 %", "49 %"]
    place = found["voix-habitants-profil-commune"]
    assert place.rows[-1][0].text == "Autres communes, ou commune non reconnue"
    assert all(row[1].value is None or row[1].value >= 5 for row in place.rows)
    assert "Insee" in place.note or "INSEE" in place.note


def test_nothing_is_told_before_it_is_published_nor_once_withdrawn(site: Client) -> None:
    survey = opened("satisfaction", EPCI, CONTENT)
    assert told() == ()
    published(survey)
    assert told()
    results_withdraw(actor=SYSTEM, key=survey.key)
    assert told() == ()


def test_what_is_synthetic_is_never_told(site: Client) -> None:
    survey = opened("satisfaction", EPCI, CONTENT)
    survey.report = {"synthetic": True}
    survey.save()
    published(survey)
    assert told() == ()


def test_the_nearest_survey_is_told_and_the_others_are_named(site: Client) -> None:
    published(opened("satisfaction", EPCI, CONTENT))
    published(opened("satisfaction", "commune:35211", [{"regle": "non"}] * 11))
    published(opened("satisfaction", "commune:35223", [{"regle": "non"}] * 13))
    assert [one.id for one in told()] == ["voix-satisfaction", "voix-autres"]
    assert len(tables(told())["voix-autres-liste"].rows) == 2
    assert [one.id for one in told("commune:35211")] == ["voix-satisfaction", "voix-autres"]
    around = told("commune:35169")
    assert [one.id for one in around] == ["voix-satisfaction-epci-243500618"]
    assert "sur un territoire plus grand (Communauté de communes" in text(around)
    published(opened("satisfaction_orienteurs", "commune:35211", [{"combien": "3"}] * 11))
    assert re.search(r"dans une partie du territoire \(.*Paimpont", text(told()))


def test_the_newest_edition_of_the_newest_survey_alone(site: Client) -> None:
    first = published(opened("satisfaction", EPCI, [{"regle": "oui"}] * 12))
    published(first)
    assert len(told()) == 1
    assert "voix-autres-liste" not in tables(told())
    published(opened("satisfaction", EPCI, [{"regle": "non"}] * 20))
    assert [one.id for one in told()] == ["voix-satisfaction", "voix-autres"]
    assert "20 réponses." in text(told())
    assert tables(told())["voix-autres-liste"].rows[0][2].text == "12"


def test_the_grid_tells_what_is_asked_what_blocks_and_what_becomes_of_it(site: Client) -> None:
    rows = [REQUEST] * 30 + [
        REQUEST | {"issue": "oui", "motif": "", "orientation": "non", "institution": "impots"}
    ] * 40  # fmt: skip
    published(opened("grille_observation", EPCI, rows, design="exhaustif"))
    found = tables(told())
    wanted = ("nature", "institution", "blocages", "issue", "motif", "orientation")
    assert {f"voix-grille-observation-t-{one}" for one in wanted} <= set(found)
    said = text(told())
    assert "Près de 6 demandes sur 10 (57 %, entre 45 et 68 %) ont trouvé réponse." in said
    assert "95 fois sur 100" in said


def test_a_testimony_is_quoted_as_its_author_allows_until_it_is_taken_back(site: Client) -> None:
    rows = [STORY | {"recit": f"Récit {rank}."} for rank in range(10)]
    rows[1] |= {"publier": "interne", "emploi": ""}
    rows[2] |= {"emploi": "administration"}
    survey = opened("temoignage", EPCI, rows)
    Submission.objects.filter(survey=survey, digest="3").update(reviewed=None)
    quote_all(survey)
    published(survey)
    content = Publication.objects.get().content
    assert all(not block["texts"] for block in content["blocks"]), "for the portrait alone"
    said = text(told())
    assert "« Récit 0. »" in said
    assert not [one for one in (1, 2, 3) if f"Récit {one}." in said]
    Submission.objects.filter(survey=survey, digest="0").update(set_aside="retirée")
    assert "Récit 0." not in text(told())
    assert "Récit 4." in text(told())


def quote_all(survey: Survey) -> None:
    """Write a report that quotes every answer."""
    from dataclasses import replace

    every = tuple(str(one) for one in survey.submissions.values_list("uuid", flat=True))
    report = read(survey).report
    blocks = tuple(replace(one, shown=True, quotes=every) for one in report.blocks)
    report_save(actor=SYSTEM, key=survey.key, report=replace(report, blocks=blocks))


def test_titles_are_said_once_for_who_goes_from_one_to_the_next(site: Client) -> None:
    answer = {"regle": "oui", "reviendrait": "oui", "combien": "3", "recu": "toutes"}
    for model in ("satisfaction", "satisfaction_orienteurs"):
        published(opened(model, EPCI, [answer] * 12, title=f"Sortie {model}"))
    titles = [
        title
        for part in walked(told())
        for title in (part.title, *(one.title for one in part.figures),
                      *(one.caption for one in part.tables))
    ]  # fmt: skip
    assert "Comment l’enquête a été faite – Sortie satisfaction_orienteurs" in titles
    assert len(titles) == len(set(titles))


def test_no_small_count_is_told_and_too_few_answers_are_said(site: Client) -> None:
    rows = [REQUEST] * 24 + [REQUEST | {"nature": "formation", "institution": ""}] * 3
    published(opened("grille_observation", EPCI, rows))
    for table in tables(told()).values():
        values = [row[1].text for row in table.rows if table.columns[1].title == "Nombre"]
        assert not {"1", "2", "3", "4"} & set(values), table.id
    assert "Pas assez de réponses pour le dire" in text(told()) or "retiré" in text(told())


def test_few_queries_whatever_the_surveys(
    site: Client, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for model in ("satisfaction", "satisfaction_orienteurs"):
        rows = [{"regle": "oui", "reviendrait": "oui", "combien": "3", "recu": "toutes"}] * 12
        published(opened(model, EPCI, rows))
    with django_assert_max_num_queries(3):  # type: ignore[attr-defined]
        assert len(told()) == 2
