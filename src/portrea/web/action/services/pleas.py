"""A proposal to an administration: drafted, sent, followed until it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from portrea.action.difficulties import words
from portrea.action.proposals import State, move
from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of, name_of
from portrea.web.action.models import Difficulty, Exchange, Procedure, Proposal
from portrea.web.action.pleas import counting
from portrea.web.action.pleas.state import followed
from portrea.web.action.services.plea_mail import send_again, send_plea
from portrea.web.action.services.words import kept

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping

LONGEST = 4_000
TEXTS = {"title": 200, "who": LONGEST, "suggestion": LONGEST, "addressee": 160}
GONE = "Cette proposition n’existe plus."
NOT_NOW = "Elle est déjà envoyée : elle ne change plus."
BY_BODY = ("accuser", "changer", "refuser")


@act("plea.write")
@transaction.atomic
def plea_draft(*, actor: Any, territory: Any, procedure: Procedure, code: str) -> Proposal:
    """Begin a proposal about one thing that blocks, its facts frozen.

    Raises
    ------
    ParameterError
        The facts would make somebody recognised (:func:`portrea.action.freezing.frozen`).
    """
    level, place = key_of(territory)
    require(actor, "plea.write", (level, place))
    trouble = words()["codes"].get(code)
    if trouble is None:
        raise DataError("Ce blocage est inconnu.", remedy="Revenez à la liste de ce qui revient.")
    made = Proposal(
        level=level,
        code=place,
        procedure=procedure,
        trouble=code,
        title=f"{procedure.name} : {trouble[0].lower()}{trouble[1:]}"[: TEXTS["title"]],
        who=_("Les personnes qui font cette démarche (%s).") % name_of((level, place)),
        suggestion=words()["suggestions"][code],
        addressee=procedure.body,
        by=Actor.of(actor).user,
    )
    made.facts = counting.facts_now(made)
    made.save()
    _write(actor, made, {"brouillon": made.title})
    return made


@act("plea.write")
@transaction.atomic
def plea_edit(
    *, actor: Any, key: str, told: Mapping[str, str], quotes: Iterable[Difficulty] = ()
) -> Proposal:
    """Change a draft; its evidence is only made of texts read again."""
    found = _draft(actor, key)
    for name, most in TEXTS.items():
        setattr(found, name, kept(told.get(name, ""), most))
    found.email = told.get("email", "").strip()
    read = [one.words for one in quotes if one.reviewed and one.words]
    found.evidence = "\n".join(f"« {' '.join(text.split())} »" for text in read)
    found.save()
    _write(actor, found, {"changée": True})
    return found


@act("plea.write")
@transaction.atomic
def plea_recount(*, actor: Any, key: str) -> Proposal:
    """Count the facts of a draft again."""
    found = _draft(actor, key)
    found.facts = counting.facts_now(found)
    found.save(update_fields=["facts"])
    _write(actor, found, {"recomptée": True})
    return found


@act("plea.write")
@transaction.atomic
def plea_drop(*, actor: Any, key: str) -> None:
    """Erase a draft."""
    found = _draft(actor, key)
    _write(actor, found, {"brouillon effacé": found.title})
    found.delete()


@act("plea.write")
@transaction.atomic
def plea_send(*, actor: Any, key: str, public: bool) -> Proposal:
    """Send a draft to the service of the administration; its facts no longer move.

    Raises
    ------
    DataError
        Something is missing.
    ParameterError
        Facts sent meanwhile are too near these ones.
    """
    found = _draft(actor, key)
    if not (found.email and found.suggestion.strip() and found.addressee.strip()):
        raise DataError(
            "Il manque le service, son courriel ou ce que vous proposez.",
            remedy="Complétez le brouillon, puis envoyez-le.",
        )
    counting.check_beside(found)
    found.public = public
    found.save(update_fields=["public"])
    _move(found, "envoyer")
    _write(actor, found, {"envoyée à": found.addressee, "publique": public})
    transaction.on_commit(lambda: send_plea.enqueue(found.pk))
    return found


@act("plea.write")
@transaction.atomic
def plea_note(
    *, actor: Any, key: str, event: str, words: str = "", changed_on: datetime.date | None = None
) -> Proposal:
    """Note what happened: written again, answered by phone or letter, left without an answer."""
    found = _to_change(actor, key)
    _happened(found, event, words, changed_on, from_body=event in BY_BODY)
    _write(actor, found, {"événement": event})
    if event == "relancer":
        transaction.on_commit(lambda: send_again.enqueue(found.pk))
    return found


@act("plea.write")
@transaction.atomic
def plea_publish(*, actor: Any, key: str, public: bool) -> Proposal:
    """Show a proposal to everyone, or no longer."""
    found = _to_change(actor, key)
    if found.state == State.DRAFT:
        raise DataError("Un brouillon n’est pas public.", remedy="Envoyez-le d’abord.")
    found.public = public
    found.save(update_fields=["public"])
    _write(actor, found, {"publique": public})
    return found


@act("plea.write")
@transaction.atomic
def plea_measure(*, actor: Any, key: str) -> Proposal:
    """Count again since the procedure changed, and keep what may be said of it."""
    found = _to_change(actor, key)
    found.compared = counting.measured_now(found)
    found.save(update_fields=["compared"])
    _write(actor, found, {"mesure": found.compared["saying"]})
    return found


@act("plea.answer")
@transaction.atomic
def plea_answer(
    *,
    actor: Any,
    answer_key: str,
    event: str,
    words: str = "",
    changed_on: datetime.date | None = None,
) -> Proposal:
    """Take the answer of the administration, who holds the link of the letter."""
    found = Proposal.objects.select_for_update().filter(answer_key=answer_key).first()
    if found is None or found.state == State.DRAFT:
        raise DataError(GONE, remedy="Vérifiez l’adresse reçue.")
    if event not in BY_BODY:
        raise DataError("Cette réponse n’est pas prévue.", remedy="Choisissez dans la liste.")
    _happened(found, event, words, changed_on, from_body=True)
    journal.record(
        act="plea.answer", actor=actor, target=found, territory=found.territory,
        after={"événement": event},
    )  # fmt: skip
    return found


def _happened(
    found: Proposal,
    event: str,
    words: str,
    changed_on: datetime.date | None,
    *,
    from_body: bool,
) -> None:
    today = today_in(found.territory)
    if event == "changer":
        if changed_on is None or changed_on > today:
            raise DataError(
                "Depuis quel jour la démarche a-t-elle changé ?", remedy="Un jour déjà passé."
            )
        found.changed_on = changed_on
    told = kept(words, LONGEST)
    if from_body and told:
        found.answer = told
    found.save(update_fields=["answer", "changed_on"])
    _move(found, event, told, from_body=from_body)


def _move(found: Proposal, event: str, words: str = "", *, from_body: bool = False) -> None:
    """Move a proposal, and keep the event."""
    then = move(followed(found), event, on=today_in(found.territory))
    found.state, found.since = str(then.state), then.since
    found.sent, found.reminded = then.sent, then.reminded
    found.save(update_fields=["state", "since", "sent", "reminded"])
    Exchange.objects.create(proposal=found, event=event, words=words, from_body=from_body)


def _to_change(actor: Any, key: str) -> Proposal:
    found = Proposal.objects.select_for_update().filter(key=key).first()
    if found is None:
        raise DataError(GONE, remedy="Revenez à la liste.")
    require(actor, "plea.write", found.territory)
    return found


def _draft(actor: Any, key: str) -> Proposal:
    found = _to_change(actor, key)
    if found.state != State.DRAFT:
        raise DataError(NOT_NOW, remedy="Écrivez-en une autre, ou relancez.")
    return found


def _write(actor: Any, found: Proposal, after: dict[str, Any]) -> None:
    journal.record(
        act="plea.write", actor=actor, target=found, territory=found.territory, after=after
    )
