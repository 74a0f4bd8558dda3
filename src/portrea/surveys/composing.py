"""The report composed: each question in the order of the référent, whole or as may be published."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from portrea.surveys import showing
from portrea.surveys.analysis import publishable
from portrea.surveys.contrast import contrast_words, sides_of
from portrea.surveys.estimates import parameters
from portrea.surveys.form import Kind
from portrea.surveys.frames import read_by
from portrea.surveys.references import references
from portrea.surveys.release import Released, release
from portrea.surveys.weighting import kish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.surveys.report import Block, Report
    from portrea.surveys.results import Result, Survey
    from portrea.surveys.showing import Bar, Crossing, Shown


@dataclass(frozen=True, eq=False)
class Composer:
    """Composes the report of a survey.

    ``model`` is the ready questionnaire it comes from; ``texts`` are the written answers that may
    be shown, by question.
    """

    survey: Survey
    report: Report
    model: str = ""
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def whole(self) -> list[Shown]:
        """Return every question with all its counts, for those who may read answers."""
        found = {one.question.name: one for one in self.survey.results()}
        return [
            self._whole(found[block.question], block)
            for block in self.report.blocks
            if block.shown and block.question in found
        ]

    def public(self) -> list[Shown]:
        """Return every question as anybody may read it: small counts are hidden.

        A question by which another is crossed is itself shown alone, and only its choices whose
        counts are shown make groups.
        """
        released = release(self.survey, self.survey.results())
        told = {one.result.question.name: one for one in released}
        groups = {one.by for one in self.report.blocks if one.shown and one.by}
        return [
            self._public(
                told[block.question],
                block if _may_cross(told, block, groups) else replace(block, by=""),
                told,
            )
            for block in self.report.blocks
            if block.shown and block.question in told
        ]

    def _start(self, result: Result, block: Block, base: str) -> Shown:
        return showing.Shown(
            name=result.question.name,
            title=block.title or result.label,
            base=base,
            comment=block.comment,
            texts=tuple(self.texts.get(result.question.name, ())),
        )

    def _whole(self, result: Result, block: Block) -> Shown:
        shown = self._start(result, block, showing.base_words(result.asked, result.answered))
        if result.numbers is not None:
            shown = replace(shown, facts=showing.facts_of(result.numbers, ends=True))
        if result.months:
            shown = replace(shown, facts=tuple((_month(m), str(n)) for m, n in result.months))
        if result.table is None:
            return shown
        bars = showing.bars_of(result.table)
        return replace(
            shown,
            bars=bars,
            sentences=self._sentences(result, block, bars),
            notes=_notes(result, bars),
            crossing=self._crossing(result, block.by),
            references=self._beside(result, bars),
        )

    def _public(self, one: Released, block: Block, told: Mapping[str, Released]) -> Shown:
        result = one.result
        shown = self._start(result, block, showing.base_words(None, _base(one)))
        if result.numbers is not None and result.answered >= _least():
            shown = replace(shown, facts=showing.facts_of(result.numbers, ends=False))
        if one.months and all(count is not None for _name, count in one.months):
            shown = replace(shown, facts=tuple((_month(m), str(n)) for m, n in one.months))
        if one.table is None:
            return shown
        bars = showing.bars_of(one.table, rough=one.rough)
        may_say = not one.rough and one.base is not None and any(bar.share for bar in bars)
        crossing, contrast = None, ""
        if block.by:
            crossing, contrast = self._crossed_public(one, told[block.by], block)
        return replace(
            shown,
            bars=bars,
            sentences=self._sentences(result, block, bars) if may_say else (),
            notes=_notes(result, bars, rough=one.rough),
            crossing=crossing,
            contrast=contrast if may_say else "",
            references=() if one.rough else self._beside(result, bars),
        )

    def _crossed_public(
        self, one: Released, groups: Released, block: Block
    ) -> tuple[Crossing | None, str]:
        """Return a crossing and the gap it shows.

        None when it would hide other counts than the question alone does.
        """
        if one.table is None or groups.table is None:
            return None, ""
        name, by = one.result.question.name, groups.result.question.name
        full = self.survey.crossed(name, by).drop("question", "by")
        known = groups.table.filter(~pl.col("hidden"))["choice"].to_list()
        kept = full.filter(pl.col("group").is_in(["", *known]))
        several = one.result.several
        table = publishable(kept, several=several)
        if not table.filter(group="")["hidden"].equals(one.table["hidden"]):
            return None, ""
        gap = showing.gap_words(kept, self.survey, several=several)
        labels = showing.groups_of(self.survey, by)
        crossing = showing.crossing_of(table, by, groups.result.label, labels, gap=gap)
        return crossing, self._contrast(one, table, by, block)

    def _contrast(self, one: Released, table: pl.DataFrame, by: str, block: Block) -> str:
        """Say the gap between the groups whose counts are all shown."""
        name, choices, named = one.result.question.name, block.together, block.named
        if not choices or not named or (one.result.several and len(choices) > 1):
            whole = table.filter(group="").sort("answers", descending=True, nulls_last=True)
            choices, named = (whole["choice"][0],), f"répondent « {whole['label'][0]} »"
        cells = table.filter(pl.col("group") != "", pl.col("choice").is_in(choices))
        gone = pl.col("hidden") | pl.col("base").is_null()
        bare = set(cells.filter(gone)["group"])
        labels = showing.groups_of(self.survey, by)
        known = set(cells["group"])
        groups = {g: label for g, label in labels.items() if g in known and g not in bare}
        sides = sides_of(self.survey, name, choices, by, groups)
        return contrast_words(sides, named, effect=kish(self.survey.sample.weights))

    def _crossing(self, result: Result, by: str) -> Crossing | None:
        if not by or by == result.question.name or by not in self.survey.tallies.places:
            return None
        table = self.survey.crossed(result.question.name, by)
        gap = showing.gap_words(table, self.survey, several=result.several)
        label = self.survey.results_of([by])[0].label
        return showing.crossing_of(table, by, label, showing.groups_of(self.survey, by), gap=gap)

    def _sentences(self, result: Result, block: Block, bars: Sequence[Bar]) -> tuple[str, ...]:
        who = self.report.who
        told = showing.lead(bars, result.answered, who)
        if not block.together or self._hidden(result, bars) & set(block.together):
            return told
        found = self.survey.together(result.question.name, block.together)
        first = showing.together_words(found, block.named, who)
        alone = len(block.together) == 1  # its share would be said twice
        return (first,) if alone else (first, *told[:1])

    def _hidden(self, result: Result, bars: Sequence[Bar]) -> set[str]:
        choices = self.survey.tallies.choices[result.question.name]
        return {
            choice.name
            for choice, bar in zip(choices, bars, strict=True)
            if bar.words == showing.HIDDEN
        }

    def _beside(self, result: Result, bars: Sequence[Bar]) -> tuple[tuple[str, str, str, str], ...]:
        """Return national figures beside ours; ours is left out when one of its parts is hidden."""
        name = result.question.name
        found = references(self.model, name)
        hidden = self._hidden(result, bars)
        ours = {
            " ".join(one.choices): self.survey.together(name, one.choices).value
            for one in found
            if result.answered >= _least() and not hidden & set(one.choices)
        }
        return showing.reference_rows(found, ours)


def _least() -> float:
    return float(parameters()["least_answers"]["value"])


def _base(released: Released) -> int | None:
    if released.table is not None:
        return released.base
    return released.result.answered if not released.result.conditions else None


def _may_cross(told: Mapping[str, Released], block: Block, groups: set[str]) -> bool:
    """Tell whether a question may be crossed: nothing before it hides what would be given back."""
    one, by = told[block.question], told.get(block.by)
    if by is None or block.question in groups or one.rough or one.table is None:
        return False
    if by.table is None or by.rough or by.result.several:
        return False
    before = set().union(*map(read_by, one.result.conditions)) & set(told)
    tables = [table for name in before if (table := told[name].table) is not None]
    return not any(bool(table["hidden"].any()) for table in tables)


def _notes(result: Result, bars: Sequence[showing.Bar], *, rough: bool = False) -> tuple[str, ...]:
    found = []
    if result.several:
        found.append("Plusieurs réponses possibles : les parts s’ajoutent à plus de 100 %.")
    if result.question.kind is Kind.RANK:
        found.append("Ce qui est cité en premier.")
    if rough:
        found.append("Parts dites en dizaines : des nombres exacts feraient retrouver un petit "
                     "nombre d’une autre question.")  # fmt: skip
    if any(bar.words == showing.HIDDEN for bar in bars):
        found.append("« retiré » : de 1 à 4 réponses, ou un nombre qui les ferait retrouver.")
    return tuple(found)


def _month(month: str) -> str:
    names = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
             "octobre", "novembre", "décembre")  # fmt: skip
    year, _dash, number = month.partition("-")
    if not number.isdecimal() or not 1 <= int(number) <= 12:
        return month
    return f"{names[int(number) - 1].capitalize()} {year}"
