"""Places ↔ GeoJSON (RFC 7946): longitude first, WGS 84; the whole record in the properties."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from portrea.offer.content import from_dict, situations, to_dict
from portrea.offer.exchange import contacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from portrea.offer.record import Place

SITUATIONS = "situations"
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


def collection(places: Iterable[Place]) -> Iterator[str]:
    """Yield the text of a feature collection, place by place; its ``bbox`` comes last."""
    west, south, east, north = 180.0, 90.0, -180.0, -90.0
    yield '{"type":"FeatureCollection","features":['
    for rank, place in enumerate(places):
        found = feature(place)
        if found["geometry"]:
            longitude, latitude = found["geometry"]["coordinates"]
            west, east = min(west, longitude), max(east, longitude)
            south, north = min(south, latitude), max(north, latitude)
        yield ("," if rank else "") + "\n" + compact(found)
    box = f',"bbox":{compact([west, south, east, north])}' if west <= east else ""
    yield f"\n]{box}}}\n"


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
