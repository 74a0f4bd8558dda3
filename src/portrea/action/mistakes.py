"""What to do when something went wrong: the law as it is known here, letters to write."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def mistakes() -> Mapping[str, Any]:
    """Return the law, as it is known here, and the cases: what to do, to whom, what to write."""
    text = (files("portrea.action") / "params" / "erreurs.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))
