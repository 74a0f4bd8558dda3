"""Campaigns: whom to ask, the e-mails, and what comes back by the link of an e-mail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portrea.base.errors import DataError
from portrea.offer.freshness import AskState, Step, advance, due_places, next_event
from portrea.offer.importing.people import personal_email
from portrea.web.accounts import journal, links
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.offer.census import places_in, records_of
from portrea.web.offer.models import Ask, Campaign, Fix, OptOut, Place
from portrea.web.offer.services.places import place_fix, place_locked
from portrea.web.offer.services.rebuilding import place_rebuild

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

PURPOSE = "confirmer"
LINK_LASTS = timedelta(days=60)
MOST_PLACES = 5_000


# -- addresses ------------------------------------------------------------------------------------


def digest_of_address(address: str) -> str:
    """Return what an address that refused e-mails is known by."""
    told = salted_hmac("portrea.optout", address.strip().casefold(), algorithm="sha256")
    return told.hexdigest()


def refusing(addresses: Iterable[str]) -> set[str]:
    """Return those of some addresses that asked not to be written to."""
    by_digest = {digest_of_address(one): one for one in addresses}
    found = OptOut.objects.filter(digest__in=by_digest).values_list("digest", flat=True)
    return {by_digest[digest] for digest in found}


def addresses_of(place: Place) -> list[str]:
    """Return the addresses of a place that are a structure's, never a person's."""
    told = place.record.get("emails") or ()
    return [one for one in told if not personal_email(one, place.name, place.city)[0]]


def addresses_in(places: QuerySet[Place]) -> tuple[list[str], int]:
    """Return structures' addresses, once each, and how many are a person's, kept out."""
    told: dict[str, str] = {}
    kept_out = 0
    for place in places.iterator(chunk_size=2000):
        mine = addresses_of(place)
        kept_out += len(place.record.get("emails") or ()) - len(mine)
        for one in mine:
            told.setdefault(one.casefold(), one)
    return list(told.values()), kept_out


def contact_of(place: Place) -> str:
    """Return the address to write to, empty when there is none or it refused."""
    told = addresses_of(place)
    refused = refusing(told)
    return "" if refused else next(iter(told), "")


# -- a campaign -----------------------------------------------------------------------------------


@act("campaign.run")
def campaign_open(*, actor: Any, title: str, territory: Any) -> Campaign:
    """Open a campaign with every place of a territory whose sheet is no longer fresh."""
    level, code = key_of(territory)
    require(actor, "campaign.run", (level, code))
    places = places_in((level, code)).filter(status=Place.Status.OPEN)
    if places.count() > MOST_PLACES:
        raise DataError("Trop de lieux : choisissez un territoire plus petit.")
    due = due_places(records_of(places), on=timezone.localdate())
    if not due:
        raise DataError("Toutes les fiches de ce territoire sont à jour : rien à demander.")
    with transaction.atomic():
        campaign = Campaign.objects.create(title=title.strip()[:200], level=level, code=code)
        Ask.objects.bulk_create([Ask(campaign=campaign, place_id=place.id) for place, _ in due])
        _write(actor, campaign, {"fiches": len(due)})
    return campaign


@act("campaign.run")
def campaign_ask(*, actor: Any, key: int) -> tuple[int, int]:
    """Write to every structure not asked yet; return how many, and how many have no address."""
    campaign = _open_one(actor, key)
    sent, silent = 0, 0
    asks = campaign.asks.filter(state=Ask.State.NOT_ASKED).select_related("place").order_by("pk")
    with transaction.atomic():
        for ask in asks:
            if contact_of(ask.place):
                _move(ask, "ask")
                _enqueue(ask)
                sent += 1
            else:
                silent += 1
        _write(actor, campaign, {"courriels": sent, "sans adresse": silent})
    return sent, silent


@act("campaign.run")
def campaign_close(*, actor: Any, key: int) -> Campaign:
    """End a campaign: no more reminder is sent; what comes back is still received."""
    campaign = _open_one(actor, key)
    campaign.closed = timezone.now()
    campaign.save(update_fields=["closed"])
    _write(actor, campaign, {"close": True})
    return campaign


def campaigns_follow() -> dict[str, int]:
    """Remind those who have not answered, give up after the delay; called each day."""
    told = {"remind": 0, "give_up": 0}
    waiting = Ask.objects.filter(
        campaign__closed=None, state__in=(Ask.State.ASKED, Ask.State.REMINDED)
    )
    for ask in waiting.select_related("place").order_by("pk"):
        event = next_event(_step(ask), on=timezone.localdate())
        if event is None:
            continue
        with transaction.atomic():
            _move(ask, event)
            if event == "remind":
                _enqueue(ask)
        told[event] += 1
    return told


def _open_one(actor: Any, key: int) -> Campaign:
    campaign = Campaign.objects.filter(pk=key).first()
    if campaign is None:
        raise DataError("Cette campagne n’existe plus.")
    require(actor, "campaign.run", campaign.territory)
    if campaign.closed:
        raise DataError("Cette campagne est close.")
    return campaign


def _step(ask: Ask) -> Step:
    return Step(AskState(ask.state), ask.since)


def _move(ask: Ask, event: str) -> None:
    step = advance(_step(ask), event, on=timezone.localdate())
    ask.state, ask.since = str(step.state), step.since
    ask.save(update_fields=["state", "since", "times"])


def _enqueue(ask: Ask) -> None:
    from portrea.web.offer.services.mailing import send_ask

    ask.times += 1
    ask.save(update_fields=["times"])
    send_ask.enqueue(ask.pk)


def _write(actor: Any, campaign: Campaign, after: dict[str, Any]) -> None:
    journal.record(
        act="campaign.run",
        actor=actor,
        target=campaign,
        territory=campaign.territory,
        after=after,
    )


# -- the link of an e-mail ------------------------------------------------------------------------


def ask_path(ask: Ask) -> str:
    """Return the path of the page where a structure answers; it expires."""
    return f"/confirmer/{links.sign(PURPOSE, ask.pk)}/"


def ask_of(token: str) -> Ask:
    """Return what a link asks; :class:`portrea.web.accounts.links.LinkError` when it is no good."""
    key = links.read(PURPOSE, token, lasting=LINK_LASTS)
    ask = Ask.objects.select_related("place", "campaign").filter(pk=key).first()
    if ask is None:
        raise links.LinkError("Cette demande n’existe plus.")
    return ask


def bearer_of(ask: Ask) -> Actor:
    """Return who answers: the structure, by its link."""
    label = f"campagne n° {ask.campaign_id}"
    return Actor.link(label, ask.place.territory, structure=ask.place_id)


def ask_confirm(*, ask: Ask) -> None:
    """Hear that nothing changed: the sheet is fresh today."""
    with transaction.atomic():
        place_confirm(actor=bearer_of(ask), place_id=ask.place_id)
        _heard(ask, "confirm")


@act("campaign.run")
def ask_heard(*, actor: Any, campaign: int, key: int) -> Ask:
    """Write that a structure, reached by telephone, says that nothing changed."""
    found = _open_one(actor, campaign)
    ask = found.asks.select_related("place").filter(pk=key).first()
    if ask is None:
        raise DataError("Cette structure n’est pas dans la campagne.")
    with transaction.atomic():
        place_confirm(actor=actor, place_id=ask.place_id)
        _heard(ask, "confirm")
    return ask


def ask_changed(*, ask: Ask) -> None:
    """Hear that a correction was proposed."""
    with transaction.atomic():
        _heard(ask, "change")


def _heard(ask: Ask, event: str) -> None:
    """Move a place heard, in every campaign still open: nobody is reminded after answering."""
    others = Ask.objects.filter(place_id=ask.place_id, campaign__closed=None).exclude(pk=ask.pk)
    for one in (ask, *others):
        if one.state != Ask.State.OPTED_OUT:
            _move(one, event)


def ask_refuse(*, ask: Ask) -> None:
    """Hear that the structure does not want to be written to: no campaign ever will."""
    with transaction.atomic():
        address_refuse(place=ask.place)
        for one in Ask.objects.filter(place_id=ask.place_id).exclude(state=Ask.State.OPTED_OUT):
            _move(one, "opt_out")


def address_refuse(*, place: Place) -> None:
    """Write nothing any more to the addresses of a place."""
    with transaction.atomic():
        for address in addresses_of(place):
            OptOut.objects.get_or_create(digest=digest_of_address(address))


@act("place.confirm")
def place_confirm(*, actor: Any, place_id: str) -> Place:
    """Say that a sheet is true today: each service is confirmed, or the sheet when it has none."""
    now = timezone.now()
    with transaction.atomic():
        place = place_locked(place_id)
        require(actor, "place.confirm", place.territory, structure=place.pk)
        today = timezone.localdate(now).isoformat()
        keys = [service["key"] for service in place.record.get("services", ())]
        if keys:
            changes = {f"services.{key}.confirmed": today for key in keys}
            return place_fix(
                actor=actor, place_id=place.pk, version=place.version, changes=changes,
                reason="rien n’a changé", origin="confirmation", act="place.confirm",
            )  # fmt: skip
        Fix.objects.create(
            place=place, path="hours_confirmed", value=True, origin="confirmation", at=now,
            reason="rien n’a changé",
        )  # fmt: skip
        place_rebuild(places=[place.pk], now=now)
        journal.record(
            act="place.confirm", actor=actor, target=place, territory=place.territory,
            after={"confirmé": today},
        )  # fmt: skip
    return Place.objects.get(pk=place.pk)
