"""A comité: opened, its seats filled and left; the paroles given, read again, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.services.words import kept
from portrea.web.steering.models import Committee, Seat, Voice
from portrea.web.steering.models.committees import SeatKind

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 1_500
"""Signs of a parole."""


@act("committee.run")
@transaction.atomic
def committee_open(*, actor: Any, territory: Any, each_year: int) -> Committee:
    """Open the comité of a territory.

    Raises
    ------
    DataError
        It has one already.
    """
    level, code = key_of(territory)
    require(actor, "committee.run", (level, code))
    try:
        with transaction.atomic():
            made = Committee.objects.create(level=level, code=code, each_year=each_year)
    except IntegrityError as error:
        raise DataError(
            _("Ce territoire a déjà un comité."), remedy=_("Ouvrez-le depuis la liste.")
        ) from error
    record(actor, made, made, {"ouvert": True, "par an": each_year})
    return made


@act("committee.run")
@transaction.atomic
def seat_add(*, actor: Any, committee: Committee, told: Mapping[str, str]) -> Seat:
    """Add a seat: a body, or a person concerned with the pseudonym that she chose."""
    require(actor, "committee.run", committee.territory)
    concerned = told["kind"] == SeatKind.CONCERNED
    made = Seat(
        committee=committee,
        kind=told["kind"],
        body="" if concerned else kept(told.get("body", ""), 160),
        part=kept(told.get("part", ""), 160),
        pseudonym=kept(told.get("pseudonym", ""), 40) if concerned else "",
    )
    made.save()
    record(actor, committee, made, {"siège": made.kind})
    return made


@act("committee.run")
@transaction.atomic
def seat_leave(*, actor: Any, committee: Committee, seat: int) -> None:
    """Note that a seat is left; what it took charge of stays."""
    require(actor, "committee.run", committee.territory)
    found = committee.seats.select_for_update().filter(pk=seat, left=None).first()
    if found is None:
        raise DataError(_("Ce siège est déjà libre."), remedy=_("Rechargez la page."))
    found.left = today_in(committee.territory)
    found.save(update_fields=["left"])
    record(actor, committee, found, {"siège quitté": found.kind})


@act("committee.voice")
@transaction.atomic
def voice_give(*, actor: Any, committee: Committee, words: str, pseudonym: str = "") -> Voice:
    """Keep a parole by consent, what identifies taken out; a référent reads it again first.

    Raises
    ------
    DataError
        It is empty, or holds a secret.
    """
    told = kept(words, LONGEST)
    if not told:
        raise DataError(_("Votre texte est vide."), remedy=_("Écrivez quelques mots."))
    made = Voice.objects.create(committee=committee, words=told, pseudonym=kept(pseudonym, 40))
    _note(actor, committee, made, {"parole": "donnée"})
    return made


@act("committee.voice")
@transaction.atomic
def voice_withdraw(*, actor: Any, code: str) -> None:
    """Erase a parole by its code.

    Raises
    ------
    DataError
        No parole has this code.
    """
    found = Voice.objects.select_related("committee").filter(code=code.strip().lower()).first()
    if found is None:
        raise DataError(
            _("Aucune parole ne porte ce code."), remedy=_("Vérifiez-le : huit signes.")
        )
    _note(actor, found.committee, found, {"parole": "retirée"})
    found.delete()


@act("committee.run")
@transaction.atomic
def voice_review(*, actor: Any, committee: Committee, voice: int, told: bool) -> None:
    """Let the comité read a parole, or erase one that names somebody."""
    require(actor, "committee.run", committee.territory)
    found = committee.voices.select_for_update().filter(pk=voice).first()
    if found is None:
        raise DataError(_("Cette parole a été retirée."), remedy=_("Rechargez la page."))
    record(actor, committee, found, {"parole": "relue" if told else "effacée"})
    if not told:
        found.delete()
        return
    found.reviewed = timezone.now()
    found.save(update_fields=["reviewed"])


def record(actor: Any, committee: Committee, target: Any, after: dict[str, Any]) -> None:
    """Write an act of the référent in the journal."""
    journal.record(
        act="committee.run", actor=actor, target=target, territory=committee.territory, after=after
    )


def _note(actor: Any, committee: Committee, voice: Voice, after: dict[str, Any]) -> None:
    journal.record(
        act="committee.voice", actor=actor, target=voice, territory=committee.territory, after=after
    )
