"""What is shown of how a person connects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.web.accounts import second_factor, sign_in
from portrea.web.accounts.models import User

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class FactorState:
    """The second factor of a person: since when, recovery codes left, until when she may wait."""

    since: datetime | None
    begun: bool
    left: int
    asked: bool
    deadline: datetime | None

    @property
    def in_place(self) -> bool:
        """Whether a code is asked of her."""
        return self.since is not None

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What she may do of the one in place."""
        if not self.in_place:
            return []
        found = [
            ("codes", _("Tirer de nouveaux codes de secours")),
            ("replace", _("Changer de téléphone")),
        ]
        return found if self.asked else [*found, ("remove", _("Retirer le second facteur"))]


def user_of(key: int) -> User | None:
    """Return an active account by its key."""
    return User.objects.filter(pk=key, is_active=True).first()


def factor_state(user: User) -> FactorState:
    """Describe the second factor of a person."""
    row = sign_in.factor_of(user)
    return FactorState(
        row.confirmed if row else None,
        bool(row and row.seed),
        sign_in.recovery_left(user),
        sign_in.days_left_to(user) is not None,
        sign_in.deadline_of(user),
    )


def shown_to_telephone(user: User) -> dict[str, str]:
    """Return the picture and the text of the key that a telephone is about to keep.

    Both are empty when it is in place: it is shown once.
    """
    row = sign_in.factor_of(user)
    if row is None or row.confirmed or not row.seed:
        return {"picture": "", "secret": ""}
    secret = second_factor.secret_of(row.seed)
    parts = (secret[start : start + 4] for start in range(0, len(secret), 4))
    address = second_factor.address_of(secret, user.email)
    return {"picture": second_factor.picture_of(address), "secret": " ".join(parts)}
