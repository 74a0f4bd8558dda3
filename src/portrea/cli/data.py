"""``portrea data``: what is known, what is loaded, and how to load more."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.errors import DataError
from portrea.base.estimates import integer
from portrea.cli.census import follow
from portrea.cli.progress import progress_bar
from portrea.sources.catalogue import Entry, catalogue
from portrea.sources.hand_tables import RefusedRowsError
from portrea.sources.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.sources.datasets import Dataset
    from portrea.sources.loading import Added, AddReport

MEASURES = {
    "a1": "A1, illectronisme (âge et diplôme)",
    "a2": "A2, 65 ans ou plus ou sans diplôme",
    "b": "B, exposition aux démarches en ligne",
    "c": "C, croisement de A et de B",
}
UNVERIFIED = "non vérifié"
MOST_LISTED = 12


@click.group()
def data() -> None:
    """Charger, télécharger et vérifier les données."""


@data.command("list")
@click.option("--loaded", is_flag=True, help="Seulement ce qui est chargé.")
def list_(loaded: bool) -> None:
    """Lister les sources connues et les données chargées."""
    datasets = Store().datasets()
    _echo_loaded(datasets)
    if loaded:
        return
    click.echo("\nSources connues")
    for entry in catalogue().values():
        click.echo(_entry_lines(entry))
    _echo_missing(datasets)


def _echo_loaded(datasets: list[Dataset]) -> None:
    click.echo("Données chargées")
    if not datasets:
        click.echo("  aucune. Pour commencer : portrea demo, ou portrea data add FICHIER")
    for dataset in datasets:
        card = dataset.provenance
        rows = ", ".join(f"{integer(n)} {kind}" for kind, n in dataset.rows.items())
        note = "" if card.verified else f" [{UNVERIFIED}]"
        click.echo(f"  {dataset.id}{note}")
        click.echo(f"    {card.citation()}")
        click.echo(f"    niveaux : {', '.join(dataset.levels) or '–'} ; {rows}")
        if dataset.variables:
            click.echo(f"    variables : {', '.join(dataset.variables)}")


def _entry_lines(entry: Entry) -> str:
    note = "" if entry.verified else f" [{UNVERIFIED}]"
    where = _how_to_get(entry)
    vintages = f" ({', '.join(entry.vintages)})" if entry.vintages else ""
    return (
        f"  {entry.id}{note}\n    {entry.producer} : {entry.title}{vintages}\n"
        f"    reconnu à : {entry.layout}\n    {where}"
    )


def _how_to_get(entry: Entry) -> str:
    if entry.embedded:
        return "livré avec les paquets installés : chargé par « portrea demo »"
    if entry.url:
        return f"pour l’obtenir : portrea data fetch {entry.id}"
    page = f"page du producteur : {entry.page}" if entry.page else "aucune adresse publique vue"
    return f"{page} ; puis : portrea data add FICHIER"


def _echo_missing(datasets: list[Dataset]) -> None:
    """Say, for each measure, which known sources would complete it."""
    titles = {dataset.provenance.title for dataset in datasets}
    sources = {dataset.provenance.source for dataset in datasets}
    click.echo("\nCe qui précise chaque mesure")
    for measure, label in MEASURES.items():
        wanted = [e for e in catalogue().values() if measure in e.measures]
        absent = [
            e.id
            for e in wanted
            if e.title not in titles and not (e.embedded and e.source in sources)
        ]
        words = ", ".join(absent) if absent else "tout est chargé"
        click.echo(f"  {label} : {words}")


@data.command()
@click.argument("path", type=click.Path(path_type=Path))
def add(path: Path) -> None:
    """Charger un fichier, ou tous ceux d’un dossier, tels que les producteurs les publient."""
    from portrea.sources.loading import add_path

    today = datetime.now(UTC).date().isoformat()
    store = Store()
    try:
        with progress_bar("Chargement") as progress:
            report = add_path(store, path, progress, today=today)
    except RefusedRowsError as error:
        echo_refused_rows(store.home, path, error)
        raise
    echo_report(report)
    follow(store, report)
    for refused, fault in report.refused:
        echo_refused_rows(store.home, refused, fault)
    if report.failed:
        sys.exit(DataError.exit_code)


def echo_refused_rows(home: Path, path: Path, error: DataError) -> None:
    """Write the refused rows of a user's table, as written and with their reasons."""
    if not isinstance(error, RefusedRowsError):
        return
    target = home / "refus" / f"{path.stem}-refus.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(error.table.write_csv(separator=";").encode("utf-8-sig"))
    click.echo(f"Lignes refusées, avec leur motif : {target}", err=True)


