"""Tables of answers and their codebook."""

from __future__ import annotations

from portrea.surveys.exchange import read_tables
from portrea.surveys.exporting import MAIN, Told, answer_sheets, codebook
from portrea.surveys.models import sheets_of
from portrea.surveys.xlsform import read_sheets

KEY = "uuid:7c7e2f8e-8f0e-4d5b-9b3a-0d8f4f2d1a01"
OLD = {
    "settings": {"form_title": "Foyers", "form_id": "foyers", "version": "1"},
    "survey": [
        {"type": "select_one oui", "name": "aide", "label": "Aidé ?"},
        {"type": "text", "name": "ancien", "label": "Ancienne question"},
        {"type": "note", "name": "merci", "label": "Merci"},
    ],
    "choices": {"oui": {"oui": "Oui", "non": "Non", "parfois": "Parfois"}},
}
NEW = {
    "settings": {"form_title": "Foyers", "form_id": "foyers", "version": "2"},
    "survey": [
        {"type": "begin_group", "name": "foyer", "label": "Le foyer"},
        {"type": "select_one oui", "name": "aide", "label": "Êtes-vous aidé·e ?", "required": True},
        {"type": "begin_repeat", "name": "personne", "label": "Une personne"},
        {"type": "integer", "name": "age", "label": "Son âge"},
        {"type": "begin_repeat", "name": "compte", "label": "Un compte"},
        {"type": "text", "name": "ou", "label": "Chez qui"},
        {"type": "end_repeat"},
        {"type": "end_repeat"},
        {"type": "end_group"},
    ],
    "choices": {"oui": {"oui": "Oui, souvent", "non": "Non"}},
}  # fmt: skip
FIRST, SECOND = read_sheets(sheets_of(OLD)).form, read_sheets(sheets_of(NEW)).form
TOLD = [
    Told(KEY, SECOND, {"aide": "oui", "personne": [
        {"age": "70", "compte": [{"ou": "Caf"}, {"ou": "Impôts"}]}, {"age": "9", "compte": []},
    ]}, {"canal": "web"}),
    Told("uuid:2", FIRST, {"aide": "parfois", "ancien": "x"}, {"canal": "papier"}),
]  # fmt: skip


def test_each_repeat_has_its_table_tied_to_the_row_it_stands_in() -> None:
    main, people, accounts = answer_sheets(TOLD, [SECOND, FIRST])
    assert main.name == MAIN
    assert main.columns == ("KEY", "canal", "aide", "ancien")
    assert main.rows == ((KEY, "web", "oui", ""), ("uuid:2", "papier", "parfois", "x"))
    assert people.rows == ((KEY, f"{KEY}/personne[1]", "70"), (KEY, f"{KEY}/personne[2]", "9"))
    assert [row[0] for row in accounts.rows] == [f"{KEY}/personne[1]"] * 2
    assert [row[-1] for row in accounts.rows] == ["Caf", "Impôts"]


def test_the_codebook_says_each_column_and_every_choice_of_every_version() -> None:
    rows = codebook([SECOND, FIRST]).rows
    assert rows[0] == (
        MAIN, "aide", "un seul choix", "Êtes-vous aidé·e ?", "Le foyer", "oui", "", "", "", "2 1",
    )  # fmt: skip
    assert [row[7:9] for row in rows[1:4]] == [
        ("oui", "Oui, souvent"), ("non", "Non"), ("parfois", "Parfois"),
    ]  # fmt: skip
    assert ("personne", "age", "nombre entier") in [row[:3] for row in rows]
    assert "merci" not in [row[1] for row in rows]


def test_what_is_exported_is_imported_the_same() -> None:
    """Repeats of repeats too."""
    whole = answer_sheets(TOLD[:1], [SECOND])
    tables = {
        sheet.name: [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]
        for sheet in whole
    }
    repeats = {name: rows for name, rows in tables.items() if name != MAIN}
    found = read_tables(SECOND, tables[MAIN], repeats)
    assert list(found.answers.values()) == [TOLD[0].answers]
