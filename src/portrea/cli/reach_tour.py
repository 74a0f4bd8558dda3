"""``portrea reach tour``: which stop, which day, at what time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.errors import ParameterError
from portrea.sources.store import Store

if TYPE_CHECKING:
    import polars as pl

    from portrea.reach.tours.plan import Plan
    from portrea.reach.tours.reading import Row
    from portrea.steering.reading import Reader
    from portrea.steering.tours import Answer, Ground, Terms

FORMATS = ("text", "csv", "json", "ics", "html", "geojson")
FILE = click.Path(dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


@click.command()
@click.argument("territory", metavar="[TERRITOIRE]", required=False)
@click.option("--stops", "path", type=FILE, help="Liste des arrêts (CSV, tableur).")
@click.option("--rhythm", default="une semaine sur deux", show_default=True, help="Rythme usuel.")
@click.option("--duration", default="", help="Présence à chaque arrêt sans liste (« 2 h »).")
@click.option("--start", type=DAY, help="Premier jour (défaut : lundi prochain).")
@click.option("--weeks", type=int, default=4, show_default=True, help="Nombre de semaines.")
@click.option("--hours", default="", help="Horaires de l’équipe (« lundi au vendredi 9h-17h »).")
@click.option("--depot", default="", help="Commune du dépôt (défaut : la plus peuplée).")
@click.option("--crews", type=int, default=1, show_default=True, help="Équipes ou véhicules.")
@click.option("--pause", type=int, help="Minutes de pause à midi.")
@click.option("--setup", type=int, help="Minutes d’installation avant et après chaque arrêt.")
@click.option("--no-school-holidays", is_flag=True, help="Ne rien prévoir aux vacances scolaires.")
@click.option("--near", type=float, default=10.0, show_default=True, help="Minutes d’un arrêt.")
@click.option("--closed", type=DAY, multiple=True, help="Jour sans tournée (répétable).")
@click.option("--holidays", is_flag=True, help="Travailler aussi les jours fériés.")
@click.option(
    "--network", "roads", default="", help="Réseau routier chargé (portrea reach network list)."
)
@click.option("--previous", type=FILE, help="Calendrier annoncé (CSV) : ne changer que le reste.")
@click.option(
    "--revision", type=click.IntRange(1), default=1, show_default=True,
    help="Rang de cette modification d’un calendrier déjà annoncé (ICS).",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True,
    help="Feuille de route (text, html), calendrier (csv, json, ics), carte (geojson).",
)  # fmt: skip
@click.option("--out", type=FILE, help="Fichier à écrire (défaut : l’écran).")
def tour(
    *, territory: str | None, path: Path | None, rhythm: str, previous: Path | None, form: str,
    out: Path | None, duration: str, revision: int, **told: object,
) -> None:  # fmt: skip
    """Planifier la tournée d’un bus, d’un agent ou d’une maraude.

    Les arrêts sont ceux de --stops (colonnes : arret, commune, longitude, latitude, duree, rythme,
    horaires, personnes, dernier_passage, fermetures ; rythme : « toutes les semaines », « tous les
    trois mois, entre le 15 et le 20 »…), ou, sans liste, une mairie par commune de TERRITOIRE.
    """
    from portrea.steering.reading import Reader
    from portrea.steering.tours import checked_terms, prepare, solve
    from portrea.steering.tours import told as answered

    reader = Reader(Store())
    terms = checked_terms(_terms(told))
    rows = _rows(reader, territory, path, rhythm, duration)
    ground = prepare(reader, rows, terms)
    plans: tuple[Plan, ...] = ()
    if previous is None:
        answer = solve(reader, ground, terms)
    else:
        before, plan = _again(ground, previous)
        answer = answered(reader, ground, plan, terms)
        plans = (before, plan)
    for note in ground.notes:
        click.echo(f"Note : {note}", err=True)
    if form == "ics":
        content = _calendar(answer, _name(reader, territory, path), plans, revision)
    else:
        content = _written(answer, form, _name(reader, territory, path))
    if out is not None:
        out.write_bytes(content)
        click.echo(f"{out} écrit.", err=True)
    else:
        click.echo(content.decode(), nl=False)


def _terms(told: dict[str, object]) -> Terms:
    from portrea.steering.tours import Terms

    start = told.pop("start")
    school = not told.pop("no_school_holidays")
    closed = frozenset(day.date() for day in told.pop("closed"))  # type: ignore[attr-defined]
    first = (
        start.date() if hasattr(start, "date") else _next_monday(datetime.now().astimezone().date())
    )
    return Terms(start=first, school=school, closed=closed, **told)  # type: ignore[arg-type]


def _next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def _rows(
    reader: Reader, territory: str | None, path: Path | None, rhythm: str, duration: str
) -> tuple[Row, ...]:
    from portrea.reach.tours.reading import read_rows
    from portrea.steering.tours import rows_of_territory

    if path is not None:
        table = _table(path)
        return read_rows(table.to_dicts(), rhythm=rhythm)
    if territory is None:
        raise ParameterError(
            "Il manque les arrêts de la tournée.",
            remedy="Donnez un territoire, ou une liste d’arrêts avec --stops FICHIER.",
        )
    selection = reader.gazetteer.resolve(territory)
    return rows_of_territory(reader, selection, rhythm=rhythm, duration=duration)


def _name(reader: Reader, territory: str | None, path: Path | None) -> str:
    if territory is not None:
        return f"– {reader.gazetteer.resolve(territory).label}"
    return f"– {path.stem}" if path else ""


def _table(path: Path) -> pl.DataFrame:
    from portrea.sources.peek import peek
    from portrea.sources.reading import read_table

    (sheet,) = peek(path)[:1]
    return read_table(sheet)


def _again(ground: Ground, previous: Path) -> tuple[Plan, Plan]:
    from portrea.base.estimates import percent
    from portrea.reach.tours.plan import plan_of_table
    from portrea.reach.tours.replanning import replan

    before = plan_of_table(_dated(_table(previous)))
    plan, measured = replan(ground.request, before)
    click.echo(
        f"Stabilité : {measured.same_hour} des {measured.visits} passages annoncés gardent leur "
        f"jour et leur heure ({percent(measured.share)}), {measured.same_day} leur jour ; "
        f"{measured.added} nouveaux.",
        err=True,
    )
    return before, plan


def _dated(table: pl.DataFrame) -> pl.DataFrame:
    """Read the dates of a calendar written as text."""
    import polars as pl

    wanted = [name for name in ("date", "instead_of") if name in table.columns]
    try:
        return table.with_columns(pl.col(name).str.to_date("%Y-%m-%d") for name in wanted)
    except pl.exceptions.PolarsError as error:
        raise ParameterError(
            "Les dates du calendrier annoncé ne sont pas comprises.",
            remedy="Donnez le calendrier tel que « --format csv » l’écrit.",
        ) from error


def _calendar(answer: Answer, name: str, plans: tuple[Plan, ...], revision: int) -> bytes:
    from portrea.steering.tour_sheet import tour_calendar

    title = f"Tournée {name}".strip()
    now = datetime.now().astimezone()
    return tour_calendar(answer, name=title, stamp=now, plans=plans, first=revision - 1)


def _written(answer: Answer, form: str, name: str) -> bytes:
    from portrea.steering import tour_sheet

    title = f"Tournée {name}".strip()
    names = {stop.id: stop.name for stop in answer.ground.request.stops}
    if form == "csv":
        return answer.plan.table(names).write_csv().encode()
    if form == "json":
        return tour_sheet.tour_json(answer).encode()
    if form == "geojson":
        return tour_sheet.tour_geojson(answer).encode()
    write = tour_sheet.sheet_html if form == "html" else tour_sheet.sheet_text
    return write(answer, title).encode()
