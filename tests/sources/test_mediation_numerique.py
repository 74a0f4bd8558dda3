"""Lists of places: the mednum layouts and each known profile, on facsimiles and on real files."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import yaml

from portrea.sources.mediation_numerique import SOURCE
from portrea.sources.mediation_numerique.profiles import profiles, words
from portrea.sources.mediation_numerique.read import read
from portrea.sources.mediation_numerique.to_portrea import part_of, to_loaded, vintage_of
from portrea.sources.peek import peek
from portrea.vocab.hours import is_valid
from portrea.vocab.standards import mednum
from portrea.vocab.tables import PLACES

CASES = Path(__file__).parents[1] / "cases/vocab/mednum.yaml"
BASE = yaml.safe_load(CASES.read_text("utf-8"))["base"]
FS_HEADER = (
    "id_fs,insee_dep,lib_fs,adresse,complement_adresse,insee_com,code_postal,lib_com,latitude,"
    "longitude,mail,telephone,h_lundi,h_mardi,h_mercredi,h_jeudi,h_vendredi,h_samedi,commentaire,"
    "itinerance,format_fs,groupe,labellisation"
)


def write(path: Path, rows: list[dict]) -> Path:
    pl.DataFrame(rows, infer_schema_length=None).write_csv(path)
    return path


def load(path: Path):
    (found,) = peek(path)
    assert SOURCE.recognise(found) >= 0.9
    (loaded,) = SOURCE.load(found)
    assert PLACES.conform(loaded.tables["places"]).equals(loaded.tables["places"])
    return loaded


def test_a_file_of_the_standard(tmp_path):
    path = write(
        tmp_path / "2024-05-02_213501887_lieux-de-mediation-numerique_broceliande.csv", [BASE]
    )
    loaded = load(path)
    place = loaded.tables["places"].row(0, named=True)
    assert place["id"] == "mednum:lieu-1"
    assert place["kind"] == "EPN|MUNI"
    assert place["commune"] == "35188"
    assert place["address"] == "1 place de la Mairie, Rez-de-chaussée"
    assert place["hours"] == "Mo-Fr 09:00-12:00,14:00-17:30; PH off"
    assert place["situations"] == ["information", "equipement", "aide", "formation"]
    assert place["publics"] == ["Seniors", "Jeunes", "Illettrisme", "Langues étrangères (anglais)"]
    assert place["email"] == "accueil@exemple.fr"
    assert place["itinerant"] is False
    assert str(place["updated"]) == "2024-04-02"
    assert loaded.provenance.vintage == "2024-05-02"
    assert loaded.part == "mednum-213501887-lieux-de-mediation-numerique-broceliande"
    assert not loaded.provenance.verified  # the file does not tell its licence


def test_the_json_form_says_the_same(tmp_path):
    record = {k: v for k, v in BASE.items() if v is not None}
    record |= {"latitude": 48.1372, "longitude": -1.957}
    path = tmp_path / "lieux.json"
    path.write_text(json.dumps([record], ensure_ascii=False), "utf-8")
    table = write(tmp_path / "lieux.csv", [BASE])
    assert load(path).tables["places"].equals(load(table).tables["places"])


def test_version_0_1(tmp_path):
    old = {
        "id": "x", "pivot": "00000000000000", "nom": "Médiathèque", "commune": "Guer",
        "code_postal": "56380", "adresse": "2 rue", "latitude": "47,9", "longitude": "-2,12",
        "services": "Devenir autonome dans les démarches administratives;Accéder à du matériel",
        "courriel": "jeanne.martin@exemple.fr;mediatheque@exemple.fr", "telephone": "0612345678",
        "labels_nationaux": "CNFS;Label disparu", "horaires": "Du lundi au vendredi de 9h à 12h",
        "date_maj": "02/04/2022",
    }  # fmt: skip
    loaded = load(write(tmp_path / "lieux_2022.csv", [old]))
    place = loaded.tables["places"].row(0, named=True)
    assert place["siret"] is None
    assert (place["longitude"], place["latitude"]) == (-2.12, 47.9)
    assert place["services"] == [
        "Aide aux démarches administratives", "Accès internet et matériel informatique",
    ]  # fmt: skip
    # the finer 0.1 service « devenir autonome » is training; the adviser adds help
    assert place["situations"] == ["equipement", "aide", "formation"]
    assert place["email"] == "mediatheque@exemple.fr"
    assert place["phone"] is None
    assert place["hours"] == "Mo-Fr 09:00-12:00"
    assert place["hours_text"] == "Du lundi au vendredi de 9h à 12h"
    assert place["programmes"] == ["Conseillers numériques"]
    assert any(r.field == "labels_nationaux" for r in loaded.remarks)


def test_refused_rows_are_listed_with_their_line(tmp_path):
    rows = [BASE, {**BASE, "id": "b", "nom": ""}, {**BASE}]
    loaded = load(write(tmp_path / "lieux.csv", rows))
    assert loaded.tables["places"].height == 1
    assert [(r.row, r.field) for r in loaded.remarks if r.row] == [(3, "nom"), (4, "id")]


def test_france_services_list(tmp_path):
    path = tmp_path / "liste_2023.csv"
    line = (
        "12,35,France services de Guer,1 place,,35125,35380,Plélan,48.0,-2.1,accueil@exemple.fr,"
        "02 99 00 00 00,09:00 - 12:00 / 14:00 - 17:00,,09:00 - 12:00,,,,,Oui,Antenne,,Espace"
    )
    path.write_text(f"{FS_HEADER}\n{line}\n", "utf-8")
    place = load(path).tables["places"].row(0, named=True)
    assert place["id"] == "france-services:12"
    assert place["kind"] == "RFS"
    assert place["hours"] == "Mo 09:00-12:00,14:00-17:00; We 09:00-12:00"
    assert place["hours_text"] == "lundi : 09:00 - 12:00 / 14:00 - 17:00 ; mercredi : 09:00 - 12:00"
    assert place["situations"] == ["information", "equipement", "aide"]
    assert place["itinerant"] is True
    assert place["phone"] == "+33299000000"


def test_ccas_without_staff_are_not_places(tmp_path):
    names = ("code_commune", "a_un_ccas", "charges_fonctionnement", "charges_personnel")
    facts = [("01001", True, 4441.66, 0.0), ("01004", True, 1e5, 9e4), ("01005", False, 0.0, 0.0)]
    rows = [dict(zip(names, fact, strict=True)) for fact in facts]
    path = tmp_path / "ccas.parquet"
    pl.DataFrame(rows).write_parquet(path)
    loaded = load(path)
    assert loaded.tables["places"]["commune"].to_list() == ["01004"]
    assert sum(r.code == "left-out" for r in loaded.remarks) == 2


def test_a_named_person_never_enters(tmp_path):
    row = {
        **BASE,
        "courriels": "jean.dupont@exemple.fr",
        "telephone": "+33612345678",
        "mediateurs": "Jean Dupont",
    }
    place = load(write(tmp_path / "lieux.csv", [row])).tables["places"]
    assert "Dupont" not in str(place.to_dicts())
    assert place["email"].null_count() == place["phone"].null_count() == 1


def test_another_file_is_not_recognised(tmp_path):
    path = write(tmp_path / "autre.csv", [{"id": 1, "nom": "x"}])
    assert SOURCE.recognise(peek(path)[0]) == 0.0


@pytest.mark.parametrize(
    ("name", "latest", "vintage"),
    [
        ("liste_2022-12-01.csv", None, "2022-12-01"),
        ("20240502-producteur-lieux.csv", None, "2024-05-02"),
        ("lieux_2022-12.csv.gz", None, "2022-12"),
        ("lieux_2023.csv", None, "2023"),
        ("lieux.csv", "2024-04-02", "2024-04"),
        ("lieux.csv", None, "s.d."),
    ],
)
def test_vintage(name, latest, vintage):
    assert vintage_of(name, latest) == vintage


def test_words_map_to_known_codes():
    assert all(
        mednum.typology(code) == code
        for value in words("typologie").values()
        for code in value.split("|")
    )
    programmes = mednum.fields()["dispositif_programmes_nationaux"].values
    assert set(words("dispositif").values()) <= set(programmes)
    for profile in profiles():
        assert set(profile.fields) <= set(mednum.fields()), profile.id


REAL = {
    "hdf_lieux_mediation_numerique_standard_2022-12.csv.gz": (1741, 0),
    "france_services_liste_2023.csv.gz": (2707, 0),
    "france_services_cget_2020.csv.gz": (580, 0),
    "antilles_2023.csv.gz": (164, 1),
    "paca_2022.csv.gz": (1241, 4),
}


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_real_files(shared_data, name):
    (found,) = peek(shared_data / "offer_raw" / name)
    file = read(found)
    assert (len(file.accepted), len(file.refused)) == REAL[name]
    loaded = to_loaded(file)
    places = loaded.tables["places"]
    assert places["id"].is_unique().all()
    assert all(is_valid(osm) for osm in places["hours"].drop_nulls())
    assert not places["email"].drop_nulls().str.contains("(?i)prenom").any()
    assert part_of(file) == loaded.part
