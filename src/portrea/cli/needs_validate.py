"""``portrea needs validate``: published figures beside ours, and what the errors amount to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portrea.cli.choices import choices, settle
from portrea.cli.progress import progress_bar
from portrea.sources.store import Store

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

FORMATS = ("table", "csv", "json")
WIDTH = 132


@click.command("validate")
@choices
@click.option("--format", "form", type=click.Choice(FORMATS), help="Forme de la réponse.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Fichier à écrire."
)
def validate(chosen: dict[str, Any], form: str | None, output: Path | None) -> None:
    """Mettre côte à côte les chiffres publiés et les nôtres, avec leurs écarts.

    Toujours sur la version non calée : aucun de ces chiffres n’entre dans le calcul. Donne aussi
    l’écart moyen, la corrélation des rangs et la part des publications dans l’intervalle à 95 %.
    """
    from dataclasses import replace

    from portrea.steering import validation
    from portrea.steering.computation import gather_inputs, settings_in_force

    store = Store()
    with progress_bar("Validation") as progress:
        progress(0.0, "lecture des données")
        inputs = gather_inputs(store)
        usual = settings_in_force(store)
        settings = settle(chosen, replace(usual, benchmark=None))
        rows = validation.validate(inputs, settings, progress=progress)
    _write(rows, form or _form_of(output), output)
    if usual.benchmark is not None:
        words = f"le calcul en service est calé (« {usual.benchmark.name} »)"
        click.echo(f"Note : {words} ; la version comparée ici ne l’est pas.", err=True)


def _form_of(output: Path | None) -> str:
    suffix = output.suffix.lstrip(".").lower() if output else ""
    return suffix if suffix in FORMATS else "table"


def _write(rows: pl.DataFrame, form: str, output: Path | None) -> None:
    writers = {"table": _print, "csv": _csv, "json": _json}
    text = writers[form](rows)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")


def _csv(rows: pl.DataFrame) -> str:
    return rows.write_csv()


def _json(rows: pl.DataFrame) -> str:
    from portrea.steering.validation import STATEMENT, summarise

    answer = {
        "statement": STATEMENT,
        "summary": summarise(rows).to_dicts(),
        "targets": rows.to_dicts(),
    }
    return json.dumps(answer, ensure_ascii=False, indent=1) + "\n"


def _print(rows: pl.DataFrame) -> str:
    from rich.console import Console

    from portrea.steering.validation import GROUPS, STATEMENT

    console = Console(width=WIDTH)
    with console.capture() as captured:
        for group, title in GROUPS.items():
            members = rows.filter(rows["group"] == group)
            if members.height:
                console.print(_targets(members, title))
        console.print(_summary(rows))
        console.print(STATEMENT)
    return captured.get()


def _targets(rows: pl.DataFrame, title: str) -> Table:
    from portrea.steering import validation_words as words

    table = _table(
        title, ("Zone", "Publié (année)"), ("Estimé", "Intervalle 95 %", "Écart", "Dans")
    )
    notes: dict[str, int] = {}
    for row in rows.iter_rows(named=True):
        missing = row["estimated"] is None
        mark = f" ({notes.setdefault(row['note'], len(notes) + 1)})" if missing else ""
        table.add_row(
            row["name"] + mark,
            f"{row['published']} ({row['year']}) {_short(row, rows)}",
            words.amount(row["estimated"], row["unit"]),
            words.interval(row["low"], row["high"], row["unit"]),
            words.gap(row),
            words.INSIDE[row["inside"]],
        )
    if notes:
        table.caption = "\n".join(f"({rank}) {note}" for note, rank in notes.items())
    return table


def _short(row: dict[str, str], rows: pl.DataFrame) -> str:
    """Name the indicator where a group holds several."""
    return row["indicator"] if rows["indicator"].n_unique() > 1 else ""


def _summary(rows: pl.DataFrame) -> Table:
    from portrea.steering.validation import GROUPS, summarise
    from portrea.steering.validation_words import summary_cells

    heads = ("Comparés", "Écart absolu moyen", "Quadratique", "Biais", "Rangs", "Couverture 95 %")
    table = _table("Ce que les écarts disent", ("Famille",), heads)
    for row in summarise(rows).iter_rows(named=True):
        table.add_row(GROUPS[row["group"]], *summary_cells(row))
    return table


def _table(title: str, texts: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, title=title, title_justify="left", caption_justify="left")
    for heading in texts:
        table.add_column(heading, overflow="fold")
    for heading in numbers:
        table.add_column(heading, justify="right", no_wrap=True)
    return table
