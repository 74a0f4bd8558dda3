# ruff: noqa: E501 - rows of a list are long
"""Thousands of damaged files and rows: a French refusal or a full account, never a crash."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import random
import zipfile

import openpyxl
import pytest

from portrea.base.errors import DataError
from portrea.offer.content import from_dict, to_dict
from portrea.offer.importing.profiles import choose_mapping
from portrea.offer.importing.rows import import_rows
from portrea.sources.lists import read_list
from portrea.sources.lists.writing import csv_text

TODAY = dt.date(2026, 11, 22)
MUTATIONS = 10_000
"""Files and rows damaged, both counted: a file holds one row or more."""
FILES = MUTATIONS // 2
HEADER = ("id", "nom", "adresse", "code postal", "ville", "code insee", "latitude", "longitude", "téléphone", "courriel",
          "site web", "horaires", "lundi", "services", "tarif", "être aidé", "être aidé : heures par semaine",
          "référent", "description", "siret", "date_maj", "géolocalisation", "labels")  # fmt: skip
ROWS = [
    ("1", "Mairie de Bourg", "1 rue du Test", "01000", "Bourg", "01053", "46.2", "5.22", "04 74 00 00 00", "mairie@bourg.fr",
     "https://bourg.fr", "Mo-Fr 09:00-12:00", "9h-12h", "Aide aux démarches administratives", "Gratuit", "oui", "12",
     "Mme X", "Au rez-de-chaussée ; entrée par la cour", "21010053300012", "2024-01-02", "46.2, 5.22", "France Services"),
    ("2", "Médiathèque « L’Isle »", "Place de l’Église", "35290", "Saint-Méen", "35297", "48,19", "-2,19", "02.99.00.00.00",
     "contact@test.fr", "www.test.fr", "Du lundi au vendredi de 9h à 12h", "fermé", "Prendre en main un ordinateur;Accéder à du matériel",
     "10 €", "non", "", "", "Wi-Fi\nPostes", "1", "02/04/2024", "POINT(-2.19 48.19)", "CNFS"),
    ("3", "Bus numérique", "", "2A004", "Ajaccio", "2A004", "6789000", "352000", "+33612345678", "a@b", "javascript:alert(1)",
     "=1+1", "24h/24", "?", "", "x", "3 h 30", "Jean", "<b>Itinérant</b>", "2,1E+13", "43953", "{}", "Orange"),
]  # fmt: skip
NASTY = ("", "\x00", "\ufffd", "\u202e", "é" * 300, '"', '""', "'", ";", ",", "\n", "\r\n", "\t", "=cmd|' /C calc'!A0", "<svg/onload=alert(1)>",
         "9" * 50, "-1", "1e400", "NaN", "null", "[]", "{}", "0000", "99/99/9999", "24:61", "25h00-26h00", "Mo-Fr 99:00", "((((", "\\", "\ud7ff", "🏠",
         "data:text/html,x", "2 80 01 35 188 001 80", "marie.dupont@x.fr", "06 12 34 56 78 (Marie)", "https://" + "a" * 900, "#REF!")  # fmt: skip


def mutated_rows(rng: random.Random) -> list[list[str]]:
    rows = [list(HEADER), *([*rng.choice(ROWS)] for _ in range(rng.randint(1, 6)))]
    for _ in range(rng.randint(1, 12)):
        row = rng.choice(rows[1:] if rng.random() < 0.8 else rows)
        at = rng.randrange(len(row)) if row else 0
        choice = rng.randrange(6)
        if choice == 0 and row:
            row[at] = rng.choice(NASTY)
        elif choice == 1 and row:
            row[at] = row[at] + rng.choice(NASTY)
        elif choice == 2 and row:
            row[at] = row[at][: rng.randrange(len(row[at]) + 1)]
        elif choice == 3 and row:
            del row[at]
        elif choice == 4:
            row.insert(at, rng.choice(NASTY))
        elif row:
            other = rng.randrange(len(row))
            row[at], row[other] = row[other], row[at]
    return rows


def mutated_bytes(content: bytes, rng: random.Random) -> bytes:
    raw = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(raw)) if raw else 0
        choice = rng.randrange(5)
        if choice == 0 and raw:
            raw[at] = rng.randrange(256)
        elif choice == 1:
            raw[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 9)))
        elif choice == 2:
            del raw[at : at + rng.randint(1, 30)]
        elif choice == 3:
            raw = raw[: rng.randrange(len(raw) + 1)]
        else:
            raw[at:at] = raw[at : at + rng.randint(1, 60)]
    return bytes(raw)


def as_workbook(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(
            [openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", c).replace("=", "≈") for c in row]
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_zip(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def content_of(rows: list[list[str]], form: str) -> tuple[str, bytes]:
    text = csv_text(rows[0], rows[1:])
    plain = text.encode("utf-8", "replace")
    objects = [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]
    forms = {
        "csv": lambda: ("l.csv", plain),
        "json": lambda: ("l.json", json.dumps(objects).encode()),
        "cp1252": lambda: ("l.csv", text.encode("cp1252", "replace")),
        "utf-16": lambda: ("l.csv", text.encode("utf-16", "replace")),
        "xlsx": lambda: ("l.xlsx", as_workbook(rows)),
        "gz": lambda: ("l.csv.gz", gzip.compress(plain, 1)),
        "zip": lambda: ("l.zip", as_zip("l.csv", plain)),
    }
    return forms[form]()


def judge(path) -> str:
    """Import a file; return what became of it, having checked that no row is lost."""
    try:
        listing = read_list(path)
        result = import_rows(listing, choose_mapping(listing), today=TODAY)
    except DataError as error:
        return "refused" if error.message else "without a word"
    told = len(result.accepted) + len(result.refused) + len(result.left_out)
    assert told == len(listing.rows)
    assert result.read == len(listing.rows) + listing.empty
    lines = [*result.accepted, *(row.line for row in (*result.refused, *result.left_out))]
    assert sorted(lines) == sorted(listing.lines)
    for place in result.places:
        assert from_dict(json.loads(json.dumps(to_dict(place)))) == place
        assert all(site.startswith(("http://", "https://")) for site in place.websites)
    columns, rows = result.to_mend()
    csv_text(columns, rows).encode()
    return "imported"


def run(tmp_path, seeds, damage: bool) -> dict[str, int]:
    fates: dict[str, int] = {}
    for seed in seeds:
        rng = random.Random(seed)
        forms = (
            ["csv"] * 12
            + ["cp1252", "utf-16", "json", "json", "gz", "zip"]
            + ["xlsx"] * (seed % 10 == 0)
        )
        name, content = content_of(mutated_rows(rng), rng.choice(forms))
        path = tmp_path / name
        path.write_bytes(mutated_bytes(content, rng) if damage else content)
        try:
            fate = judge(path)
        except Exception as error:
            error.add_note(f"seed {seed}, {name}, damage={damage}")
            raise
        fates[fate] = fates.get(fate, 0) + 1
    return fates


@pytest.mark.slow
def test_damaged_sheets_inside_a_sound_archive(tmp_path):
    """The spreadsheet reader itself, fed with broken XML under a right checksum."""
    sound = as_workbook([list(HEADER), *map(list, ROWS)])
    with zipfile.ZipFile(io.BytesIO(sound)) as archive:
        members = {item.filename: archive.read(item) for item in archive.infolist()}
    names = [name for name in members if name.endswith((".xml", ".rels"))]
    for seed in range(800):
        rng = random.Random(seed)
        chosen = rng.choice(names)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, mutated_bytes(content, rng) if name == chosen else content)
        path = tmp_path / "l.xlsx"
        path.write_bytes(stream.getvalue())
        assert judge(path) in ("refused", "imported"), seed


def test_a_few_damaged_files(tmp_path):
    fates = run(tmp_path, range(120), damage=True)
    assert set(fates) == {"refused", "imported"}
    assert run(tmp_path, range(200, 260), damage=False)["imported"] > 30


@pytest.mark.slow
@pytest.mark.parametrize("damage", [False, True])
@pytest.mark.parametrize("part", range(4))
def test_ten_thousand_damaged_files_and_rows(tmp_path, damage, part):
    count = FILES // 8
    first = 1_000_000 * part + 500_000 * damage
    fates = run(tmp_path, range(first, first + count), damage=damage)
    assert sum(fates.values()) == count
    assert fates["imported"] > count // 10
