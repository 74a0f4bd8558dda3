"""The territory: what makes procedures harder there, against references and by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.steering.sections_factor_areas import factor_areas_section
from portrea.steering.sections_factors import factors_section
from portrea.steering.subject import Subject
from portrea.web.steering.compare_selectors import context_of
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from portrea.steering.document import Section
    from portrea.territory import Selection

DESCRIBED = ("commune", "epci", "departement", "region", "france")
"""Levels whose territories are described: published figures are too few below."""


def sections(selection: Selection) -> tuple[Section, ...]:
    """Return the factors of a territory, then those of its parts; nothing for a list."""
    subject = Subject.of(reader(), selection)
    if subject.level not in DESCRIBED:
        return ()
    parts = subject.parts[:1]
    levels = {subject.level, *(area.level for area in (*subject.parents, *parts))}
    contexts = {level: context_of(level) for level in DESCRIBED if level in levels}
    found = [factors_section(subject, contexts, subject.parents)]
    if parts and parts[0].level in contexts:
        found.append(factor_areas_section(subject, contexts[parts[0].level]))
    return tuple(section for section in found if section is not None)
