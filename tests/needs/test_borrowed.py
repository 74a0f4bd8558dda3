"""Real IRIS and communes whose figures are hidden: what the cells then miss, on real files."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from portrea.needs import load_parameters
from portrea.needs.borrowed import Known, _by_commune, ages_against, compare, structure_errors
from portrea.needs.inputs import find_atoms, read_layers
from portrea.needs.reference import build_reference
from portrea.needs.structure import VARIABLES

FILES = (
    "geo/table_iris_commune_epci_2020.parquet",
    "geo/communes_2025_wgs84.parquet",
    "census/iris_rp2021_age_logement.parquet",
    "census/communes_rp2017_taux_bas_diplome_menage_seul_monoparental_65plus.parquet",
    "census/communes_rp2018_plus2000hab_diplomes_csp_logement.parquet",
    "census/iris_rp2016_age_menages_cs_hlm_irisH.parquet",
    "census/iris_paris_rp2015_diplomes.parquet",
    "poverty/filosofi_communes_2021.parquet",
)
CARD = {
    ("ages of the IRIS", "A1"): ("age_borrowed", "value"),
    ("diplomas of the IRIS", "A1"): ("borrowed", "a1"),
    ("diplomas of the IRIS", "A2"): ("borrowed", "a2"),
    ("counts of the communes", "A1"): ("partial", "a1"),
    ("counts of the communes", "A2"): ("partial", "a2"),
}
"""Where ``uncertainty.yaml`` writes each measured error."""


def _ages(town, code, numbers):
    names = ("0_14", "15_29", "30_44", "45_59", "60_74", "75_plus")
    values = {f"persons_{n}": float(x) for n, x in zip(names, numbers, strict=True)}
    town.figure("iris", code, values, vintage="2016", source="irish")


def test_hidden_iris_get_the_ages_of_their_commune(town):
    """Three IRIS of equal size, one old: without their bands each gets the commune's 75+."""
    for code in ("350010101", "350010102"):
        _ages(town, code, [200, 300, 300, 300, 200, 100])
    _ages(town, "350010103", [100, 100, 200, 200, 300, 500])
    parameters = load_parameters()
    atoms = find_atoms(town.territories, None)
    known = Known(atoms, parameters, build_reference(parameters))
    layers = read_layers(town.observations, VARIABLES)
    summed = [_by_commune(x) if x.has(["persons_75_plus"]) else x for x in layers]
    (row,) = next(x for x in summed if x.has(["persons_75_plus"])).frame.to_dicts()
    assert row["code"] == "35001"
    assert row["persons_75_plus"] == 700.0
    inside = (atoms["commune"] == "35001").alias("x")
    full = known.build(layers, inside, learn=False)
    blind = known.build(sorted(summed, key=lambda x: -x.level), inside, learn=False)
    same = compare(full, full, known.reference)
    assert same["rmse"].fill_nan(0.0).max() == 0.0
    parts = full.ages[:, 11:].sum(1) / full.ages[:, 9:].sum(1)
    assert parts[2] > parts[0] + 0.05
    flat = blind.ages[:, 11:].sum(1) / blind.ages[:, 9:].sum(1)
    assert np.ptp(flat) < 1e-9


@pytest.mark.shared
@pytest.mark.slow
def test_the_declared_errors_are_the_measured_ones(real):
    parameters = load_parameters()
    found = structure_errors(real.territories, real.observations, parameters)
    print(found.to_dicts())
    card = parameters.cards["uncertainty"]["structure"]
    measured = {(r["hidden"], r["figure"]): r["rmse"] for r in found.to_dicts()}
    for key, (name, part) in CARD.items():
        assert measured[key] == pytest.approx(card[name][part], rel=0.15), key


@pytest.mark.shared
@pytest.mark.slow
def test_ages_of_paris_against_counts_never_loaded(real, shared_data):
    """RP 2017 activity of the Paris IRIS, not an input: 15-24, 25-54 and 55-64 of the 15-64."""
    table = pl.read_parquet(shared_data / "census/iris_paris_rp2017_activite.parquet")
    counts = table.select(
        code=pl.col("IRIS").cast(pl.String),
        **{f"{a}-{b}": f"P17_POP{a}{b}" for a, b in ((15, 24), (25, 54), (55, 64))},
    )
    parameters = load_parameters()
    atoms = find_atoms(real.territories, None)
    inside = atoms["code"].is_in(counts["code"].implode())
    known = Known(atoms, parameters, build_reference(parameters))
    built = known.build(read_layers(real.observations, VARIABLES), inside, learn=False)
    found = ages_against(built, atoms.filter(inside), counts)
    print(found.to_dicts())
    assert found["areas"].min() > 800
    assert found["mae"].max() < 0.042
    assert found["bias"].abs().max() < 0.03
