"""Inviting: a list of who is asked, a link for each shown once, what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from portrea.base.csv_rows import csv_rows
from portrea.base.errors import DataError, Diagnostic
from portrea.base.unseen import without_unseen
from portrea.web.accounts.links import digest_of
from portrea.web.accounts.permissions import act
from portrea.web.surveys.models import Invitation
from portrea.web.surveys.services.rounds import survey_to_keep, survey_to_run, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from portrea.web.surveys.models import Survey

MOST = 5_000
LENGTH = 16
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_HEADS = {"qui", "nom", "structure", "label", "libelle", "libellé"}


class Asked(NamedTuple):
    """One to invite: a word to know it by, its group, its place of the census if it is one."""

    label: str
    kind: str = ""
    place: str = ""


class Made(NamedTuple):
    """An invitation and its token, known now and never again."""

    invitation: Invitation
    token: str


def read_list(text: str) -> list[Asked]:
    """Return who is written one a line, « who ; group »; a heading and empty lines are left out.

    Raises
    ------
    DataError
        A line is too long or has no name, or the list is too long.
    """
    found: list[Asked] = []
    faults: list[Diagnostic] = []
    for line, cells in csv_rows(text, _separator(text)):
        told = [without_unseen(cell).strip() for cell in cells]
        if not any(told) or (line == 1 and told[0].lower() in _HEADS):
            continue
        label, kind = told[0], told[1] if len(told) > 1 else ""
        if not label:
            faults.append(Diagnostic("vide", "il manque de qui il s’agit.", row=line))
        elif len(label) > 200 or len(kind) > 80:
            faults.append(Diagnostic("long", "200 signes au plus, 80 pour le groupe.", row=line))
        else:
            found.append(Asked(label, kind))
    _refuse(found, faults)
    return list(dict.fromkeys(found))


def read_file(content: bytes) -> list[Asked]:
    """Return who is listed in a CSV file, in UTF-8 or as French spreadsheets write it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "\x00" in text:
        raise DataError(
            "Ce fichier n’est pas un CSV.", remedy="Enregistrez la liste en CSV, puis recommencez."
        )
    return read_list(text)


@act("survey.run")
@transaction.atomic
def invitations_add(*, actor: Any, key: str, asked: Sequence[Asked]) -> list[Made]:
    """Invite: only the digest of each link is kept, the tokens are returned once."""
    survey = survey_to_run(actor, key)
    _room(survey, len(asked))
    places = set(survey.invitations.exclude(place="").values_list("place", flat=True))
    now = timezone.now()
    made = [_made(survey, one, now) for one in asked if not one.place or one.place not in places]
    Invitation.objects.bulk_create(one.invitation for one in made)
    write(actor, survey, {"invitations": len(made)})
    return made


@act("survey.run")
@transaction.atomic
def invitation_renew(*, actor: Any, key: str, pk: int) -> Made:
    """Give a new link to one whose link was lost: the former one opens nothing."""
    survey = survey_to_run(actor, key)
    found = _one(survey, pk)
    token = get_random_string(LENGTH, SIGNS)
    found.digest = digest_of(token)
    found.save(update_fields=["digest"])
    write(actor, survey, {"invitation renouvelée": found.pk})
    return Made(found, token)


@act("survey.run")
@transaction.atomic
def invitations_outcome(*, actor: Any, key: str, outcomes: Iterable[tuple[int, str]]) -> int:
    """Write what became of some invitations; return how many changed."""
    survey = survey_to_keep(actor, key)
    changed = 0
    for pk, outcome in outcomes:
        if outcome not in Invitation.Outcome.values:
            raise DataError("Cette suite n’existe pas.", remedy="Choisissez-en une dans la liste.")
        rows = survey.invitations.filter(pk=pk).exclude(outcome=outcome)
        changed += rows.update(outcome=outcome, since=day())
    if changed:
        write(actor, survey, {"suites d’invitations": changed})
    return changed


@act("survey.run")
@transaction.atomic
def invitations_reminded(*, actor: Any, key: str) -> int:
    """Write that those without an answer are reminded today; return how many."""
    survey = survey_to_run(actor, key)
    waiting = survey.invitations.filter(outcome=Invitation.Outcome.WAITING)
    count = waiting.update(reminded=day())
    if count:
        write(actor, survey, {"relances": count})
    return count


@act("survey.run")
@transaction.atomic
def invitation_withdraw(*, actor: Any, key: str, pk: int) -> str:
    """Take somebody out of the list: the link opens nothing any more."""
    survey = survey_to_keep(actor, key)
    found = _one(survey, pk)
    found.delete()
    write(actor, survey, {"invitation retirée": pk})
    return found.label


def day() -> datetime:
    """Return today at midnight: an instant would tell which answer came by which invitation."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _made(survey: Survey, one: Asked, now: datetime) -> Made:
    token = get_random_string(LENGTH, SIGNS)
    made = Invitation(
        survey=survey,
        label=one.label,
        kind=one.kind,
        place=one.place,
        digest=digest_of(token),
        sent=now,
    )
    return Made(made, token)


def _one(survey: Survey, pk: int) -> Invitation:
    found = survey.invitations.filter(pk=pk).first()
    if found is None:
        raise DataError("Cette invitation n’existe plus.")
    return found


def _room(survey: Survey, more: int) -> None:
    if not more:
        raise DataError(
            "La liste ne contient personne.", remedy="Écrivez une ligne par invitation."
        )
    if survey.invitations.count() + more > MOST:
        raise DataError(
            f"Une enquête compte {MOST} invitations au plus.",
            remedy="Au-delà, diffusez le lien ouvert de l’enquête.",
        )


def _refuse(found: Sequence[Asked], faults: list[Diagnostic]) -> None:
    if faults:
        told = "; ".join(str(fault) for fault in faults[:5])
        raise DataError(
            f"La liste a {len(faults)} ligne(s) à corriger : {told}",
            remedy="Corrigez-les, puis recommencez : rien n’a été ajouté.",
            diagnostics=tuple(faults),
        )
    if len(found) > MOST:
        raise DataError(
            f"La liste a {len(found)} lignes ; {MOST} au plus.",
            remedy="Au-delà, diffusez le lien ouvert de l’enquête.",
        )


def _separator(text: str) -> str:
    return "\t" if "\t" in text.partition("\n")[0] else ";"
