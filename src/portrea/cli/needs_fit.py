"""``portrea needs fit``: fit the rates of digital incapacity on one's own survey (model M1)."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portrea.base.errors import DataError
from portrea.base.estimates import integer
from portrea.cli.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl
    from rich.table import Table

    from portrea.needs.fitted import FittedRates

FILE = click.Path(dir_okay=False, path_type=Path)
WIDTH = 110
TERMS = {
    "constant": "constante",
    "household": "ménage",
    "exposure": "exposition (δ)",
    "age": "âge",
    "diploma": "diplôme",
    "income": "revenu",
    "region": "région",
    "sd": "écart type",
}
WORDS = {
    "alone": "vit seul",
    "exposed": "RSA, prime d’activité, AAH ou recherche d’emploi",
    "none": "aucun ou CEP",
    "bepc": "brevet",
    "capbep": "CAP, BEP",
    "bac": "bac",
    "sup2": "bac + 2",
    "sup3": "bac + 3 ou plus",
    "schooled": "en études",
    "age": "entre âges",
    "diploma": "entre diplômes",
    "age_diploma": "entre cases âge × diplôme",
}


@click.command("fit")
@click.argument("survey", metavar="FICHIER", type=FILE)
@click.option(
    "--mapping",
    required=True,
    help="Fichier YAML de correspondance, ou « barometre » pour le modèle livré.",
)
@click.option("-o", "--output", type=FILE, help="Fichier JSON de taux à écrire.")
@click.option("--draft", type=FILE, help="Écrire une correspondance à compléter, sans ajuster.")
def fit(survey: Path, mapping: str, output: Path | None, draft: Path | None) -> None:
    """Ajuster les taux d’incapacité numérique sur les réponses d’une enquête.

    FICHIER est un csv, xlsx, ods ou parquet d’une ligne par personne. Les réponses ne sont ni
    gardées ni publiées : seuls le sont les coefficients et des effectifs d’au moins 11 réponses.
    Le fichier de taux se donne ensuite à « portrea compute --rates ».
    """
    from portrea.needs import fit_survey, parse_mapping
    from portrea.needs.survey_mapping import columns_of

    raw = _read_mapping(mapping)
    if draft is not None:
        _write_draft(draft, raw, survey)
        return
    parsed = parse_mapping(raw, where=mapping)
    with progress_bar("Ajustement") as progress:
        progress(0.0, "lecture des réponses")
        frame = _read_survey(survey, columns_of(parsed))
        progress(0.3, "modèle")
        rates = fit_survey(frame, parsed)
    _print(rates)
    if output is None:
        click.echo("Aucun fichier écrit : ajoutez -o taux.json pour garder ces taux.", err=True)
        return
    rates.write(output)
    click.echo(f"{output} : à donner à « portrea compute --rates {output} »")


def _read_mapping(name: str) -> dict[str, Any]:
    import yaml

    from portrea.needs.survey_mapping import entries_of

    path = Path(name)
    shipped = files("portrea.needs") / "mappings"
    known = sorted(item.name.removesuffix(".yaml") for item in shipped.iterdir())
    if name in known:
        text = (shipped / f"{name}.yaml").read_text("utf-8")
    elif path.is_file():
        text = path.read_text("utf-8")
    else:
        raise DataError(
            f"Correspondance introuvable : {name}.",
            remedy=f"Donnez un fichier YAML, ou un modèle livré : {', '.join(known)}.",
        )
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
        raise DataError(
            f"La correspondance « {name} » n’est pas du YAML lisible (ligne {line}).",
            remedy="Vérifiez les retraits, les deux-points et les guillemets.",
        ) from error
    return entries_of(raw, where=name)


def _read_survey(path: Path, columns: Collection[str]) -> pl.DataFrame:
    """Read the columns that are used, from the first table of the file that has most of them."""
    from portrea.sources.peek import peek
    from portrea.sources.reading import read_table

    tables = peek(path)
    wanted = set(columns)
    best = max(tables, key=lambda t: (len(wanted & set(t.columns)), len(t.columns)))
    return read_table(best, columns if wanted <= set(best.columns) else None)


def _write_draft(path: Path, raw: dict[str, Any], survey: Path) -> None:
    import yaml

    from portrea.needs.microdata import draft_mapping
    from portrea.needs.survey_mapping import listed

    entries = [item for entry in raw.values() for item in listed(entry)]
    columns = {item["colonne"] for item in entries if isinstance(item, dict) and "colonne" in item}
    drawn = draft_mapping(raw, _read_survey(survey, columns))
    text = yaml.safe_dump(drawn, allow_unicode=True, sort_keys=False, width=100)
    path.write_text(f"{DRAFT}\n{text}", "utf-8")
    click.echo(f"{path} : rangez les codes « à compléter », puis donnez ce fichier à --mapping")


DRAFT = """# Correspondance à compléter : voyez docs/utilisateurs/guides/ajuster-une-enquete.md.
# Un code à laisser de côté vaut null dans « classes », ou va dans « ignorer »."""


def _print(rates: FittedRates) -> None:
    from rich.console import Console

    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(_table(rates))
    delta = "non estimé"
    if rates.delta is not None and rates.delta_sd is not None:
        delta = f"{_decimal(rates.delta)} (écart type {_decimal(rates.delta_sd)})"
    for line in (
        f"Enquête : {rates.name}, {rates.vintage} ({rates.source})",
        f"Indicateur : {rates.outcome}",
        f"Réponses : {integer(rates.answers)} ; écart δ des personnes exposées : {delta}",
        *(f"Note : {note}" for note in rates.notes),
        f"Empreinte : {rates.digest}",
    ):
        click.echo(line)


def _decimal(value: float) -> str:
    return f"{value:.2f}".replace("-", "−").replace(".", ",")


def _table(rates: FittedRates) -> Table:
    from rich import box
    from rich.table import Table

    title = "Coefficients (logit), intervalle à 95 %"
    table = Table(box=box.SIMPLE, title=title, title_justify="left", title_style="")
    table.add_column("Effet", no_wrap=True)
    table.add_column("Modalité", overflow="fold")
    for heading in ("Estimation", "Intervalle", "Réponses"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rates.table.iter_rows(named=True):
        if row["term"] not in TERMS:
            continue
        edges = f"{_decimal(row['low'])} à {_decimal(row['high'])}"
        count = "–" if row["n"] is None else integer(row["n"])
        word = WORDS.get(row["modality"], row["modality"])
        table.add_row(TERMS[row["term"]], word, _decimal(row["estimate"]), edges, count)
    return table
