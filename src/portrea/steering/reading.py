"""Read the computation in force, fast enough to answer a web page, without ever writing.

Frames are kept once per process and per computation; a new computation is noticed by the date of
the pointer file, which costs one ``stat``.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.base.errors import StoreError
from portrea.base.estimates import Estimate, Quality
from portrea.needs.inputs import LOCAL
from portrea.steering import publication
from portrea.steering.keyed import KeyedFrame, LevelFrames
from portrea.steering.outlines import Outlines
from portrea.steering.whole import name_of_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from portrea.sources.datasets import Dataset
    from portrea.sources.store import Computation, Store
    from portrea.steering.document import Portrait
    from portrea.steering.keyed import Key
    from portrea.steering.offering import Offer
    from portrea.territory.hierarchy import Gazetteer

ANY_PLACE = "any"
REPEATED = ("level", "name", "measure", "quality", "reasons", "vintages")
"""Columns of ``estimates`` whose texts come again and again: most of its memory otherwise."""
REPEATED_REACH = ("level", "situation", "nearest_place", "weight")


@dataclass(frozen=True, slots=True)
class AreaEstimate:
    """One measure of one area: count, share, universe and vintages.

    ``count`` is in persons (in declarations a year for ``b_load``), ``share`` in [0, 1],
    ``population`` the persons of the universe. ``likely`` is the same count and share with their
    80 % interval, ``top`` the probability of being in the most concerned tenth of the level,
    ``reasons`` why this grade; ``withheld`` whether the numbers exist and are not shown.
    """

    level: str
    code: str
    name: str
    measure: str
    population: float | None
    count: Estimate
    share: Estimate
    vintages: str
    likely: tuple[Estimate, Estimate] | None = None
    top: float | None = None
    reasons: str = ""
    withheld: bool = False

    @property
    def quality(self) -> Quality:
        """Quality grade of the count."""
        return self.count.quality

    @property
    def available(self) -> bool:
        """Whether a number may be shown."""
        return self.quality is not Quality.N and self.count.available

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> AreaEstimate:
        """Read one row of the ``estimates`` table."""
        quality = Quality(row["quality"])
        unknown = quality is Quality.N and not row["population"]  # no figure: not an empty area
        return cls(
            level=row["level"],
            code=row["code"],
            name=row["name"],
            measure=row["measure"],
            population=None if unknown else row["population"],
            count=Estimate(row["n"], row["n_low"], row["n_high"], quality),
            share=Estimate(row["share"], row["share_low"], row["share_high"], quality),
            vintages=row["vintages"],
            likely=_likely(row, quality),
            top=row.get("p_top"),
            reasons=row.get("reasons") or "",
            withheld=bool(row.get("withheld")),
        )


def _likely(row: Mapping[str, Any], quality: Quality) -> tuple[Estimate, Estimate] | None:
    """80 % intervals of the count and of the share, when the computation gives them."""
    if row.get("n_low80") is None or row.get("n_high80") is None:
        return None
    return (
        Estimate(row["n"], row["n_low80"], row["n_high80"], quality),
        Estimate(row["share"], row["share_low80"], row["share_high80"], quality),
    )


class Snapshot:
    """Everything of one computation that pages read; tables load when first asked for."""

    def __init__(self, store: Store, computation: Computation) -> None:
        self.store = store
        self.computation = computation
        self._members: dict[tuple[str, str], KeyedFrame] = {}
        self.composed: OrderedDict[str, Portrait] = OrderedDict()

    @cached_property
    def estimates(self) -> LevelFrames:
        """Table ``estimates`` by area, without the numbers that must not be shown."""
        table = self.computation.scan("estimates")
        shown = publication.estimates(table, self.withheld, self.confidential)
        return LevelFrames(shown, repeated=REPEATED)

    @cached_property
    def withheld(self) -> pl.DataFrame:
        """IRIS whose numbers are not shown (``code``, ``commune``)."""
        tables = (self.computation.scan(name) for name in ("estimates", "territories"))
        return publication.withheld_iris(*tables)

    @cached_property
    def confidential(self) -> pl.DataFrame:
        """Areas whose axis B would tell a small count that a user loaded (``level``, ``code``)."""
        own = [d for d in self.datasets if d.provenance.source == LOCAL]
        tables = (self.store.read(dataset, "observations") for dataset in own)
        return publication.confidential(tables, self.computation.table("territories"))

    @cached_property
    def reach(self) -> LevelFrames:
        """Table ``reach`` by area, without the numbers that must not be shown."""
        shown = publication.reach(self.computation.scan("reach"), self.withheld)
        return LevelFrames(shown, repeated=REPEATED_REACH)

    @cached_property
    def territories(self) -> pl.DataFrame:
        """Table ``territories``; the national row says which part of France it stands for."""
        frame = self.computation.table("territories")
        name = name_of_whole(frame, self.estimates.at_level("departement"))
        national = pl.col("level") == "france"
        return frame.with_columns(
            pl.when(national).then(pl.lit(name)).otherwise(pl.col("name")).alias("name")
        )

    @cached_property
    def territory_rows(self) -> KeyedFrame:
        """Table ``territories`` by area."""
        return KeyedFrame(self.territories)

    def members(self, child: str, parent: str) -> KeyedFrame:
        """Rows of ``territories`` at level ``child``, found by (child, code of their parent)."""
        key = (child, parent)
        if key not in self._members:
            rows = self.territories.filter(
                pl.col("level") == child, pl.col(parent).is_not_null()
            ).sort("name", "code")
            self._members[key] = KeyedFrame(rows, code=parent)
        return self._members[key]

    @cached_property
    def outlines(self) -> Outlines:
        """Outlines of the datasets in force (the newest vintage wins)."""
        return Outlines(self.store.gather("contours"))

    @cached_property
    def places(self) -> KeyedFrame:
        """Table ``places`` by commune."""
        frame = self.computation.table("places").with_columns(
            level=pl.lit("commune"), code=pl.col("commune").fill_null("")
        )
        frame = frame.sort("name", "id")
        return KeyedFrame(frame)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Names, codes and hierarchy of this computation's territories."""
        from portrea.territory.hierarchy import Gazetteer

        return Gazetteer(self.territories)

    @cached_property
    def datasets(self) -> tuple[Dataset, ...]:
        """Datasets named by the computation's card; all those in force when it names none."""
        in_force = self.store.datasets()
        named = self.computation.card.get("datasets")
        if not named:
            return tuple(in_force)
        wanted = {d if isinstance(d, str) else d.get("id") for d in named}
        return tuple(d for d in in_force if d.id in wanted)

    @cached_property
    def coverage(self) -> dict[str, frozenset[str]]:
        """Départements of each dataset of names or outlines; none told: it may be all of them."""
        found = {}
        for dataset in self.datasets:
            if "contours" not in dataset.rows and (
                "territories" not in dataset.rows or "observations" in dataset.rows
            ):
                continue
            codes = self.store.read(dataset, "territories")["departement"].drop_nulls().unique()
            found[dataset.id] = frozenset(codes.to_list())
        return found

    @cached_property
    def lists_of_places(self) -> dict[str, frozenset[str]]:
        """Values of ``source`` in each dataset of places."""
        return {
            d.id: frozenset(self.store.read(d, "places")["source"].unique().to_list())
            for d in self.datasets
            if d.rows.get("places")
        }


