"""What a proposed place looks like: places of the census, and other proposals that wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.offer.content import from_dict
from portrea.offer.matching import explain, same_as
from portrea.offer.moderation import Kind
from portrea.offer.rows import frame_of
from portrea.web.offer.census import SHOWN, census_frame
from portrea.web.offer.models import Place, Proposal
from portrea.web.offer.services.accepting import record_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

MOST_SHOWN = 4
MOST_WAITING = 300
"""Proposals of one commune compared with a new one, the latest ones."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Places (each with why, in words) and waiting proposals that look like one being told."""

    places: tuple[tuple[Place, tuple[str, ...]], ...] = ()
    proposals: tuple[Proposal, ...] = ()
    sure: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.places or self.proposals)


class Around:
    """What is known in communes, each of them read once."""

    def __init__(self) -> None:
        self._places: dict[str, pl.DataFrame] = {}
        self._waiting: dict[str, dict[str, Proposal]] = {}
        self._told: dict[str, pl.DataFrame | None] = {}

    def of(self, told: Mapping[str, Any], *, but: int = 0) -> Alike:
        """Return what looks like a place told by its fields (JSON), one proposal left out."""
        commune = str(told.get("commune") or "")
        if not commune:
            return Alike()
        if commune not in self._places:
            self._read(commune)
        card = from_dict({**told, "id": _key(but)})
        near = _likely(card, self._places[commune])
        places = Place.objects.in_bulk([row["id"] for row in near])
        waiting = _likely(card, self._told[commune])
        return Alike(
            tuple((places[row["id"]], words_of(row)) for row in near if row["id"] in places),
            tuple(self._waiting[commune][row["id"]] for row in waiting),
            tuple(row["name"] for row in near if row["sure"]),
        )

    def _read(self, commune: str) -> None:
        statuses = [str(status) for status in SHOWN]
        self._places[commune] = census_frame(communes=[commune], statuses=statuses)
        rows = Proposal.objects.filter(
            kind=Kind.NEW, state=Proposal.State.WAITING, level="commune", code=commune
        ).order_by("-pk")[:MOST_WAITING]
        self._waiting[commune] = {_key(row.pk): row for row in rows}
        records = [
            from_dict({"commune": commune, **record_of(row.content), "id": _key(row.pk)})
            for row in rows
        ]
        self._told[commune] = frame_of(records) if records else None


def words_of(row: Mapping[str, Any], most: int = 3) -> tuple[str, ...]:
    """Return what brings two places together, without its figures."""
    told = (line.rpartition(" : ") for line in explain(row))
    return tuple(words for words, _sep, figure in told if not figure.startswith(("-", "−")))[:most]


def _key(proposal: int) -> str:
    return f"proposition-{proposal}"


def _likely(card: Any, frame: pl.DataFrame | None) -> Iterable[dict[str, Any]]:
    if frame is None or frame.is_empty():
        return []
    return list(same_as(card, frame).head(MOST_SHOWN).iter_rows(named=True))
