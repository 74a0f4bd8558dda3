"""A written mandate: how long it lasts, where it stands, what may be done under it; no name."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from datetime import date


class State(StrEnum):
    """Where a mandate stands on a day."""

    COMING = "a_venir"
    GOING = "en_cours"
    ENDING = "finit_bientot"
    OVER = "fini"
    REVOKED = "revoque"

    @property
    def label(self) -> str:
        """French."""
        return _LABELS[self]

    @property
    def holds(self) -> bool:
        """Whether something may be done under it."""
        return self in (State.GOING, State.ENDING)


_LABELS = {
    State.COMING: "à venir",
    State.GOING: "en cours",
    State.ENDING: "finit bientôt",
    State.OVER: "fini",
    State.REVOKED: "révoqué",
}


@cache
def words() -> dict[str, Any]:
    """Return durations, perimeters and acts of ``params/mandats.yaml``."""
    text = (files("portrea.action") / "params" / "mandats.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


def last_day(starts: date, days: int) -> date:
    """Return the last day of a mandate, included.

    Raises
    ------
    ParameterError
        The duration is not one of Aidants Connect.
    """
    if days not in words()["durations"]:
        known = ", ".join(words()["durations"].values())
        raise ParameterError(f"Un mandat dure {known}.", remedy="Choisissez une de ces durées.")
    return starts + timedelta(days=days - 1)


def state_of(starts: date, ends: date, revoked: date | None, *, on: date) -> State:
    """Return where a mandate stands on a day; ``ends`` is included, ``revoked`` is not."""
    if revoked is not None and on >= revoked:
        return State.REVOKED
    if on < starts:
        return State.COMING
    if on > ends:
        return State.OVER
    left = (ends - on).days
    return State.ENDING if left <= int(words()["soon"]["value"]) else State.GOING
