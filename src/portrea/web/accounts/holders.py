"""For whom somebody writes: a territory, or a structure that she keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q

from portrea.web.accounts import structures
from portrea.web.accounts.matrix import Scope, matrix
from portrea.web.accounts.permissions import reach
from portrea.web.accounts.scope import inside, name_of
from portrea.web.accounts.where import choices_of, condition, keys_of

if TYPE_CHECKING:
    from portrea.web.accounts.structures import Structure

_STRUCTURE = "structure:"


class Holder(NamedTuple):
    """A territory (``commune:35188``) and, if it is one's, the structure of that territory."""

    territory: str
    structure: str = ""

    @property
    def name(self) -> str:
        """French."""
        return structures.name_of_structure(self.structure) or name_of(self.territory)

    @property
    def condition(self) -> Q:
        """« It is held by this one » on the columns level, code and structure."""
        return Q(structure=self.structure) if self.structure else inside(self.territory)


def holders_of(who: Any, act: str) -> list[tuple[str, str]]:
    """Return for whom somebody may do an act, as choices: her structures, then territories."""
    kept = [(f"{_STRUCTURE}{one.id}", one.name) for one in _structures(who, act)]
    return kept + choices_of(who, act)


def holder(choice: str) -> Holder:
    """Return what a choice of :func:`holders_of` means; permissions are asked by the service."""
    if not choice.startswith(_STRUCTURE):
        return Holder(choice)
    identifier = choice.removeprefix(_STRUCTURE)
    found = structures.structure(identifier)
    return Holder(found.territory if found else "", identifier)


def choice_of(territory: str, structure: str = "") -> str:
    """Return the choice that means a holder."""
    return f"{_STRUCTURE}{structure}" if structure else territory


def within(who: Any, act: str) -> Q:
    """Return « somebody may do this act on it » on the columns level, code and structure."""
    kept = [one.id for one in _structures(who, act)]
    found = condition(keys_of(who, act))
    return found | Q(structure__in=kept) if kept and found else found


def _structures(who: Any, act: str) -> list[Structure]:
    scopes = matrix().acts[act].scopes
    kept = dict.fromkeys(
        grant.structure
        for grant in reach(who, act)
        if grant.structure and scopes.get(grant.role) is Scope.STRUCTURE
    )
    return [found for one in kept if (found := structures.structure(one))]
