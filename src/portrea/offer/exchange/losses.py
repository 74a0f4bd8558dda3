"""What each format loses of a record, declared field by field (``params/losses.yaml``)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.offer.content import ANY_SERVICE, SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def losses() -> Mapping[str, Mapping[str, str]]:
    """Return format → path of a field → what is lost of it, and why, in French."""
    text = files("portrea.offer.exchange").joinpath("params/losses.yaml").read_text("utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def declared(standard: str, path: str) -> str | None:
    """Return what is declared lost at a path (``services.aide.cost`` is ``services.*.cost``)."""
    parts = path.split(".")
    general = ".".join([ANY_SERVICE, *parts[2:]]) if parts[0] == SERVICES else path
    return losses()[standard].get(general)
