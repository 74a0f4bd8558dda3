"""Trials of « Et si ? » put forward by a territory: a section of its portrait and of its pack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.steering.display import share_cell, shown_share
from portrea.steering.document import Cell, Column, Figure, Section, Sentence, Table
from portrea.steering.figures_style import Caption
from portrea.steering.helping import offer_of
from portrea.steering.measures import words
from portrea.steering.what_if_assumed import assumptions
from portrea.steering.what_if_told import (
    HIDDEN,
    SAME,
    THEN,
    TODAY,
    change_words,
    count_words,
    still_map,
    time_words,
)
from portrea.steering.what_if_words import digits
from portrea.steering.wording import enumeration, long_date, mark, uncapitalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portrea.base.estimates import Estimate
    from portrea.steering.what_if import Outcome
    from portrea.steering.what_if_assumed import Assumed
    from portrea.steering.what_if_told import Told

LETTERS = "ABC"
MOST = len(LETTERS)
"""Trials put forward at once, in a portrait or side by side: more do not fit a page."""
MOST_ROWS = 8
"""Communes listed under a trial: those that move most."""
DIGEST = 8


@dataclass(frozen=True, eq=False)
class Named:
    """A trial that was given a name: what it said that day, and what it says now.

    ``trial`` is ``None`` when it can no longer be worked out, and ``why`` says so; ``saved`` is
    an ISO date (empty for a trial that was never saved), ``computation`` the one of that day.
    """

    key: str
    title: str
    saved: str
    said: str
    computation: str
    trial: Told | None
    why: str = ""


def what_if_section(named: Sequence[Named], computation: str) -> Section | None:
    """Show the trials put forward: side by side, then each with its table, its map, its day.

    Parameters
    ----------
    named
        At most :data:`MOST` trials, in their order.
    computation
        The one in force, with which they are worked out again.
    """
    if not named:
        return None
    letters = dict(zip((one.key for one in named), LETTERS, strict=False))
    live = [(f"{letters[one.key]}. {one.title}", one.trial) for one in named if one.trial]
    trials = [trial for _, trial in live]
    paragraphs = ["Un essai ne dit pas ce qui arrivera : il refait le calcul d’aujourd’hui avec "
                  "des lieux en plus ou en moins, et rien d’autre ne bouge."]  # fmt: skip
    if len(live) > 1 and len({_question(trial) for trial in trials}) > 1:
        paragraphs.append("Ces essais ne posent pas tous la même question : leurs chiffres ne se "
                          "comparent pas directement.")  # fmt: skip
    return Section(
        "essais",
        "Et si ? Les essais mis en avant",
        Sentence(_lead([one.title for one in named])),
        paragraphs=tuple(mark(text) for text in paragraphs),
        tables=(side_by_side(live),) if len(live) > 1 else (),
        notes=tuple(_assumed(trials)),
        parts=tuple(_part(one, letters[one.key], computation) for one in named),
    )


def _lead(titles: Sequence[str]) -> str:
    quoted = enumeration([f"« {title} »" for title in titles])
    if len(titles) == 1:
        return mark(_quotes(f"Un essai est mis en avant pour ce territoire : {quoted}."))
    many = f"{len(titles)} essais sont mis en avant pour ce territoire"
    return mark(_quotes(f"{many} : {quoted}."))


def _quotes(text: str) -> str:
    return text.replace("« ", "«\u00a0").replace(" »", "\u00a0»")


def _question(trial: Told) -> tuple[str, object, object]:
    return trial.ground.subject.key, trial.ground.question, trial.near


def _assumed(trials: Sequence[Told]) -> list[str]:
    """Say what the figures suppose, once for all the trials."""
    texts = {f"{one.title}. {one.text}": None for t in trials for one in _assumed_of(t)}
    return [mark(text) for text in texts]


def _assumed_of(trial: Told) -> tuple[Assumed, ...]:
    ground = trial.ground
    offer = offer_of(ground.subject.reader).told
    return assumptions(trial.near, offer=offer, engine=ground.question.engine)


# -- one trial -------------------------------------------------------------------------------------


def _part(one: Named, letter: str, computation: str) -> Section:
    title, name = f"{letter}. {one.title}", f"essai-{one.key}"
    dated = (day_of(one, computation),) if one.saved else ()
    if one.trial is None:
        return Section(name, title, Sentence(one.said), notes=dated)
    trial = one.trial
    tables = [before_after(trial.outcome, f"{name}-effet", title, minutes=trial.near.minutes)]
    moved = _communes(trial, f"{name}-communes", title)
    figure = _figure(trial, name, title)
    return Section(
        name,
        title,
        trial.headline,
        paragraphs=(f"Ce qui change\u00a0: {enumeration(_small(trial.labels))}.", *trial.sentences),
        tables=(*tables, *([moved] if moved else [])),
        figures=(figure,) if figure else (),
        notes=(_counted(trial), *dated),
    )


def _small(labels: Iterable[str]) -> list[str]:
    return [label[:1].lower() + label[1:] for label in labels]


def _counted(trial: Told) -> str:
    said, quality = words(trial.ground.question.measure), trial.ground.quality.value
    return mark(
        f"Personnes comptées : {count_words(trial.outcome.total)}, {said.meaning}, parmi les "
        f"{said.universe}. Note de confiance : {quality}. Intervalles justes 95 fois sur 100."
    )


def day_of(one: Named, computation: str) -> str:
    """Say the day a trial was named, with which computation, and what it said if that changed."""
    day, other = long_date(one.saved), one.computation != computation
    source = f" avec le calcul {one.computation[:DIGEST]}" if other else ""
    if one.trial is None:
        when, why = f"{day},{source}" if other else day, uncapitalised(one.why)
        return mark(f"Cet essai ne se refait plus : {why} La réponse est celle du {when}.")
    same = one.trial.headline.text == one.said
    begin = f"Essai enregistré le {day}{source}"
    if same:
        again = ". Refait avec le calcul en service : la réponse est la même."
        return mark(begin + (again if other else ", avec le calcul en service."))
    why = (
        "Les chiffres sont refaits avec le calcul en service."
        if other
        else "Les lieux ou les réglages ont changé depuis : les chiffres sont refaits."
    )
    told = _quotes(f"« {one.said} »")
    return mark(f"{begin}. {why} Ce jour-là, la réponse était : {told}")


def before_after(found: Outcome, name: str, title: str, *, minutes: float) -> Table:
    """Say who is near and how much help there is, today and with the trial."""
    told = found.before is not None and found.after is not None
    moved = change_words(found.gained, found.lost)
    rows = (
        (
            Cell(f"Personnes à moins de {minutes:g}\u00a0minutes"),
            Cell(count_words(found.before)),
            Cell(count_words(found.after)),
            Cell("0" if moved == SAME else moved),
        ),
        (
            Cell("Part des personnes comptées"),
            _share(found.near_before if told else None),
            _share(found.near_after if told else None),
            Cell(SAME),
        ),
        (
            Cell("Heures d’aide par semaine pour 100\u00a0personnes"),
            _help(found.help_before),
            _help(found.help_after),
            _moved(found.help_change),
        ),
    )
    numbers = (Column(head, numeric=True) for head in (TODAY, THEN, "Différence"))
    columns = (Column("Ce qui est compté"), *numbers)
    return Table(name, f"Avant et après\u00a0: {title}", columns, rows)


def _communes(trial: Told, name: str, title: str) -> Table | None:
    """List the communes that move most."""
    lines = [line for line in trial.lines if line.changes][:MOST_ROWS]
    if not lines:
        return None
    columns = (
        Column("Commune"),
        Column("Personnes comptées", numeric=True),
        Column("Temps moyen aujourd’hui", numeric=True),
        Column("avec cet essai", numeric=True),
        Column("Personnes de plus ou de moins", numeric=True),
    )
    rows = tuple(
        (
            Cell(line.name.plain, territory=f"commune:{line.code}"),
            Cell(count_words(line.persons)),
            Cell(time_words(line.before)),
            Cell(time_words(line.after)),
            Cell(change_words(line.gained, line.lost)),
        )
        for line in lines
    )
    left = sum(line.changes for line in trial.lines) - len(lines)
    note = ""
    if left:
        note = f"{left} autre{'s' if left > 1 else ''} commune{'s' if left > 1 else ''} bouge"
        note += f"{'nt' if left > 1 else ''} moins."
    return Table(name, f"Communes qui bougent le plus\u00a0: {title}", columns, rows, note)


def _figure(trial: Told, name: str, title: str) -> Figure | None:
    caption = Caption(
        f"{name}-carte",
        f"Carte\u00a0: {title}",
        f"{trial.headline.text} Ce que devient chaque commune. Les communes qui bougent le plus "
        "sont dans le tableau.",
    )
    drawing = still_map(trial, caption)
    if not drawing:
        return None
    return Figure(caption.id, caption.title, caption.description, drawing, f"{name}-effet")


# -- several trials --------------------------------------------------------------------------------


def side_by_side(named: Sequence[tuple[str, Told]]) -> Table:
    """Put trials side by side, after today when they answer the same question."""
    columns = (
        Column("Essai"),
        Column("Demi-journées ajoutées", numeric=True),
        Column("Part des personnes proches", numeric=True),
        Column("Personnes de plus", numeric=True),
        Column("Personnes de moins", numeric=True),
        Column("Heures d’aide pour 100\u00a0personnes", numeric=True),
        Column("Heures de plus ou de moins", numeric=True),
    )
    rows = []
    if len({_question(trial) for _, trial in named}) == 1:
        first = named[0][1].outcome
        share = _share(first.near_before if first.before is not None else None)
        rows.append(
            (Cell(TODAY), Cell(SAME), share, Cell(SAME), Cell(SAME),
             _help(first.help_before), Cell(SAME))
        )  # fmt: skip
    for label, trial in named:
        found, added = trial.outcome, trial.changes.half_days
        rows.append((
            Cell(label), Cell(str(added), added),
            _share(found.near_after if found.after is not None else None),
            Cell(count_words(found.gained)), Cell(count_words(found.lost)),
            _help(found.help_after), _moved(found.help_change),
        ))  # fmt: skip
    return Table("essais-ensemble", "Ce que change chaque essai", columns, tuple(rows))


def _share(found: Estimate | None) -> Cell:
    if found is None:
        return Cell(HIDDEN)
    return Cell(share_cell(shown_share(found)).replace("100,0", "100"))


def _moved(found: Estimate) -> Cell:
    value = found.value or 0.0
    if not value:
        return Cell("0")
    low, high = sorted((abs(found.low or 0.0), abs(found.high or 0.0)))
    sign = "+" if value > 0 else "−"
    between = f"{digits(low, down=True)}\u00a0–\u00a0{digits(high, down=False)}"
    return Cell(f"{sign}\u00a0{digits(abs(value))} ({between})")


def _help(found: Estimate) -> Cell:
    low, high = digits(found.low or 0.0, down=True), digits(found.high or 0.0, down=False)
    return Cell(low if low == high else f"{digits(found.value or 0.0)} ({low}\u00a0–\u00a0{high})")
