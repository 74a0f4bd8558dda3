"""The mednum standard: our cases, the shared ones, and frictionless with the official schema."""

from __future__ import annotations

import csv
import json
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portrea.vocab.standards import mednum
from portrea.vocab.standards.mednum_check import check_beyond, check_record, check_schema
from portrea.vocab.standards.mednum_repair import check_rows, from_legacy, repair

RAW = yaml.safe_load((Path(__file__).parents[1] / "cases/vocab/mednum.yaml").read_text("utf-8"))
CASES = RAW["cases"]


def record_of(case) -> dict[str, str | None]:
    return {**dict.fromkeys(mednum.fields()), **RAW["base"], **case["change"]}


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_schema_verdict(case):
    faults = [fault.field for fault in check_schema(record_of(case))]
    assert faults == ([case["schema"]] if case["schema"] else [])


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_what_the_schema_forgets(case):
    assert {fault.field for fault in check_beyond(record_of(case))} == set(case["beyond"])


@pytest.mark.parametrize(
    "case", [c for c in CASES if "repaired" in c], ids=[c["name"] for c in CASES if "repaired" in c]
)
def test_repair(case):
    mended = repair(record_of(case))
    assert {name: mended[name] for name in case["repaired"]} == case["repaired"]


def test_a_repaired_record_is_clean_or_refused():
    for case in CASES:
        mended = repair(record_of(case))
        spelled = {
            name: "|".join(map(mednum.schema_spelling, value.split("|"))) if value else None
            for name, value in mended.items()
        }
        left = {fault.field for fault in check_schema(spelled)}
        assert left <= {"pivot", "telephone"}, case["name"]


def test_every_fault_says_where_what_and_how_to_mend():
    for case in CASES:
        for fault in check_record(record_of(case), row=7):
            assert fault.row == 7
            assert fault.field
            assert fault.message
            assert fault.remedy, case["name"]


def test_there_are_32_fields_in_the_order_of_the_standard():
    names = list(mednum.fields())
    assert len(names) == 32
    assert (names[0], names[8], names[9], names[-1]) == ("id", "latitude", "longitude", "prise_rdv")


def test_vocabularies_are_nfc_with_straight_apostrophes():
    for field in mednum.fields().values():
        for value in field.values:
            assert unicodedata.is_normalized("NFC", value)
            assert "’" not in value
            assert mednum.value_of(field.name, value) == value


def test_rows_without_name_place_or_identifier_are_refused_and_said():
    base = record_of({"change": {}})
    nowhere = dict.fromkeys(("code_insee", "latitude", "longitude", "code_postal"))
    rows = [
        base,
        {**base, "nom": None, "id": "b"},
        {**base, **nowhere, "id": "c"},
        base,
        {**base, "id": None},
    ]
    checked = check_rows(rows)
    assert [c.row for c in checked] == [2, 3, 4, 5, 6]
    assert [c.refusal.field if c.refusal else None for c in checked] == [
        None, "nom", "code_insee", "id", "id",
    ]  # fmt: skip
    assert "ligne 2" in str(checked[3].refusal)


def test_a_mended_value_is_shown_to_the_user():
    case = next(c for c in CASES if c["name"] == "national phone")
    fault = check_rows([record_of(case)])[0].faults[0]
    assert "+33299000000" in (fault.remedy or "")


def test_version_0_1_is_converted():
    old = {
        "id": "x", "nom": "Lieu", "courriel": "a@exemple.fr;b@exemple.fr",
        "services": "Accéder à du matériel;Prendre en main un ordinateur;Danser",
        "publics_accueillis": "Seniors (+ 65 ans);Surdité;Adultes",
        "conditions_acces": "Adhésion : L’accès au lieu et/ou à ses services nécessite d’y adhérer",
        "labels_nationaux": "CNFS;Fabriques de Territoire;APTIC",
        "modalites_accompagnement": "Seul : j'ai accès à du matériel et une connexion",
        "cle_ban": "35188_xxxx",
    }  # fmt: skip
    new, faults = from_legacy(old)
    assert new["courriels"] == "a@exemple.fr|b@exemple.fr"
    assert new["services"] == (
        "Accès internet et matériel informatique|Maîtrise des outils numériques du quotidien"
    )
    assert new["publics_specifiquement_adresses"] == "Seniors"
    assert new["prise_en_charge_specifique"] == "Surdité"
    assert new["frais_a_charge"] == "Payant"
    assert new["dispositif_programmes_nationaux"] == "Conseillers numériques"
    assert new["formations_labels"] == "Fabriques de Territoire"
    assert new["modalites_accompagnement"] == "En autonomie"
    assert "cle_ban" not in new
    assert [(fault.field, fault.value) for fault in faults] == [("services", "Danser")]
    assert mednum.is_legacy(tuple(old))
    assert not mednum.is_legacy(tuple(mednum.fields()))


def test_kind_labels():
    assert mednum.kind_label("MUNI") == "Mairie"
    assert mednum.kind_label("TIERS_LIEUX|ASSO") == "Tiers-lieu, Association"
    assert mednum.kind_label(None) == "Lieu"
    assert mednum.kind_label("MDH") == "MDH"  # no published label: the code, not a guess


# -- shared files: the cases of the reference, and frictionless as oracle


@pytest.mark.shared
def test_the_shared_cases_agree(shared_reference):
    path = shared_reference / "standards/mednum/exemples-valides-et-invalides.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 35
    for row in rows:
        expected, cells = row.pop("attendu"), dict(row)
        name = cells.pop("cas")
        faults = [f.field for f in check_schema({k: v or None for k, v in cells.items()})]
        assert faults == ([] if expected.startswith("ok") else [expected.split()[1]]), name


@pytest.fixture(scope="module")
def official(request):
    folder = request.getfixturevalue("shared_reference") / "standards/mednum"
    frictionless = pytest.importorskip("frictionless")
    schema = json.loads((folder / "schema-1.0.2.json").read_text("utf-8"))

    def verdict(record):
        names = [field["name"] for field in schema["fields"]]
        assert names == list(mednum.fields())
        data = [names, [record[name] or "" for name in names]]
        report = frictionless.Resource(
            data, schema=frictionless.Schema.from_descriptor(schema)
        ).validate()
        return sorted({names[e[0] - 1] for e in report.flatten(["fieldNumber"])})

    return verdict


@pytest.mark.shared
@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_frictionless_agrees_on_our_cases(official, case):
    assert official(record_of(case)) == ([case["schema"]] if case["schema"] else [])


def mutations():
    fields = mednum.fields()
    listed = [name for name, field in fields.items() if field.values]
    good = st.sampled_from(listed).flatmap(
        lambda name: st.tuples(
            st.just(name),
            st.lists(st.sampled_from(fields[name].values), min_size=1, max_size=3).flatmap(
                lambda vs: st.sampled_from(["|", ";", " | ", "||"]).map(lambda sep: sep.join(vs))
            ),
        )
    )
    text = st.text("0123456789+AB2W.,-/ |h:", min_size=1, max_size=16).filter(
        lambda t: t.strip() == t
    )
    free = st.tuples(
        st.sampled_from(["pivot", "code_postal", "code_insee", "telephone", "presentation_resume"]),
        text,
    )
    return st.one_of(good, free)


@pytest.mark.shared
@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mutation=mutations())
def test_frictionless_agrees_on_random_records(official, mutation):
    name, value = mutation
    record = {**record_of({"change": {}}), name: value}
    assert official(record) == sorted(f.field for f in check_schema(record))
