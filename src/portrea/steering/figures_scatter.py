"""Two numbers of the same areas as a cloud of points, readable in black and white."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from portrea.steering.figures_style import ACCENT, MUTED, RULE, TEAL, WHITE, Caption, svg, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDTH, HEIGHT = 720, 460
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 34, 50
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Point:
    """One area: its name, its two numbers; ``strong`` is drawn as a named diamond."""

    label: str
    x: float
    y: float
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis measures, and how its ticks are written."""

    title: str
    write: Callable[[float], str]


def scatter(caption: Caption, points: Sequence[Point], across: Axis, upward: Axis) -> str:
    """Draw one dot per area, its name on hover, the strong ones last and named.

    Dotted lines mark the middle of each number: far from the rising diagonal, the two disagree.
    """
    xs, ys = [p.x for p in points], [p.y for p in points]
    place_x = _scale(ticks(xs), LEFT, WIDTH - RIGHT)
    place_y = _scale(ticks(ys), HEIGHT - BOTTOM, TOP)
    body = [_grid(ticks(xs), place_x, across, upright=True)]
    body.append(_grid(ticks(ys), place_y, upward, upright=False))
    body.append(_middles(place_x(_median(xs)), place_y(_median(ys))))
    ordered = sorted(points, key=lambda p: p.strong)
    body += [_dot(point, place_x(point.x), place_y(point.y)) for point in ordered]
    return svg(caption, WIDTH, HEIGHT, "".join(body))


def ticks(values: Sequence[float]) -> list[float]:
    """Return four to eight round numbers that enclose the values."""
    low, high = min(values), max(values)
    spread = high - low or abs(high) or 1.0
    unit = 10 ** math.floor(math.log10(spread / 5))
    step = next(s * unit for s in STEPS if spread / (s * unit) <= 6)
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    return [i * step for i in range(first, last + 1)]


def _scale(marks: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    low, high = marks[0], marks[-1]
    return lambda value: round(start + (value - low) / (high - low) * (end - start), 1)


def _grid(
    marks: Sequence[float], place: Callable[[float], float], axis: Axis, *, upright: bool
) -> str:
    parts = []
    for mark in marks:
        at = place(mark)
        if upright:
            parts.append(f'<path d="M{at:g} {TOP}V{HEIGHT - BOTTOM}" stroke="{RULE}"/>')
            parts.append(text(at, HEIGHT - BOTTOM + 18, axis.write(mark), size=13, anchor="middle"))
        else:
            parts.append(f'<path d="M{LEFT} {at:g}H{WIDTH - RIGHT}" stroke="{RULE}"/>')
            parts.append(text(LEFT - 8, at + 4, axis.write(mark), size=13, anchor="end"))
    if upright:
        parts.append(text(WIDTH - RIGHT, HEIGHT - 8, axis.title, size=14, anchor="end", fill=MUTED))
    else:
        parts.append(text(4, 18, axis.title, size=14, fill=MUTED))
    return "".join(parts)


def _middles(x: float, y: float) -> str:
    lines = f"M{x:g} {TOP}V{HEIGHT - BOTTOM}M{LEFT} {y:g}H{WIDTH - RIGHT}"
    return f'<path d="{lines}" stroke="{MUTED}" stroke-dasharray="2 5" fill="none"/>'


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _dot(point: Point, x: float, y: float) -> str:
    name = f"<title>{escape(point.label)}</title>"
    if not point.strong:
        return (
            f'<circle cx="{x:g}" cy="{y:g}" r="5" fill="{TEAL}" fill-opacity=".6" '
            f'stroke="{WHITE}">{name}</circle>'
        )
    end = x > WIDTH / 2
    shape = (
        f'<path d="M{x:g} {y - 9:g}l9 9-9 9-9-9z" fill="{ACCENT}" stroke="{WHITE}">{name}</path>'
    )
    label = text(
        x - 13 if end else x + 13, y + 5, point.label, bold=True, anchor="end" if end else ""
    )
    return shape + label
