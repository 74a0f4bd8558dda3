"""The national catalogue of procedures (``params/demarches.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.action.activity import words as activity_words
from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class Entry:
    """A procedure of the whole country; ``words`` are other ways to say it, joined by commas.

    ``link`` is empty when no source gives it; ``checked`` is when the line was last read again.
    """

    code: str
    name: str
    body: str
    theme: str
    words: str
    link: str
    source: str
    checked: date


@cache
def national() -> tuple[Entry, ...]:
    """Return the procedures of the file, in its order."""
    text = (files("portrea.action") / "params/demarches.yaml").read_text("utf-8")
    table: dict[str, Any] = yaml.safe_load(text)
    return tuple(entry(code, card, table) for code, card in table["demarches"].items())


def themes() -> Mapping[str, str]:
    """Return the themes of a procedure: code → French."""
    known: Mapping[str, str] = activity_words()["procedure_themes"]
    return known


def entry(code: str, card: Mapping[str, Any], table: Mapping[str, Any]) -> Entry:
    """Return one line of a file.

    Raises
    ------
    DataError
        It has no name nor administration, or a theme or a source that the file does not know.
    """
    if not card["name"] or not card["body"]:
        raise DataError(f"Démarche « {code} » : il manque le nom ou l’organisme.")
    if card["theme"] and card["theme"] not in themes():
        raise DataError(f"Démarche « {code} » : le thème « {card['theme']} » est inconnu.")
    if card["source"] not in table["sources"]:
        raise DataError(f"Démarche « {code} » : la source « {card['source']} » est inconnue.")
    return Entry(
        code,
        card["name"],
        card["body"],
        card["theme"],
        card["words"],
        table["pages"] + card["link"] if card.get("link") else "",
        table["sources"][card["source"]],
        card.get("checked", table["checked"]),
    )
