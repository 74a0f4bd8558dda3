from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import TerritoryError
from portrea.territory.timezones import to_instant, to_wall, zone_of

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/territory/timezones.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES["zones"], ids=lambda case: case["code"])
def test_zone_of_commune(case: dict[str, str]) -> None:
    assert zone_of(case["code"]).key == case["zone"]


@pytest.mark.parametrize(
    "case", CASES["instants"], ids=lambda case: f"{case['zone']} {case['wall']}"
)
def test_instant_of_wall_time(case: dict[str, str]) -> None:
    instant = to_instant(datetime.fromisoformat(case["wall"]), ZoneInfo(case["zone"]))
    assert instant == datetime.fromisoformat(case["instant"])
    assert instant.tzinfo is UTC


@given(
    instant=st.datetimes(
        min_value=datetime.fromisoformat("2000-01-01"),
        max_value=datetime.fromisoformat("2040-01-01"),
        timezones=st.just(UTC),
    ),
    case=st.sampled_from(CASES["zones"]),
)
def test_wall_time_comes_back(instant: datetime, case: dict[str, str]) -> None:
    """Every instant but the repeated autumn hour is found again from its wall time."""
    zone = ZoneInfo(case["zone"])
    repeated = instant.astimezone(zone).fold == 1
    assert repeated or to_instant(to_wall(instant, zone), zone) == instant


def test_territory_without_legal_time_is_refused() -> None:
    with pytest.raises(TerritoryError, match="n’a pas d’heure légale unique"):
        zone_of("98411")


def test_mixing_walls_and_instants_is_refused() -> None:
    paris = ZoneInfo("Europe/Paris")
    with pytest.raises(ValueError, match="has no offset"):
        to_instant(datetime(2026, 1, 1, tzinfo=UTC), paris)
    with pytest.raises(ValueError, match="carries its offset"):
        to_wall(datetime(2026, 1, 1), paris)  # noqa: DTZ001
