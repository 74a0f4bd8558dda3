"""What a person leaves with: slip, text messages, calendar."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portrea.offer.content import from_dict
from portrea.offer.orientation.asked import Asked
from portrea.offer.orientation.slip import (
    MOST,
    calendar_of,
    message_of,
    messages,
    plain,
    say_phone,
    slip_of,
)

ON = date(2026, 11, 24)
STAMP = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PARIS, MARTINIQUE = ZoneInfo("Europe/Paris"), ZoneInfo("America/Martinique")


def place(**changes):
    return from_dict(
        {
            "id": "a--1", "name": "France services « Plateau de Caux », à Doudeville",
            "address": "10 rue de l’Église", "postcode": "76560", "city": "Doudeville",
            "commune": "76219", "phone": "+33235950725", "longitude": 0.78, "latitude": 49.72,
            "hours": "Mo-Fr 09:00-12:00,14:00-17:00; PH off", "updated": "2026-11-01",
        }
        | changes
    )  # fmt: skip


def slip(query="demarche=retraite", **changes):
    return slip_of(place(**changes), Asked.of(query), on=ON)


def test_a_slip_tells_all_that_is_needed():
    told = slip()
    assert told.address == "10 rue de l’Église, 76560 Doudeville"
    assert told.phone == "02 35 95 07 25"
    assert told.hours[0].startswith("Du lundi au vendredi")
    assert told.days[0] == "mardi 24 novembre, de 9\u202fh à 12\u202fh"
    assert told.days[2].startswith("mercredi 25 novembre, ")
    assert told.days[4].startswith("jeudi 26 novembre, ")
    assert told.procedure.startswith("Retraite")
    assert [papers.title for papers in told.bring] == ["", "Retraite"]
    assert [phone.number for phone in told.phones] == ["3960"]
    assert told.freshness == "fiche de novembre 2026"


def test_unknown_hours_are_said_and_the_published_text_kept():
    assert slip(hours=None).hours == ("Horaires inconnus",)
    assert slip(hours=None, hours_text="le matin").hours == ("le matin",)
    assert slip(hours=None).coming == ()


def test_what_has_ended_is_not_told():
    told = slip_of(place(), Asked.of(""), on=ON, minute=12 * 60)
    assert told.days[0] == "mardi 24 novembre, de 14\u202fh à 17\u202fh"
    assert len(told.days) == 5
    ends = slip_of(place(), Asked.of(""), on=ON, minute=12 * 60 - 1)
    assert ends.days[0] == "mardi 24 novembre, de 9\u202fh à 12\u202fh"


def test_a_day_of_another_year_is_told_with_its_year():
    told = slip_of(place(), Asked.of(""), on=date(2026, 12, 31), minute=17 * 60)
    assert told.days[0].startswith("lundi 4 janvier 2027, ")  # the 1st is a holiday, a Friday


def test_a_permanence_elsewhere_has_its_own_address_and_dates():
    presence = {
        "kind": "itinerant", "dates": ["2026-11-27"], "commune": "76219",
        "address": "Place du marché, Routes", "longitude": 0.75, "latitude": 49.7,
    }  # fmt: skip
    services = [{"block": "aide", "key": "aide", "phone": "+33612345678", "presences": [presence]}]
    record = place(services=services)
    told = slip_of(record, Asked.of("besoin=aide"), on=ON, service=0, presence=0)
    assert told.address == "Place du marché, Routes"
    assert told.phone == "06 12 34 56 78"
    assert told.days == ("vendredi 27 novembre",)
    assert (told.longitude, told.latitude) == (0.75, 49.7)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("+33235950725", "02 35 95 07 25"), ("3646", "3646"), (None, ""), ("02.35.95.07.25",
        "02 35 95 07 25"), ("+596596502120", "+596596502120"),
    ],
)  # fmt: skip
def test_numbers(number, said):
    assert say_phone(number) == said


# -- text messages ---------------------------------------------------------------------------------


def test_a_message_begins_with_what_matters():
    text = message_of(slip())
    assert messages(text) <= 2
    assert text.splitlines()[:3] == [
        'France services " Plateau de Caux ", à Doudeville',
        "Tel 02 35 95 07 25",
        "Ouvert: mardi 24 novembre, de 9 h à 12 h",
    ]
    assert "10 rue de l'Église, 76560 Doudeville" in text  # « É » is in the alphabet, « ç » is not
    assert "recoit" in text


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=200))
def test_a_message_is_two_at_most(name, address, hours):
    record = place(name=name or "x", address=address or None, hours=None, hours_text=hours or None)
    text = message_of(slip_of(record, Asked.of("demarche=retraite"), on=ON))
    assert len(text) <= MOST
    assert messages(text) <= 2
    assert plain(text) == text


@pytest.mark.parametrize(
    ("hours", "said"),
    [(None, "Horaires inconnus: appelez avant"), ("le matin", "Horaires: le matin")],
)
def test_a_message_does_not_say_open_when_nobody_knows(hours, said):
    assert said in message_of(slip(hours=None, hours_text=hours)).splitlines()


def test_counting_messages():
    assert [messages("a" * count) for count in (1, 160, 161, 306, 307)] == [1, 1, 2, 2, 3]


# -- calendar --------------------------------------------------------------------------------------


def events(content):
    lines = content.decode().replace("\r\n ", "").split("\r\n")
    found, current = [], {}
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            current = {}
        elif line == "END:VEVENT":
            found.append(current)
        else:
            current[name] = value
    return found


def test_hours_are_those_of_the_clocks_of_the_place():
    paris = events(calendar_of(slip(), zone=PARIS, stamp=STAMP))
    there = events(calendar_of(slip(), zone=MARTINIQUE, stamp=STAMP))
    assert paris[0]["DTSTART"] == "20261124T080000Z"
    assert paris[0]["DTEND"] == "20261124T110000Z"
    assert there[0]["DTSTART"] == "20261124T130000Z"
    assert len(paris) == 5
    assert paris[0]["SUMMARY"].startswith("Ouvert : France services")
    assert "aucun rendez-vous n’est pris" in paris[0]["DESCRIPTION"]
    assert len({event["UID"] for event in paris}) == 5


def test_a_day_without_hours_lasts_the_day():
    services = [{"block": "aide", "key": "a", "presences": [{"dates": ["2026-12-31"]}]}]
    record = place(services=services, hours=None)
    told = slip_of(record, Asked.of("besoin=aide"), on=ON, service=0, presence=0)
    (event,) = events(calendar_of(told, zone=PARIS, stamp=STAMP))
    assert event["DTSTART;VALUE=DATE"] == "20261231"
    assert event["DTEND;VALUE=DATE"] == "20270101"


def test_signs_are_escaped():
    told = slip(address="1; rue\nA, B\\C", postcode=None, city=None)
    (event, *_) = events(calendar_of(told, zone=PARIS, stamp=STAMP))
    assert event["LOCATION"] == "1\\; rue\\, A\\, B\\\\C"


@given(st.text(min_size=1, max_size=200), st.text(max_size=200))
def test_a_calendar_is_well_formed(name, address):
    content = calendar_of(slip(name=name, address=address or None), zone=PARIS, stamp=STAMP)
    text = content.decode()
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    bare = text.replace("\r\n ", "")
    for line in bare.split("\r\n")[:-1]:
        assert re.match(r"[A-Z;=-]+:", line), line
    assert "\n" not in bare.replace("\r\n", "")
    assert content == calendar_of(slip(name=name, address=address or None), zone=PARIS, stamp=STAMP)
