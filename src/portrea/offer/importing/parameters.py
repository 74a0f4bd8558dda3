"""The data files of importing (``params/*.yaml``), read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def parameters(name: str) -> dict[str, Any]:
    """Return one file of ``params``: fields, parts, words or prenoms."""
    folder = files("portrea.offer.importing").joinpath("params")
    found: dict[str, Any] = yaml.safe_load(folder.joinpath(f"{name}.yaml").read_text("utf-8"))
    return found
