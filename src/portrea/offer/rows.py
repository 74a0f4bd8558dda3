"""Records as rows of the table ``places``, and back."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.offer.record import Block, Place, Service
from portrea.vocab.situations import Situation, rules, situations_of
from portrea.vocab.standards import mednum
from portrea.vocab.tables import PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SITUATIONS = {
    Block.INFORMATION: Situation.INFORMATION,
    Block.AIDE: Situation.AIDE,
    Block.EQUIPEMENT: Situation.EQUIPEMENT,
    Block.FORMATION: Situation.FORMATION,
    Block.DEPANNAGE: Situation.EQUIPEMENT,
}
_BLOCKS = {situation: block for block, situation in reversed(_SITUATIONS.items())}
_BETWEEN = "\x1f"
DEPANNAGE_OFFERS = frozenset({"Acquisition de matériel informatique à prix solidaire"})


def block_of(offer: str) -> Block:
    """Return the block of a mednum service: that of the first situation it answers.

    What answers none of the four (leisure, parenting) is digital culture.
    """
    if offer in DEPANNAGE_OFFERS:
        return Block.DEPANNAGE
    rule = rules().services.get(offer)
    return _BLOCKS[rule.situations[0]] if rule and rule.situations else Block.FORMATION


@lru_cache(maxsize=4096)
def _ruled(
    kind: str | None,
    services: tuple[str, ...],
    programmes: tuple[str, ...],
    access_modes: tuple[str, ...],
) -> tuple[Situation, ...]:
    return situations_of(
        kind=kind, services=services, programmes=programmes, access_modes=access_modes
    )


def situations(place: Place) -> tuple[Situation, ...]:
    """Return the situations a place covers, in the order of :class:`Situation`.

    Notes
    -----
    A service answers the situation of its block, unless all it offers is ruled to answer none;
    programmes and kind speak as in :func:`portrea.vocab.situations.situations_of`.
    """
    told = tuple((service.block, service.offers) for service in place.services)
    return _situations(place.kind, told, place.programmes, _united(place, "access_modes"))


@lru_cache(maxsize=65536)
def _situations(
    kind: str | None,
    services: tuple[tuple[Block, tuple[str, ...]], ...],
    programmes: tuple[str, ...],
    access: tuple[str, ...],
) -> tuple[Situation, ...]:
    if rules().closed in access:
        return ()
    # blocks are no mednum service: they only say that services are declared
    declared = tuple(str(block) for block, _offers in services)
    covered = set(_ruled(kind, declared, programmes, access))
    covered |= {_SITUATIONS[block] for block, offers in services if not _answers_none(offers)}
    return tuple(situation for situation in Situation if situation in covered)


def _answers_none(offers: Sequence[str]) -> bool:
    book = rules().services
    return bool(offers) and all(o in book and not book[o].situations for o in offers)


def _united(place: Place, name: str) -> tuple[str, ...]:
    """Return the values of a list over the services, once each, in their order."""
    return tuple(dict.fromkeys(v for service in place.services for v in getattr(service, name)))


def to_row(place: Place) -> dict[str, Any]:
    """Return a place as a row of the table ``places``."""
    address = ", ".join(filter(None, (place.address, place.address_more)))
    publics = dict.fromkeys((*_united(place, "publics"), *_united(place, "special_care")))
    return {
        "id": place.id,
        "name": place.name,
        "kind": place.kind,
        "commune": place.commune,
        "address": address or None,
        "postcode": place.postcode,
        "city": place.city,
        "longitude": place.longitude,
        "latitude": place.latitude,
        "phone": place.phone or next((s.phone for s in place.services if s.phone), None),
        "email": next(iter(place.emails), None),
        "website": next(iter(place.websites), None),
        "hours": place.hours,
        "hours_text": place.hours_text,
        "services": list(_united(place, "offers")) or None,
        "situations": [str(situation) for situation in situations(place)],
        "publics": list(publics) or None,
        "access_modes": list(_united(place, "access_modes")) or None,
        "support_modes": list(_united(place, "support_modes")) or None,
        "cost": list(_united(place, "cost")) or None,
        "programmes": list(place.programmes) or None,
        "itinerant": ("Itinérant" in place.itinerant) if place.itinerant else None,
        "siret": place.siret,
        "updated": place.updated,
        "source": place.source or "",
    }


def frame_of(places: Iterable[Place]) -> pl.DataFrame:
    """Return the table ``places`` of records."""
    rows = [to_row(place) for place in places]
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in PLACES.schema}
    for name, dtype in PLACES.schema.items():
        if isinstance(dtype, pl.List):
            columns[name] = _lists(columns[name])
    return PLACES.check(pl.DataFrame(columns, schema=PLACES.schema))


def _lists(values: Sequence[Sequence[str] | None]) -> pl.Series:
    """Return a column of lists, cut out of one text each: ten times faster than list by list."""
    if any(_BETWEEN in one for told in values if told for one in told):
        return pl.Series(values, dtype=pl.List(pl.String))
    texts = [None if told is None else "".join([one + _BETWEEN for one in told]) for told in values]
    cut = pl.col("told").str.split(_BETWEEN)
    frame = pl.DataFrame({"told": texts}, schema={"told": pl.String})
    return frame.select(cut.list.slice(0, cut.list.len() - 1)).to_series()


# -- back from a row ------------------------------------------------------------------------------

_PLACE_FIELDS = ("id", "name", "kind", "siret", "commune", "city", "postcode", "address")
_SERVICE_LISTS = ("support_modes", "access_modes", "cost")


def of_row(row: Mapping[str, Any]) -> Place:
    """Return the record of a row of ``places``, so that :func:`to_row` gives the row back.

    Notes
    -----
    A row does not say which service its publics and ways of access belong to: each service gets
    them. Services are grouped by block; a situation that no mednum service, programme or kind
    explains (lists of version 0.1) is a service without details. A place that tells publics, ways
    of access or costs, but no service, and whose kind and programmes say nothing of what is done
    there, keeps none of them (:func:`undescribed`): they describe a service that nobody told, and
    making one would claim help that nobody declared. Twelve real lists (38,090 rows) have two
    such places; imports say it line by line, ``portrea offer load`` says how many.
    """
    located = row["longitude"] is not None and row["latitude"] is not None
    services = _services_of(row)
    itinerant = {True: ("Itinérant",), False: ("Fixe",), None: ()}[row["itinerant"]]
    return Place(
        **{name: row[name] for name in _PLACE_FIELDS},
        longitude=row["longitude"] if located else None,
        latitude=row["latitude"] if located else None,
        position="declared" if located else None,
        phone=row["phone"],
        emails=(row["email"],) if row["email"] else (),
        websites=(row["website"],) if row["website"] else (),
        hours=row["hours"],
        hours_text=row["hours_text"],
        itinerant=itinerant,
        programmes=tuple(row["programmes"] or ()),
        services=services,
        updated=row["updated"],
        source=row["source"],
    )


def undescribed(row: Mapping[str, Any], place: Place) -> bool:
    """Whether a row tells publics, ways of access or costs that its place could not hold."""
    return not place.services and any(row[name] for name in ("publics", *_SERVICE_LISTS))


def _services_of(row: Mapping[str, Any]) -> tuple[Service, ...]:
    publics = row["publics"] or ()
    care = set(mednum.fields()["prise_en_charge_specifique"].values)
    common: dict[str, Any] = {name: tuple(row[name] or ()) for name in _SERVICE_LISTS} | {
        "publics": tuple(value for value in publics if value not in care),
        "special_care": tuple(value for value in publics if value in care),
    }
    offers = _offers_by_block(row)
    if not offers and any(common.values()):
        offers = dict.fromkeys([_BLOCKS[Situation(s)] for s in row["situations"]], ())
    return tuple(
        Service(block=block, key=str(block), offers=tuple(told), **common)
        for block, told in sorted(offers.items(), key=lambda item: list(Block).index(item[0]))
    )


def _offers_by_block(row: Mapping[str, Any]) -> dict[Block, Sequence[str]]:
    offers: dict[Block, list[str]] = {}
    wanted = [Situation(s) for s in row["situations"]]
    closed = rules().closed in (row["access_modes"] or ())
    names = (tuple(row[name] or ()) for name in ("services", "programmes"))
    spoken = _ruled(row["kind"], *names, ())
    elsewhere = [_BLOCKS[s] for s in wanted if s not in spoken]
    for offer in row["services"] or ():
        block = block_of(offer)
        if not closed and _SITUATIONS[block] not in wanted and not _answers_none([offer]):
            block = next(iter(elsewhere), _BLOCKS[wanted[0]] if wanted else block)
        offers.setdefault(block, []).append(offer)
    for block in elsewhere:
        offers.setdefault(block, [])
    return dict(offers)
