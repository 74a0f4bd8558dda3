"""What the pages of non-take-up read: composed once per computation, store and simulation."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from portrea.steering.sections_take_up import take_up_section
from portrea.steering.take_up import report_of, state_of
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from portrea.steering.document import Section
    from portrea.steering.take_up import Report

KEPT = 128


def take_up_state() -> str:
    """Name what shapes a page besides the computation in force."""
    return state_of(settings.PORTREA_HOME)


def take_up_report(level: str, code: str) -> Report:
    """Return all that is told of a territory.

    Raises
    ------
    TerritoryError
        Unknown, or of a level at which nothing is told.
    """
    key = territory_find(f"{level}:{code}").key
    current = reader()
    return _report(str(current.store.home), current.computation_id, take_up_state(), key)


def take_up_page(report: Report) -> Section:
    """Return the section of a report."""
    return take_up_section(report)


def simulation_command(report: Report) -> str:
    """Return the command that would compute the other road."""
    area = report.territory
    if area.level.value == "region":
        return f"portrea rights eligible --region {area.code}"
    departement = area.code if area.level.value == "departement" else area.departement
    return f"portrea rights eligible --departement {departement}"


@lru_cache(maxsize=KEPT)
def _report(_home: str, _computation: str, _state: str, key: str) -> Report:
    return report_of(reader(), territory_find(key).territories[0])
