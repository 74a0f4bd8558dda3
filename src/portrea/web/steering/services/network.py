"""Links between structures: declared, answered, ended; communities of practice: opened, run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.steering.network import LinkKind
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.services.words import kept
from portrea.web.steering.models import Community, Tie

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.web.offer.models import Place

DECLARE, RUN = "network.declare", "community.run"


@act(DECLARE)
@transaction.atomic
def tie_declare(*, actor: Any, source: Place, target: Place, kind: str, about: str = "") -> Tie:
    """Declare that a structure orients to another, or works with it.

    A partnership that the other declared is confirmed instead: it has no direction.

    Raises
    ------
    DataError
        The two are one, or the link is known already.
    """
    _require(actor, source)
    if source.pk == target.pk:
        raise DataError(
            _("Une structure ne se lie pas à elle-même."), remedy=_("Choisissez-en une autre.")
        )
    if kind == LinkKind.PARTNERSHIP:
        told = _open(source=target, target=source, kind=kind)
        if told is not None:
            return _answer(actor, told, Tie.State.CONFIRMED, source)
    try:
        with transaction.atomic():
            made = Tie.objects.create(
                source=source, target=target, kind=kind, about=kept(about, 160),
                declared_by=_spoken_for(actor, source),
            )  # fmt: skip
    except IntegrityError as error:
        raise DataError(_("Ce lien est déjà déclaré."), remedy=_("Rien à faire.")) from error
    _record(actor, made, source, {"déclaré": kind})
    return made


@act(DECLARE)
@transaction.atomic
def tie_answer(*, actor: Any, tie: int, confirmed: bool) -> Tie:
    """Say, for the structure that a link names, whether it is so."""
    found = _found(tie)
    _require(actor, found.target)
    state = Tie.State.CONFIRMED if confirmed else Tie.State.REFUSED
    return _answer(actor, found, state, found.target)


@act(DECLARE)
@transaction.atomic
def tie_end(*, actor: Any, tie: int) -> Tie:
    """End a link, for the structure that declared it."""
    found = _found(tie)
    _require(actor, found.source)
    found.ended = timezone.now()
    found.save(update_fields=["ended"])
    _record(actor, found, found.source, {"terminé": found.kind})
    return found


@act(RUN)
@transaction.atomic
def community_save(
    *, actor: Any, territory: Any, told: Mapping[str, Any], community: Community | None = None
) -> Community:
    """Open a community of practice, or change what is told of it and who is in it."""
    level, code = key_of(territory)
    require(actor, RUN, (level, code))
    made = community or Community(level=level, code=code)
    made.title, made.theme = kept(told["title"], 120), told["theme"]
    made.about = kept(told.get("about") or "", 500)
    made.next_day = told.get("next_day")
    made.next_place = kept(told.get("next_place") or "", 160)
    made.save()
    made.members.set(told.get("members") or ())
    journal.record(
        act=RUN, actor=actor, target=made, territory=made.territory,
        after={"communauté": made.title, "structures": made.members.count()},
    )  # fmt: skip
    return made


@act(RUN)
@transaction.atomic
def community_close(*, actor: Any, community: Community) -> None:
    """Close a community; what it was stays."""
    require(actor, RUN, community.territory)
    community.closed = timezone.now()
    community.save(update_fields=["closed"])
    journal.record(
        act=RUN, actor=actor, target=community, territory=community.territory,
        after={"communauté close": community.title},
    )  # fmt: skip


def _answer(actor: Any, tie: Tie, state: str, place: Place) -> Tie:
    tie.state, tie.answered = state, timezone.now()
    tie.save(update_fields=["state", "answered"])
    _record(actor, tie, place, {"réponse": state})
    return tie


def _found(tie: int) -> Tie:
    rows = Tie.objects.select_for_update(of=("self",)).select_related("source", "target")
    found = rows.filter(pk=tie, ended=None).first()
    if found is None:
        raise DataError(_("Ce lien est déjà terminé."), remedy=_("Rechargez la page."))
    return found


def _open(**which: Any) -> Tie | None:
    return Tie.objects.select_for_update().filter(ended=None, **which).first()


def _require(actor: Any, place: Place) -> None:
    require(actor, DECLARE, place.territory, structure=place.pk)


def _spoken_for(actor: Any, place: Place) -> str:
    """Return the structure when one of its own says it, nothing when it is the référent."""
    grants = Actor.of(actor).grants
    return place.pk if any(grant.structure == place.pk for grant in grants) else ""


def _record(actor: Any, tie: Tie, place: Place, after: dict[str, Any]) -> None:
    journal.record(act=DECLARE, actor=actor, target=tie, territory=place.territory, after=after)
