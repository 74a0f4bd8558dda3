"""What the room of rights does outside requests: the first ideas of a month."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone
from django_tasks import task

from portrea.base.errors import StoreError
from portrea.rights.catalogue import amounts_month, until
from portrea.rights.grid import build, is_of
from portrea.sources.openfisca import Process, python_with_openfisca
from portrea.sources.rights_grid import keep_grid, read_grid
from portrea.web.accounts.running import report

SECONDS = 300.0
"""Left to each question of the grid."""
ASKED = 6 * 3600
"""Seconds before the grid of a month is asked for again."""


@task()
def prepare_first_ideas() -> int:
    """Make the grid of the month where it is not there yet; return how many cases it holds.

    Three minutes of one processor, in a process of its own: pages keep theirs.
    """
    month, python = amounts_month(timezone.localdate()), python_with_openfisca()
    if python is None or month > until() or _is_ready(month):
        return 0
    engine = Process(python)
    try:
        made = build(lambda asked: engine.ask(asked, seconds=SECONDS), month, progress=report)
    finally:
        engine.stop()
    keep_grid(settings.PORTREA_HOME, month, made)
    return made.height


def ask_for_first_ideas() -> bool:
    """Have the worker make the grid of the month, once; say whether it was asked.

    The first person who opens the questions in a month asks for those who come after her.
    """
    month = amounts_month(timezone.localdate())
    if month > until() or _is_ready(month):
        return False
    if not caches["shared"].add(f"rights:grid:{month}", 1, timeout=ASKED):
        return False
    prepare_first_ideas.enqueue()
    return True


def _is_ready(month: str) -> bool:
    try:
        kept = read_grid(settings.PORTREA_HOME, month)
    except StoreError:
        return False
    return kept is not None and is_of(kept, timezone.localdate())
