"""The catalogues: every public text in every language, with the same holes; and who read it."""

from __future__ import annotations

import importlib.util
import re
import sys
from datetime import date
from pathlib import Path

import pytest

from portrea.vocab import languages
from portrea.vocab.hours import describe, say_time
from portrea.vocab.languages import (
    END,
    FRENCH,
    LANGUAGES,
    SIMPLE,
    SOURCE,
    START,
    Text,
    Words,
    capital,
    catalogue,
    without_marks,
    words_in,
)

ROOT = Path(__file__).resolve().parents[2]
FOREIGN = [language for language in LANGUAGES if language != SOURCE]
HOLES = re.compile(r"%\(\w+\)s|%s|\{\w*\}")
ALIKE = {"{weekday} {date}", "{days}\u202f: {hours}", "Tel {phone}"}
"""Texts that may well be written the same in another language, besides names."""


@pytest.fixture(scope="module")
def script():
    path = ROOT / "scripts/translations.py"
    spec = importlib.util.spec_from_file_location("translations", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["translations"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["translations"]


def strings(text):
    return text if isinstance(text, tuple) else (text,)


@pytest.mark.parametrize("language", FOREIGN)
def test_every_public_text_is_translated_and_nothing_else(script, language):
    """Mend with scripts/translations.py, then write what is empty."""
    said = set(script.expected().texts)
    held = {message.id: message.string for message in catalogue(language) if message.id}
    assert said - set(held) == set()
    assert set(held) - said == set()
    assert [text for text, string in held.items() if not all(map(str.strip, strings(string)))] == []


def test_the_script_sees_each_kind_of_text(script):
    """A page, a plural, a sentence of the code, a constant, everyday words, papers."""
    said = script.expected().texts
    for text in (
        "Recommencer",
        ("%(n)s lieu fermé le soir", "%(n)s lieux fermés le soir"),
        "{closed}, ouvre {day} à {hour}",
        "à pied",
        "Horaires inconnus",
        "Carte Vitale",
        "Un RIB",
    ):
        assert text in said


@pytest.mark.parametrize("language", [*FOREIGN, SIMPLE])
def test_holes_are_the_same(language):
    wrong = []
    for message in catalogue(language):
        if message.id:
            asked = set(HOLES.findall(strings(message.id)[-1]))
            for text in strings(message.string):
                wrong += [] if set(HOLES.findall(text)) <= asked else [(message.id, text)]
            if not isinstance(message.id, tuple) and language != SIMPLE:
                told = sorted(HOLES.findall(str(message.string)))
                wrong += [] if told == sorted(HOLES.findall(message.id)) else [message.id]
    assert wrong == []


@pytest.mark.parametrize("language", FOREIGN)
def test_spaces_at_the_ends_are_kept(language):
    def edges(text):
        return text[:1].isspace(), text[-1:].isspace()

    assert [
        message.id
        for message in catalogue(language)
        if isinstance(message.id, str)
        and message.id.strip() not in ("", ":")
        and edges(message.id) != edges(str(message.string))
    ] == []


def test_arabic_is_written_in_arabic():
    arabic = re.compile("[\u0600-\u06ff]")
    latin = [
        message.id
        for message in catalogue("ar")
        if message.id
        and not arabic.search(str(message.string))
        and re.search("[A-Za-zÀ-ÿ]{4}", HOLES.sub("", str(message.string)))
    ]
    assert set(latin) <= {"France services\u202f: {helps}"}


def test_simple_words_replace_texts_that_are_said(script):
    said = set(script.expected().texts)
    for message in catalogue(SIMPLE):
        if message.id:
            assert message.id in said
            assert message.string != message.id
            assert not message.fuzzy, "French is ours: nothing to be translated"


# -- who has read it ------------------------------------------------------------------------------


def test_what_nobody_has_read_is_marked_and_the_rest_is_not():
    known = {"fermé": Text("closed", read=False), "demain": Text("tomorrow", read=True)}
    words = Words("en", True, known)
    assert words.say("fermé") == f"{START}closed{END}"
    assert words.say("demain") == "tomorrow"
    assert Words("en", False, known).say("fermé") == "closed"
    assert without_marks(words.say("fermé")) == "closed"
    assert capital(words.say("fermé")) == f"{START}Closed{END}"


def test_a_flag_of_the_catalogue_is_what_tells_it(monkeypatch, tmp_path):
    """Removing « fuzzy », as Poedit and Weblate do, is all a reader has to do."""
    entry = '#, fuzzy\nmsgid "fermé"\nmsgstr "closed"\n\nmsgid "demain"\nmsgstr "tomorrow"\n'
    (tmp_path / "locale").mkdir()
    (tmp_path / "locale/en.po").write_text(entry, "utf-8")
    monkeypatch.setattr(languages, "files", lambda _package: tmp_path)
    languages.catalogue.cache_clear()
    try:
        known = languages._texts.__wrapped__("en")
    finally:
        languages.catalogue.cache_clear()
    assert known == {"fermé": Text("closed", read=False), "demain": Text("tomorrow", read=True)}


def test_french_is_said_as_written():
    assert FRENCH.say("ouvert {day}", day="demain") == "ouvert demain"
    assert words_in("fr") is FRENCH
    assert words_in(SIMPLE).french


# -- days and hours -------------------------------------------------------------------------------

HOURS = "Mo-We 09:00-12:00,14:00-17:30; Sa 09:00-12:00; PH off"


@pytest.mark.parametrize(
    ("language", "week", "day", "time"),
    [
        ("en", "Monday to Wednesday", "3 December 2026", "1 hour and 5 minutes"),
        ("es", "De lunes a miércoles", "3 de diciembre de 2026", "1 hora y 5 minutos"),
        ("ar", "من الاثنين إلى الأربعاء", "3 ديسمبر 2026", "ساعة و5 دقائق"),
    ],
)
def test_days_and_hours_are_those_of_the_language(language, week, day, time):
    words = words_in(language)
    lines = describe(HOURS, words)
    assert lines[0].startswith(week)
    assert "9:00 – 12:00, 14:00 – 17:30" in lines[0]
    assert words.day_and_month(date(2026, 12, 3), year=True) == day
    assert words.minutes(65) == time
    assert say_time(570, words) == "9:30"
    told = " ".join(describe("Tu[1,3] 09:00-12:00; Dec-Feb off; SH off", words))
    assert not re.search("mardi|fermé|mois|vacances|décembre", told)
