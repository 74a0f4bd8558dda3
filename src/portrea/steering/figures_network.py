"""A network drawn on a circle: numbers of the table, arrows for orientations, lines for partners.

Readable in black and white: a link told by both is thick and plain, told by one alone it is dashed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from portrea.steering.figures_style import (
    ACCENT,
    INK,
    MUTED,
    RULE,
    TEAL,
    WHITE,
    Caption,
    svg,
    text,
)
from portrea.steering.network import LinkKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portrea.steering.network import Actor, Network

WIDTH = 720
MIDDLE = WIDTH / 2
TOP, BELOW = 56, 118
DOT = 15
MOST_DRAWN = 40
"""Beyond this many linked actors, lines would hide one another: the table alone is shown."""
_LETTERS = 26

Point = tuple[float, float]


def drawn_actors(network: Network) -> list[Actor]:
    """Return the linked actors, group by group, those of a group beside those they know."""
    order: list[str] = []
    for group in network.groups:
        waiting = list(group[:1]) if len(group) > 1 else []
        while waiting:
            key = waiting.pop(0)
            if key in order:
                continue
            order.append(key)
            waiting += sorted(network.linked[key] - set(order))
    return [network.actor(key) for key in order]


def network_drawing(caption: Caption, network: Network, numbers: dict[str, int]) -> str:
    """Draw the linked actors; ``numbers`` are those of the table, by actor."""
    actors = drawn_actors(network)
    radius = 130.0 + 3.2 * max(0, len(actors) - 12)
    centre = TOP + radius
    places = _places(actors, radius, centre)
    height = math.ceil(centre + radius + BELOW)
    body = [_arrow_head(caption.id)]
    body += list(_links(caption.id, network, places))
    body += [_dot(one, places[one.key], numbers) for one in actors]
    body += [_name(one, places[one.key], centre) for one in actors]
    body.append(_legend(caption.id, height))
    return svg(caption, WIDTH, height, "".join(body))


def _places(actors: Sequence[Actor], radius: float, centre: float) -> dict[str, Point]:
    step = 2 * math.pi / max(len(actors), 1)
    return {
        one.key: (
            round(MIDDLE + radius * math.sin(step * rank), 1),
            round(centre - radius * math.cos(step * rank), 1),
        )
        for rank, one in enumerate(actors)
    }


def _links(figure: str, network: Network, places: dict[str, Point]) -> Iterator[str]:
    """Yield one line by pair and kind: plain when both said it, dashed when one did."""
    seen: set[tuple[frozenset[str], LinkKind]] = set()
    for one in network.links:
        pair = frozenset({one.source, one.target})
        if (pair, one.kind) in seen:
            continue
        seen.add((pair, one.kind))
        both = one.kind is LinkKind.ORIENTATION and one.source in network.orients[one.target]
        sure = any(
            link.confirmed for link in network.links
            if link.kind is one.kind and {link.source, link.target} == pair
        )  # fmt: skip
        yield _line(figure, places[one.source], places[one.target], one.kind, both=both, sure=sure)


def _line(figure: str, start: Point, end: Point, kind: LinkKind, *, both: bool, sure: bool) -> str:
    """Draw a link between two dots; a partnership bends a little, so that both kinds are seen."""
    (x0, y0), (x1, y1) = _shortened(start, end), _shortened(end, start)
    style = f'stroke-width="{2.6 if sure or both else 1.6}" fill="none"'
    style += "" if sure or both else ' stroke-dasharray="6 4"'
    if kind is LinkKind.PARTNERSHIP:
        x, y = (x0 + x1) / 2 + (y1 - y0) * 0.08, (y0 + y1) / 2 - (x1 - x0) * 0.08
        return f'<path d="M{x0:g} {y0:g}Q{x:.1f} {y:.1f} {x1:g} {y1:g}" stroke="{ACCENT}" {style}/>'
    heads = f' marker-end="url(#{figure}-fleche)"'
    heads += f' marker-start="url(#{figure}-fleche)"' if both else ""
    return f'<path d="M{x0:g} {y0:g}L{x1:g} {y1:g}" stroke="{TEAL}" {style}{heads}/>'


def _shortened(start: Point, end: Point) -> Point:
    """Return where a line leaves the dot of its start."""
    across, down = end[0] - start[0], end[1] - start[1]
    part = (DOT + 5) / (math.hypot(across, down) or 1)
    return round(start[0] + across * part, 1), round(start[1] + down * part, 1)


def _arrow_head(figure: str) -> str:
    return (
        f'<defs><marker id="{figure}-fleche" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" '
        f'markerHeight="9" markerUnits="userSpaceOnUse" orient="auto-start-reverse">'
        f'<path d="M0 0L8 4L0 8z" fill="{TEAL}"/></marker></defs>'
    )


def _dot(actor: Actor, at: Point, numbers: dict[str, int]) -> str:
    """Draw an actor: full when it is of the territory, hollow when it is only linked to it."""
    fill, ink = (INK, WHITE) if actor.inside else (WHITE, INK)
    circle = (
        f'<circle cx="{at[0]:g}" cy="{at[1]:g}" r="{DOT}" fill="{fill}" stroke="{INK}" '
        'stroke-width="2"/>'
    )
    number = str(numbers.get(actor.key, ""))
    return circle + text(at[0], at[1] + 5, number, size=14, anchor="middle", fill=ink, bold=True)


def _name(actor: Actor, at: Point, centre: float) -> str:
    label = actor.label
    label = label if len(label) <= _LETTERS else f"{label[: _LETTERS - 1].rstrip()}…"
    across = at[0] - MIDDLE
    if abs(across) < 1:
        return text(MIDDLE, at[1] + (34 if at[1] > centre else -24), label, anchor="middle")
    side = DOT + 8 if across > 0 else -DOT - 8
    return text(at[0] + side, at[1] + 5, label, anchor="" if across > 0 else "end")


def _legend(figure: str, height: int) -> str:
    y = height - 54
    parts = [
        f'<path d="M8 {y - 20}H{WIDTH - 8}" stroke="{RULE}"/>',
        f'<path d="M12 {y}H52" stroke="{TEAL}" stroke-width="1.6" stroke-dasharray="6 4" '
        f'marker-end="url(#{figure}-fleche)"/>',
        text(60, y + 5, "oriente vers, dit par un seul", size=14, fill=MUTED),
        f'<path d="M372 {y}H412" stroke="{TEAL}" stroke-width="2.6" '
        f'marker-end="url(#{figure}-fleche)"/>',
        text(420, y + 5, "oriente vers, confirmé ou réciproque", size=14, fill=MUTED),
        f'<path d="M12 {y + 28}H52" stroke="{ACCENT}" stroke-width="1.6" stroke-dasharray="6 4"/>',
        text(60, y + 33, "travaille avec, dit par un seul", size=14, fill=MUTED),
        f'<path d="M372 {y + 28}H412" stroke="{ACCENT}" stroke-width="2.6"/>',
        text(420, y + 33, "travaille avec, confirmé", size=14, fill=MUTED),
    ]
    return "".join(parts)
