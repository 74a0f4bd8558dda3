"""Any place that lists, people or fuzzers may tell: for the properties of exchange."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from portrea.offer.exchange.text import line
from portrea.offer.record import (
    Block,
    Capacity,
    Closure,
    Helper,
    Place,
    Presence,
    PresenceKind,
    Saturation,
    Service,
)
from portrea.vocab.standards import mednum

TODAY = date(2026, 11, 22)
CITIES = {"35133": "Iffendic", "97411": "Saint-Denis", "2A004": "Ajaccio"}
HOURS = ("Mo-Fr 09:00-12:00,14:00-17:30; PH off", "Tu[2] 10:00-12:00", "le lundi", "24/7", "SH Mo")
PHONES = ("0299000000", "+33299000000", "02.99.00.00.00", "3949", "0262 12 34 56", "12", "+33 (0)6")
LINKS = (
    "https://www.exemple.fr", "http://exemple.fr/a(b);c?d=e:f#g-h", "https://rdv.exemple.fr:8443/x",
    "javascript:alert(1)", "exemple.fr", "https://xn--a.fr", "https://a..b.fr", "HTTPS://É.fr/",
    "https://exemple.fr/é'à\"<", "https://exemple.fr/a;b",
)  # fmt: skip
EMAILS = (
    "accueil@exemple.fr", "a..b@exemple.fr", "@exemple.fr", "a@b", "x@exemple.test",
    "o'neil+a@sous.exemple.fr", "A@EXEMPLE.FR", "é@exemple.fr", "a@exemple.fr;b@exemple.fr",
)  # fmt: skip
PIVOTS = ("21350133200017", "W351001234", "0" * 14, "123", "213 501 332 00017")
ACCESSIBLE = (
    "https://acceslibre.beta.gouv.fr/app/35-iffendic/a/mairie/erp/mairie/",
    "https://acceslibre.beta.gouv.fr/é(1)", "oui", "https://exemple.fr",
)  # fmt: skip
texts = st.one_of(
    st.sampled_from(("Maison d’aide", "=1+1", "-2", "'=x", "a|b", "« L’été » !", "e\u0301")),
    st.sampled_from((" ", "\x00\ud800")),
    st.text(max_size=40),
    st.text("abc é’'|;.,\n\r\t=+-@«»\u00a0\u202f\ufeff", max_size=30),
    st.just("mot " * 120),
    st.just("x" * 11_000),
)  # fmt: skip
dates = st.dates(date(1969, 1, 1), date(2027, 12, 31))
coordinates = st.one_of(
    st.none(),
    st.floats(-200, 200),
    st.sampled_from((48.13, -2.03, 0.0, float("nan"), float("inf"))),
)  # fmt: skip


def maybe(strategy):
    return st.one_of(st.none(), strategy)


def values(field):
    known = st.sampled_from(mednum.fields()[field].values)
    return st.lists(st.one_of(known, known, texts), max_size=3).map(tuple)


def some(strategy):
    return st.lists(strategy, max_size=2).map(tuple)


closures = st.builds(Closure, start=dates, end=dates, reason=maybe(texts))
presences = st.builds(
    Presence,
    kind=st.sampled_from(PresenceKind),
    hours=maybe(st.sampled_from(HOURS)),
    hours_text=maybe(texts),
    hours_confirmed=st.booleans(),
    every_weeks=maybe(st.integers(1, 8)),
    first=maybe(dates),
    dates=some(dates),
    closures=some(closures),
    by_appointment=maybe(st.booleans()),
    host=maybe(texts),
    longitude=maybe(st.floats(-180, 180)),
    latitude=maybe(st.floats(-90, 90)),
)
capacities = st.builds(
    Capacity,
    hours_week=maybe(st.floats(0, 500)),
    persons_week=maybe(st.floats(0, 500)),
    share_procedures=maybe(st.floats(0, 1)),
    saturation=maybe(st.sampled_from(Saturation)),
    declared=st.booleans(),
)
helpers = st.builds(
    Helper, role=texts.filter(str.strip), count=maybe(st.floats(0, 20)), status=maybe(texts)
)
services = st.builds(
    Service,
    block=st.sampled_from(Block),
    key=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,12}", fullmatch=True),
    name=maybe(texts),
    description=maybe(texts),
    offers=values("services"),
    procedures=some(texts),
    support_modes=values("modalites_accompagnement"),
    access_modes=values("modalites_acces"),
    publics=values("publics_specifiquement_adresses"),
    special_care=values("prise_en_charge_specifique"),
    languages=some(texts),
    cost=values("frais_a_charge"),
    cost_text=maybe(texts),
    phone=maybe(st.sampled_from(PHONES)),
    email=maybe(st.sampled_from(EMAILS)),
    capacity=maybe(capacities),
    helpers=some(helpers),
    presences=some(presences),
    confirmed=maybe(dates),
)
distinct = st.lists(services, max_size=3, unique_by=lambda s: s.key).map(tuple)
places = st.builds(
    Place,
    id=st.one_of(texts.filter(line), st.uuids().map(str)),
    name=st.one_of(st.just("Mairie"), texts),
    kind=maybe(st.sampled_from((*mednum.typologies(), "RFS|BIB", "MAIRIE"))),
    siret=maybe(st.sampled_from(PIVOTS)),
    parent=maybe(texts),
    commune=maybe(st.sampled_from((*CITIES, "20004", "x", "35 133"))),
    city=maybe(st.one_of(st.just("Iffendic"), texts)),
    postcode=maybe(st.sampled_from(("35750", "97400", "20000", "3575", "٣٥٧٥٠"))),
    address=maybe(st.one_of(st.just("2 place de l’Église"), texts)),
    address_more=maybe(texts),
    longitude=coordinates,
    latitude=coordinates,
    phone=maybe(st.sampled_from(PHONES)),
    emails=some(st.sampled_from(EMAILS)),
    websites=some(st.sampled_from(LINKS)),
    appointment_url=maybe(st.sampled_from(LINKS)),
    accessibility_url=maybe(st.sampled_from(ACCESSIBLE)),
    accessibility=maybe(texts),
    summary=maybe(texts),
    detail=maybe(texts),
    hours=maybe(st.sampled_from(HOURS)),
    hours_text=maybe(texts),
    hours_confirmed=st.booleans(),
    closures=some(closures),
    itinerant=values("itinerance"),
    programmes=values("dispositif_programmes_nationaux"),
    trainings=values("formations_labels"),
    other_labels=some(texts),
    services=distinct,
    updated=maybe(dates),
    source=maybe(texts),
)  # fmt: skip
complete = st.builds(
    replace,
    places,
    name=st.just("Mairie"),
    city=st.just("Iffendic"),
    postcode=st.just("35750"),
    address=st.just("2 place de l’Église"),
    updated=st.dates(date(2001, 1, 1), TODAY),
)
"""Places that have what the standards require, whatever the rest."""
