"""Places ↔ GeoJSON (RFC 7946): longitude first, WGS 84; the whole record in the properties."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from portrea.offer.content import from_dict, situations, to_dict
from portrea.offer.exchange import contacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portrea.offer.record import Place

SITUATIONS = "situations"
Box = tuple[float, float, float, float]
START = b'{"type":"FeatureCollection","features":['
"""Beginning of a collection; its box comes last."""
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def feature(place: Place) -> dict[str, Any]:
    """Return a place as a GeoJSON feature, without geometry when its position is not sound."""
    content = to_dict(place)
    point = contacts.position(place.latitude, place.longitude)
    for name in ("longitude", "latitude"):
        if point or not math.isfinite(content.get(name, 0.0)):
            content.pop(name, None)
    geometry = {"type": "Point", "coordinates": [point[1], point[0]]} if point else None
    content[SITUATIONS] = [str(situation) for situation in situations(place)]
    return {"type": "Feature", "id": place.id, "geometry": geometry, "properties": content}


def box_of(features: Iterable[Mapping[str, Any]]) -> Box | None:
    """Return west, south, east, north of the features that have a place."""
    points = [found["geometry"]["coordinates"] for found in features if found["geometry"]]
    if not points:
        return None
    longitudes, latitudes = zip(*points, strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def united(one: Box | None, other: Box | None) -> Box | None:
    """Return the box around two boxes."""
    if one is None or other is None:
        return one or other
    return *map(min, one[:2], other[:2]), *map(max, one[2:], other[2:])  # type: ignore[return-value]


def end(box: Box | None) -> bytes:
    """Return the end of a collection, with its box."""
    told = f',"bbox":{compact(list(box))}' if box else ""
    return f"\n]{told}}}\n".encode()


def compact(value: Any) -> str:
    """Return JSON without spaces, letters as they are, not-a-number refused."""
    return _JSON.encode(value)


def of_feature(found: Mapping[str, Any]) -> Place:
    """Return the place of one of our features; :class:`DataError` when it is not one."""
    content = {k: v for k, v in (found.get("properties") or {}).items() if k != SITUATIONS}
    point = (found.get("geometry") or {}).get("coordinates")
    if point:
        content |= {"longitude": point[0], "latitude": point[1]}
    return from_dict(content)
