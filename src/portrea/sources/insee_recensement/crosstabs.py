"""Table FOR2: non-schooled 15 or more, by age and highest diploma, in its three layouts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.sources.areas import level_of, with_codes
from portrea.sources.cards import card
from portrea.sources.figures import read_words
from portrea.sources.reading import number, read_table
from portrea.sources.source import Loaded
from portrea.sources.vintages import vintage_of_name
from portrea.territory.codes import ARRONDISSEMENTS, Level, official_names
from portrea.territory.naming import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.sources.source import Peek

SOURCE_ID = "insee_recensement"
WIDE = re.compile(r"(?=.*AGEQ65(\d{3}))(?=.*(DIPL(?:_\d\d)?)([A-Z]+)(?:_|$))(?=.*SEXE\d).+")
LETTERS = {"DIPL_19": "dipl_19", "DIPL_15": "dipl_15"}
LEVELS = {"COM": "commune", "EPCI": "epci", "DEP": "departement", "REG": "region"}
MATRIX = {"cep", "bepc", "cap", "bep", "ensemble", "sup_court"}
COLUMNS = ("level", "code", "age", "diploma", "household", "persons")
LAST_AGE = 65


def sureness(peek: Peek) -> float:
    """Return 1 for a long, wide or one-territory FOR2."""
    columns = set(peek.columns)
    long = columns >= {"CODGEO", "NB", "AGEQ65"} and _diploma_variable(columns) is not None
    wide = "CODGEO" in columns and any(_wide_cell(name) for name in peek.columns)
    return 1.0 if long or wide or columns >= MATRIX else 0.0


def load(peek: Peek) -> list[Loaded]:
    """Read a FOR2 and return its cross table."""
    if set(peek.columns) >= MATRIX:
        return [_matrix(peek)]
    cells = _long_cells(peek) if "NB" in peek.columns else _wide_cells(peek)
    return [_dataset(peek, cells)]


def _diploma_variable(columns: set[str]) -> str | None:
    return next((name for name in sorted(columns) if name.startswith("DIPL")), None)


def _long_cells(peek: Peek) -> pl.DataFrame:
    """Cells of the csv published since RP 2022: one line per area, sex, age and diploma."""
    frame = read_table(peek)
    variable = str(_diploma_variable(set(frame.columns)))
    names = ["NIVGEO"] if "NIVGEO" in frame.columns else []
    return frame.select(
        *names,
        "CODGEO",
        age="AGEQ65",
        diploma=_translated(pl.col(variable), variable, frame[variable], peek),
        persons=number("NB"),
    )


def _wide_cell(name: str) -> re.Match[str] | None:
    return WIDE.fullmatch(name)


def _wide_cells(peek: Peek) -> pl.DataFrame:
    """Cells of the workbooks: one column (``AGEQ65015_DIPL_19A_SEXE1``) per age, diploma, sex."""
    frame = read_table(peek)
    cells = {name: match for name in frame.columns if (match := _wide_cell(name))}
    frame = frame.with_columns(number(name) for name in cells)
    long = frame.select("CODGEO", *cells).unpivot(
        index="CODGEO", variable_name="cell", value_name="persons"
    )
    ages = {name: match[1] for name, match in cells.items()}
    letters = {name: match[3] for name, match in cells.items()}
    variable = next(iter(cells.values()))[2]
    words = pl.Series(sorted(set(letters.values())))
    return long.select(
        "CODGEO",
        age=pl.col("cell").replace_strict(ages),
        diploma=_translated(pl.col("cell").replace_strict(letters), variable, words, peek),
        persons="persons",
    )


def _translated(code: pl.Expr, variable: str, seen: pl.Series, peek: Peek) -> pl.Expr:
    """Translate the producer's letters; raise :class:`DataError` for one that is not known."""
    words: Mapping[str, str] = (
        read_words(SOURCE_ID, LETTERS[variable]) if variable in LETTERS else {}
    )
    strange = sorted(set(seen.drop_nulls().unique()) - set(words))
    if strange:
        raise DataError(
            f"Le fichier {peek.name} classe les diplômes par des codes inconnus"
            f" ({variable} : {', '.join(strange[:8])}).",
            remedy="Codes connus : DIPL_19 (A à G, RP 2017 et après) et DIPL_15 (A à D).",
        )
    return code.replace_strict(words)


def _dataset(peek: Peek, cells: pl.DataFrame) -> Loaded:
    vintage, notes = vintage_of_name(peek)
    areas, remarks = _placed(peek, cells)
    if areas["persons"].null_count():
        raise DataError(
            f"Le fichier {peek.name} contient {areas['persons'].null_count()} case(s) vides ou qui"
            " ne sont pas des nombres.",
            remedy="Reprenez le fichier de l’INSEE : un tableau croisé n’a pas de case vide.",
        )
    table = (
        areas.with_columns(age=_age_label(), household=pl.lit("any"))
        .group_by("level", "code", "age", "diploma", "household")
        .agg(pl.col("persons").sum())
        .filter(pl.col("persons") > 0)
        .sort("level", "code")
        .select(COLUMNS)
    )
    provenance = card("insee-rp-for2", vintage)
    part = "for2-" + "+".join(table["level"].unique().sort())
    return Loaded(provenance, {"crosstab": table}, part, (*notes, *remarks))


