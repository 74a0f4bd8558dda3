"""What a user changes: read from a mapping or a YAML file, checked, put into the cards."""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import deepcopy
from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import yaml

from portrea.base.errors import Diagnostic, ParameterError, system_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from portrea.needs.editing import Editable

SERIES = "rates.default"
"""The one choice among words: which series of published rates."""
LARGEST = 1 << 20
"""Bytes: a file of parameters is a few kilobytes."""
DEEPEST = 12
REMEDY = "« portrea needs parameters » donne les paramètres, leurs valeurs et leurs domaines."


def read_overrides(path: Path) -> dict[str, Any]:
    """Read changed values from a YAML file, written as the cards are or with dotted keys.

    Raises
    ------
    ParameterError
        The file is absent, unreadable, not YAML, not a mapping, or says a key twice.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise _refused(path, f"il dépasse {LARGEST >> 10} ko")
        content = yaml.load(path.read_text("utf-8"), Loader=_Plain)  # noqa: S506 - a SafeLoader
    except FileNotFoundError as error:
        raise ParameterError(
            f"Fichier de paramètres introuvable : {path}.", remedy="Vérifiez le chemin."
        ) from error
    except OSError as error:
        raise _refused(path, system_fault(error)) from error
    except UnicodeDecodeError as error:
        raise _refused(path, "ce n’est pas du texte UTF-8") from error
    except yaml.YAMLError as error:
        raise _refused(path, f"ce n’est pas du YAML lisible ({_first_line(error)})") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise _refused(path, "une clef et sa valeur étaient attendues sur chaque ligne")
    return content


def _first_line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"ligne {mark.line + 1} : " if mark else ""
    return where + str(getattr(error, "problem", None) or error).splitlines()[0]


def _refused(path: Path, why: str) -> ParameterError:
    return ParameterError(
        f"Le fichier de paramètres {path.name} est refusé : {why}.", remedy=REMEDY
    )


class _Plain(yaml.SafeLoader):
    """YAML without aliases, where the same key twice is a fault."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "les renvois (*) ne sont pas admis")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [str(key.value) for key, _ in node.value]
        for rank, key in enumerate(keys):
            if key in keys[:rank]:
                mark = node.value[rank][0].start_mark
                raise yaml.constructor.ConstructorError(
                    None, None, f"la clef « {key} » est écrite deux fois", mark
                )
        return super().construct_mapping(node, deep)


# -- checking --------------------------------------------------------------------------------------


def settle(
    asked: Mapping[str, Any], known: Iterable[Editable], series: Iterable[str], *, where: str
) -> dict[str, Any]:
    """Return the values asked for by dotted path, only those that change something.

    Raises
    ------
    ParameterError
        With one diagnostic per fault: unknown key, not a number, out of domain, range in disorder.
    """
    numbers = {item.path: item for item in known}
    choices = tuple(series)
    values: dict[str, Any] = {}
    faults: list[Diagnostic] = []
    for path, raw in _flat(asked, ""):
        name = path.removesuffix(".value") if path not in numbers else path
        if name in values:
            faults.append(_fault(name, raw, "ce paramètre est donné deux fois"))
        elif name == SERIES and raw in choices:
            values[name] = raw
        elif name == SERIES:
            faults.append(_fault(name, raw, f"série inconnue ; séries : {', '.join(choices)}"))
        elif (why := _why_refused(name, raw, numbers)) is not None:
            faults.append(_fault(name, raw, why))
        else:
            values[name] = None if raw is None else float(raw)
    faults += _disorders(values, numbers)
    if faults:
        raise ParameterError(
            f"Des paramètres sont refusés dans {where} : rien n’a été calculé.",
            diagnostics=tuple(faults),
            remedy=REMEDY,
        )
    return {n: v for n, v in values.items() if n == SERIES or v != numbers[n].value}


def _flat(node: Mapping[Any, Any], before: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        path = f"{before}.{key}" if before else str(key)
        if isinstance(value, Mapping) and value and depth < DEEPEST:
            yield from _flat(value, path, depth + 1)
        else:
            yield path, value


def _fault(name: str, raw: Any, why: str) -> Diagnostic:
    return Diagnostic("parameter", why, field=name, value=str(raw))


def _why_refused(name: str, raw: Any, numbers: Mapping[str, Editable]) -> str | None:
    """Say in French why a value is refused, ``None`` when it is accepted."""
    item = numbers.get(name)
    if item is None:
        return _unknown(name, numbers)
    if raw is None and item.value is None:
        return None
    if isinstance(raw, str) and _decimal_comma(raw):
        return f"écrivez le nombre avec un point : {raw.strip().replace(',', '.')}"
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        return f"ce n’est pas un nombre ; attendu : {item.domain}"
    if not item.allows(float(raw)):
        return f"hors du domaine de « {item.label} » ; attendu : {item.domain}"
    return None


def _decimal_comma(text: str) -> bool:
    whole, comma, rest = text.strip().removeprefix("-").partition(",")
    return bool(comma) and whole.isdigit() and rest.isdigit()


def _unknown(name: str, numbers: Mapping[str, Editable]) -> str:
    """Name the nearest parameters: inside the group, with the same ending, or alike."""
    inside = [path for path in numbers if path.startswith(f"{name}.")]
    ending = [path for path in numbers if path.endswith(f".{name}")]
    near = inside or ending or get_close_matches(name, numbers, n=3, cutoff=0.5)
    if inside:
        return f"c’est un groupe de paramètres : écrivez par exemple {', '.join(inside[:3])}"
    if near:
        return f"ce paramètre n’existe pas ; le plus proche : {', '.join(near[:3])}"
    return "ce paramètre n’existe pas"


def _disorders(values: Mapping[str, Any], numbers: Mapping[str, Editable]) -> list[Diagnostic]:
    """Find the ranges that are no longer in order: low ≤ value or central ≤ high."""
    groups = {name.removesuffix(".low").removesuffix(".central").removesuffix(".high")
              for name in values if name in numbers and not numbers[name].alone}  # fmt: skip
    faults = []
    for group in sorted(groups):
        names = (f"{group}.low", group, f"{group}.central", f"{group}.high")
        now = [values.get(n, numbers[n].value) for n in names if n in numbers]
        if any(a > b for a, b in pairwise(now)):
            words = " ≤ ".join(f"{value:g}" for value in now)
            faults.append(
                _fault(group, words, "le bas, le centre et le haut doivent être dans cet ordre")
            )
    return faults


def put(cards: dict[str, dict[str, Any]], values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a copy of the cards with these values (by dotted path)."""
    changed = deepcopy(cards)
    for path, value in values.items():
        *groups, last = path.split(".")
        node: Any = changed
        for name in groups:
            node = node[name]
        if isinstance(node[last], dict):
            node[last]["value"] = value
        else:
            node[last] = value
    return changed
