"""Hours understood from French, before they are written in OSM and said back to a person."""

from __future__ import annotations

from dataclasses import dataclass, field

from portrea.vocab.hours import DAYS, MONTHS, NAMES, NARROW, merged, osm_spans, say_days, say_spans

Span = tuple[int, int]
APPOINTMENT = "sur rendez-vous"


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one day: spans and a comment; ``unsure`` when only the comment is told."""

    spans: tuple[Span, ...]
    comment: str | None = None
    unsure: bool = False


@dataclass(slots=True)
class Timetable:
    """Hours in one season: by day of the week, and by (rank in the month, day)."""

    days: dict[int, Told] = field(default_factory=dict)
    ranks: dict[tuple[int, int], Told] = field(default_factory=dict)

    def add(self, day: int, rank: int | None, told: Told) -> bool:
        """Add hours; whether they agree with those the day already had."""
        before = self.days.get(day) if rank is None else self.ranks.get((rank, day))
        together, agreed = _together(before, told)
        if rank is None:
            self.days[day] = together
        else:
            self.ranks[rank, day] = together
        return agreed

    def whole_ranks(self) -> dict[tuple[int, int], Told]:
        """Return the hours of ranked days, with those of every week: OSM would replace them."""
        found = {}
        for (rank, day), told in self.ranks.items():
            weekly = self.days.get(day)
            spans = merged((*weekly.spans, *told.spans)) if weekly else told.spans
            found[rank, day] = Told(spans, told.comment, told.unsure)
        return found

    def __bool__(self) -> bool:
        return bool(self.days or self.ranks)


def _together(before: Told | None, told: Told) -> tuple[Told, bool]:
    if before is None or before == told:
        return told, True
    overlap = any(a < d and c < b for a, b in before.spans for c, d in told.spans)
    if told.unsure and before.spans:
        return before, False
    if overlap or before.comment != told.comment or before.unsure or told.unsure:
        return told, False
    return Told(merged((*before.spans, *told.spans)), told.comment), True


# -- OSM ------------------------------------------------------------------------------------------


def write_osm(tables: dict[str, Timetable], closed: set[str]) -> str | None:
    """Return OSM hours; holidays last, since a later rule replaces an earlier one."""
    rules = _rules(tables.get("school") or tables.get("") or Timetable())
    seasons = {scope: table for scope, table in tables.items() if scope not in ("", "school")}
    off = set(closed)
    if tables.get("school"):
        off.add("SH")
    if "SH" in off:
        rules.append("SH off")
    for scope, table in seasons.items():
        rules += [f"{scope} {rule}" for rule in _rules(table)]
    rules += [f"{scope} off" for scope in sorted(off - {"SH", "PH"})]
    rules += ["PH off"] if "PH" in off else []
    if rules == ["Mo-Su 00:00-24:00"]:
        return "24/7"
    return "; ".join(rules) if any(tables.values()) else None


def _rules(table: Timetable) -> list[str]:
    rules = [f"{_osm_days(days)} {_osm_told(told)}" for told, days in _grouped(table.days)]
    ranked: dict[tuple[int, Told], list[int]] = {}
    for (rank, day), told in table.whole_ranks().items():
        ranked.setdefault((day, told), []).append(rank)
    for (day, told), ranks in sorted(ranked.items(), key=lambda item: item[0][0]):
        rules.append(f"{DAYS[day]}[{','.join(str(rank) for rank in ranks)}] {_osm_told(told)}")
    return rules


def _grouped(days: dict[int, Told]) -> list[tuple[Told, list[int]]]:
    groups: dict[Told, list[int]] = {}
    for day in sorted(days):
        if days[day].spans or days[day].unsure:
            groups.setdefault(days[day], []).append(day)
    return list(groups.items())


def _osm_told(told: Told) -> str:
    comment = f' "{told.comment}"' if told.comment else ""
    return ("unknown" if told.unsure else osm_spans(told.spans)) + comment


def _osm_days(days: list[int]) -> str:
    return ",".join(
        DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"
        for first, last in runs(days)
    )


def runs(days: list[int]) -> list[tuple[int, int]]:
    """Return runs of days that follow each other."""
    found: list[tuple[int, int]] = []
    for day in days:
        if found and day == found[-1][1] + 1:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


# -- French ---------------------------------------------------------------------------------------


def say(tables: dict[str, Timetable], closed: set[str]) -> list[str]:
    """Return what was understood as short French parts."""
    parts: list[str] = []
    for scope, table in tables.items():
        said = _say_table(table)
        if scope and said:
            said[0] = f"{_say_scope(scope)}, {said[0]}"
        parts += said
    for scope in sorted(closed):
        parts.append(f"fermé {_say_scope(scope)}")
    return parts


def _say_table(table: Timetable) -> list[str]:
    said = [f"{say_days(days)}{NARROW}: {_say_told(told)}" for told, days in _grouped(table.days)]
    ranked: dict[tuple[int, Told], list[int]] = {}
    for (rank, day), told in table.ranks.items():
        ranked.setdefault((day, told), []).append(rank)
    for (day, told), ranks in ranked.items():
        which = " et ".join(_say_rank(rank) for rank in ranks)
        said.append(f"{which} {NAMES[day]} du mois{NARROW}: {_say_told(told)}")
    return said


def _say_rank(rank: int) -> str:
    return {1: "1er", -1: "dernier"}.get(rank, f"{rank}e")


def _say_told(told: Told) -> str:
    if told.unsure:
        return told.comment or ""
    comment = f", {told.comment}" if told.comment else ""
    return say_spans(told.spans) + comment


def _say_scope(scope: str) -> str:
    fixed = {
        "SH": "pendant les vacances scolaires",
        "PH": "les jours fériés",
        "school": "en période scolaire",
    }
    if scope in fixed:
        return fixed[scope]
    words = scope
    for short, month in MONTHS.items():
        words = words.replace(short, month)
    for joint, said in (("-", " à "), (",", " et ")):
        words = words.replace(joint, said)
    return f"({words})"
