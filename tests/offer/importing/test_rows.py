"""Rows → places: worked lists, nothing lost, nothing personal, refused rows sent again."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.offer.content import from_dict as place_from_dict
from portrea.offer.content import to_dict
from portrea.offer.importing.guessing import guess_mapping
from portrea.offer.importing.mapping import Mapping, Rule, from_dict
from portrea.offer.importing.outcome import LINE, REASON, Severity, by_severity
from portrea.offer.importing.profiles import choose_mapping, profiles
from portrea.offer.importing.rows import import_rows
from portrea.sources.lists.limits import load_limits
from portrea.sources.lists.table import ListFile, build

LISTS = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/offer/importing/rows.yaml").read_text("utf-8")
)["lists"]
TODAY = dt.date(2026, 11, 22)


def listing(columns, rows) -> ListFile:
    table = [list(columns), *([str(cell) for cell in row] for row in rows)]
    return build(table, load_limits(), name="essai.csv", container="csv", header=1)


def imported(columns, rows, mapping=None, **options):
    opened = listing(columns, rows)
    chosen = mapping or guess_mapping(opened.columns, opened.rows, source="essai")
    return import_rows(opened, chosen, today=TODAY, **options)


def of_case(case):
    mapping = None
    if "mapping" in case:
        mapping = from_dict({"id": "essai", "source": "essai", "fields": case["mapping"]})
    return imported(case["columns"], case["rows"], mapping)


def plain(value):
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("case", LISTS, ids=lambda case: case["name"])
def test_list(case):
    result = of_case(case)
    assert list(result.accepted) == case["accepted"]
    assert {row.line: row.reasons[0].code for row in result.refused} == case["refused"]
    assert result.read == len(case["rows"])
    for place, wanted in zip(result.places, case["places"], strict=True):
        assert {name: plain(getattr(place, name)) for name in wanted} == wanted
    told = {place.name: [service.key for service in place.services] for place in result.places}
    assert told == case["services"]
    found = {}
    for (_, kind), count in result.people.counts.items():
        found[kind] = found.get(kind, 0) + count
    assert found == case.get("people", {})


@pytest.mark.parametrize("case", LISTS, ids=lambda case: case["name"])
def test_what_services_hold(case):
    by_name = {place.name: place for place in of_case(case).places}
    for name, wanted in case.get("capacity", {}).items():
        capacity = by_name[name].services[0].capacity
        assert {part: getattr(capacity, part) for part in wanted} == wanted
    for name, wanted in case.get("presences", {}).items():
        (presence,) = by_name[name].services[0].presences
        assert {part: getattr(presence, part) for part in wanted} == wanted
    for name, wanted in case.get("helpers", {}).items():
        helpers = [h for service in by_name[name].services for h in service.helpers]
        assert {helper.role: helper.count for helper in helpers} == wanted


@pytest.mark.parametrize("case", LISTS, ids=lambda case: case["name"])
def test_places_are_sound_records(case):
    for place in of_case(case).places:
        assert place_from_dict(json.loads(json.dumps(to_dict(place)))) == place


def test_the_refused_rows_can_be_mended_and_sent_again():
    columns = ["nom", "ville", "note", "prénom"]
    rows = [
        ["A", "Rennes", "x", ""],
        ["", "Brest", "=HYPERLINK(1)", "Marie"],
        ["B", "", "-1.5", ""],
    ]
    first = imported(columns, rows)
    header, kept = first.to_mend()
    assert header == (*columns, REASON, LINE)
    assert [row[-1] for row in kept] == ["3", "4"]
    assert kept[0][2] == "'=HYPERLINK(1)"  # no spreadsheet runs it
    assert kept[0][3] == ""  # a first name is not written again
    assert kept[1][2] == "-1.5"
    mended = [["C", *kept[0][1:]], [kept[1][0], "Lille", *kept[1][2:]]]
    again = imported(header, mended)
    assert [place.name for place in again.places] == ["C", "B"]
    assert not again.refused


def test_rows_longer_than_the_header_are_refused():
    result = imported(["nom", "ville"], [["A", "Rennes"], ["B", "Rennes", "décalé"]])
    assert [row.reasons[0].code for row in result.refused] == ["extra-cells"]
    assert result.read == 2


def test_personal_data_may_refuse_the_file():
    rows = [["A", "Rennes", "marie.dupont@test.fr"]]
    with pytest.raises(DataError, match="données personnelles") as caught:
        imported(["nom", "ville", "mail"], rows, strict_people=True)
    assert "dupont" not in str(caught.value)
    assert caught.value.diagnostics[0].row == 2
    imported(["nom", "ville", "mail"], [["A", "Rennes", "contact@test.fr"]], strict_people=True)


def test_no_personal_word_is_left_in_the_record_nor_in_the_faults():
    columns = [
        "nom",
        "ville",
        "mail",
        "référent",
        "portable du référent",
        "description",
        "horaires",
    ]
    rows = [
        [
            "Mairie",
            "Rennes",
            "zoe.kermadec@x.fr",
            "Zoé Kermadec",
            "06 11 22 33 44",
            "Appeler Mme Kermadec au 06 11 22 33 44.",
            "Voir M. Kermadec",
        ]
    ]
    result = imported(columns, rows)
    told = json.dumps(to_dict(result.places[0]), ensure_ascii=False) + "".join(
        map(str, result.faults)
    )
    told += " ".join(result.people.sentences())
    assert "ermadec" not in told
    assert "11 22 33 44" not in told


def test_a_file_that_is_not_a_list_of_places():
    with pytest.raises(DataError, match="champ"):
        imported(["x", "y"], [["1", "2"], ["3", "4"]])
    with pytest.raises(DataError, match="vocabulaire"):
        imported(["numéro", "catégorie", "sous-catégorie", "service"], [["1", "a", "b", "c"]],
                 next(p for p in profiles() if p.id == "aptic"))  # fmt: skip


def test_conditions_of_a_profile_leave_rows_out_and_say_so():
    mapping = from_dict(
        {"id": "p", "fields": {"name": "nom", "city": "ville"}, "only": {"genre": ["lieu"]},
         "without": {"ville": ["Brest"]}, "positive": ["n"], "holds": {"note": ["num"]}}
    )  # fmt: skip
    columns = ["nom", "ville", "genre", "n", "note"]
    rows = [
        ["A", "Rennes", "lieu", "1", "numérique"],
        ["B", "Rennes", "autre", "1", "num"],
        ["C", "Brest", "Lieu", "1", "num"],
        ["D", "Rennes", "lieu", "0", "num"],
        ["E", "Rennes", "lieu", "2", ""],
    ]
    result = imported(columns, rows, mapping)
    assert [place.name for place in result.places] == ["A"]
    assert [row.line for row in result.left_out] == [3, 4, 5, 6]
    assert all("hors de la liste" in row.reasons[0].message for row in result.left_out)


def test_services_are_attached_to_places_told_elsewhere():
    places = imported(["id", "nom", "ville"], [["1", "A", "Rennes"]])
    known = {place.id: place for place in places.places}
    mapping = Mapping(
        "s",
        "S",
        "essai",
        (Rule("id", ("lieu",)), Rule("service.name", ("nom",)), Rule("block", ("bloc",))),
        attach=True,
    )
    rows = [["1", "Atelier", "formation"], ["9", "Perdu", "aide"], ["1", "Sans bloc", "?"]]
    result = imported(["lieu", "nom", "bloc"], rows, mapping, known=known)
    assert [row.reasons[0].code for row in result.refused] == ["unknown-place", "no-block"]
    (place,) = result.places
    assert [service.key for service in place.services] == ["atelier"]


def test_severities():
    result = imported(["nom", "cp", "tel"], [["A", "1000", "x"], ["", "35000", "02 99 00 00 00"]])
    assert by_severity(result.faults) == {
        Severity.REFUSED: 1,
        Severity.LEFT_ASIDE: 1,
        Severity.WARNING: 1,
    }
    assert "valeur laissée de côté" in " ".join(map(str, result.faults))


@pytest.mark.parametrize(
    ("told", "osm", "text", "sure"),
    [
        ("Mo-Fr 09:00-12:00", "Mo-Fr 09:00-12:00", None, True),
        ('[["lundi","mardi",[["09:00:00","12:00:00"]]]]', "Mo-Tu 09:00-12:00", None, True),
        (
            "Du lundi au mardi de 9h à 12h",
            "Mo-Tu 09:00-12:00",
            "Du lundi au mardi de 9h à 12h",
            False,
        ),
        ("selon la saison", None, "selon la saison", False),
    ],
)
def test_hours_keep_what_was_published(told, osm, text, sure):
    fields = {"name": "nom", "city": "ville", "hours": "horaires"}
    mapping = from_dict({"id": "p", "fields": fields})
    (place,) = imported(list(fields.values()), [["Mairie", "Rennes", told]], mapping).places
    assert (place.hours, place.hours_text, place.hours_confirmed) == (osm, text, sure)


# -- profiles --------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", profiles(), ids=lambda p: p.id)
def test_shipped_profile(profile):
    """Every column a profile reads is written as its producer writes it, and saves as itself."""
    assert (
        from_dict(yaml.safe_load(yaml.safe_dump(profile.to_dict(), allow_unicode=True))) is not None
    )
    again = from_dict(profile.to_dict())
    assert again.rules == profile.rules
    assert profile.refuse or profile.rule("name") or profile.attach
    assert profile.signature


def test_a_saved_profile_wins_and_is_recognised_by_its_header():
    opened = listing(["nom", "ville", "zzz"], [["A", "Rennes", "hop"]])
    guessed = guess_mapping(opened.columns, opened.rows, source="mairies")
    mine = from_dict({**guessed.corrected({"zzz": "detail"}).to_dict(), "id": "le-mien"})
    other = listing(["zzz", "ville", "nom", "en plus"], [["hop", "Brest", "B", ""]])
    chosen = choose_mapping(other, [mine])
    assert chosen.id == "le-mien"
    assert import_rows(other, chosen, today=TODAY).places[0].detail == "hop"


@pytest.mark.parametrize(
    "card",
    [
        {"fields": {"absent": "x"}},
        {"fields": {"name": {"colonne": "x"}}},
        {"fields": {"services.cuisine.offered": "x"}},
        {"fields": {"services.aide.recette": "x"}},
        {"champs": {}},
        {"fields": []},
        {"fields": {"name": "x"}, "only": ["x"]},
        [],
    ],
)
def test_a_bad_profile_is_refused(card):
    with pytest.raises(DataError):
        from_dict(card)


# -- security --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "@SUM(1)",
        "javascript:alert(1)",
        "\x00\x01",
        "a" * 60_000,
        "9" * 400,
        "{{ 7*7 }}",
        "'; DROP TABLE place; --",
        "../../etc/passwd",
        "\ud800",
        "\u202eevil",
    ],
    ids=range(12),
)
def test_hostile_cells_stay_text_or_are_refused(hostile):
    columns = [
        "id",
        "nom",
        "ville",
        "site",
        "tel",
        "mail",
        "horaires",
        "siret",
        "cp",
        "latitude",
        "longitude",
        "description",
        "date_maj",
        "tarif",
    ]
    result = imported(columns, [[hostile] * len(columns), ["1", "A", "Rennes", *[hostile] * 11]])
    assert result.read == 2
    for place in result.places:
        assert all(
            site.startswith(("http://", "https://")) and "<" not in site for site in place.websites
        )
        assert place.latitude is None
        json.dumps(to_dict(place)).encode("utf-8")


CELLS = st.text(max_size=25) | st.sampled_from(
    [
        "Mairie",
        "35000",
        "Rennes",
        "9h-12h",
        "oui",
        "non",
        "02 99 00 00 00",
        "48.1",
        "-1.7",
        "",
        "=1",
        "2024-01-01",
    ]
)
HEADERS = [
    "id",
    "nom",
    "adresse",
    "cp",
    "ville",
    "code_insee",
    "latitude",
    "longitude",
    "téléphone",
    "mail",
    "site",
    "horaires",
    "lundi",
    "services",
    "tarif",
    "être_aidé",
    "référent",
    "description",
    "siret",
    "date_maj",
]


@given(
    st.lists(st.lists(CELLS, min_size=len(HEADERS), max_size=len(HEADERS)), min_size=1, max_size=6)
)
def test_whatever_the_cells_every_row_is_told(rows):
    result = imported(HEADERS, rows)
    assert result.read == len(rows)
    known = {line for lines in result.lines.values() for line in lines}
    assert known == set(result.accepted)
    for place in result.places:
        assert place_from_dict(to_dict(place)) == place
