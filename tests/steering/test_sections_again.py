"""What closes a document: the assumptions changed, how to cite it."""

from __future__ import annotations

from portrea import __version__
from portrea.steering.document import COMPLETE, Portrait, Sentence
from portrea.steering.sections_again import again_section, citation
from portrea.steering.settings import Settings

DOCUMENT = Portrait(
    "epci:1", "Ici", "d’ici", "", Sentence(""), (), (), (), (), (), "0123456789abcdef",
    "2026-11-20", kind=COMPLETE,
)  # fmt: skip


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_it_is_cited_with_its_computation() -> None:
    said = f"Portrea {__version__}, « Portrait complet d’ici », calcul 01234567 du 20 novembre 2026"
    assert plain(citation(DOCUMENT)) == said


def test_nothing_changed_is_said() -> None:
    made = again_section(DOCUMENT, Settings.make())
    assert made.lead.text == "Toutes les hypothèses sont celles fournies avec Portrea."
    assert made.tables == ()


def test_an_assumption_changed_is_listed() -> None:
    made = again_section(
        DOCUMENT, Settings.make(overrides={"exposure": {"delta": {"central": 0.6}}})
    )
    assert plain(made.lead.text) == "1 hypothèse a été changée ici."
    assert [[cell.text for cell in row] for row in made.tables[0].rows] == [
        ["exposure.delta.central", "0,6"]
    ]
