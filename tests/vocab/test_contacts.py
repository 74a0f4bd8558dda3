"""Contacts of places are kept, those of persons never."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import yaml

from portrea.vocab.contacts import international_phone, place_email, place_phone

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/vocab/contacts.yaml").read_text("utf-8"))


def test_emails():
    frame = pl.DataFrame({"email": [case["email"] for case in CASES["emails"]]})
    kept = frame.select(place_email("email"))["email"].to_list()
    assert kept == [case["email"] if case["kept"] else None for case in CASES["emails"]]


def test_phones():
    frame = pl.DataFrame({"phone": [case["phone"] for case in CASES["phones"]]})
    kept = frame.select(place_phone("phone"))["phone"].to_list()
    assert kept == [case["phone"] if case["kept"] else None for case in CASES["phones"]]


def test_national_numbers_become_international():
    frame = pl.DataFrame({"phone": ["02 99 00 00 00", "0262 12 34 56", "30 13", "abc", None]})
    assert frame.select(international_phone("phone"))["phone"].to_list() == [
        "+33299000000",
        "+262262123456",
        "3013",
        None,
        None,
    ]