_SNAPSHOTS: dict[Path, tuple[tuple[int, int, int], Snapshot]] = {}
_LOCK = Lock()


class Reader:
    """Read-only view of the computation in force.

    Parameters
    ----------
    store
        The local store. Creating a reader reads nothing.
    offer
        Places to measure access with (:func:`portrea.steering.offering.offer_of`).
    """

    def __init__(self, store: Store, offer: Offer | None = None) -> None:
        self.store, self.given_offer = store, offer

    @property
    def snapshot(self) -> Snapshot:
        """The computation in force, from the process's cache when the pointer has not moved."""
        pointer = self.store.root / "current"
        try:
            status = pointer.stat()
        except FileNotFoundError:
            raise _no_computation(self.store.home) from None
        stamp = (status.st_mtime_ns, status.st_ino, status.st_size)
        with _LOCK:
            known = _SNAPSHOTS.get(pointer)
            if known and known[0] == stamp:
                return known[1]
            computation = self.store.current()
            if computation is None:
                raise _no_computation(self.store.home)
            if known and known[1].computation.id == computation.id:
                snapshot = known[1]
            else:
                snapshot = Snapshot(self.store, computation)
            _SNAPSHOTS[pointer] = (stamp, snapshot)
            return snapshot

    @property
    def computation(self) -> Computation:
        """The computation in force."""
        return self.snapshot.computation

    @property
    def computation_id(self) -> str:
        """Identifier of the computation in force."""
        return self.computation.id

    @property
    def computed_on(self) -> str:
        """ISO date written on the computation's card, or empty when it bears none."""
        card = self.computation.card
        return str(card.get("date") or card.get("computed_on") or "")[:10]

    @property
    def gazetteer(self) -> Gazetteer:
        """Names, codes and hierarchy of the computation's territories."""
        return self.snapshot.gazetteer

    def territory(self, level: str, code: str) -> dict[str, Any] | None:
        """Return the row of one territory, or ``None``."""
        rows = self.snapshot.territory_rows.of((level, code))
        return rows.row(0, named=True) if rows.height else None

    def members(self, child: str, parent: str, code: str) -> list[dict[str, Any]]:
        """Return the territories of level ``child`` inside one territory, by name."""
        if parent == "france":
            return self.snapshot.territory_rows.at_level(child).sort("name").to_dicts()
        return self.snapshot.members(child, parent).of((child, code)).to_dicts()

    def codes(self, child: str, parent: str, code: str) -> list[str]:
        """Return the codes of the territories of level ``child`` inside one territory, by name."""
        if parent == "france":
            frame = self.snapshot.territory_rows.at_level(child)
        else:
            frame = self.snapshot.members(child, parent).of((child, code))
        return frame["code"].to_list()

    def estimates(
        self,
        level: str | None = None,
        codes: Sequence[str] | None = None,
        measure: str | None = None,
    ) -> pl.DataFrame:
        """Return rows of the ``estimates`` table; codes are kept in the order given."""
        return _select(self.snapshot.estimates, level, codes, "measure", measure)

    def estimate(self, level: str, code: str, measure: str) -> AreaEstimate | None:
        """Return one measure of one area, or ``None`` when the computation does not have it."""
        for row in self.snapshot.estimates.of((level, code)).iter_rows(named=True):
            if row["measure"] == measure:
                return AreaEstimate.from_row(row)
        return None

    def estimates_of(self, keys: Sequence[Key]) -> dict[tuple[str, str, str], AreaEstimate]:
        """Return every measure of several areas, by (level, code, measure)."""
        rows = self.snapshot.estimates.of_all(keys).iter_rows(named=True)
        return {(r["level"], r["code"], r["measure"]): AreaEstimate.from_row(r) for r in rows}

    def reach(
        self,
        level: str | None = None,
        codes: Sequence[str] | None = None,
        situation: str | None = None,
    ) -> pl.DataFrame:
        """Return rows of the ``reach`` table."""
        return _select(self.snapshot.reach, level, codes, "situation", situation)

    def places(self, communes: Sequence[str], situation: str | None = None) -> pl.DataFrame:
        """Return the places of some communes, by commune then name."""
        keys = [("commune", code) for code in communes]
        frame = self.snapshot.places.of_all(keys).drop("level", "code")
        if situation is not None:
            frame = frame.filter(pl.col("situations").list.contains(situation))
        return frame

    @property
    def outlines(self) -> Outlines:
        """Outlines of territories, for maps and neighbours."""
        return self.snapshot.outlines

    def datasets(self) -> tuple[Dataset, ...]:
        """Return the provenance cards of the datasets used."""
        return self.snapshot.datasets


def _select(
    keyed: LevelFrames,
    level: str | None,
    codes: Sequence[str] | None,
    column: str,
    value: str | None,
) -> pl.DataFrame:
    if level is not None and codes is not None:
        frame = keyed.of_all([(level, code) for code in codes])
    elif level is not None:
        frame = keyed.at_level(level)
    else:
        frame = keyed.whole()
        if codes is not None:
            frame = frame.filter(pl.col("code").is_in(list(codes)))
    return frame if value is None else frame.filter(pl.col(column) == value)


def _no_computation(home: Path) -> StoreError:
    return StoreError(
        "Aucun calcul n’est en service dans le magasin de données.",
        inside=str(home),
        remedy="Lancez « portrea data embedded » puis « portrea compute » (ou « portrea demo » "
        "pour tout préparer).",
    )
