"""``portrea needs``: the persons concerned, in a terminal or in a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import polars as pl

from portrea.base.estimates import integer, percent
from portrea.cli.choices import choices, settle
from portrea.cli.needs_control import parameters, reproduce
from portrea.cli.needs_fit import fit
from portrea.cli.needs_validate import validate
from portrea.cli.progress import progress_bar
from portrea.needs.tables import BOUNDS_ONLY, MEASURES
from portrea.sources.store import Store
from portrea.stats.disclosure import hidden, round_for_display

if TYPE_CHECKING:
    from rich.table import Table

    from portrea.territory import Selection

LEVELS = ("iris", "commune", "epci", "departement", "region", "france")
COLUMNS = (
    "level", "code", "name", "measure", "population", "n", "n_low", "n_high",
    "share", "share_low", "share_high", "n_low80", "n_high80", "share_low80", "share_high80",
    "p_top", "quality", "reasons", "vintages",
)  # fmt: skip
LABELS = {
    "a1": ("A1", "illectronisme, parmi les 15 ans ou plus"),
    "a2": ("A2", "65 ans ou plus, ou sans diplôme, parmi les 15 ans ou plus sortis des études"),
    "a2_75": (
        "A2 75+",
        "75 ans ou plus, ou sans diplôme, parmi les 15 ans ou plus sortis des études",
    ),
    "a3": ("A3", "difficulté déclarée avec les démarches en ligne, parmi les 15 ans ou plus"),
    "b": ("B", "RSA, prime d’activité, AAH ou recherche d’emploi, sans double compte, 15-64 ans"),
    "b_sum": ("B somme", "les mêmes publics additionnés, avec doubles comptes"),
    "b_load": ("B charge", "démarches par an attendues de ces publics (pas des personnes)"),
    "c": ("C", "à la fois A1 et B, 15-64 ans"),
    "c_a2": ("C (A2)", "à la fois A2 et B, 15-64 ans : bornes seules"),
}
WIDTH = 110
HIDDEN = "masqué : voir la commune"
FORMATS = ("table", "csv", "json", "parquet")
DASH = "–"
ADVICE = {
    "a1": "Les diplômes manquent : A1 ne tient compte que de l’âge. Chargez le recensement (base "
    "« diplômes – formation » de l’Insee)",
    "a2": "Les diplômes manquent : A2 n’est connu que par ses bornes. Chargez le recensement (base "
    "« diplômes – formation » ou tableau FOR2 de l’Insee)",
    "b": "Il manque des effectifs (CAF, France Travail) : B n’est pas disponible. Chargez les "
    "fichiers communaux du RSA, de la prime d’activité, de l’AAH et des demandeurs d’emploi",
}

ADVISED = {m: "b" if m[0] in "bc" else m.partition("_")[0].replace("a3", "a1") for m in MEASURES}
"""Advice given for each measure."""


@click.group()
def needs() -> None:
    """Estimer les personnes concernées d’un territoire."""


needs.add_command(parameters)
needs.add_command(fit)
needs.add_command(reproduce)
needs.add_command(validate)


@needs.command("estimate")
@click.argument("territory", metavar="TERRITOIRE")
@click.option("--level", type=click.Choice(LEVELS), help="Niveau des lignes (défaut : le sien).")
@click.option(
    "--measure",
    "measures",
    type=click.Choice(MEASURES),
    multiple=True,
    help="Mesure, répétable (défaut : a1, a2, b et c).",
)
@click.option("--format", "form", type=click.Choice(FORMATS), help="Forme de la réponse.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Fichier à écrire."
)
@choices
def estimate_(
    territory: str,
    *,
    level: str | None,
    measures: tuple[str, ...],
    form: str | None,
    output: Path | None,
    chosen: dict[str, Any],
) -> None:
    """Estimer les personnes concernées de TERRITOIRE, avec leur intervalle à 95 %.

    TERRITOIRE s’écrit iris:352380101, commune:35188, epci:243500618, departement:35, region:53,
    france, un code seul s’il n’est pas ambigu, ou une liste séparée par des virgules. Les options
    absentes gardent la valeur du calcul publié.
    """
    from portrea.steering.computation import gather_inputs, needs_table, settings_in_force
    from portrea.territory import Gazetteer

    store = Store()
    settings = settle(chosen, settings_in_force(store))
    with progress_bar("Estimation") as progress:
        progress(0.0, "lecture des données")
        inputs = gather_inputs(store)
        selection = Gazetteer(inputs.territories).resolve(territory)
        progress(0.5, "estimation des besoins")
        own = level or _own_level(selection)
        wanted = measures or ("a1", "a2", "b", "c")
        frame = needs_table(
            store, selection, level=own, measures=wanted, inputs=inputs, settings=settings
        )
    form = form or _form_of(output)
    frame = frame.select(COLUMNS).sort("code", "measure")
    concealed = _concealed(store, frame, inputs.territories)
    _write(frame, form, output, concealed)
    for note in (*selection.notes, *_notes(frame), *_secrecy(form, frame, concealed)):
        click.echo(note, err=True)


def _own_level(selection: Selection) -> str:
    levels = {territory.level.value for territory in selection.territories}
    return levels.pop() if len(levels) == 1 else "commune"


def _form_of(output: Path | None) -> str:
    suffix = output.suffix.lstrip(".").lower() if output else ""
    return suffix if suffix in FORMATS else "table"


def _write(frame: pl.DataFrame, form: str, output: Path | None, concealed: set[str]) -> None:
    if form == "parquet":
        if output is None:
            frame.write_parquet(sys.stdout.buffer)
        else:
            frame.write_parquet(output)
        return
    if form == "table":
        _print_table(frame, output, concealed)
        return
    text = frame.write_csv() if form == "csv" else frame.write_json() + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")


def _print_table(frame: pl.DataFrame, output: Path | None, concealed: set[str]) -> None:
    from rich.console import Console

    table = _table(frame, concealed)
    if output is None:
        console = Console()
        console.width = max(console.width, WIDTH)
        console.print(table)
        return
    with output.open("w", encoding="utf-8") as stream:
        Console(file=stream, width=WIDTH).print(table)


def _table(frame: pl.DataFrame, concealed: set[str]) -> Table:
    from rich import box
    from rich.table import Table

    present = [m for m in LABELS if m in frame["measure"].unique().to_list()]
    legend = "\n".join(f"{LABELS[m][0]} : {LABELS[m][1]}" for m in present)
    table = Table(box=box.SIMPLE, title=legend, title_justify="left", title_style="")
    table.add_column("Code", no_wrap=True)
    table.add_column("Nom", overflow="fold")
    table.add_column("Mesure", no_wrap=True)
    for heading in ("Personnes", "Intervalle à 95 %", "Part", "Qualité"):
        table.add_column(heading, justify="right", no_wrap=True)
    level = pl.col("level")
    shown = frame.with_columns(
        ((level == "iris") & pl.col("code").is_in(sorted(concealed))).alias("hidden"),
        *(round_for_display(pl.col(c), level).alias(c) for c in ("n", "n_low", "n_high")),
    )
    for row in shown.iter_rows(named=True):
        table.add_row(*_cells(row))
    return table


def _cells(row: dict[str, object]) -> tuple[str, ...]:
    start = str(row["code"]), str(row["name"]), LABELS[str(row["measure"])][0]
    if row["hidden"]:
        return (*start, DASH, HIDDEN, DASH, str(row["quality"]))
    n, low, high, share = (row[name] for name in ("n", "n_low", "n_high", "share"))
    count = integer(n) if isinstance(n, float) else DASH
    interval = DASH
    if isinstance(low, float) and isinstance(high, float):
        interval = f"{integer(low)} à {integer(high)}"
    part = percent(share) if isinstance(share, float) else _span(row)
    return (*start, count, interval, part, str(row["quality"]))


def _span(row: dict[str, object]) -> str:
    low, high = row["share_low"], row["share_high"]
    if isinstance(low, float) and isinstance(high, float):
        return f"{percent(low)} à {percent(high)}"
    return DASH


def _notes(frame: pl.DataFrame) -> list[str]:
    """Say what is missing and which command would load it."""
    poor = frame.filter(
        (pl.col("quality") == "N")
        | ((pl.col("quality") == "D") & ~pl.col("measure").is_in(BOUNDS_ONLY))
    )
    missing = sorted({ADVISED[m] for m in poor["measure"].unique()})
    return [f"Note : {ADVICE[m]}, avec : portrea data add FICHIER" for m in missing]


def _concealed(store: Store, frame: pl.DataFrame, territories: pl.DataFrame) -> set[str]:
    """Return the IRIS that the site does not show; before any computation, the small ones."""
    from portrea.steering.reading import Reader

    if store.current() is not None:
        return set(Reader(store).snapshot.withheld["code"])
    kinds = territories.filter(pl.col("level") == "iris").select("level", "code", "kind")
    known = frame.join(kinds, on=["level", "code"], how="left")
    rule = hidden(pl.col("level"), pl.col("kind"), pl.col("population"))
    return set(known.filter(rule)["code"])


def _secrecy(form: str, frame: pl.DataFrame, concealed: set[str]) -> list[str]:
    """Say that a file holds more than the site shows."""
    iris = set(frame.filter(pl.col("level") == "iris")["code"]) & concealed
    if form == "table" or not iris:
        return []
    return [
        f"Note : {len(iris)} IRIS de ce fichier ne sont pas publiés par le site (secret). Nombres "
        "non arrondis, pour un usage sur votre machine : ne les publiez pas tels quels."
    ]
