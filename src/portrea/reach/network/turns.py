"""Turns from one directed piece of road to the next: which are possible, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

UNIT = 1e-7
FORWARD, BACKWARD = 0, 1


@dataclass(frozen=True, slots=True)
class Turns:
    """Pieces of road seen from their ends.

    Attributes
    ----------
    way, start, end
        Way of each piece, points where it starts and ends.
    bearing_out, bearing_in
        Bearing at its start and at its end, going forward, in degrees.
    open
        Whether it is travelled forward and backward, (pieces, 2).
    """

    way: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    bearing_out: NDArray[np.float64]
    bearing_in: NDArray[np.float64]
    open: NDArray[np.bool_]

    def directed(self) -> pl.DataFrame:
        """Return one row per directed piece: ``number`` is 2·piece + direction."""
        count = self.way.size
        piece = np.repeat(np.arange(count), 2)
        direction = np.tile([FORWARD, BACKWARD], count)
        back = direction == BACKWARD
        return pl.DataFrame(
            {
                "number": 2 * piece + direction,
                "way": self.way[piece],
                "tail": np.where(back, self.end[piece], self.start[piece]),
                "head": np.where(back, self.start[piece], self.end[piece]),
                "out": np.where(back, self.bearing_in[piece] + 180, self.bearing_out[piece]),
                "into": np.where(back, self.bearing_out[piece] + 180, self.bearing_in[piece]),
                "open": self.open.ravel(),
            }
        )


def bearings(x: NDArray[np.int32], y: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the bearings of segments, in degrees clockwise from the north."""
    north = (y[:, 1] - y[:, 0]).astype(float)
    east = (x[:, 1] - x[:, 0]) * np.cos(np.radians(y[:, 0] * UNIT))
    angle: NDArray[np.float64] = np.degrees(np.arctan2(east, north))
    return angle


def turns_of(
    pieces: Turns, marks: pl.DataFrame, bans: pl.DataFrame, rules: Mapping[str, Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the turns: from which directed piece, onto which one, and the seconds lost.

    Notes
    -----
    One turns back only where the road ends. Nobody passes a blocked point. Costs apply where at
    least three roads meet; lights and gates, everywhere.
    """
    directed = pieces.directed()
    roads = directed.group_by("tail").len("roads")
    directed = directed.filter("open").drop("open")
    frame = directed.select("head", start="number", from_way="way", into="into").join(
        directed.select("tail", end="number", to_way="way", out="out"),
        left_on="head",
        right_on="tail",
        maintain_order="left_right",
    )
    frame = frame.join(roads, left_on="head", right_on="tail", how="left", maintain_order="left")
    frame = frame.join(marks, left_on="head", right_on="node", how="left", maintain_order="left")
    frame = _without_banned(frame.filter(~pl.col("blocked").fill_null(value=False)), bans, rules)
    back = (pl.col("start") ^ 1) == pl.col("end")
    frame = frame.with_columns(back=back).filter(
        ~pl.col("back") | (pl.col("end").len().over("start") == 1)
    )
    lost = frame["seconds"].fill_null(0.0).to_numpy() + _turn_seconds(frame, rules)
    return frame["start"].to_numpy(), frame["end"].to_numpy(), lost


def _without_banned(
    frame: pl.DataFrame, bans: pl.DataFrame, rules: Mapping[str, Any]
) -> pl.DataFrame:
    """Take out the turns that a restriction forbids to this mode."""
    if not rules["bans"] or bans.is_empty():
        return frame
    exempt = pl.col("exempt").fill_null("").str.contains(rules["bans"], literal=True)
    bans = bans.filter(~exempt).rename({"via": "head"})
    banned = bans.filter(~pl.col("only")).select("from_way", "head", "to_way").unique()
    frame = frame.join(banned, on=["from_way", "head", "to_way"], how="anti", maintain_order="left")
    only = bans.filter("only").select("from_way", "head", wanted="to_way").unique()
    wanted = only.group_by("from_way", "head").agg("wanted")
    frame = frame.join(wanted, on=["from_way", "head"], how="left", maintain_order="left")
    keep = pl.col("wanted").is_null() | pl.col("wanted").list.contains(pl.col("to_way"))
    return frame.filter(keep.fill_null(value=True)).drop("wanted")


def _turn_seconds(frame: pl.DataFrame, rules: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the seconds that each turn takes by its angle."""
    turn = rules["turn"]
    if not turn:
        return np.zeros(frame.height)
    angle = frame["out"].to_numpy() - frame["into"].to_numpy()
    # Rounded: straight on is neither a left turn nor a right one by the last bit of a number.
    angle = np.round((angle + 180.0) % 360.0 - 180.0, 1)
    back = frame["back"].to_numpy()
    cost = _sigmoid(angle, turn) if turn["kind"] == "sigmoid" else _square(angle, turn)
    cost = np.where((frame["roads"].to_numpy() > 2) | back, cost, 0.0)
    return cost + np.where(back, float(turn["u_turn"]), 0.0)


def _sigmoid(angle: NDArray[np.float64], turn: Mapping[str, Any]) -> NDArray[np.float64]:
    """Penalty that grows around a right angle; more to the left, across oncoming traffic."""
    bias, z = turn["bias"], 13.0 * np.abs(angle) / 180.0
    right = turn["penalty"] * _logistic(z / bias - 6.5 * bias)
    left = turn["penalty"] * _logistic(z * bias - 6.5 / bias)
    across = turn["oncoming"] * _logistic(z - 3.25)
    cost: NDArray[np.float64] = np.where(angle >= 0, right, left + across)
    return cost


def _square(angle: NDArray[np.float64], turn: Mapping[str, Any]) -> NDArray[np.float64]:
    square = (angle / 90.0) ** 2 * turn["penalty"]
    cost: NDArray[np.float64] = np.where(angle >= 0, square / turn["bias"], square * turn["bias"])
    return cost


def _logistic(z: NDArray[np.float64]) -> NDArray[np.float64]:
    value: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-z))
    return value
