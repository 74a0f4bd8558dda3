"""Rights followed from the day they are thought of to the day they open, as a public section."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portrea.base.estimates import integer, percent
from portrea.steering.document import Cell, Column, Figure, Number, Section, Sentence, Table
from portrea.steering.figures_answers import AnswerBar, answer_bars
from portrea.steering.figures_style import Caption
from portrea.steering.troubles import told as may_be_told
from portrea.steering.wording import counted, long_date, mark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

HIDDEN = "caché (petit nombre)"
TABLE = "droits-suivis-tableau"
LEGEND = "droits-suivis-etapes"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a right: its French, what it means."""

    label: str
    means: str


@dataclass(frozen=True, slots=True)
class Followed:
    """Rights detected between two days: how many reached each stage, in all then by right.

    Counts follow ``stages``, the first being those detected; ``None`` is hidden. ``median`` is the
    number of days after which one right in two is open, when it may be told.
    """

    first: date
    last: date
    stages: tuple[Stage, ...]
    whole: tuple[int | None, ...]
    rights: tuple[tuple[str, tuple[int | None, ...]], ...] = ()
    median: int | None = None


def outcomes_section(found: Followed) -> Section | None:
    """Say what became of the rights followed; nothing when they are too few to be told."""
    ranks = [rank for rank, count in enumerate(found.whole) if _shown(count) is not None]
    if 0 not in ranks or not found.whole[0]:
        return None
    found = _only(found, ranks)
    whole = tuple(_shown(count) for count in found.whole)
    return Section(
        "droits-suivis",
        "Droits suivis, du repérage à l’ouverture",
        _lead(found, whole),
        paragraphs=tuple(mark(text) for text in _paragraphs(found)),
        tables=(_table(found), _legend(found)),
        figures=(_figure(found, whole),),
        notes=(
            mark(
                "Un cas est un droit suivi pour une personne, sans identité. Ces nombres ne disent "
                "que ce qui a été noté par les équipes d’ici ; ils sont arrondis au multiple de "
                "cinq, et cachés quand ils sont petits : une étape qui manque ici est cachée."
            ),
        ),
    )


def _only(found: Followed, ranks: Sequence[int]) -> Followed:
    """Leave out the stages of which no count is told in all."""
    return replace(
        found,
        stages=tuple(found.stages[rank] for rank in ranks),
        whole=tuple(found.whole[rank] for rank in ranks),
        rights=tuple((name, tuple(row[rank] for rank in ranks)) for name, row in found.rights),
    )


def _shown(count: int | None) -> int | None:
    """Return a count as it may be published: nought hides nobody."""
    return count if not count else may_be_told(count)


def _lead(found: Followed, whole: Sequence[int | None]) -> Sentence:
    numbers = [Number(f"environ {integer(whole[0] or 0)}", whole[0])]
    text = counted(numbers[0].text, whole[0], "droit repéré", "droits repérés")
    labels = [stage.label.lower() for stage in found.stages]
    opened = whole[labels.index("ouvert")] if "ouvert" in labels else None
    if opened:
        numbers.append(Number(f"environ {integer(opened)}", opened))
        open_words = counted(numbers[1].text, opened, "est ouvert", "sont ouverts")
        return Sentence(mark(f"Sur {text}, {open_words} aujourd’hui."), tuple(numbers))
    return Sentence(mark(f"{text[0].upper()}{text[1:]} et suivis."), tuple(numbers))


def _paragraphs(found: Followed) -> tuple[str, ...]:
    first, last = (long_date(day.isoformat()) for day in (found.first, found.last))
    said = [f"Droits repérés du {first} au {last}, où qu’ils en soient aujourd’hui."]
    if found.median is not None:
        days = counted(integer(found.median), found.median, "jour", "jours")
        said.append(f"Un droit sur deux est ouvert en {days} ou moins.")
    return tuple(said)


def _table(found: Followed) -> Table:
    columns = (Column("Droit"), *(Column(stage.label, numeric=True) for stage in found.stages))
    lines = (("Ensemble", found.whole), *found.rights)
    rows = tuple(
        (Cell(label, strong=rank == 0), *(_cell(count) for count in counts))
        for rank, (label, counts) in enumerate(lines)
    )
    return Table(TABLE, "Où en sont les droits suivis, par étape", columns, rows)


def _cell(count: int | None) -> Cell:
    shown = _shown(count)
    if shown is None:
        return Cell(HIDDEN)
    return Cell(f"environ {integer(shown)}" if shown else "0", float(shown))


def _legend(found: Followed) -> Table:
    rows = tuple((Cell(stage.label), Cell(mark(stage.means))) for stage in found.stages)
    return Table(LEGEND, "Ce que veut dire chaque étape", (Column("Étape"), Column("Sens")), rows)


def _figure(found: Followed, whole: Sequence[int | None]) -> Figure:
    title = "Du repérage à l’ouverture"
    said = "Part des droits repérés qui ont atteint chaque étape ; le tableau donne les nombres."
    caption = Caption("fig-droits-suivis", title, mark(said))
    bars = [
        _bar(stage, count, whole[0] or 1) for stage, count in zip(found.stages, whole, strict=True)
    ]
    return Figure(caption.id, title, caption.description, answer_bars(caption, bars), TABLE)


def _bar(stage: Stage, count: int | None, of: int) -> AnswerBar:
    if count is None:
        return AnswerBar(stage.label, None, None, None, HIDDEN)
    share = min(count / of, 1.0)
    return AnswerBar(stage.label, share, None, None, percent(share))
