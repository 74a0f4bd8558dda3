"""Microsimulation of territories: what the store gives it, what it writes beside the store."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.base.errors import StoreError
from portrea.base.progress import Progress, silent
from portrea.rights.synthetic.areas import Estimated, Wanted, estimate
from portrea.rights.synthetic.asking import Ask, zones_of
from portrea.rights.synthetic.cells import parameters
from portrea.rights.synthetic.incomes import borrowed_rate
from portrea.rights.synthetic.results import shown
from portrea.sources.eligible import FOLDER
from portrea.territory import complete_territories
from portrea.territory.codes import ARRONDISSEMENTS, Level
from portrea.territory.vintage import today_expr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from portrea.sources.store import Store
    from portrea.territory import Selection

COUNTS = ("households", "persons", "persons_0_19", "persons_65_plus")
SHARES = {
    "alone": "share_single_person_households",
    "lone_parent": "share_single_parent_families",
    "under_25": "share_under_25",
}
"""RP 2017 publishes the share of single-parent families among all households, whatever its name:
its mean weighted by households is 9.8 %, as households are, not families."""
INCOMES = ("median_income", "poverty_rate")
INCOME_LEVELS = ("commune", "epci", "departement")
OVERSEAS = ("971", "972", "973", "974")
ZONES = 5_000
NATION, DEPARTEMENTS = 0.9, 90
"""Share of the households of the census, and departements, that must be computed for a national
factor: on fewer, it would be fitted to local beneficiaries, whose gap is what is sought."""
MISSING = "Le magasin de données n’a pas de quoi faire la microsimulation : {}."
REMEDY = "Chargez le recensement et Filosofi 2021 avec « portrea data add FICHIER »."


@dataclass(frozen=True, slots=True)
class Ground:
    """Communes of the nation with what they are computed from, and national beneficiaries."""

    communes: pl.DataFrame
    beneficiaries: Mapping[str, float]
    vintages: str
    left_out: int


def ground_of(store: Store) -> Ground:
    """Read what the microsimulation needs.

    Raises
    ------
    StoreError
        The census by IRIS or the incomes are not loaded: embedded data alone do not have them.
    """
    territories = complete_territories(store.gather("territories"))
    communes = territories.filter(pl.col("level") == "commune").select(
        "code", "epci", "departement", "region"
    )
    counted = _counted(store)
    whole = communes.join(counted, on="code").filter(pl.col("households") > 0)
    whole = _filled(whole.join(_shares(store), on="code", how="left"))
    kept = _priced(whole, _newest(store, INCOMES, _income_year()))
    if kept.is_empty():
        raise StoreError(MISSING.format("aucun revenu de 2021"), remedy=REMEDY)
    counts = [float(table["households"].to_numpy().sum()) for table in (kept, whole)]
    national = counts[0] >= NATION * counts[1] and kept["departement"].n_unique() >= DEPARTEMENTS
    beneficiaries, year = _beneficiaries(store, kept) if national else ({}, "")
    vintages = f"RP 2021 (familles 2017, HLM 2018), Filosofi {_income_year()}"
    if year:
        vintages += f", CAF {year}"
    return Ground(kept, beneficiaries, vintages, whole.height - kept.height)


def _income_year() -> str:
    return str(parameters()["income"]["date"])


def _newest(store: Store, variables: Sequence[str], vintage: str = "") -> pl.DataFrame:
    """Return the newest known value of each area (level, code, variable, value, vintage)."""
    told = store.observations(variables=variables).drop_nulls("value")
    if vintage:
        told = told.filter(pl.col("vintage") == vintage)
    return (
        told.sort("vintage", "dataset")
        .unique(["level", "code", "variable"], keep="last", maintain_order=True)
        .select("level", "code", "variable", "value", "vintage")
    )


def _counted(store: Store) -> pl.DataFrame:
    """Add the census of IRIS up into communes of today."""
    told = store.observations(variables=COUNTS, levels=["iris"])
    whole = told.group_by("dataset").agg(pl.col("variable").n_unique(), pl.len())
    complete = whole.filter(pl.col("variable") == len(COUNTS)).sort("len", "dataset")
    if complete.is_empty():
        raise StoreError(MISSING.format("le recensement par IRIS manque"), remedy=REMEDY)
    last = told.filter(pl.col("dataset") == complete["dataset"][-1])
    commune = pl.col("code").str.slice(0, 5).replace(ARRONDISSEMENTS)
    return (
        last.with_columns(today_expr(commune).alias("code"))
        .group_by("code", "variable")
        .agg(pl.col("value").sum())
        .pivot("variable", index="code", values="value")
        .select("code", *COUNTS)
    )


def _shares(store: Store) -> pl.DataFrame:
    """Return the shares of families, of young people and of HLM of each commune, where known."""
    told = _newest(store, [*SHARES.values(), "households_hlm"]).filter(pl.col("level") == "commune")
    pivoted = told.pivot("variable", index="code", values="value")
    blank = pl.DataFrame(schema=dict.fromkeys((*SHARES.values(), "households_hlm"), pl.Float64))
    known = pl.concat([pivoted, blank], how="diagonal")
    census = store.observations(variables=["households"], levels=["commune"])
    last = census.sort("vintage").unique("code", keep="last").select("code", base="value")
    social = (pl.col("households_hlm") / pl.col("base")).clip(0, 1).alias("hlm")
    named = [pl.col(source).alias(name) for name, source in SHARES.items()]
    return known.join(last, on="code", how="left").select("code", *named, social)


def _filled(communes: pl.DataFrame) -> pl.DataFrame:
    """Give a commune whose share is unknown that of its departement, weighted by households."""
    weight = pl.col("households")
    small = float(parameters()["family"]["hlm_small"]["value"])
    told = [
        pl.coalesce(
            name, (pl.col(name) * weight).sum().over("departement")
            / weight.filter(pl.col(name).is_not_null()).sum().over("departement"),
        ).fill_nan(None).fill_null(pl.col(name).mean()).alias(name)
        for name in SHARES
    ]  # fmt: skip
    return communes.with_columns(*told, pl.col("hlm").fill_null(small))


def _priced(communes: pl.DataFrame, incomes: pl.DataFrame) -> pl.DataFrame:
    """Give each commune a median and a share of poor people.

    A median that is not published is that of the epci, else of the departement; a share is worked
    out from the median, as unequal as the first of them whose share is published.
    """
    wide = incomes.pivot("variable", index=["level", "code"], values="value")
    found = communes.with_columns(commune=pl.col("code"))
    for level in INCOME_LEVELS:
        here = wide.filter(pl.col("level") == level).drop_nulls("median_income")
        named = [pl.col(name).alias(f"{name}_{level}") for name in INCOMES]
        found = found.join(here.select(pl.col("code").alias(level), *named), on=level, how="left")
    median, rate = INCOMES
    medians = [pl.col(f"{median}_{level}") for level in INCOME_LEVELS]
    rates = [pl.col(f"{rate}_{level}") for level in INCOME_LEVELS]
    lenders = [
        pl.when(one.is_not_null()).then(own) for own, one in zip(medians, rates, strict=True)
    ]
    told = found.with_columns(
        pl.coalesce(*medians).alias(median), lender=pl.coalesce(*lenders), lent=pl.coalesce(*rates)
    ).drop_nulls([median, "lent"])
    columns = (told[name].to_numpy() for name in (median, "lender", "lent"))
    borrowed = pl.Series(rate, borrowed_rate(*columns))
    own = told[f"{rate}_commune"].is_not_null() & told[f"{median}_commune"].is_not_null()
    return told.with_columns(
        pl.when(own).then(pl.col(f"{rate}_commune")).otherwise(borrowed).alias(rate)
    ).select(*communes.columns, *INCOMES)


def _beneficiaries(store: Store, communes: pl.DataFrame) -> tuple[dict[str, float], str]:
    """Return national beneficiaries, in the departements that are computed, and their year."""
    variables = {
        name: card["variable"]
        for name, card in parameters()["benchmarks"].items()
        if "variable" in card
    }
    told = _newest(store, list(variables.values())).filter(
        (pl.col("level") == "departement") & pl.col("code").is_in(communes["departement"].unique())
    )
    found: dict[str, float] = {}
    for name, variable in variables.items():
        one = told.filter(pl.col("variable") == variable)
        if one.height:
            found[name] = float(one["value"].sum())
    year = str(told["vintage"].max()) if told.height else ""
    return found, year


def placed(communes: pl.DataFrame, *, month: str, ask: Ask) -> pl.DataFrame:
    """Add the place of each commune: overseas, or its zone of the housing aid."""
    codes = communes["code"].to_list()
    zones = [
        f"zone_{zone}"
        for start in range(0, len(codes), ZONES)
        for zone in zones_of(codes[start : start + ZONES], month=month, ask=ask)
    ]
    told = communes.with_columns(place=pl.Series(zones))
    overseas = pl.col("departement").is_in(OVERSEAS)
    return told.with_columns(place=pl.when(overseas).then(pl.lit("overseas")).otherwise("place"))


def computed(
    store: Store, wanted: Wanted, *, asks: Sequence[Ask], progress: Progress = silent
) -> tuple[Ground, Estimated]:
    """Run the microsimulation of the nation."""
    ground = ground_of(store)
    communes = placed(ground.communes, month=wanted.month, ask=asks[0])
    found = estimate(
        communes, ground.beneficiaries, wanted,
        asks=asks, vintages=ground.vintages, progress=progress,
    )  # fmt: skip
    return ground, found


def inside(table: pl.DataFrame, communes: pl.DataFrame, selection: Selection) -> pl.DataFrame:
    """Keep the rows of the areas of a selection, of its communes and of their epci."""
    chosen = {(one.level, one.code) for one in selection.territories}
    if (Level.FRANCE, "FR") in chosen:
        return table
    mine = pl.any_horizontal(
        pl.col("code" if level is Level.COMMUNE else level.value) == code for level, code in chosen
    )
    kept = communes.filter(mine)
    known = {
        "commune": kept["code"],
        "epci": kept["epci"].drop_nulls(),
        "departement": kept["departement"] if _wide(chosen) else kept["departement"].head(0),
    }
    keys = [(level, code) for level, codes in known.items() for code in codes.unique()]
    keys += [(level.value, code) for level, code in chosen]
    wanted = pl.DataFrame(keys, schema=["level", "code"], orient="row").unique()
    return table.join(wanted, on=["level", "code"], how="semi")


def _wide(chosen: set[tuple[Level, str]]) -> bool:
    return any(level in {Level.REGION, Level.DEPARTEMENT} for level, _code in chosen)


def write(home: Path, name: str, table: pl.DataFrame, told: Mapping[str, Any]) -> tuple[Path, Path]:
    """Write the table shown and its card, each in one go; return their paths."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path, card = folder / f"eligible-{name}.parquet", folder / f"eligible-{name}.json"
    parted = path.with_suffix(".tmp")
    shown(table).write_parquet(parted)
    parted.replace(path)
    parted.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    parted.replace(card)
    return path, card


def card_of(ground: Ground, found: Estimated, wanted: Wanted, engine: str) -> dict[str, Any]:
    """Return what is told beside the table: engine, sample, factors, what was left out."""
    return {
        **asdict(wanted),
        "engine": f"OpenFisca-France {engine}",
        "vintages": ground.vintages,
        "drawn": found.drawn,
        "communes": ground.communes.height,
        "communes_without_income": ground.left_out,
        "beneficiaries": dict(ground.beneficiaries),
        "factors": {one: dict(values) for one, values in found.factors.items()},
        "modelled": {
            name: {"eligible": eligible, "mc_error": error}
            for name, (eligible, error) in found.modelled.items()
        },
        "checks": dict(found.checks),
    }
