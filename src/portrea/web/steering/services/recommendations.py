"""Recommended actions: kept, changed, set aside, ordered, brought to the comité."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.steering.committee import State
from portrea.steering.recommending import reason, rule_of
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.services.words import kept
from portrea.web.steering.actions.facts import facts_of
from portrea.web.steering.models import FormerWords, Recommendation
from portrea.web.steering.services.meetings import decision_take

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.steering.recommending import Rule
    from portrea.web.steering.models import Decision, Meeting

DECIDE = "recommendation.decide"
LENGTHS = {"title": 200, "why": 2_000, "how": 2_000, "owner": 160}
"""Signs of each text."""
FOLLOWED = ("due", "wanted", "target", "state")


class ChangedError(DataError):
    """Somebody else changed the action meanwhile: nothing was replaced; ``now`` is theirs."""

    def __init__(self, now: Recommendation) -> None:
        super().__init__(
            _("Quelqu’un a changé cette action pendant que vous l’écriviez : « {} ».").format(
                now.title
            ),
            remedy=_("Vos mots sont gardés ci-dessous : comparez, puis enregistrez de nouveau."),
        )
        self.now = now


@act("recommendation.decide")
@transaction.atomic
def recommendation_keep(
    *, actor: Any, territory: Any, told: Mapping[str, Any], rule: str = ""
) -> Recommendation:
    """Keep what a rule proposes, or an action that somebody adds; its measure of today is frozen.

    Parameters
    ----------
    rule
        Identifier of the rule; empty for an action of one's own, which says why itself.

    Raises
    ------
    DataError
        The rule proposes nothing any more, its action is kept already, or nobody says why.
    """
    level, code = key_of(territory)
    require(actor, DECIDE, (level, code))
    made = Recommendation(level=level, code=code, rank=_last_rank(level, code))
    _write(made, told)
    if rule:
        made.rule, made.why = rule, _reason(f"{level}:{code}", _rule(rule))
    _check_why(made)
    _freeze(made, told.get("indicator", ""))
    return _added(actor, made, {"gardée": made.title, "règle": rule})


@act("recommendation.decide")
@transaction.atomic
def recommendation_change(
    *, actor: Any, action: Recommendation, told: Mapping[str, Any], seen: int
) -> Recommendation:
    """Change an action; its former words are kept as a version.

    Parameters
    ----------
    seen
        The version that the person read before she wrote.

    Raises
    ------
    ChangedError
        Another version was written since.
    """
    found = _to_change(actor, action)
    if found.version != seen:
        raise ChangedError(found)
    words, followed = _words(found), _followed(found)
    _write(found, told)
    _check_why(found)
    if told.get("indicator", found.indicator) != found.indicator:
        _freeze(found, told["indicator"])
    if _words(found) != words:
        FormerWords.objects.create(action=found, version=found.version, words=words)
        found.version += 1
    found.changed = timezone.now()
    found.save()
    now, before = _words(found) | _followed(found), words | followed
    _record(actor, found, {"changée": {k: str(now[k]) for k in now if now[k] != before[k]}})
    return found


@act("recommendation.decide")
@transaction.atomic
def proposal_set_aside(*, actor: Any, territory: Any, rule: str, why_not: str) -> Recommendation:
    """Set aside what a rule proposes; somebody says why, and it is not proposed again.

    Raises
    ------
    DataError
        Nobody says why, the rule proposes nothing any more, or it is kept or set aside already.
    """
    level, code = key_of(territory)
    require(actor, DECIDE, (level, code))
    said, card = _why_not(why_not), _rule(rule)
    made = Recommendation(
        level=level, code=code, rule=rule, title=card.title, how=card.how, owner=card.owner,
        why=_reason(f"{level}:{code}", card), wanted=card.wanted,
        state=str(State.DROPPED), reason=said, rank=_last_rank(level, code),
    )  # fmt: skip
    return _added(actor, made, {"écartée": said, "règle": rule})


@act("recommendation.decide")
@transaction.atomic
def recommendation_set_aside(*, actor: Any, action: Recommendation, why_not: str) -> None:
    """Set aside an action that was kept; somebody says why (``DataError`` otherwise)."""
    found = _to_change(actor, action)
    found.state, found.reason = str(State.DROPPED), _why_not(why_not)
    found.changed = timezone.now()
    found.save(update_fields=["state", "reason", "changed"])
    _record(actor, found, {"écartée": found.reason})


@act("recommendation.decide")
@transaction.atomic
def recommendation_step(*, actor: Any, action: Recommendation, step: str) -> None:
    """Move an action up or down, or take it back once set aside."""
    found = _to_change(actor, action)
    if step == "reprendre":
        found.state, found.reason = str(State.WAITING), ""
        _freeze(found, found.indicator or _indicator(found.rule))
        found.save()
        _record(actor, found, {"reprise": found.title})
        return
    rows = list(_rows(found.level, found.code).exclude(state=State.DROPPED))
    place = rows.index(found)
    other = place + (1 if step == "descendre" else -1)
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for rank, row in enumerate(rows):
        row.rank = rank
    Recommendation.objects.bulk_update(rows, ["rank"])


@act("recommendation.decide")
@transaction.atomic
def recommendation_decide(*, actor: Any, action: Recommendation, meeting: Meeting) -> Decision:
    """Make a decision of the comité of an action: its owner, its day and its measure go with it.

    Raises
    ------
    DataError
        The meeting is that of another territory, or the comité decided already.
    """
    found = _to_change(actor, action)
    if found.decision_id or meeting.committee.territory != found.territory:
        raise DataError(
            _("Cette action est déjà une décision, ou ce comité est celui d’un autre territoire."),
            remedy=_("Rechargez la page."),
        )
    seats = {one.label: one.pk for one in meeting.committee.seats.filter(left=None)}
    told = {
        "title": found.title, "owner": seats.get(found.owner), "due": found.due,
        "indicator": found.indicator, "note": found.how,
    }  # fmt: skip
    found.decision = decision_take(actor=actor, meeting=meeting, told=told)
    found.save(update_fields=["decision"])
    _record(actor, found, {"décision du comité": meeting.day.isoformat()})
    return found.decision


def _why_not(told: str) -> str:
    said = kept(told, 300)
    if not said:
        raise DataError(_("Dites pourquoi elle est écartée."), remedy=_("Quelques mots suffisent."))
    return said


def _rule(name: str) -> Rule:
    found = rule_of(name)
    if found is None:
        raise DataError(_("Cette règle n’existe plus."), remedy=_("Rechargez la page."))
    return found


def _reason(territory: str, rule: Rule) -> str:
    said = reason(rule, facts_of(territory, {*rule.reads}))
    if said is None:
        raise DataError(
            _("Les chiffres ont changé : cette action n’est plus proposée."),
            remedy=_("Rechargez la page ; vous pouvez l’ajouter vous-même."),
        )
    return said


def _indicator(rule: str) -> str:
    found = rule_of(rule)
    return found.indicator if found else ""


def _write(action: Recommendation, told: Mapping[str, Any]) -> None:
    for name, most in LENGTHS.items():
        if name in told:
            setattr(action, name, kept(told[name] or "", most))
    for name in FOLLOWED:
        if name in told:
            setattr(action, name, told[name])


def _freeze(action: Recommendation, indicator: str) -> None:
    """Keep the measure of today as the one that the action starts from."""
    fact = facts_of(action.territory, {indicator}).get(indicator) if indicator else None
    action.indicator = indicator if fact else ""
    action.baseline = asdict(fact) if fact else {}


def _check_why(action: Recommendation) -> None:
    if not action.why:
        raise DataError(_("Une action ne va jamais sans sa raison."), remedy=_("Écrivez pourquoi."))


def _words(action: Recommendation) -> dict[str, str]:
    return {name: getattr(action, name) for name in LENGTHS}


def _followed(action: Recommendation) -> dict[str, Any]:
    return {name: getattr(action, name) for name in (*FOLLOWED, "indicator")}


def _rows(level: str, code: str) -> Any:
    return Recommendation.objects.filter(level=level, code=code)


def _last_rank(level: str, code: str) -> int:
    return int(_rows(level, code).count())


def _added(actor: Any, made: Recommendation, after: dict[str, Any]) -> Recommendation:
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise DataError(
            _("Cette proposition a déjà été gardée ou écartée."), remedy=_("Rechargez la page.")
        ) from error
    _record(actor, made, after)
    return made


def _to_change(actor: Any, action: Recommendation) -> Recommendation:
    rows = Recommendation.objects.select_for_update(of=("self",))
    found = rows.get(pk=action.pk)
    require(actor, DECIDE, found.territory)
    return found


def _record(actor: Any, action: Recommendation, after: dict[str, Any]) -> None:
    journal.record(act=DECIDE, actor=actor, target=action, territory=action.territory, after=after)
