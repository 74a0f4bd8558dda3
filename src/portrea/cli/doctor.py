"""``portrea doctor``: is everything in place, and how to mend what is not."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from portrea.base.errors import PortreaError, system_fault

if TYPE_CHECKING:
    from portrea.web.operation.doctor.checks import Result

SIGNS = {"bon": ("✓", "green"), "à regarder": ("!", "yellow"), "cassé": ("✗", "red"),
         "pas vu": ("–", None)}  # fmt: skip
UNREADABLE = 2
"""Exit code when the settings cannot be read: nothing else can be looked at."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Écrire du JSON, pour un autre programme.")
def doctor(as_json: bool) -> None:
    """Vérifier que tout est en place, et dire comment réparer.

    Ne change rien. Code de sortie : 0 si tout est bon, 1 s’il y a quelque chose à regarder, 2 si
    quelque chose est cassé.
    """
    from portrea.cli.serve import setup_django

    try:
        setup_django()
    except PortreaError as error:
        _unreadable(error.message, error.remedy or "", as_json)
    except OSError as error:
        told = f"« {error.filename} » : {system_fault(error)}."
        _unreadable(told, "Vérifiez PORTREA_HOME et ses droits.", as_json)
    from portrea.web.operation.doctor.checks import EXIT, examine, worst
    from portrea.web.operation.doctor.databases import usable

    results = examine(usable)
    click.echo(_json(results) if as_json else _page(results))
    sys.exit(EXIT[worst(results)])


def _page(results: list[Result]) -> str:
    lines: list[str] = []
    for group, found in groupby(results, key=lambda result: result.check.group):
        lines += [
            "",
            click.style(group, bold=True),
            *(line for each in found for line in _told(each)),
        ]
    levels = [str(result.finding.level) for result in results]
    counts = ", ".join(f"{name} : {levels.count(name)}" for name in SIGNS if name in levels)
    return "\n".join([*lines[1:], "", f"{len(results)} vérifications. {counts.capitalize()}."])


def _told(result: Result) -> list[str]:
    finding = result.finding
    sign, colour = SIGNS[finding.level]
    head = click.style(f"{sign} {finding.level:<10}", fg=colour)
    lines = [f"  {head}  {result.check.title} : {finding.what}"]
    return [*lines, f"                → {finding.remedy}"] if finding.remedy else lines


def _json(results: list[Result]) -> str:
    from portrea.web.operation.doctor.checks import worst

    checks = [
        {
            "key": each.check.key,
            "group": each.check.group,
            "title": each.check.title,
            "level": str(each.finding.level),
            "what": each.finding.what,
            "remedy": each.finding.remedy,
        }
        for each in results
    ]
    return _dumped({"level": str(worst(results)), "checks": checks})


def _unreadable(what: str, remedy: str, as_json: bool) -> None:
    one = {"key": "reglages", "group": "Réglages", "title": "Lecture des réglages",
           "level": "cassé", "what": what, "remedy": remedy}  # fmt: skip
    text = f"✗ cassé  Lecture des réglages : {what}\n  → {remedy}"
    click.echo(_dumped({"level": "cassé", "checks": [one]}) if as_json else text)
    sys.exit(UNREADABLE)


def _dumped(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1)
