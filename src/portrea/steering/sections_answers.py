"""Published answers of structures in a portrait: a table and bars by question, their lessons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.estimates import percent
from portrea.steering.display import parameters
from portrea.steering.document import Cell, Column, Figure, Section, Sentence, Table
from portrea.steering.figures_answers import AnswerBar, answer_bars
from portrea.steering.figures_style import Caption
from portrea.steering.wording import enumeration, long_date, mark
from portrea.surveys.showing import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portrea.surveys.showing import Bar, Crossing, Shown


@dataclass(frozen=True, slots=True)
class Answers:
    """An edition of the results of a survey of structures.

    ``where`` is the territory that was asked, ``count`` how many structures answered, ``day`` the
    ISO date of the edition; ``blocks`` are its questions, small counts gone.
    """

    title: str
    where: str
    count: int
    day: str
    blocks: tuple[Shown, ...]

    @property
    def source(self) -> str:
        """Say who answered, where, and when it was published."""
        return _typed(
            f"Enquête « {self.title} », {self.where} : {self.count} structures qui ont "
            f"répondu, résultats publiés le {long_date(self.day)}."
        )

    @property
    def short(self) -> str:
        """Say the same in a few words, for a cell."""
        return f"{self.count} structures qui ont répondu, {long_date(self.day)}"

    def block(self, question: str) -> Shown | None:
        """Return what was published of a question."""
        return next((one for one in self.blocks if one.name == question), None)


def answer_parts(answers: Answers | None, theme: str) -> tuple[Section, ...]:
    """Return the questions of a theme (``params/offer_answers.yaml``), a section by question."""
    if answers is None:
        return ()
    blocks = (answers.block(name) for name in parameters("offer_answers")["themes"][theme])
    return tuple(_part(one, answers) for one in blocks if one is not None and _told(one))


def answer_lessons(blocks: Iterable[Shown]) -> Iterator[str]:
    """Yield the sentences that published shares deserve, in the order of the rules."""
    by_name = {one.name: one for one in blocks}
    for name, card in parameters("offer_answers")["answers"].items():
        share = _share(by_name.get(name), card["choices"])
        if share is not None and share >= card["at_least"] - 1e-9:
            yield mark(card["text"].format(part=percent(share)))


def _share(block: Shown | None, choices: list[str]) -> float | None:
    """Return the share of choices of a single answer together; ``None`` when one is not told."""
    bars = {one.label: one.share for one in (block.bars if block else ())}
    told = [bars.get(choice) for choice in choices]
    known = [share for share in told if share is not None]
    return sum(known) if known and len(known) == len(told) else None


def _told(block: Shown) -> bool:
    return bool(block.bars or block.facts)


def _part(block: Shown, answers: Answers) -> Section:
    lead, *more = block.sentences or (block.base,)
    tables = [_table(block)]
    if block.crossing is not None:
        tables.append(_crossed(block, block.crossing))
    figures = (_figure(block),) if _given(block) else ()
    notes = (*block.notes, answers.source)
    paragraphs = tuple(map(_typed, (*more, *filter(None, [block.comment]))))
    return Section(
        f"reponses-{block.name}", _typed(block.title), Sentence(_typed(lead)), paragraphs,
        tuple(tables), figures, notes,
    )  # fmt: skip


def _typed(text: str) -> str:
    """Put the spaces that French wants inside quotes and before its double signs."""
    return mark(text.replace("« ", "«\u00a0").replace(" »", "\u00a0»"))


def _table(block: Shown) -> Table:
    identifier = f"reponses-{block.name}-tableau"
    titles = ("Structures", "Part", "Intervalle") if block.bars else ("Valeur",)
    first = Column("Réponse" if block.bars else "Mesure")
    columns = (first, *(Column(title, numeric=True) for title in titles))
    facts = tuple((Cell(name), Cell(value)) for name, value in block.facts)
    rows = tuple(_row(bar) for bar in _given(block)) or facts
    nobody = [f"« {bar.label} »" for bar in block.bars if bar.answers == 0]
    note = _typed(f"Personne n’a répondu : {enumeration(nobody)}.") if nobody else ""
    return Table(identifier, block.title, columns, rows, " ".join(filter(None, (block.base, note))))


def _given(block: Shown) -> tuple[Bar, ...]:
    """Return the choices that somebody gave, or that are withheld."""
    return tuple(bar for bar in block.bars if bar.answers != 0)


def _row(bar: Bar) -> tuple[Cell, ...]:
    count = HIDDEN if bar.answers is None else str(bar.answers)
    share = bar.words if bar.share is None else percent(bar.share)
    bounds = "–"
    if bar.low is not None and bar.high is not None:
        bounds = f"{percent(bar.low)} à {percent(bar.high)}"
    return Cell(bar.label), Cell(count, _number(bar.answers)), Cell(share, bar.share), Cell(bounds)


def _number(count: int | None) -> float | None:
    return None if count is None else float(count)


def _crossed(block: Shown, crossing: Crossing) -> Table:
    columns = (Column("Réponse"), *(Column(group, numeric=True) for group in crossing.groups))
    rows = tuple(tuple(map(Cell, row)) for row in crossing.rows)
    caption = f"{block.title} – selon\u00a0: {crossing.label}"
    return Table(f"reponses-{block.name}-croise", caption, columns, rows, crossing.gap)


def _figure(block: Shown) -> Figure:
    bars = [AnswerBar(one.label, one.share, one.low, one.high, one.words) for one in _given(block)]
    description = f"{block.base} Le tableau du même nom donne chaque part."
    caption = Caption(f"fig-reponses-{block.name}", block.title, description)
    drawing = answer_bars(caption, bars)
    return Figure(caption.id, caption.title, description, drawing, f"reponses-{block.name}-tableau")
