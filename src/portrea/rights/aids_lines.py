"""A YAML text as plain values, with the line where each entry was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    Path = tuple[str, ...]

MOST_SIGNS = 200_000
MOST_DEEP = 12
PLAIN = ("int", "float", "bool", "null")
"""Kinds of YAML values read as such; all the others, days included, are read as text."""


def told_with_lines(content: str) -> tuple[Any, dict[Path, int]]:
    """Return what a YAML text tells, and the line of each entry (from 1).

    Raises
    ------
    DataError
        It is not YAML, too long, too deep, holds an alias, or says an entry twice.
    """
    if len(content) > MOST_SIGNS:
        raise DataError(
            f"Le fichier fait plus de {MOST_SIGNS} signes.", remedy="Coupez-le en plusieurs."
        )
    try:
        _look(content)
        node = yaml.compose(content, Loader=yaml.SafeLoader)
        lines: dict[Path, int] = {(): 1}
        return (None if node is None else _value(node, (), lines)), lines
    except (yaml.YAMLError, ValueError) as error:
        _refuse(_line(getattr(error, "problem_mark", None)), "ce n’est pas du YAML lisible")


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """Return the line of an entry, of what holds it when it is not written."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


def _look(content: str) -> None:
    """Refuse, before anything is built, what would make a small text a huge value."""
    deep = 0
    for event in yaml.parse(content, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            _refuse(_line(event.start_mark), "un renvoi (« * ») n’est pas permis")
        deep += isinstance(event, yaml.CollectionStartEvent)
        deep -= isinstance(event, yaml.CollectionEndEvent)
        if deep > MOST_DEEP:
            _refuse(_line(event.start_mark), "trop de niveaux les uns dans les autres")


def _value(node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_value(one, path, lines) for one in node.value]
    if isinstance(node, yaml.MappingNode):
        told: dict[str, Any] = {}
        for key, value in node.value:
            name, line = str(key.value), _line(key.start_mark)
            if name in told:
                _refuse(line, f"« {name} » est écrit deux fois")
            lines[(*path, name)] = line
            told[name] = _value(value, (*path, name), lines)
        return told
    if node.tag.rpartition(":")[2] in PLAIN:
        return yaml.safe_load(yaml.serialize(node))
    return node.value


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark else 1


def _refuse(line: int, why: str) -> NoReturn:
    raise DataError(f"Ligne {line} : {why}.", remedy="Corrigez cette ligne, puis recommencez.")
