"""What access does outside requests: the draws of the need kept for its pages."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import caches
from django_tasks import task

from portrea.sources.store import Store
from portrea.steering.demand_kept import keep_demands, missing_measures
from portrea.web.accounts.running import report

ASKED = 3600
"""Seconds before the draws of a computation are asked for again."""


@task()
def keep_draws() -> list[str]:
    """Keep the draws of the computation in force: pages of access no longer make them."""
    return list(keep_demands(Store(settings.PORTREA_HOME), progress=report))


def ask_for_draws() -> bool:
    """Have the worker keep the draws of the computation in force, once; say whether it was asked.

    Every process that serves calls this: the first one asks.
    """
    store = Store(settings.PORTREA_HOME)
    computation = store.current()
    if computation is None or not missing_measures(store):
        return False
    if not caches["shared"].add(f"reach:draws:{computation.id}", 1, timeout=ASKED):
        return False
    keep_draws.enqueue()
    return True
