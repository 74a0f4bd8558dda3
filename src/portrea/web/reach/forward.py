"""Trials put forward on a territory, worked out again for its portrait and its pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from portrea.base.errors import PortreaError
from portrea.steering.sections_what_if import Named
from portrea.web.reach.asked import read_text
from portrea.web.reach.saved import scenarios_shown, shown_state
from portrea.web.reach.selectors import trial_of

if TYPE_CHECKING:
    from portrea.web.reach.saved import Saved

__all__ = ["forward_of", "shown_state"]


def forward_of(reference: str) -> tuple[Named, ...]:
    """Return the trials put forward on a territory (none on several together)."""
    level, _, code = reference.partition(":")
    return tuple(_again(one) for one in scenarios_shown(level, code))


def _again(saved: Saved) -> Named:
    """Work a trial out with the computation in force; say why when that cannot be done."""
    trial, why = None, ""
    try:
        trial = trial_of(read_text(saved.query))
    except PortreaError as error:
        why = error.message
    day = timezone.localtime(saved.created).date().isoformat()
    return Named(saved.key, saved.title, day, saved.told, saved.computation, trial, why)
