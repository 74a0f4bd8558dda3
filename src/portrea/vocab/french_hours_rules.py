"""A rule of French opening hours, and what a half of a day does to its spans."""

from __future__ import annotations

from dataclasses import dataclass, field

from portrea.vocab.french_hours_tokens import MIDNIGHT, words

Span = tuple[int, int]


@dataclass(slots=True)
class Rule:
    """Days and spans being read; ``first`` and ``last`` place it in the text."""

    start: int
    end: int
    days: list[tuple[int, int | None]] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    appointment: bool = False
    half: str | None = None
    closed: bool = False
    announced: bool = False


def fits(half: str, span: Span) -> bool:
    """Whether a span may be said to be in the morning, the afternoon or the evening."""
    limits = words()["halves"][half]
    start, end = span
    return bool(
        start < limits.get("starts_before", MIDNIGHT)
        and end <= limits.get("ends_before", MIDNIGHT)
        and start >= limits.get("starts_from", 0)
        and end >= limits.get("ends_from", 0)
    )


def cut(spans: list[Span], half: str) -> list[Span] | None:
    """Return spans without their morning or afternoon; ``None`` when one goes over noon."""
    noon = words()["halves"]["noon"]
    late = [span for span in spans if span[0] >= noon]
    early = [span for span in spans if fits("matin", span) and span not in late]
    if len(late) + len(early) != len(spans):
        return None
    lost, kept = (late, early) if half == "après-midi" else (early, late)
    return kept if lost else None
