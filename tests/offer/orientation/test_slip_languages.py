"""The slip in other languages: names as they are, words of the reader, messages that fit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from portrea.offer.content import from_dict
from portrea.offer.orientation.asked import Asked
from portrea.offer.orientation.slip import calendar_of, message_of, messages, plain, slip_of
from portrea.vocab.languages import END, LANGUAGES, START, without_marks, words_in

ON = date(2026, 11, 24)
STAMP = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PLACE = {
    "id": "a--1", "name": "Mairie de Bédée", "address": "2 rue de Rennes", "postcode": "35137",
    "city": "Bédée", "commune": "35023", "phone": "+33299061820", "updated": "2026-11-01",
    "hours": "Mo-Fr 09:00-12:00; Sa 09:00-11:30; PH off",
}  # fmt: skip
FOREIGN = [language for language in LANGUAGES if language != "fr"]


def slip(language, *, marked=False, **changes):
    words = words_in(language, marked=marked)
    return slip_of(from_dict(PLACE | changes), Asked.of("demarche=retraite"), on=ON, words=words)


@pytest.mark.parametrize(
    ("language", "hours", "day", "procedure"),
    [
        ("en", "Monday to Friday: 9:00 – 12:00", "Tuesday 24 November, from 9:00 to 12:00",
         "Pension: apply, career record"),
        ("es", "De lunes a viernes: 9:00 – 12:00", "martes 24 de noviembre, de 9:00 a 12:00",
         "Jubilación: "),
        ("ar", "من الاثنين إلى الجمعة: 9:00 – 12:00", "الثلاثاء 24 نوفمبر، من 9:00 إلى 12:00",
         "التقاعد: الطلب وكشف المسار المهني"),
    ],
)  # fmt: skip
def test_a_slip_speaks_the_language(language, hours, day, procedure):
    told, french = slip(language), slip("fr")
    assert told.hours[0] == hours
    assert told.days[0] == day
    assert told.procedure.startswith(procedure)
    assert (told.name, told.address, told.phone) == (french.name, french.address, french.phone)
    assert told.coming == french.coming
    for said, unsaid in zip(told.bring, french.bring, strict=True):
        assert not set(said.pieces) & set(unsaid.pieces)


@pytest.mark.parametrize("language", FOREIGN)
def test_messages_and_calendars_carry_no_mark_and_fit(language):
    for changes in ({}, {"hours": None}, {"phone": None, "name": "Lieu " * 30}):
        marked, bare = slip(language, marked=True, **changes), slip(language, **changes)
        text = message_of(marked)
        assert text == message_of(bare)
        assert messages(text) <= (3 if language == "ar" else 2)
        assert language == "ar" or plain(text) == text
        file = calendar_of(marked, zone=ZoneInfo("Europe/Paris"), stamp=STAMP)
        assert file == calendar_of(bare, zone=ZoneInfo("Europe/Paris"), stamp=STAMP)
        assert START not in file.decode()
        assert END not in file.decode()


def test_an_arabic_message_keeps_its_letters():
    text = message_of(slip("ar"))
    assert "مفتوح: الثلاثاء 24 نوفمبر" in text
    assert "02 99 06 18 20" in text


@pytest.mark.parametrize("language", FOREIGN)
def test_hours_not_told_are_known_as_such(language):
    told = slip(language, hours=None, marked=True)
    assert not told.hours_known
    assert without_marks(told.hours[0]) != "Horaires inconnus"
    assert slip(language, hours=None, hours_text="le matin").hours == ("le matin",)
