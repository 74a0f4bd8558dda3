"""The needs: a map of each axis, and who is concerned by age."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from portrea.needs.profiles import profile
from portrea.steering.computation import settings_of
from portrea.steering.sections_ages import MEASURE, ages_section
from portrea.steering.sections_needs import areas_section
from portrea.steering.subject import SELECTION, Subject
from portrea.web.steering.trial import kept_inputs
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    import polars as pl

    from portrea.steering.document import Section
    from portrea.territory import Selection

MAPPED = ("a1", "b", "c")
"""Measures that have their map: the digital side, the procedures asked, where both meet."""
KEPT = 64
WITHOUT_AGES = (SELECTION, "iris", "qpv")
"""Too small to be told by age, or not one territory."""


def sections(selection: Selection) -> tuple[Section, ...]:
    """Return the needs by area, then by age."""
    subject = Subject.of(reader(), selection)
    found = (areas_section(subject, mapped=MAPPED), _ages(subject))
    return tuple(section for section in found if section is not None)


def _ages(subject: Subject) -> Section | None:
    """Return the needs by age, when their sum is the number of the whole territory."""
    estimate = subject.estimate(MEASURE)
    if subject.level in WITHOUT_AGES or estimate is None or not estimate.available:
        return None
    current = reader()
    if settings_of(current.computation).benchmark is not None:
        return None
    home, area = str(settings.PORTREA_HOME), subject.areas[0]
    rows = _profile(home, current.computation_id, area.level, area.code)
    return ages_section(rows, here=subject.here, level=subject.level, quality=estimate.quality)


@lru_cache(maxsize=KEPT)
def _profile(home: str, computation: str, level: str, code: str) -> pl.DataFrame:
    inputs, chosen = kept_inputs(home, computation), settings_of(reader().computation)
    return profile(
        inputs.territories, inputs.observations, inputs.crosstab, level=level, code=code,
        parameters=chosen.parameters, fitted=chosen.fitted,
    )  # fmt: skip