def _age_label() -> pl.Expr:
    """``015`` → ``15-19``, ``065`` → ``65+`` (AGEQ65: five-year bands, the last one open)."""
    low = pl.col("age").cast(pl.Int64)
    band = pl.format("{}-{}", low, low + 4)
    return pl.when(low >= LAST_AGE).then(pl.lit(f"{LAST_AGE}+")).otherwise(band)


def _placed(peek: Peek, cells: pl.DataFrame) -> tuple[pl.DataFrame, list[Diagnostic]]:
    """Give each cell its level and code; the arrondissements, parts of communes, are left out."""
    remarks: list[Diagnostic] = []
    if "NIVGEO" in cells.columns:
        others = sorted(set(cells["NIVGEO"].drop_nulls().unique()) - set(LEVELS) - {"ARM"})
        if others:
            remarks.append(
                Diagnostic("levels-left", f"niveaux laissés de côté : {', '.join(others)}")
            )
        pairs = [(LEVELS[n], cells.filter(pl.col("NIVGEO") == n)) for n in LEVELS]
    else:
        pairs = [(level_of(peek, "CODGEO", cells["CODGEO"], where=peek.name), cells)]
    parts = []
    for level, rows in pairs:
        if rows.height:
            codes = with_codes(rows.select("CODGEO").unique(), "CODGEO", level, where=peek.name)
            remarks += codes.remarks
            parts.append(rows.join(codes.frame, on="CODGEO"))
    placed = pl.concat(parts)
    return _without_arrondissements(placed, remarks)


def _without_arrondissements(
    placed: pl.DataFrame, remarks: list[Diagnostic]
) -> tuple[pl.DataFrame, list[Diagnostic]]:
    """Drop arrondissements whose commune is there; otherwise add them up to the commune."""
    arrondissement = pl.col("code").is_in(list(ARRONDISSEMENTS)) & (pl.col("level") == "commune")
    if not placed.filter(arrondissement).height:
        return placed, remarks
    whole = set(placed.filter(~arrondissement)["code"].unique())
    commune = pl.col("code").replace(ARRONDISSEMENTS)
    doubled = arrondissement & commune.is_in(list(whole))
    text = "arrondissements municipaux : seules les communes Paris, Lyon, Marseille sont gardées"
    return placed.filter(~doubled).with_columns(code=commune), [
        *remarks,
        Diagnostic("arrondissements", text),
    ]


# -- one territory, one row per age ---------------------------------------------------------------


def _matrix(peek: Peek) -> Loaded:
    frame = read_table(peek)
    age = next(name for name in frame.columns if name not in _words() and name != "ensemble")
    frame = frame.rename({age: "age"}).filter(pl.col("age").str.contains(r"^\d"))
    words = {name: word for name, word in _words().items() if name in frame.columns}
    level, code = _territory(peek)
    cells = frame.select("age", *(number(name) for name in words)).unpivot(
        index="age", variable_name="column", value_name="persons"
    )
    table = cells.select(
        level=pl.lit(level),
        code=pl.lit(code),
        age=pl.col("age").str.replace("-plus", "+"),
        diploma=pl.col("column").replace_strict(words),
        household=pl.lit("any"),
        persons="persons",
    )
    table = table.group_by(COLUMNS[:-1], maintain_order=True).agg(pl.col("persons").sum())
    _check_total(peek, frame, table)
    vintage = re.search(r"rp(20\d\d)", peek.name)
    year = vintage[1] if vintage else vintage_of_name(peek)[0]
    return Loaded(card("insee-rp-for2", year), {"crosstab": table}, f"for2-{level}-{code}")


def _words() -> dict[str, str]:
    return read_words(SOURCE_ID, "for2_matrice")


def _check_total(peek: Peek, frame: pl.DataFrame, table: pl.DataFrame) -> None:
    """Compare with the published totals; each cell is rounded to one person."""
    published = frame.select(number("ensemble").sum()).item()
    total = table["persons"].sum()
    if abs(published - total) > len(_words()) * frame.height / 2:
        raise DataError(
            f"Dans le fichier {peek.name}, les cases font {total:.0f} personnes et la colonne"
            f" « ensemble » {published:.0f}.",
            remedy="Reprenez le tableau publié : une ligne ou une colonne manque.",
        )


def _territory(peek: Peek) -> tuple[str, str]:
    """Read the territory in the file's name: the table itself does not say it."""
    name = normalise(peek.path.stem.replace("_", " "))
    known = {
        ("region", code): label
        for label, code in read_words(SOURCE_ID, "anciennes_regions").items()
    }
    for level in (Level.REGION, Level.DEPARTEMENT):
        known |= {(level.value, code): label for code, label in official_names(level).items()}
    padded = f" {name} "
    found = [key for key, label in known.items() if f" {normalise(label)} " in padded]
    if len(found) != 1:
        raise DataError(
            f"Le fichier {peek.name} ne dit pas de quel territoire il s’agit.",
            remedy="Mettez le nom de la région ou du département dans celui du fichier, par exemple"
            " « insee_for2_auvergne_rp2012.csv ».",
        )
    return found[0]
