"""How fast each way is travelled in each direction, by mode (``params/network.yaml``)."""

from __future__ import annotations

from functools import cache, reduce
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

YES, BACK = ("yes", "1", "true"), ("-1",)
DURATIONS = (
    (r"^(\d+)$", (60,)),
    (r"^(\d+):(\d+)$", (3600, 60)),
    (r"^(\d+):(\d+):(\d+)$", (3600, 60, 1)),
)
"""Shapes of the tag ``duration``, and the seconds of each number."""
MPH = 1.609344


@cache
def network_parameters() -> Mapping[str, Any]:
    """Return the dated, sourced rules shipped with Portrea."""
    text = files("portrea.reach").joinpath("params/network.yaml").read_text("utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded


def mode_rules(mode: str) -> Mapping[str, Any]:
    """Return the rules of one mode: ``car``, ``walk`` or ``bicycle``."""
    modes = network_parameters()["modes"]
    if mode not in modes:
        raise ParameterError(
            f"Le réseau routier ne connaît pas le mode « {mode} ».",
            remedy=f"Modes : {', '.join(modes)}.",
        )
    rules: Mapping[str, Any] = modes[mode]
    return rules


def way_speeds(ways: pl.DataFrame, mode: str) -> pl.DataFrame:
    """Return how each way is travelled, one row per way of ``ROAD_WAYS``, in the same order.

    Returns
    -------
    pl.DataFrame
        ``forward`` and ``backward`` (km/h, 0 where travel is forbidden), ``seconds`` (time of the
        whole way when it is written on it, as ferries have; else null), ``snap`` (whether somebody
        may start or end there).
    """
    rules = mode_rules(mode)
    ferry = pl.col("route") == "ferry"
    base = pl.when(ferry).then(float(rules["ferry"])).otherwise(_class_speed(rules))
    shut = _shut(rules)
    frame = ways.select(
        forward=pl.when(~shut).then(_direction(base, rules, forward=True)),
        backward=pl.when(~shut).then(_direction(base, rules, forward=False)),
        seconds=pl.when(ferry).then(_seconds(pl.col("duration"))),
        snap=~ferry.fill_null(value=False)
        & ~pl.col("highway").is_in(rules["no_snap"]).fill_null(value=False),
    )
    return frame.with_columns(pl.col("forward", "backward").fill_null(0.0).cast(pl.Float64))


def _class_speed(rules: Mapping[str, Any]) -> pl.Expr:
    """Speed of the class of road; of an unknown class, only where access is written."""
    known = pl.col("highway").replace_strict(rules["speed"], default=None, return_dtype=pl.Float64)
    opened = pl.coalesce(rules["access"]).is_in(rules["allowed"])
    return pl.coalesce(known, pl.when(opened).then(float(rules["default_speed"])))


def _shut(rules: Mapping[str, Any]) -> pl.Expr:
    """Ways closed in both directions."""
    tests = [
        pl.coalesce(rules["access"]).is_in(rules["forbidden"]),
        pl.col("highway").is_in(["construction", "proposed"]),
        pl.col("construction").is_not_null()
        & ~pl.col("construction").is_in(["no", "widening", "minor"]),
        pl.col("impassable") == "yes",
        pl.col("oneway") == "reversible",
        pl.col("service") == "emergency_access",
        pl.col("smoothness") == "impassable",
    ]
    if not rules["areas"]:
        tests.append(pl.col("area") == "yes")
    if not rules["motorroads"]:
        tests.append(pl.col("motorroad") == "yes")
    if rules["osrm"] == "foot":
        opened = pl.col("foot").is_in(rules["allowed"]).fill_null(value=False)
        tests.append((pl.col("sidewalk") == "separate") & ~opened)
    return _any(tests)


def _any(tests: Iterable[pl.Expr]) -> pl.Expr:
    return reduce(lambda left, right: left | right, (t.fill_null(value=False) for t in tests))


def _direction(base: pl.Expr, rules: Mapping[str, Any], *, forward: bool) -> pl.Expr:
    """Speed one way along the way, 0 against a one-way street unless a bicycle is pushed there."""
    speed = _limited(base, rules, forward=forward)
    for tag in ("surface", "tracktype", "smoothness"):
        most = pl.col(tag).replace_strict(rules[tag], default=None, return_dtype=pl.Float64)
        speed = pl.min_horizontal(speed, most)
    speed = pl.when(base.is_not_null()).then(speed)
    against = _against(rules, forward=forward)
    speed = pl.when(against).then(_contraflow(rules, forward=forward)).otherwise(speed)
    return pl.coalesce(speed, _pushed(base, rules)) if "push" in rules else speed


def _limited(base: pl.Expr, rules: Mapping[str, Any], *, forward: bool) -> pl.Expr:
    if not rules["limit"]:
        return base
    own = "maxspeed:forward" if forward else "maxspeed:backward"
    limit = pl.coalesce(_kmh(pl.col(own)), _kmh(pl.col("maxspeed"))) * rules["limit"]["factor"]
    if rules["limit"]["raises"]:
        return pl.when(base.is_not_null()).then(pl.coalesce(limit, base))
    return pl.min_horizontal(base, limit)


def _kmh(text: pl.Expr) -> pl.Expr:
    """Read ``50``, ``30 mph``, ``FR:urban``; anything else is unknown."""
    number = text.str.extract(r"^(\d+(?:\.\d+)?)").cast(pl.Float64)
    number = pl.when(text.str.ends_with("mph")).then(number * MPH).otherwise(number)
    zones = network_parameters()["zones"]
    zone = text.str.extract(r"([a-z_]+)$").replace_strict(
        zones, default=None, return_dtype=pl.Float64
    )
    found = pl.coalesce(number, zone)
    return pl.when(found > 0).then(found)


def _against(rules: Mapping[str, Any], *, forward: bool) -> pl.Expr:
    """Whether this direction is against a one-way street."""
    value = pl.coalesce(rules["oneway"])
    against = value.is_in(BACK if forward else YES)
    if rules["implied_oneway"] and not forward:
        against = against | (_implied() & value.is_null())
    return against.fill_null(value=False)


def _implied() -> pl.Expr:
    """Motorways and roundabouts are one-way without saying so."""
    return _any(
        [pl.col("highway") == "motorway", pl.col("junction").is_in(["roundabout", "circular"])]
    )


def _contraflow(rules: Mapping[str, Any], *, forward: bool) -> pl.Expr:
    """Speed against a one-way street that has a cycle lane for it; null elsewhere."""
    if "contraflow" not in rules or forward:
        return pl.lit(None, dtype=pl.Float64)
    lane = rules["contraflow"]["tags"]
    sides = [pl.col(name).is_in(lane) for name in ("cycleway", "cycleway:left", "cycleway:right")]
    return pl.when(_any(sides)).then(float(rules["contraflow"]["speed"]))


def _pushed(base: pl.Expr, rules: Mapping[str, Any]) -> pl.Expr:
    """Speed of somebody who walks beside the bicycle, where riding is not possible."""
    push = rules["push"]
    by_class = pl.col("highway").replace_strict(
        push["highway"], default=None, return_dtype=pl.Float64
    )
    beside = pl.when(base.is_not_null() & ~_implied()).then(float(push["speed"]))
    on_foot = pl.when(pl.col("foot") == "yes").then(float(push["speed"]))
    allowed = (pl.col("foot") != "no").fill_null(value=True)
    return pl.when(allowed).then(pl.coalesce(by_class, on_foot, beside))


def _seconds(text: pl.Expr) -> pl.Expr:
    """Read ``45`` (minutes), ``0:45`` (hours and minutes) or ``1:05:30``."""
    return pl.coalesce(
        pl.sum_horizontal(
            (text.str.extract(pattern, group + 1).cast(pl.Float64) * seconds)
            for group, seconds in enumerate(units)
        ).replace(0.0, None)
        for pattern, units in DURATIONS
    )
