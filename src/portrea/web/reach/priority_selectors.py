"""Priority areas ready for a page: the lines, what may be said of each, causes beside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.base.estimates import percent
from portrea.reach.catchment import decay_named
from portrea.reach.causes import causes
from portrea.reach.priority_readings import kept, steadiness
from portrea.reach.priority_rules import default_rule
from portrea.reach.priority_tables import QUADRANT_WORDS, Status
from portrea.steering import priorities
from portrea.steering import priority_words as said
from portrea.steering.display import parameters
from portrea.steering.helping import offer_of
from portrea.steering.measures import interval_cell, share_cell
from portrea.steering.priority_files import priority_csv
from portrea.steering.priority_ground import Question, longest, measure_asked, prepare
from portrea.steering.sections_priorities import priority_figure
from portrea.steering.times import engine_named
from portrea.steering.what_if_ground import measure_known
from portrea.steering.wording import minutes, territory_name
from portrea.web.reach.priority_asked import SHARES, WORDS
from portrea.web.reach.selectors import engine_asked
from portrea.web.territories.living import living_reader
from portrea.web.territories.selectors import territory_find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.reach.priority_rules import Rule
    from portrea.steering.document import Figure, Sentence
    from portrea.steering.priority_ground import Ground
    from portrea.web.reach.priority_asked import PriorityAsked

TAGS = {
    Status.FIRST: "danger",
    Status.UNCERTAIN: "warning",
    Status.UNRANKABLE: "warning",
}
ALIKE = 0.8
"""From this probability a quadrant is said without « peut-être »."""


@dataclass(frozen=True, slots=True)
class Row:
    """One area as written."""

    reference: str
    code: str
    name: str
    rank: str
    uncovered: str
    persons: str
    share: str
    access: str
    minutes: str
    chance: str
    imputed: str
    status: str
    said: str
    steady: str
    place: int


@dataclass(frozen=True, slots=True)
class CauseColumn:
    """One layer of the table of causes: what it is, its year, its grade, its caution."""

    id: str
    label: str
    meaning: str
    source: str
    years: str
    quality: str
    caution: str
    ours: bool
    mean: str


@dataclass(frozen=True, slots=True)
class CauseRow:
    """The causes of one area, in the order of the columns."""

    reference: str
    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Try:
    """One other choice, and how many of the first areas it keeps."""

    label: str
    kept: int
    first: int


@dataclass(frozen=True, slots=True)
class Quarter:
    """Areas of one quadrant: how many, and the surest names."""

    label: str
    count: int
    names: str


@dataclass(frozen=True, eq=False)
class PriorityPage:
    """Everything the page writes."""

    asked: PriorityAsked
    place: str
    level: str
    many: str
    measure: str
    headline: Sentence
    first: int
    rows: tuple[Row, ...]
    left: int
    covered: int
    threshold: str
    helping: int
    columns: tuple[CauseColumn, ...]
    cause_rows: tuple[CauseRow, ...]
    quarters: tuple[Quarter, ...]
    tries: tuple[Try, ...]
    figure: Figure | None
    quality: str
    notes: tuple[str, ...]


def page_of(asked: PriorityAsked) -> PriorityPage:
    """Return the page of the priority areas of a territory, made once by process."""
    ground = ground_of(asked)
    home, computation = str(ground.reader.store.home), ground.reader.computation_id
    return _page(home, computation, f"{offer_of(ground.reader).state} {engine_asked(asked)}", asked)


def ground_of(asked: PriorityAsked) -> Ground:
    """Return what the ranking stands on, prepared once by process and by computation."""
    selection, current = territory_find(asked.reference), living_reader()
    measure = measure_asked(current, selection, asked.measure)
    question = Question(asked.situation, measure, asked.profile, level=asked.level)
    home, computation = str(current.store.home), current.computation_id
    made_of = offer_of(current).state, engine_asked(asked)
    return _ground(home, computation, made_of, selection.key, question)


def rule_of(asked: PriorityAsked, ground: Ground) -> Rule:
    """Return the rule of an address."""
    return default_rule(
        first=asked.first or priorities.usual_first(ground),
        order=WORDS[asked.order],
        share_of_mean=SHARES[asked.share],
    )


@lru_cache(maxsize=8)
def _ground(
    _home: str, _computation: str, made_of: tuple[str, str], key: str, question: Question
) -> Ground:
    """Prepare; ``made_of``: state of the offer, engine of times."""
    current, decay = living_reader(), decay_named(question.decay or None)
    t_max = longest(decay.t_max)
    engine = engine_named(current.store, made_of[1], t_max=t_max, profile=question.profile)
    return prepare(current, territory_find(key), question, engine=engine)


@lru_cache(maxsize=32)
def _page(_home: str, _computation: str, _made_of: str, asked: PriorityAsked) -> PriorityPage:
    ground = ground_of(asked)
    rule = rule_of(asked, ground)
    table = priorities.table_of(ground, rule)
    counts = dict(table["status"].value_counts().iter_rows())
    few = table.height <= _most()
    shown = table if few else table.filter(table["status"] != Status.COVERED).head(_most())
    tried = priorities.sensitivity_of(ground, rule, _measures(ground))
    beside = priorities.causes_beside(ground)
    quadrants = {row["code"]: row for row in priorities.quadrants_of(ground).iter_rows(named=True)}
    names = _names(ground)
    rows = tuple(_rows(ground, shown, tried, names))
    places = {row.code: str(row.place) for row in rows if row.status}
    return PriorityPage(
        asked=asked,
        place=ground.subject.name.plain,
        level=ground.level,
        many=said.WORDS[ground.level].many,
        measure=ground.question.measure,
        headline=said.headline(
            counts, first=rule.first, level=ground.level, total=priorities.total_of(ground, rule)
        ),
        first=rule.first,
        rows=rows,
        left=0 if few else table.height - shown.height - counts.get(Status.COVERED, 0),
        covered=counts.get(Status.COVERED, 0),
        threshold=said.hours_cell(None, table["threshold"][0], None),
        helping=int((ground.scores.supply.hours > 0).sum()),
        columns=_columns(ground, beside),
        cause_rows=_cause_rows(rows, beside, ground.level),
        quarters=_quarters(ground, quadrants, names),
        tries=_tries(tried),
        figure=priority_figure(ground, table, places, "zones-liste"),
        quality=ground.subject.quality(ground.question.measure).value,
        notes=ground.notes,
    )


def _most() -> int:
    return int(parameters("priorities")["most_rows"]["value"])


def _measures(ground: Ground) -> list[str]:
    """Return the other definitions of need known on the territory."""
    known = measure_known(ground.reader, territory_find(ground.subject.key))
    return [name for name in known if name != ground.question.measure]


def _names(ground: Ground) -> dict[str, str]:
    rows = ground.reader.snapshot.territories.filter(level=ground.level)
    rows = rows.filter(rows["code"].is_in(ground.codes))
    return {
        code: territory_name(ground.level, code, name).plain
        for code, name in rows.select("code", "name").iter_rows()
    }


def _rows(
    ground: Ground,
    table: pl.DataFrame,
    tried: pl.DataFrame,
    names: Mapping[str, str],
) -> list[Row]:
    keys = [(ground.level, code) for code in table["code"].to_list()]
    estimates = ground.reader.estimates_of(keys)
    times = {row["code"]: row for row in steadiness(tried).iter_rows(named=True)}
    measure, found = ground.question.measure, []
    for row in table.iter_rows(named=True):
        code, status = row["code"], Status(row["status"])
        estimate = estimates.get((ground.level, code, measure))
        often, persons = times[code], interval_cell(estimate).text
        found.append(
            Row(
                reference=f"{ground.level}:{code}",
                code=code,
                name=names.get(code, code),
                rank=said.rank(row),
                uncovered=persons if said.is_whole(row) else _uncovered(row, ground.level),
                persons=persons,
                share=share_cell(estimate).text,
                access=said.hours_cell(row["access_low"], row["access"], row["access_high"]),
                minutes=_time(row["minutes"]),
                chance=said.chance(row),
                imputed="–" if row["imputed_share"] is None else percent(row["imputed_share"]),
                status=TAGS.get(status, ""),
                said=said.SAID[status],
                steady="–" if status is Status.UNKNOWN else _often(often),
                place=len(found) + 1,
            )
        )
    return found


def _uncovered(row: Mapping[str, Any], level: str) -> str:
    low, high = row["uncovered_low"], row["uncovered_high"]
    return said.persons_cell(low, row["uncovered"], high, level)


def _often(row: Mapping[str, Any]) -> str:
    return f"{row['times_first']} sur {row['variants']}"


def _time(value: float | None) -> str:
    return "aucun lieu" if value is None else minutes(value)


def _columns(ground: Ground, table: pl.DataFrame) -> tuple[CauseColumn, ...]:
    means = priorities.references_of(ground, table)
    known = set(table["cause"].to_list())
    found = []
    for cause in causes().values():
        if cause.id not in known:
            continue
        mine = table.filter(cause=cause.id)
        years = sorted(set(mine.drop_nulls("value")["vintage"].to_list()))
        found.append(
            CauseColumn(
                cause.id,
                cause.label,
                cause.meaning,
                cause.source,
                ", ".join(years),
                max(mine.filter(mine["quality"] != "N")["quality"].to_list(), default="N"),
                cause.caution,
                cause.ours,
                said.cause_mean(means.get(cause.id), cause.id),
            )
        )
    return tuple(found)


def _cause_rows(rows: tuple[Row, ...], table: pl.DataFrame, level: str) -> tuple[CauseRow, ...]:
    known = set(table["cause"].to_list())
    order = [name for name in causes() if name in known]
    cells = {(row["code"], row["cause"]): row for row in table.iter_rows(named=True)}
    return tuple(
        CauseRow(
            row.reference,
            row.name,
            tuple(said.cause_cell(cells.get((row.code, name)), level) for name in order),
        )
        for row in rows
    )


def _quarters(
    ground: Ground, table: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]
) -> tuple[Quarter, ...]:
    """Return the four quadrants, nothing where nobody has any access to compare with."""
    hidden = ground.hidden if ground.level == "iris" else frozenset()
    rows = [row for code, row in table.items() if row["quadrant"] and code not in hidden]
    if not rows or not rows[0]["reference_access"]:
        return ()
    found = []
    for key, label in QUADRANT_WORDS.items():
        mine = [row for row in rows if row["quadrant"] == key]
        sure = sorted(
            (row for row in mine if (row[f"p_{key}"] or 0) >= ALIKE),
            key=lambda row: -(row[f"p_{key}"] or 0),
        )
        listed = ", ".join(names.get(row["code"], row["code"]) for row in sure[:6])
        more = f" et {len(sure) - 6} autres" if len(sure) > 6 else ""
        found.append(Quarter(label[:1].upper() + label[1:], len(mine), listed + more))
    return tuple(found)


TRIED = {
    "decay": said.decay_label,
    "share": lambda name: f"Seuil à {percent(float(name))} de l’accès moyen",
    "measure": said.measure_label,
}


def _tries(table: pl.DataFrame) -> tuple[Try, ...]:
    found = []
    for name, count, first in kept(table).filter(pl.col("first") > 0).iter_rows():
        kind, _, value = name.partition(":")
        if kind in TRIED:
            found.append(Try(TRIED[kind](value), count, first))
    return tuple(found)


def file_of(asked: PriorityAsked) -> str:
    """Return the whole list as CSV."""
    ground = ground_of(asked)
    return priority_csv(ground, rule_of(asked, ground))
