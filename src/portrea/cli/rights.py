"""``portrea rights``: hints for one household, and the grid of first ideas."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import click

from portrea.base.errors import DataError
from portrea.cli.lazy import LazyGroup
from portrea.cli.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from portrea.rights.estimating import Estimate

SECONDS = 60.0
SECONDS_OF_GRID = 300.0
ABOUT = "Estimation : seul l’organisme décide. Montants de {month}, OpenFisca-France {version}."
SAID = {"probable": "probable", "possible": "possible", "incertain": "on ne sait pas", "non": "non"}


class Rights(LazyGroup):
    """What is done about rights at a terminal."""

    entries: ClassVar[Mapping[str, tuple[str, str]]] = {
        "hint": ("portrea.cli.rights:hint", "Dire à quels droits un foyer peut prétendre."),
        "grid": ("portrea.cli.rights:grid", "Préparer les premières idées d’un mois."),
        "parameters": (
            "portrea.cli.rights_parameters:parameters",
            "Dire de quand datent les paramètres des droits.",
        ),
        "aids": ("portrea.cli.rights_aids:aids", "Vérifier un fichier d’aides locales."),
        "eligible": ("portrea.cli.rights_territory:eligible", "Estimer les foyers éligibles."),
        "take-up": (
            "portrea.cli.rights_take_up:take_up",
            "Dire combien ne demandent pas leurs droits.",
        ),
    }


@click.group(cls=Rights)
def rights() -> None:
    """Chercher des droits : une estimation, jamais une décision, et rien n’est gardé."""


@click.command()
@click.argument("answers", nargs=-1, metavar="[QUESTION=RÉPONSE]...")
@click.option("--json", "as_json", is_flag=True, help="Écrire le résultat en JSON.")
@click.option("--first", is_flag=True, help="Lire la première idée dans la grille du mois.")
def hint(answers: tuple[str, ...], *, as_json: bool, first: bool) -> None:
    """Dire à quels droits un foyer peut prétendre.

    Les réponses s’écrivent « age=36 income="1 200" », ou en JSON sur l’entrée standard si aucune
    n’est donnée. Une question passée est une réponse inconnue, jamais zéro.

    Les questions : commune, age, partner, children, housing, rent, situation, income,
    partner_income, before, disability, residence.
    """
    from portrea.rights.answers import read

    told = read(_pairs(answers) if answers else _from_input())
    found = _first(told) if first else _estimated(told)
    click.echo(_as_json(found) if as_json else _as_text(found))


@click.command()
@click.option(
    "--month",
    type=click.DateTime(["%Y-%m"]),
    help="Mois, « 2026-11 » ; celui d’aujourd’hui par défaut.",
)
def grid(month: datetime | None) -> None:
    """Préparer les cas calculés d’avance pour un mois.

    Trois minutes, moins de 2 Gio de mémoire, un fichier de moins de 1 Mo sous « rights ».
    """
    from portrea.rights.catalogue import amounts_month
    from portrea.rights.grid import build
    from portrea.sources.openfisca import process
    from portrea.sources.rights_grid import keep_grid
    from portrea.sources.store import default_home

    asked = f"{month:%Y-%m}" if month else amounts_month(date.today())  # noqa: DTZ011 - civil day
    engine = process()
    with progress_bar("Grille des droits") as progress:
        made = build(lambda one: engine.ask(one, seconds=SECONDS_OF_GRID), asked, progress=progress)
    engine.stop()
    path = keep_grid(default_home().expanduser(), asked, made)
    click.echo(f"{made.height} cas de {asked} : {path}")


def _pairs(answers: tuple[str, ...]) -> dict[str, str]:
    told = dict[str, str]()
    for text in answers:
        name, sign, value = text.partition("=")
        if not sign:
            raise DataError(
                f"« {text} » n’est pas une réponse.", remedy="Écrivez question=réponse : age=36."
            )
        told[name] = value
    return told


def _from_input() -> dict[str, str]:
    try:
        told = json.load(sys.stdin)
    except ValueError as error:
        raise DataError(
            "L’entrée n’est pas du JSON.", remedy='Par exemple : {"age": "36", "income": "900"}.'
        ) from error
    if not isinstance(told, dict):
        raise DataError("L’entrée n’est pas un objet JSON.", remedy='Par exemple : {"age": "36"}.')
    return {str(name): str(value) for name, value in told.items() if value is not None}


def _estimated(told: Any) -> Estimate:
    from portrea.rights.estimating import estimate
    from portrea.sources.openfisca import process

    engine = process()
    found = estimate(told, day=date.today(), ask=lambda one: engine.ask(one, seconds=SECONDS))  # noqa: DTZ011
    engine.stop()
    return found


def _first(told: Any) -> Estimate:
    from portrea.rights.catalogue import amounts_month
    from portrea.rights.estimating import first_hints
    from portrea.rights.grid import is_of
    from portrea.sources.rights_grid import read_grid
    from portrea.sources.store import default_home

    day = date.today()  # noqa: DTZ011 - civil day
    kept = read_grid(default_home().expanduser(), amounts_month(day))
    if kept is None or not is_of(kept, day):
        raise DataError(
            "La grille de ce mois n’est pas prête.", remedy="Faites : portrea rights grid."
        )
    found = first_hints(told, kept)
    if found is None:
        raise DataError(
            "Ces réponses ne ressemblent à aucun cas préparé.",
            remedy="Demandez l’estimation entière, sans --first.",
        )
    return found


def _as_json(found: Estimate) -> str:
    hints = [
        {
            "droit": one.right.name,
            "indice": one.saying.value,
            "de": one.low,
            "a": one.high,
            "par": "an" if one.right.unit == "year" or one.right.yearly else "mois",
            "couverture": one.cover.value if one.cover else None,
            "ancien": one.stale,
        }
        for one in found.hints
    ]
    return json.dumps(
        {
            "mois": found.month,
            "moteur": _version(),
            "avertissement": _about(found),
            "premiere_idee": found.first,
            "droits": hints,
            "questions_utiles": found.worth,
            "suppose": found.assumed,
            "situations_essayees": found.scenarios,
        },
        ensure_ascii=False,
        indent=2,
    )


def _as_text(found: Estimate) -> str:
    lines = [_about(found), ""]
    for one in found.hints:
        pace = "an" if one.right.unit == "year" or one.right.yearly else "mois"
        amount = "" if not one.high else f" : {one.low:g} à {one.high:g} € par {pace}"
        if one.high and one.low == one.high:
            amount = f" : environ {one.high:g} € par {pace}"
        cover = f" : {one.cover.value}" if one.cover else ""
        old = " (montants anciens)" if one.stale else ""
        lines.append(f"- {one.right.label} – {SAID[one.saying]}{amount}{cover}{old}")
    if found.worth:
        lines += ["", f"Questions utiles : {', '.join(found.worth)}."]
    return "\n".join([*lines, "", *(f"Supposé : {said}" for said in found.assumed)])


def _about(found: Estimate) -> str:
    return ABOUT.format(month=found.month, version=_version())


def _version() -> str:
    from portrea.rights.catalogue import parameters

    return str(parameters()["engine"]["version"])
