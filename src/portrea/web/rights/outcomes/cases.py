"""A case as the library says it, and as the table keeps it; free words before they are kept."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError
from portrea.base.unseen import without_unseen
from portrea.rights.outcomes import Case, right_names
from portrea.surveys.privacy import findings, scrubbed

if TYPE_CHECKING:
    from portrea.web.rights.models import Outcome

FIELDS = tuple(one.name for one in fields(Case))
"""Fields of a case: a column of :class:`Outcome` has the name of each."""
LOG, READ, CALL = "outcome.log", "outcome.read", "outcome.call"
"""Acts of the matrix."""
SECRET = ("nir", "mot_de_passe")
LONGEST = 120


def case_of(row: Outcome) -> Case:
    """Return the case that a row says."""
    return Case(**{name: getattr(row, name) for name in FIELDS})


def columns_of(case: Case) -> dict[str, Any]:
    """Return the columns that say a case."""
    return {name: getattr(case, name) for name in FIELDS}


def right_of(row: Outcome) -> str:
    """Return the French name of the right followed."""
    return row.procedure or right_names().get(row.right, row.right)


def unsecret(text: str) -> str:
    """Return words without what nobody sees.

    Raises
    ------
    DataError
        They hold a password or a social security number.
    """
    told = without_unseen(text).strip()
    secrets = dict.fromkeys(one.label for one in findings(told) if one.kind in SECRET)
    if secrets:
        raise DataError(
            f"Ce texte contient : {', '.join(secrets)}. Portrea ne le garde jamais.",
            remedy="Effacez-le, puis enregistrez.",
        )
    return told


def clean(text: str, most: int = LONGEST) -> str:
    """Return words as they may be kept: what identifies replaced, cut at ``most`` signs."""
    return scrubbed(unsecret(text))[:most].strip()
