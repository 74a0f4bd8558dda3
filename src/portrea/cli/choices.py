"""Options shared by the commands that compute: parameters, benchmark, fitted rates, draws."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrea.steering.settings import Settings

FILE = click.Path(dir_okay=False, path_type=Path)
OPTIONS = (
    click.option("--series", help="Série de taux d’illectronisme (tic2019 ou tic2021)."),
    click.option(
        "--parameters",
        type=FILE,
        help="Fichier YAML des paramètres changés (modèle : portrea needs parameters).",
    ),
    click.option("--rates", type=FILE, help="Taux ajustés sur une enquête (portrea needs fit)."),
    click.option("--benchmark", help="Calage : un nom public, ou votre fichier CSV de totaux."),
    click.option("--no-benchmark", is_flag=True, help="Sans calage, même si le calcul en a un."),
    click.option("--draws", type=click.IntRange(20, 5000), help="Tirages derrière un intervalle."),
    click.option("--seed", type=int, help="Graine des tirages."),
)


def choices(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of :data:`OPTIONS`, gathered in its ``chosen`` argument."""
    names = ("series", "parameters", "rates", "benchmark", "no_benchmark", "draws", "seed")

    @wraps(command)
    def called(**values: Any) -> Any:
        chosen = {name: values.pop(name) for name in names}
        return command(chosen=chosen, **values)

    for option in reversed(OPTIONS):
        called = option(called)
    return called


def settle(chosen: dict[str, Any], usual: Settings | None = None) -> Settings:
    """Return the settings asked for, on top of the usual ones; print the notes they call for."""
    from portrea.needs import load_parameters
    from portrea.needs.fitted import FittedRates
    from portrea.steering.benchmark_files import find_benchmark
    from portrea.steering.settings import Settings

    if chosen["benchmark"] and chosen["no_benchmark"]:
        raise ParameterError(
            "--benchmark et --no-benchmark se contredisent.", remedy="Gardez l’un des deux."
        )
    settings = usual or Settings.make()
    given = {name: chosen[name] for name in ("draws", "seed") if chosen[name] is not None}
    if chosen["series"] or chosen["parameters"]:
        given["parameters"] = load_parameters(chosen["series"], chosen["parameters"])
    if chosen["rates"]:
        given["fitted"] = FittedRates.read(chosen["rates"])
    if chosen["benchmark"]:
        given["benchmark"] = find_benchmark(chosen["benchmark"])
        for note in given["benchmark"].notes:
            click.echo(f"Note : {note}", err=True)
    if chosen["no_benchmark"]:
        given["benchmark"] = None
    return replace(settings, **given)
