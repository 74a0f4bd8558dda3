"""Make the extract of published figures of the pilot territory (Pays de Brocéliande).

Usage: ``python scripts/extract_broceliande.py ../shared/data`` writes
``src/portrea/sources/broceliande/data/broceliande.csv``. The figures come from the same readers as
``portrea data add``: secrecy, rounding and arrondissements are handled there.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from portrea.sources.loading import load_path

OUTPUT = Path(__file__).parents[1] / "src/portrea/sources/broceliande/data/broceliande.csv"
EPCI = ("243500618", "200038990", "243500550")
TERRIBOT = "tableaux recodés par l’observatoire des communes (terribot)"


@dataclass(frozen=True)
class Part:
    """A file of the shared data, the vintage kept, and how the extract cites it."""

    file: str
    vintage: str
    producer: str
    title: str
    variables: tuple[str, ...] | None = None


PARTS = (
    Part(
        "census/communes_rp2018_plus2000hab_diplomes_csp_logement.parquet",
        "2018",
        "INSEE",
        "Recensement 2018, communes de plus de 2 000 habitants : âges, diplômes, logement",
    ),
    Part(
        "census/communes_rp2017_taux_bas_diplome_menage_seul_monoparental_65plus.parquet",
        "2017",
        "INSEE",
        "Recensement 2017, taux communaux (au plus CAP-BEP, 65 ans ou plus, ménages)",
    ),
    Part(
        "census/iris_rp2016_age_menages_cs_hlm_irisH.parquet",
        "2016",
        "INSEE",
        "Recensement 2016, IRIS d’habitat : âges et ménages",
    ),
    Part(
        "census/iris_rp2020_part_menages_sans_voiture.parquet",
        "2020",
        "INSEE",
        "Recensement 2020, IRIS : part des ménages sans voiture",
    ),
    Part(
        "benefits/caf_allocataires_communes_2023.parquet",
        "2023",
        "CNAF",
        f"Allocataires par commune, 2023 ; {TERRIBOT}",
        (
            "households_rsa",
            "persons_rsa",
            "households_ppa",
            "persons_ppa",
            "households_insertion",
            "households_caf",
            "persons_caf",
        ),
    ),
    Part(
        "benefits/caf_allocataires_moins30_communes_2023.parquet",
        "2023",
        "CNAF",
        f"Foyers de moins de 30 ans, 2023 ; {TERRIBOT}",
    ),
    Part(
        "benefits/caf_aah_communes_2016_2021.parquet",
        "2021",
        "CNAF",
        f"Allocataires de l’AAH par commune, 2021 ; {TERRIBOT}",
    ),
    Part(
        "benefits/france_travail_defm_communes_2009_2023.parquet",
        "2023",
        "France Travail",
        f"Demandeurs d’emploi en fin de mois, 2023 ; {TERRIBOT}",
    ),
    Part(
        "poverty/filosofi_communes_2021.parquet",
        "2021",
        "INSEE",
        f"Filosofi 2021, communes : taux de pauvreté et niveau de vie médian ; {TERRIBOT}",
    ),
    Part(
        "access/bpe_communes_2024_selection.parquet",
        "2024",
        "INSEE",
        f"Base permanente des équipements 2024 : postes et bibliothèques ; {TERRIBOT}",
    ),
    Part(
        "access/communes_couverture_thd_2020.parquet",
        "2019",
        "Arcep",
        "Ma connexion internet, 30 septembre 2019 : part des locaux sans très haut débit, "
        "tableau recodé par un tiers",
    ),
    Part(
        "access/communes_couverture_mobile_2020.parquet",
        "2020",
        "Arcep",
        "Sites mobiles au 30 juin 2020 : équipement des antennes de la commune, "
        "tableau recodé par un tiers",
    ),
)


def communes(shared: Path) -> list[str]:
    """Return the 33 communes of the three EPCI (COG 2025)."""
    table = pl.read_parquet(
        shared / "geo/communes_2025_wgs84.parquet", columns=["code", "code_epci"]
    )
    return table.filter(pl.col("code_epci").is_in(EPCI))["code"].sort().to_list()


def extract(shared: Path) -> pl.DataFrame:
    """Return the extract: one row per figure, in a stable order."""
    codes = communes(shared)
    frames = [_part(shared, part, codes) for part in PARTS]
    return pl.concat(frames).sort("producer", "vintage", "level", "code", "variable")


def _part(shared: Path, part: Part, codes: list[str]) -> pl.DataFrame:
    loaded = load_path(shared / part.file)
    item = next(item for item in loaded if item.provenance.vintage == part.vintage)
    table = item.tables["observations"].filter(pl.col("code").str.head(5).is_in(codes))
    table = table.filter(pl.col("level").is_in(["iris", "commune"]))
    if part.variables:
        table = table.filter(pl.col("variable").is_in(part.variables))
    return table.select(
        "level",
        "code",
        "variable",
        "value",
        "status",
        vintage=pl.lit(part.vintage),
        producer=pl.lit(part.producer),
        title=pl.lit(part.title),
        page=pl.lit(None, pl.String),
    )


if __name__ == "__main__":
    made = extract(Path(sys.argv[1]))
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    made.write_csv(OUTPUT, float_precision=None)
    print(f"{made.height} chiffres -> {OUTPUT}")
