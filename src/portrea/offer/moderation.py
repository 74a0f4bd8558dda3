"""What becomes of a contribution: a state machine, and the three values a référent compares.

A contribution waits; it is accepted, accepted in part or refused with a coded reason; a decision is
undone. Nothing here knows who decides: permissions are asked before.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.base.errors import DataError
from portrea.offer.content import field_of, value_at

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class Kind(StrEnum):
    """What a contribution is about."""

    NEW = "new"
    FIX = "fix"
    CLOSED = "closed"
    DUPLICATE = "duplicate"
    REMARK = "remark"

    @property
    def label(self) -> str:
        """French words shown in the queue."""
        return _KINDS[self]


_KINDS = {
    Kind.NEW: "Nouveau lieu",
    Kind.FIX: "Correction",
    Kind.CLOSED: "Fermé ?",
    Kind.DUPLICATE: "En double ?",
    Kind.REMARK: "Remarque",
}


class State(StrEnum):
    """Where a contribution stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """French words shown in the queue."""
        return _STATES[self]


_STATES = {
    State.WAITING: "en attente",
    State.ACCEPTED: "acceptée",
    State.PARTLY: "acceptée en partie",
    State.REFUSED: "refusée",
}


class Verdict(StrEnum):
    """What a référent says."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    UNDO = "undo"


class Standing(StrEnum):
    """How a proposed value stands against what the sheet tells now."""

    TO_DECIDE = "to_decide"
    DONE = "done"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a contribution is refused; ``words``: a few words are asked with it."""

    code: str
    label: str
    kinds: tuple[Kind, ...]
    words: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state after a verdict, and the paths that are taken into the sheet."""

    state: State
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """One proposed value: what its author saw, what the sheet tells now, what is proposed."""

    path: str
    label: str
    seen: Any
    now: Any
    proposed: Any
    standing: Standing
    critical: bool


@cache
def reasons() -> Mapping[str, Reason]:
    """Return the reasons of refusal, by code."""
    text = files("portrea.offer").joinpath("params/moderation.yaml").read_text("utf-8")
    cards = yaml.safe_load(text)["reasons"]
    return {
        code: Reason(code, card["label"], tuple(map(Kind, card["for"])), card.get("words", False))
        for code, card in cards.items()
    }


def reasons_for(kind: Kind) -> tuple[Reason, ...]:
    """Return the reasons that fit a kind of contribution, in the order of the file."""
    return tuple(reason for reason in reasons().values() if kind in reason.kinds)


def decide(
    kind: Kind,
    state: State,
    verdict: Verdict,
    *,
    paths: Sequence[str] = (),
    kept: Collection[str] = (),
    reason: str = "",
    note: str = "",
) -> Outcome:
    """Return what a verdict makes of a contribution.

    Parameters
    ----------
    paths
        Fields that the contribution proposes.
    kept
        Those that the référent keeps when accepting.
    reason, note
        Coded reason of a refusal, and a few words.

    Raises
    ------
    DataError
        When the verdict is not possible; the message says why and what to do.
    """
    if verdict is Verdict.UNDO:
        if state is State.WAITING:
            raise DataError("Rien à annuler : cette contribution attend encore une décision.")
        return Outcome(State.WAITING)
    if state is not State.WAITING:
        raise DataError(
            f"Cette contribution est déjà {state.label} : quelqu’un a décidé entre-temps.",
            remedy="Annulez d’abord la décision si vous pensez autrement.",
        )
    if verdict is Verdict.REFUSE:
        _check_reason(kind, reason, note)
        return Outcome(State.REFUSED)
    return _accepted(kind, paths, kept)


def _check_reason(kind: Kind, code: str, note: str) -> None:
    reason = reasons().get(code)
    if reason is None or kind not in reason.kinds:
        raise DataError("Choisissez une raison de refuser.")
    if reason.words and not note.strip():
        raise DataError("Dites en quelques mots pourquoi vous refusez.")


def _accepted(kind: Kind, paths: Sequence[str], kept: Collection[str]) -> Outcome:
    strange = [path for path in kept if path not in paths]
    if strange:
        raise DataError(f"Le champ « {strange[0]} » n’est pas proposé.")
    taken = tuple(path for path in paths if path in kept)
    if kind is Kind.NEW and "name" not in taken:
        raise DataError("Un nouveau lieu garde son nom : acceptez-le, ou refusez la proposition.")
    if paths and not taken:
        raise DataError("Aucun champ n’est retenu : refusez la proposition, avec une raison.")
    return Outcome(State.ACCEPTED if len(taken) == len(paths) else State.PARTLY, taken)


def review(
    proposed: Mapping[str, Any], seen: Mapping[str, Any], content: Mapping[str, Any]
) -> tuple[Review, ...]:
    """Compare proposed values with what the sheet tells now, field by field.

    Parameters
    ----------
    proposed, seen
        Path → value proposed, and value that its author saw.
    content
        The sheet as it is now (JSON); empty for a new place.
    """
    return tuple(
        _reviewed(path, seen.get(path), value_at(content, path), value)
        for path, value in proposed.items()
    )


def _reviewed(path: str, seen: Any, now: Any, proposed: Any) -> Review:
    field = field_of(path)
    return Review(
        path, field.label, seen, now, proposed, standing(seen, now, proposed), field.critical
    )


def standing(seen: Any, now: Any, proposed: Any) -> Standing:
    """Tell how a proposed value stands against the sheet."""
    if now == proposed:
        return Standing.DONE
    return Standing.TO_DECIDE if now == seen else Standing.OVERTAKEN


def goes_back(before: Any, accepted: Any, now: Any) -> bool:
    """Tell whether undoing puts a field back: only while it is still as it was accepted."""
    return bool(now == accepted and now != before)