def echo_report(report: AddReport) -> None:
    """Print what became of each file, and what to do next."""
    for path in dict.fromkeys(item.path for item in report.added):
        _echo_file([item for item in report.added if item.path == path])
    _echo_some("Laissés de côté", (f"{path.name} : {reason}" for path, reason in report.ignored))
    for path, error in report.refused:
        click.echo(f"Refusé : {path.name}\n  {error.render()}", err=True)
    if any(item.new for item in report.added):
        click.echo("Pour publier : portrea compute")
    elif not report.added:
        click.echo("Rien n’a été chargé.", err=True)


def _echo_file(items: list[Added]) -> None:
    """Print what one file gave: a line per title, its vintages together, then the remarks once."""
    for title in dict.fromkeys(item.dataset.provenance.title for item in items):
        click.echo(_added_line([i for i in items if i.dataset.provenance.title == title]))
    for remark in dict.fromkeys(str(remark) for item in items for remark in item.remarks):
        click.echo(f"    à noter : {remark}")


def _added_line(items: list[Added]) -> str:
    card = items[0].dataset.provenance
    kinds = {kind for item in items for kind in item.dataset.rows}
    rows = ", ".join(
        f"{integer(sum(item.dataset.rows.get(kind, 0) for item in items))} {kind}"
        for kind in sorted(kinds)
    )
    verb = "Chargé" if any(item.new for item in items) else "Déjà chargé, rien n’a changé"
    note = "" if card.verified else f" [{UNVERIFIED}]"
    levels = ", ".join(sorted({level for item in items for level in item.dataset.levels}))
    vintages = ", ".join(dict.fromkeys(item.dataset.provenance.vintage for item in items))
    where = f" ({levels})" if levels else ""
    return (
        f"{verb} : {items[0].path.name} → {card.producer}, {card.title}, {vintages}{note} :"
        f" {rows}{where}"
    )


def _echo_some(title: str, lines: Iterable[str]) -> None:
    lines = list(lines)
    if lines:
        click.echo(f"{title} ({len(lines)})")
    for line in lines[:MOST_LISTED]:
        click.echo(f"  {line}")
    if len(lines) > MOST_LISTED:
        click.echo(f"  … et {len(lines) - MOST_LISTED} autres")


@data.command()
@click.option(
    "--departements",
    metavar="CODES",
    help="Seulement ces départements, codes séparés par des virgules. Par défaut : la France.",
)
def embedded(departements: str | None) -> None:
    """Charger les données livrées avec Portrea : communes, populations, lieux connus."""
    from portrea.sources.loading import load_embedded
    from portrea.territory.codes import departements_written

    store = Store()
    with progress_bar("Données embarquées") as progress:
        chosen = departements_written(departements or "") or None
        report = load_embedded(store, departements=chosen, progress=progress)
    click.echo(f"{len(report.added)} jeux de données en service. Pour publier : portrea compute")
    follow(store, report)


@data.command()
@click.argument("source")
def fetch(source: str) -> None:
    """Télécharger une source du catalogue auprès de son producteur, puis la charger."""
    from portrea.sources.fetch import fetch as download
    from portrea.sources.loading import add_path

    store = Store()
    with progress_bar("Téléchargement") as progress:
        path = download(source, store.home, progress=progress)
    with progress_bar("Chargement") as progress:
        today = datetime.now(UTC).date().isoformat()
        echo_report(add_path(store, path, progress, today=today))


@data.command()
def check() -> None:
    """Vérifier les fichiers du magasin et la concordance des millésimes."""
    from portrea.sources.checking import check_store

    with progress_bar("Vérification") as progress:
        report = check_store(Store(), progress)
    for remark in report.remarks:
        click.echo(f"À noter : {remark}")
    for fault in report.faults:
        click.echo(f"Défaut : {fault}", err=True)
    if report.faults:
        sys.exit(DataError.exit_code)
    click.echo(f"{report.datasets} jeu(x) de données vérifié(s), aucun défaut.")


@data.command()
@click.argument("dataset_id")
def remove(dataset_id: str) -> None:
    """Retirer un jeu de données du magasin (ses fichiers restent jusqu’au prochain ménage)."""
    Store().remove_dataset(dataset_id)
    click.echo(f"Retiré : {dataset_id}. Pour publier : portrea compute")
