"""Audits of accessibility: opened, filled in page by page, published only when whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.action.services.words import kept
from portrea.web.design import compliance
from portrea.web.operation.accessibility.criteria import criteria
from portrea.web.operation.accessibility.models import AccessibilityAudit, AccessibilityVerdict
from portrea.web.operation.accessibility.rate import ABSENT, FAILED, RESPECTED
from portrea.web.operation.accessibility.selectors import (
    audit_open_now,
    audit_rate,
    pages_of,
    valid_until,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

AUDIT = "accessibility.audit"
COMMENT, TOLD = 500, 2_000


@act(AUDIT)
@transaction.atomic
def audit_open(*, actor: Any) -> AccessibilityAudit:
    """Return the audit that is open; open one if there is none."""
    require(actor, AUDIT)
    found = audit_open_now()
    if found is not None:
        return found
    rank = AccessibilityAudit.objects.count() + 1
    made = AccessibilityAudit.objects.create(
        opened=timezone.localdate(),
        by=Actor.of(actor).user,
        version=settings.PORTREA_VERSION,
        seed=rank,
    )
    _note(actor, made, {"audit": "ouvert"})
    return made


@act(AUDIT)
@transaction.atomic
def verdicts_save(*, actor: Any, page: str, told: Mapping[str, tuple[str, str]]) -> int:
    """Keep what a person found on one page of the open audit; return how many verdicts it has.

    Parameters
    ----------
    page
        Name of a page of the sample.
    told
        Criterion → (verdict, comment); an empty verdict takes back the one given before.

    Raises
    ------
    DataError
        No audit is open, the page, a criterion or a verdict is unknown, or what is not respected
        is not explained.
    """
    require(actor, AUDIT)
    audit = _open()
    if page not in {one.name for one in pages_of(audit)}:
        raise DataError(
            _("Cette page n’est pas dans l’échantillon."), remedy=_("Revenez à l’audit.")
        )
    for number, (verdict, comment) in told.items():
        _check(number, verdict, comment)
        row = {"audit": audit, "page": page, "criterion": number}
        if verdict:
            words = {"verdict": verdict, "comment": kept(comment, COMMENT)}
            AccessibilityVerdict.objects.update_or_create(**row, defaults=words)
        else:
            AccessibilityVerdict.objects.filter(**row).delete()
    journal.record(
        act=AUDIT, actor=actor, target=audit, after={"page": page, "criteres": len(told)}
    )
    return audit.verdicts.filter(page=page).count()


def _check(number: str, verdict: str, comment: str) -> None:
    if number not in criteria() or verdict not in {"", RESPECTED, FAILED, ABSENT}:
        raise DataError(_("Ce constat n’existe pas."), remedy=_("Choisissez dans la liste."))
    if verdict == FAILED and not comment.strip():
        raise DataError(
            _("Critère {} : dites ce qui n’est pas conforme.").format(number),
            remedy=_("La déclaration publie cette explication."),
        )


@act(AUDIT)
@transaction.atomic
def audit_publish(*, actor: Any, tools: str, exempted: str = "") -> AccessibilityAudit:
    """Publish the open audit: its rate is shown from now on, and nothing of it changes any more.

    Raises
    ------
    DataError
        No audit is open, a verdict is missing, or the tools are not told.
    """
    require(actor, AUDIT)
    audit = _open()
    rate = audit_rate(audit)
    if not rate.complete:
        raise DataError(
            ngettext(
                "Il manque {} constat : aucun taux ne peut être publié.",
                "Il manque {} constats : aucun taux ne peut être publié.",
                rate.missing,
            ).format(rate.missing),
            remedy=_("Remplissez chaque page et chaque critère."),
        )
    if not tools.strip():
        raise DataError(
            _("Les outils de l’audit ne sont pas dits."),
            remedy=_("Nommez navigateurs, lecteurs d’écran et outils, avec leur version."),
        )
    audit.tools, audit.exempted = kept(tools, TOLD), kept(exempted, TOLD)
    audit.published = timezone.localdate()
    audit.save()
    journal.record(
        act=AUDIT, actor=actor, target=audit, after={"audit": "publié", "etat": rate.state}
    )
    transaction.on_commit(lambda: compliance.declare(rate.state, valid_until(audit)))
    return audit


def _open() -> AccessibilityAudit:
    found = audit_open_now(lock=True)
    if found is None:
        raise DataError(_("Aucun audit n’est ouvert."), remedy=_("Ouvrez-en un d’abord."))
    return found


def _note(actor: Any, audit: AccessibilityAudit, after: dict[str, Any]) -> None:
    journal.record(act=AUDIT, actor=actor, target=audit, after=after)
