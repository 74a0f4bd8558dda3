"""Say in French what is wrong in a command line."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence


def explain(error: click.UsageError) -> str:
    """Return the fault, what is accepted, and where the help is."""
    path = error.ctx.command_path if error.ctx else "portrea"
    return f"Erreur : {_fault(error)}\nAide : « {path} --help »."


@singledispatch
def _fault(error: click.UsageError) -> str:
    return f"la commande est mal écrite ({error.format_message()})"


@_fault.register
def _(error: click.NoSuchOption) -> str:
    return f"l’option « {error.option_name} » n’existe pas.{_instead(error.possibilities)}"


@_fault.register
def _(error: click.NoSuchCommand) -> str:
    return f"la commande « {error.command_name} » n’existe pas.{_instead(error.possibilities)}"


@_fault.register
def _(error: click.BadOptionUsage) -> str:
    return f"l’option « {error.option_name} » attend une valeur."


@_fault.register
def _(error: click.MissingParameter) -> str:
    return f"il manque {_name(error)}.{_accepted(error.param)}"


@_fault.register
def _(error: click.BadParameter) -> str:
    return f"la valeur donnée à {_name(error)} est refusée.{_accepted(error.param)}"


def _name(error: click.BadParameter) -> str:
    param = error.param
    if param is None:
        return "une option"
    kind = "l’option" if isinstance(param, click.Option) else "l’argument"
    written = param.opts[-1] if isinstance(param, click.Option) else param.human_readable_name
    return f"{kind} « {written} »"


def _accepted(param: click.Parameter | None) -> str:
    match param.type if param else None:
        case click.Choice() as choice:
            return f" Valeurs possibles : {', '.join(str(c) for c in choice.choices)}."
        case click.IntRange() | click.FloatRange() as kept if kept.min is not None:
            most = "" if kept.max is None else f" et d’au plus {kept.max:g}"
            return f" Un nombre est attendu, d’au moins {kept.min:g}{most}."
        case click.types.IntParamType() | click.types.FloatParamType():
            return " Un nombre est attendu."
        case click.Path():
            return " Un fichier est attendu : vérifiez le chemin."
        case _:
            return ""


def _instead(words: Sequence[str] | None) -> str:
    return f" Vouliez-vous dire : {', '.join(sorted(words))} ?" if words else ""
