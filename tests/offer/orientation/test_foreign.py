"""Words typed in English, Spanish and Arabic → the procedure they mean."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from portrea.offer.orientation.foreign import folded_words, phrases_in
from portrea.offer.orientation.procedures import procedures
from portrea.offer.orientation.typed import propose, propose_in_any, words_of
from portrea.vocab.languages import LANGUAGES, SOURCE

CASES = Path(__file__).parents[2] / "cases/offer/orientation/typed_languages.yaml"
TYPED = [
    (language, str(text), code)
    for language, told in yaml.safe_load(CASES.read_text("utf-8")).items()
    for text, code in told.items()
]
FOREIGN = [language for language in LANGUAGES if language != SOURCE]


@pytest.mark.parametrize(("language", "text", "code"), TYPED)
def test_words_are_understood_in_their_language(language, text, code):
    assert [one.procedure.code for one in propose_in_any(text, language)][:1] == [code]


@pytest.mark.parametrize("language", FOREIGN)
def test_every_procedure_is_found_by_its_title(language):
    told = phrases_in(language)
    assert list(told) == list(procedures())
    lost = []
    for code, phrases in told.items():
        found = [one.procedure.code for one in propose(phrases[0], language=language)]
        lost += [] if code in found else [(code, phrases[0], found)]
    assert lost == []


def test_arabic_letters_written_one_for_another_are_the_same():
    assert words_of("الإيجار", "ar") == words_of("ايجار", "ar") == words_of("إيجَار", "ar")
    assert folded_words("بطاقة", "ar") == folded_words("بطاقه", "ar")


def test_french_alone_is_not_moved_by_other_languages():
    assert propose("papiers") == propose_in_any("papiers", "fr")
    assert propose("تقاعد") == ()


def test_nothing_is_proposed_for_nothing():
    assert propose_in_any("", "ar") == ()
    assert propose_in_any("xyzzy plugh", "en") == ()
