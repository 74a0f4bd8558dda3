from __future__ import annotations

import polars as pl
import pytest

from portrea.territory.naming import normalise, normalise_all, of_commune, of_departement


@pytest.mark.parametrize(
    ("name", "reduced"),
    [
        ("St-Méen-le-Grand", "saint meen le grand"),
        ("Ste Anne", "sainte anne"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("Œuf-en-Ternois", "oeuf en ternois"),
        ("  ", ""),
        ("Y", "y"),
    ],
)
def test_normalise(name, reduced):
    assert normalise(name) == reduced


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("Le Mans", "72181", "du Mans"),
        ("Les Mureaux", "78440", "des Mureaux"),
        ("La Rochelle", "17300", "de La Rochelle"),
        ("L'Haÿ-les-Roses", "94038", "de L’Haÿ-les-Roses"),
        ("Évreux", "27229", "d’Évreux"),
        ("Hennebont", "56083", "d’Hennebont"),
        ("Haguenau", "67180", "de Haguenau"),
        ("Lens", "62498", "de Lens"),
    ],
)
def test_of_commune(name, code, words):
    assert of_commune(name, code) == words


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("Ain", "01", "de l’Ain"),
        ("Nord", "59", "du Nord"),
        ("Côtes-d'Armor", "22", "des Côtes-d’Armor"),
        ("Eure-et-Loir", "28", "d’Eure-et-Loir"),
        ("Paris", "75", "de Paris"),
    ],
)
def test_of_departement(name, code, words):
    assert of_departement(name, code) == words


@pytest.mark.shared
def test_one_name_or_all_names_are_reduced_alike(shared_reference):
    path = shared_reference / "standards/cog/communes_2026.csv"
    names = pl.read_csv(path, infer_schema=False)["nom"].unique()
    assert normalise_all(names).to_list() == [normalise(name) for name in names]


@pytest.mark.shared
def test_elision_follows_the_official_articles(shared_reference):
    """Against INSEE's own code of article (TNCC) for every commune without an article."""
    path = shared_reference / "standards/cog/communes_2026.csv"
    rows = pl.read_csv(path, infer_schema=False).filter(
        (pl.col("type") == "COM") & pl.col("type_liaison_nom").is_in(["0", "1"])
    )
    wrong = [
        name
        for code, name, tncc in rows.select("code", "nom", "type_liaison_nom").iter_rows()
        if of_commune(name, code).startswith("d’") != (tncc == "1")
    ]
    assert len(wrong) <= 20, wrong
