"""Links to a view of the indicators: made, read by their token, revoked."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.base.errors import DataError, ParameterError
from portrea.web.accounts import journal, links
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.services.words import kept
from portrea.web.steering.indicators.selectors import READ
from portrea.web.steering.models import SharedView

if TYPE_CHECKING:
    from collections.abc import Mapping

LASTS = (7, 30, 90, 365)
"""Days that a link may last."""


def token_of(link: SharedView) -> str:
    """Return the token of a link: only this site's secret key can write it."""
    return links.token("indicateurs", f"{link.pk}")


def address_of(link: SharedView) -> str:
    """Return the public address of a link."""
    return links.absolute(f"/pilotage/partage/{token_of(link)}/")


@act("indicator.share")
@transaction.atomic
def view_share(
    *, actor: Any, territory: str, label: str, asked: Mapping[str, str], days: int
) -> SharedView:
    """Make a link that shows one view, and nothing else, for some days.

    Raises
    ------
    ParameterError
        It would last another time than those offered.
    """
    require(actor, "indicator.share", territory)
    if asked.get("avec"):
        require(actor, READ, asked["avec"])
    if days not in LASTS:
        raise ParameterError(f"Durée inconnue : {days} jours.", remedy=f"Durées : {LASTS}.")
    level, code = key_of(territory)
    made = SharedView.objects.create(
        digest=secrets.token_hex(32), label=kept(label, 120) or _("Indicateurs"), level=level,
        code=code, asked=dict(asked), by=Actor.of(actor).user,
        expires=timezone.now() + timedelta(days=days),
    )  # fmt: skip
    made.digest = links.digest_of(token_of(made))
    made.save(update_fields=["digest"])
    journal.record(
        act="indicator.share", actor=actor, target=made, territory=made.territory,
        after={"vue": made.asked, "jours": days},
    )  # fmt: skip
    return made


@act("indicator.share")
@transaction.atomic
def view_revoke(*, actor: Any, territory: str, link: int) -> None:
    """Put an end to a link at once.

    Raises
    ------
    DataError
        It has already ended, or is of another territory.
    """
    require(actor, "indicator.share", territory)
    level, code = key_of(territory)
    rows = SharedView.objects.select_for_update().filter(level=level, code=code, revoked=None)
    found = rows.filter(pk=link).first()
    if found is None:
        raise DataError(_("Ce lien est déjà fermé."), remedy=_("Rechargez la page."))
    found.revoked = timezone.now()
    found.save(update_fields=["revoked"])
    journal.record(
        act="indicator.share", actor=actor, target=found, territory=territory,
        after={"révoqué": True},
    )  # fmt: skip
