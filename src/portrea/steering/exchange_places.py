"""The places of a territory to be written, when there is no living census."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.offer.content import of_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.offer.record import Place
    from portrea.steering.reading import Reader
    from portrea.territory import Selection


def cities_of(reader: Reader) -> dict[str, str]:
    """Return the name of each commune by its code."""
    frame = reader.gazetteer.table
    communes = frame.filter(frame["level"] == "commune")
    return dict(zip(communes["code"].to_list(), communes["name"].to_list(), strict=True))


def computed_places(reader: Reader, selection: Selection) -> Iterator[Place]:
    """Yield the places of the computation in force that are in a territory."""
    if any(territory.level.value == "france" for territory in selection.territories):
        frame = reader.computation.table("places")
    else:
        communes = {
            str(child.commune)
            for chosen in selection.territories
            for child in reader.gazetteer.children(chosen, "commune") or [chosen]
            if child.commune
        }
        frame = reader.places(sorted(communes))
    for row in frame.iter_rows(named=True):
        yield of_row(row)
