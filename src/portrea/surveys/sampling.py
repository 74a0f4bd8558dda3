"""Whom to ask: quota sheets that share a number of people as the census does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping


def quotas(people: Mapping[str, float], size: int) -> dict[str, int]:
    """Share ``size`` people to ask between groups, as their numbers (largest remainders).

    Raises
    ------
    ParameterError
        Nobody to ask, or no people in any group.
    """
    total = sum(people.values())
    if size < 1 or total <= 0 or min(people.values()) < 0:
        message = f"{size} personne(s) à interroger parmi {total:g} : aucune répartition possible."
        raise ParameterError(message, remedy="Donnez un nombre à interroger et des effectifs.")
    exact = {group: size * count / total for group, count in people.items()}
    shared = {group: int(value) for group, value in exact.items()}
    left = size - sum(shared.values())
    by_rest = sorted(exact, key=lambda group: shared[group] - exact[group])
    return {group: shared[group] + (group in by_rest[:left]) for group in people}
