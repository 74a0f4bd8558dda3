"""``portrea offer``: import and check lists of places, and list them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import polars as pl

from portrea.base.errors import DataError, Diagnostic, system_fault
from portrea.base.estimates import integer
from portrea.base.spreadsheets import inert
from portrea.cli.census import follow
from portrea.cli.offer_dedupe import dedupe
from portrea.cli.offer_export import export_
from portrea.cli.offer_load import load, undo
from portrea.cli.progress import progress_bar
from portrea.sources.store import Store
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from portrea.sources.mediation_numerique.read import PlacesFile

SITUATIONS = tuple(str(situation) for situation in Situation)
FORMATS = ("table", "csv", "json")
MOST_FAULTS = 20
WIDTH = 110


@click.group()
def offer() -> None:
    """Vérifier, importer et lister les lieux qui aident."""


offer.add_command(load)
offer.add_command(export_)
offer.add_command(dedupe)
offer.add_command(undo)


@offer.command("import")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Refuser tout le fichier à la moindre faute.")
@click.option(
    "--faults",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fichier des lignes à corriger (défaut : à côté de FICHIER).",
)
@click.option("--dry-run", is_flag=True, help="Montrer ce qui serait importé, sans rien changer.")
@click.option(
    "--profile", metavar="PROFIL", help="Nom d’un profil de colonnes, ou son fichier (.yaml)."
)
@click.option(
    "--save-profile",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Écrire le profil des colonnes devinées, à relire et à reprendre.",
)
@click.option("--sheet", metavar="FEUILLE", help="Feuille du classeur (défaut : la plus remplie).")
@click.option(
    "--places",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Écrire les lieux lus (JSON, un par ligne).",
)
@click.option(
    "--geocode", is_flag=True, help="Situer les adresses par le service public (Internet)."
)
def import_(path: Path, strict: bool, faults: Path | None, **options: Any) -> None:
    """Vérifier une liste de lieux, dire ses fautes ligne par ligne, et charger ce qui peut l’être.

    FICHIER est n’importe quelle liste : csv de tout séparateur et de tout codage, xlsx, xls, ods,
    json ou geojson. Les listes nationales connues vont au magasin ; de toute autre, les colonnes
    sont devinées ou dites par un profil, et les lieux vont au recensement. Les lignes refusées
    sont écrites à part avec la raison, à corriger et à renvoyer. Les données personnelles sont
    retirées ; avec --strict, elles font refuser le fichier, comme toute faute. Un export de
    Portrea est reconnu et relu tel quel, sous les identifiants qu’il donne.
    """
    from portrea.cli.offer_import_own import import_own, read_own_file

    guided = any(options[name] for name in ("profile", "save_profile", "sheet", "geocode"))
    own = None if guided else read_own_file(path)
    if own is not None:
        import_own(path, own, strict=strict, dry_run=options["dry_run"], places=options["places"])
    elif any(options.values()) or not is_known(path):
        import_any(path, strict=strict, faults=faults, **options)
    else:
        _import_known(path, strict=strict, faults=faults)


def is_known(path: Path) -> bool:
    """Tell whether a file is one of the national lists that the store keeps."""
    from portrea.sources.mediation_numerique import SOURCE
    from portrea.sources.peek import peek, readable

    try:
        peeks = peek(path) if readable(path) else []
    except DataError:
        return False
    return any(SOURCE.recognise(found) > 0 for found in peeks)


def import_any(
    path: Path,
    *,
    strict: bool,
    faults: Path | None,
    dry_run: bool,
    profile: str | None,
    save_profile: Path | None,
    sheet: str | None,
    places: Path | None,
    geocode: bool,
) -> None:
    """Import any list into the census, or only show what it would give."""
    from portrea.cli import offer_import as steps

    with progress_bar("Lecture") as progress:
        progress(0.0, path.name)
        listing, result = steps.read_any(path, profile=profile, sheet=sheet, strict=strict)
        progress(1.0, path.name)
    steps.echo_listing(listing, result.mapping)
    steps.echo_imported(result)
    result, queue = steps.locate(result, geocode=geocode)
    if save_profile:
        steps.save_profile(result.mapping, save_profile, listing)
    if result.refused:
        steps.write_refused(result, faults or _beside(path))
    if places:
        steps.write_places(result, places)
    steps.refuse(result, path, strict=strict)
    if dry_run:
        click.echo("Essai : rien n’a été changé.")
        return
    steps.apply_to_census(result, path, title=f"{result.mapping.title} ({path.name})", queue=queue)


def _import_known(path: Path, *, strict: bool, faults: Path | None) -> None:
    from portrea.cli.data import echo_report
    from portrea.sources.loading import add_path

    with progress_bar("Vérification") as progress:
        progress(0.0, path.name)
        files = read_places(path)
        progress(1.0, path.name)
    faulty = [file for file in files if any(row.faults or row.refusal for row in file.rows)]
    for file in files:
        _echo_check(file)
    if faulty:
        target = faults or _beside(path)
        _write_faults(faulty, target)
        click.echo(f"Lignes à corriger, avec la raison : {target}")
    _refuse(files, path, strict=strict)
    today = datetime.now(UTC).date().isoformat()
    with progress_bar("Chargement") as progress:
        report = add_path(Store(), path, progress, today=today)
    echo_report(report)
    follow(Store(), report)


def read_places(path: Path) -> list[PlacesFile]:
    """Read and check a file of places; raise :class:`DataError` when it is not one."""
    from portrea.sources.mediation_numerique import SOURCE
    from portrea.sources.mediation_numerique.read import read
    from portrea.sources.peek import peek

    peeks = peek(path)
    files = [read(found) for found in peeks if SOURCE.recognise(found) > 0]
    if files:
        return files
    columns = ", ".join(peeks[0].columns[:8]) or "aucune"
    raise DataError(
        f"Le fichier {path.name} n’est pas une liste de lieux connue (colonnes lues : {columns}…).",
        remedy="Il faut au moins les colonnes id, nom, adresse, code_postal, commune, date_maj du "
        "standard national des lieux de médiation numérique ; « portrea data list » donne les "
        "autres listes connues.",
    )


def _refuse(files: list[PlacesFile], path: Path, *, strict: bool) -> None:
    """Raise when nothing can be loaded, or at the least fault when ``strict``; store unchanged."""
    found = [f for file in files for row in file.rows for f in _all_faults(row.faults, row.refusal)]
    if strict and found:
        raise DataError(
            f"Le fichier {path.name} est refusé : {integer(len(found))} faute(s).",
            diagnostics=tuple(found[:200]),
            remedy="Corrigez-le, ou importez-le sans --strict pour charger les lignes valables.",
        )
    if not any(file.accepted for file in files):
        raise DataError(
            f"Le fichier {path.name} ne contient aucun lieu qui puisse être chargé.",
            diagnostics=tuple(found[:200]),
            remedy="Corrigez les lignes citées, puis recommencez.",
        )


def _all_faults(
    faults: tuple[Diagnostic, ...], refusal: Diagnostic | None
) -> tuple[Diagnostic, ...]:
    return faults if refusal is None or refusal in faults else (*faults, refusal)


def _echo_check(file: PlacesFile) -> None:
    version = "0.1, converti" if file.legacy else "1.0.2"
    layout = f"standard national {version}" if file.profile.standard else file.profile.title
    click.echo(f"{file.peek.name} : {layout}")
    mended = sum(1 for row in file.accepted if row.faults)
    click.echo(
        f"  {integer(len(file.rows))} lignes lues, {integer(len(file.accepted))} lieux valables "
        f"(dont {integer(mended)} avec une valeur corrigée, laissée de côté ou à revoir), "
        f"{integer(len(file.refused))} lignes refusées"
    )
    for remark in file.left_out:
        click.echo(f"  à noter : {remark}")
    found = [f for row in file.rows for f in _all_faults(row.faults, row.refusal)]
    for fault in found[:MOST_FAULTS]:
        click.echo(f"  – {fault}")
    if len(found) > MOST_FAULTS:
        click.echo(f"  – et {integer(len(found) - MOST_FAULTS)} autres, dans le fichier à corriger")


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name.split('.')[0]}_a-corriger.csv")


def _write_faults(files: list[PlacesFile], target: Path) -> None:
    rows = [
        {
            "ligne": row.row,
            "chargee": "non" if row.refusal else "oui",
            "raisons": inert(" / ".join(str(f) for f in _all_faults(row.faults, row.refusal))),
            **{inert(name): inert(cell or "") for name, cell in row.received.items()},
        }
        for file in files
        for row in file.rows
        if row.faults or row.refusal
    ]
    try:
        pl.DataFrame(rows, infer_schema_length=None).write_csv(target)
    except OSError as error:
        raise DataError(
            f"Le fichier des lignes à corriger ne peut pas être écrit : {target}"
            f" ({system_fault(error)}).",
            remedy="Choisissez un autre endroit avec --faults FICHIER.",
        ) from error


# -- list -----------------------------------------------------------------------------------------


@offer.command("list")
@click.argument("territory", metavar="TERRITOIRE")
@click.option("--situation", type=click.Choice(SITUATIONS), help="Seulement ce besoin.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="Forme de la réponse.",
)
def list_(territory: str, situation: str | None, form: str) -> None:
    """Lister les lieux connus de TERRITOIRE (calcul en service)."""
    from portrea.offer.listing import list_places
    from portrea.steering.reading import Reader

    reader = Reader(Store())
    selection = reader.gazetteer.resolve(territory)
    communes = sorted(
        {
            str(child.commune)
            for chosen in selection.territories
            for child in reader.gazetteer.children(chosen, "commune") or [chosen]
            if child.commune
        }
    )
    places = list_places(reader.places(communes), situation=situation)
    for note in selection.notes:
        click.echo(note, err=True)
    if form == "table":
        _print_places(places, selection.label)
    else:
        click.echo(_export(places, form), nl=False)


def _export(places: pl.DataFrame, form: str) -> str:
    if form == "json":
        return places.with_columns(pl.col("updated").cast(pl.String)).write_json() + "\n"
    lists = [name for name, dtype in places.schema.items() if isinstance(dtype, pl.List)]
    return places.with_columns(pl.col(name).list.join("|") for name in lists).write_csv()


def _print_places(places: pl.DataFrame, label: str) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from portrea.vocab.standards.mednum import kind_label

    title = f"{label} : {integer(places.height)} lieu{'x' if places.height > 1 else ''}"
    table = Table(box=box.SIMPLE, title=title, title_justify="left", title_style="")
    for heading in ("Lieu", "Type", "Commune", "Besoins", "Téléphone"):
        table.add_column(heading, overflow="fold")
    for row in places.iter_rows(named=True):
        table.add_row(
            row["name"],
            kind_label(row["kind"]),
            row["city"] or row["commune"] or "",
            ", ".join(row["situations"]),
            row["phone"] or "",
        )
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(table)
