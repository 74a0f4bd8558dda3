"""Record → format → record: only what is declared changes, and nothing when it fits."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offer.exchange.strategies import CITIES, TODAY, complete, places
from portrea.base.errors import DataError
from portrea.offer.content import FIELDS, block_of, changes_between, to_dict
from portrea.offer.exchange import geojson, sheets
from portrea.offer.exchange.context import Context
from portrea.offer.exchange.data_inclusion import to_data_inclusion
from portrea.offer.exchange.data_inclusion_reading import of_sheets
from portrea.offer.exchange.losses import declared, losses
from portrea.offer.exchange.mednum import of_mednum, to_mednum
from portrea.offer.exchange.mednum_former import of_former, to_former
from portrea.offer.record import Block, Capacity, Place, Service
from portrea.steering.exchange import STANDARDS, write_to
from portrea.vocab.standards import mednum

CONTEXT = Context(today=TODAY, cities=CITIES)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def by_mednum(place):
    return of_mednum(to_mednum(place, CONTEXT))


def by_former(place):
    line = to_former(place, CONTEXT)
    return of_former(line) if isinstance(line, dict) else None


def by_inclusion(place):
    structure, services = to_data_inclusion(place, CONTEXT)
    return next(of_sheets([structure], services, producer="portrea"))


def by_geojson(place):
    return geojson.of_feature(geojson.feature(place))


def by_sheets(place):
    told: dict[str, list[dict[str, object]]] = {}
    for sheet, cells in sheets.rows_of(place):
        headings = [heading for heading, _, _ in sheets.COLUMNS[sheet]]
        told.setdefault(sheet, []).append(dict(zip(headings, cells, strict=True)))
    return sheets.of_sheets(told)[0]


WAYS = {
    "mednum": by_mednum,
    "mednum-5": by_former,
    "data-inclusion": by_inclusion,
}


def undeclared(standard, place, back):
    changes = changes_between(to_dict(place), to_dict(back))
    return {path: pair for path, pair in changes.items() if not declared(standard, path)}


@pytest.mark.parametrize("standard", WAYS)
@FEW
@given(place=complete)
def test_only_declared_fields_change(standard, place):
    back = WAYS[standard](place)
    if back is not None:
        assert undeclared(standard, place, back) == {}


def test_declared_paths_exist_and_say_why():
    known = {field.path for field in FIELDS} | {"id", "source", "updated"}
    for standard, paths in losses().items():
        assert set(paths) <= known, standard
        assert all(reason and reason[0] != "=" for reason in paths.values())


# -- what fits comes back whole


def some(field):
    known = mednum.fields()[field].values
    return st.lists(st.sampled_from(known), unique=True, max_size=4).map(
        lambda values: tuple(sorted(values, key=known.index))
    )


words = st.text("abcdeé '", min_size=5, max_size=60).map(str.strip).filter(lambda t: len(t) > 4)
words = words.map(lambda t: " ".join(t.split()))
OPEN = tuple(v for v in mednum.fields()["modalites_acces"].values if "n'accueille" not in v)
common = st.fixed_dictionaries(
    {
        "publics": some("publics_specifiquement_adresses"),
        "special_care": some("prise_en_charge_specifique"),
        "support_modes": some("modalites_accompagnement"),
        "access_modes": st.lists(st.sampled_from(OPEN), unique=True).map(tuple),
        "cost": st.sampled_from(((), ("Gratuit",), ("Payant",), ("Gratuit sous condition",))),
    }
)
held = st.builds(
    Place,
    id=st.from_regex(r"[a-z0-9]{1,8}--[a-z0-9.:-]{1,12}", fullmatch=True),
    name=words,
    siret=st.sampled_from((None, "21350133200017")),
    commune=st.sampled_from((None, "35133")),
    city=st.just("Iffendic"),
    postcode=st.just("35750"),
    address=words,
    address_more=st.one_of(st.none(), words),
    phone=st.sampled_from((None, "+33299000000", "+262262123456")),
    emails=st.sampled_from(((), ("a1@exemple.fr", "b2@exemple.fr"))),
    websites=st.sampled_from(((), ("https://exemple.fr/a", "https://exemple.fr/b"))),
    hours=st.none(),
    itinerant=some("itinerance"),
    trainings=some("formations_labels"),
    updated=st.just(TODAY),
)


@FEW
@given(
    place=held,
    told=common,
    offers=some("services").filter(bool),
    programmes=some("dispositif_programmes_nationaux"),
    extra=st.fixed_dictionaries(
        {
            "summary": st.one_of(st.none(), words),
            "detail": st.one_of(st.none(), words),
            "parent": st.one_of(st.none(), words),
            "source": st.one_of(st.none(), words),
            "kind": st.sampled_from((None, "RFS", "BIB|MUNI")),
        }
    ),
)
def test_mednum_holds_a_place_whose_services_say_the_same(place, told, offers, programmes, extra):
    groups = {b: tuple(o for o in offers if block_of(o) == b) for b in Block}
    services = tuple(
        Service(block=b, key=str(b), offers=found, **told) for b, found in groups.items() if found
    )
    whole = replace(place, services=services, programmes=programmes, **extra)
    assert by_mednum(whole) == whole


@FEW
@given(
    place=held,
    offered=st.lists(
        st.builds(
            lambda told, **more: Service(**told, **more),
            common,
            block=st.sampled_from(Block),
            key=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True),
            name=st.one_of(st.none(), words),
            description=st.one_of(st.none(), words),
            offers=some("services"),
            procedures=st.lists(words, unique=True, max_size=3).map(tuple),
            languages=st.lists(words, unique=True, max_size=3).map(tuple),
            cost_text=st.one_of(st.none(), words),
            capacity=st.one_of(st.none(), st.builds(Capacity, hours_week=st.floats(0, 200))),
        ),
        max_size=3,
        unique_by=lambda service: service.key,
    ),
)
def test_data_inclusion_holds_each_service(place, offered):
    whole = replace(place, services=tuple(offered))
    back = by_inclusion(whole)
    canonical = {s.key: sorted(s.access_modes) for s in offered}
    assert {s.key: sorted(s.access_modes) for s in back.services} == canonical
    plain = tuple(
        replace(s, access_modes=(), presences=()) for s in (*whole.services, *back.services)
    )
    half = len(offered)
    assert plain[:half] == plain[half:]
    assert replace(back, services=()) == replace(whole, services=())


@FEW
@given(place=places)
def test_geojson_holds_everything_but_what_is_no_number(place):
    text = json.dumps(geojson.feature(place), allow_nan=False)
    back = geojson.of_feature(json.loads(text))
    assert undeclared("geojson", place, back) == {}
    if place.longitude is not None and math.isfinite(place.longitude):
        assert back.longitude == place.longitude


@FEW
@given(place=complete)
def test_a_workbook_holds_everything_but_bars(place):
    sound = replace(place, longitude=None, latitude=None)
    try:
        back = by_sheets(sound)
    except DataError as error:  # what a cell cannot hold is said, never lost silently
        raise AssertionError from error
    left = {
        path: pair
        for path, pair in changes_between(to_dict(sound), to_dict(back)).items()
        if not declared("xlsx", path) and not _unwritable(pair)
    }
    assert left == {}


def _unwritable(pair):
    """Whether a text is empty, longer than a cell or holds what XML cannot."""
    text = repr(pair)
    return '""' in text or "''" in text or "\\x" in text or "\\ud" in text or len(text) > 32_000


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=st.lists(places, max_size=4))
def test_any_places_are_written_in_every_format(told):
    for standard in STANDARDS:
        stream = io.BytesIO()
        report = write_to(stream, told, standard, CONTEXT)
        assert report.read == len(told)
        assert report.written + sum(report.reasons.values()) == len(told)
        assert stream.tell() > 0
