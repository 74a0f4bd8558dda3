"""What stops an edit, with everything the person needs to finish it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError
from portrea.offer.content import field_of

if TYPE_CHECKING:
    from portrea.web.offer.models import Place


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field that somebody else changed meanwhile: what is shown now, what was wanted."""

    path: str
    current: Any
    wanted: Any

    @property
    def label(self) -> str:
        """French name of the field."""
        return field_of(self.path).label


class EditConflict(DataError):  # noqa: N818 - named so in the contract of the room
    """Somebody changed the same fields since the sheet was opened. Nothing was written.

    ``conflicts`` holds both values of each such field, ``wanted`` every change that was asked, and
    ``place`` the sheet as it is now: the form is shown again with both, so that nothing is lost.
    """

    def __init__(
        self, place: Place, conflicts: tuple[Conflict, ...], wanted: dict[str, Any]
    ) -> None:
        labels = ", ".join(conflict.label for conflict in conflicts)
        super().__init__(
            f"Une autre personne a changé cette fiche pendant que vous l’aviez ouverte : {labels}.",
            remedy="Vos valeurs sont gardées dans le formulaire : choisissez, puis enregistrez.",
        )
        self.place = place
        self.conflicts = conflicts
        self.wanted = wanted
