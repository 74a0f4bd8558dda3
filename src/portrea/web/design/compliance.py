"""What the foot of every page says of accessibility: « non conforme » unless an audit is in force.

The publication of an audit writes it in ``accessibilite.json`` of ``PORTREA_HOME``: pages that ask
nothing of the database can say it, and a missing, broken or outdated file says « non conforme ».
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

DEFAULT = "non"
LABELS = {
    "non": _("Accessibilité : non conforme"),
    "partiellement": _("Accessibilité : partiellement conforme"),
    "totalement": _("Accessibilité : totalement conforme"),
}


def state() -> str:
    """Return « non », « partiellement » or « totalement » for today."""
    path = _path()
    try:
        told, until = _read(str(path), path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError):
        return DEFAULT
    return told if told in LABELS and timezone.localdate() <= until else DEFAULT


def declare(told: str, until: date) -> None:
    """Write the state that holds until a day; the file is replaced at once."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"state": told, "until": until.isoformat()}), "utf-8")
    fresh.replace(path)


@lru_cache(maxsize=4)
def _read(path: str, _written: int) -> tuple[str, date]:
    card = json.loads(Path(path).read_text("utf-8"))
    return card["state"], date.fromisoformat(card["until"])


def _path() -> Path:
    return Path(settings.PORTREA_HOME) / "accessibilite.json"
