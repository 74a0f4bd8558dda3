"""Results ready to be read: bars, rows, sentences; the same for the team and for everybody.

Everything here is plain data (texts, numbers, lists): a page shows it, a publication keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.base.estimates import NARROW_SPACE, integer, percent
from portrea.surveys.analysis import gap_between_groups
from portrea.surveys.estimates import Saying, difference, parameters
from portrea.surveys.form import said
from portrea.surveys.weighting import kish
from portrea.surveys.wording import say_share, say_tenths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from portrea.surveys.estimates import Estimate
    from portrea.surveys.references import Reference
    from portrea.surveys.report import Report
    from portrea.surveys.results import Numbers, Survey

HIDDEN = "retiré"
_UNLIKELY = 0.05


@dataclass(frozen=True, slots=True)
class Bar:
    """A choice: its words, its count, its share with its interval; ``None``: not told."""

    label: str
    answers: int | None
    share: float | None
    low: float | None
    high: float | None
    words: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """A question in each group of another: a column by group, a row by choice, a test in words."""

    by: str
    label: str
    groups: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    gap: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One question ready to be read."""

    name: str
    title: str
    base: str
    sentences: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    crossing: Crossing | None = None
    texts: tuple[str, ...] = ()
    references: tuple[tuple[str, str, str, str], ...] = ()
    comment: str = ""
    contrast: str = ""


def bars_of(table: pl.DataFrame, *, rough: bool = False) -> tuple[Bar, ...]:
    """Return the bars of a table of frequencies (everybody): those hidden keep their label."""
    rows = table.filter(table["group"] == "").iter_rows(named=True)
    return tuple(_bar(row, rough=rough) for row in rows)


def base_words(asked: int | None, answered: int | None) -> str:
    """Say how many answered, of how many who were asked."""
    if answered is None:
        return "Nombre de réponses non donné : il ferait retrouver un petit nombre."
    told = _n(answered, "réponse")
    if asked is None or asked == answered:
        return f"{told}."
    left = asked - answered
    return f"{told}. La question a été posée {integer(asked)} fois ; {integer(left)} sans réponse."


def lead(bars: Sequence[Bar], base: int, who: str) -> tuple[str, ...]:
    """Return one sentence on what was said most, one on what comes next."""
    told = sorted((bar for bar in bars if bar.share is not None), key=lambda bar: -(bar.share or 0))
    if base < parameters()["least_answers"]["value"]:
        return (f"{_capital(Saying.NOTHING)} ({integer(base)}).",)
    if not told or not told[0].share:
        return ()
    first = f"« {told[0].label} » : {_said(told[0], base, who)}."
    if len(told) < 2 or not told[1].share:
        return (first,)
    return first, f"Vient ensuite « {told[1].label} » : {_said(told[1], base, who)}."


def together_words(found: Estimate, named: str, who: str) -> str:
    """Say the share of those who gave one of several choices put together."""
    told = say_share(found.value, found.answers, found.low, found.high, who=who)
    return f"{_capital(told)} {named}." if named else f"{_capital(told)}."


def facts_of(numbers: Numbers, *, ends: bool) -> tuple[tuple[str, str], ...]:
    """Return mean, quartiles and ends of numbers, each with its name."""
    mean = numbers.mean
    told = _decimal(mean.value)
    if mean.low is not None and mean.high is not None:
        told += f" (entre {_decimal(mean.low)} et {_decimal(mean.high)})"
    found = [
        ("Moyenne", told),
        ("Médiane", f"{_decimal(numbers.median)} : la moitié dit moins, la moitié dit plus"),
        ("Un quart dit moins de", _decimal(numbers.first)),
        ("Un quart dit plus de", _decimal(numbers.third)),
    ]
    if ends:
        found.append(("Du plus petit au plus grand", f"{_decimal(numbers.least)} à "
                      f"{_decimal(numbers.most)}"))  # fmt: skip
    return tuple(found)


def crossing_of(
    table: pl.DataFrame, by: str, label: str, groups: Mapping[str, str], *, gap: str
) -> Crossing:
    """Return a crossed table with one column per group; groups without anybody are left out."""
    shown = [
        name
        for name in groups
        if any(base is None or base for base in table.filter(group=name)["base"])
        and table.filter(group=name).height
    ]
    cells = {(row["group"], row["choice"]): _cell(row) for row in table.iter_rows(named=True)}
    bases = {row["group"]: row["base"] for row in table.iter_rows(named=True)}
    heads = [f"{groups[name]} ({_base(bases[name])})" for name in shown]
    whole = table.filter(group="")
    rows = [
        (row["label"], *(cells[name, row["choice"]] for name in shown), cells["", row["choice"]])
        for row in whole.iter_rows(named=True)
    ]
    heads.append(f"Ensemble ({_base(bases[''])})")
    return Crossing(by, label, tuple(heads), tuple(rows), gap)


def gap_words(table: pl.DataFrame, survey: Survey, *, several: bool) -> str:
    """Say whether groups differ more than by chance; never why."""
    effect = kish(survey.sample.weights)
    if several:
        return _gap_several(table, effect)
    found = gap_between_groups(table, effect=effect)
    if found.p is None:
        return "Trop peu de réponses dans chaque groupe pour dire si l’écart tient au hasard."
    chance = _chance(found.p)
    if found.p < _UNLIKELY:
        return (
            f"Les groupes répondent différemment, plus que le hasard ne le fait d’habitude "
            f"({chance}). Cela ne dit pas pourquoi."
        )
    return f"L’écart entre les groupes peut être dû au hasard ({chance})."


def reference_rows(
    found: Sequence[Reference], tables: Mapping[str, float]
) -> tuple[tuple[str, str, str, str], ...]:
    """Return national figures: the figure beside ours, how people differ, the source, its page."""
    rows = []
    for one in found:
        ours = tables.get(" ".join(one.choices))
        beside = "" if ours is None else f" Ici : {percent(ours)}."
        seen = "" if one.seen == "source" else " (lu dans une page qui la cite)"
        differs = "" if one.same_universe else f" À comparer avec prudence : {_small(one.differs)}"
        rows.append(
            (
                f"{one.sentence}{beside}",
                f"{one.universe}.{differs}",
                f"{one.source}{seen}",
                one.page,
            )
        )
    return tuple(rows)


def effect_words(survey: Survey, *, asked_weights: bool) -> str:
    """Say what weights did: how many plain answers these are worth."""
    effect = kish(survey.sample.weights)
    if not asked_weights or abs(effect - 1) < 1e-9:
        return ""
    worth = len(survey.sample.weights) / effect
    return (
        f"Les réponses sont redressées : chacune compte plus ou moins, pour ressembler à la "
        f"population. {integer(len(survey.sample.weights))} réponses redressées valent, pour la "
        f"précision, {integer(worth)} réponses simples (effet de plan "
        f"{_decimal(effect, 2)})."
    )


def groups_of(survey: Survey, by: str) -> dict[str, str]:
    """Return the choices of a question that groups people, with their labels."""
    language = survey.form.languages[0]
    return {one.name: said(one.label, language) for one in survey.tallies.choices[by]}


def counted(report: Report, count: int) -> str:
    """Return a number of what is counted: « 192 personnes »."""
    return f"{integer(count)} {report.many if count > 1 else report.who}"


def _bar(row: Mapping[str, Any], *, rough: bool) -> Bar:
    label, answers, base = str(row["label"]), row["answers"], row["base"]
    share, low, high = row["share"], row["low"], row["high"]
    if rough:
        told = HIDDEN if not isinstance(share, float) else say_tenths(share)
        tenths = round(share, 1) if isinstance(share, float) else None
        return Bar(label, None, tenths, None, None, told)
    if not isinstance(answers, int):
        return Bar(label, None, None, None, None, HIDDEN)
    if not isinstance(base, int) or not isinstance(share, float):
        return Bar(label, answers, None, None, None, integer(answers))
    if base < parameters()["least_answers"]["value"]:
        return Bar(label, answers, None, None, None, f"{answers} sur {base}")
    few = base < parameters()["caution_below"]["value"]
    words = f"{integer(answers)} sur {integer(base)}" if few else percent(share)
    return Bar(label, answers, share, low, high, words)


def _said(bar: Bar, base: int, who: str) -> str:
    return say_share(bar.share or 0.0, base, bar.low, bar.high, who=who)


def _cell(row: Mapping[str, Any]) -> str:
    return _bar(row, rough=False).words


def _base(base: int | None) -> str:
    return "nombre retiré" if base is None else _n(base, "réponse")


def _gap_several(table: pl.DataFrame, effect: float) -> str:
    """Test each choice alone, by Holm’s order: the least likely first."""
    groups = table.filter(table["group"] != "")
    found = []
    for label in groups["label"].unique(maintain_order=True):
        rows = groups.filter(label=label)
        pairs = rows.select("answers", no=rows["base"] - rows["answers"]).rows()
        p = difference(pairs, effect=effect).p
        if p is not None:
            found.append((p, str(label)))
    found.sort()
    sure = []
    for rank, (p, label) in enumerate(found):
        if p * (len(found) - rank) >= _UNLIKELY:
            break
        sure.append(label)
    if sure:
        names = ", ".join(f"« {label} »" for label in sure)
        return (
            f"Les groupes diffèrent, plus que par hasard, sur : {names}. Cela ne dit pas pourquoi."
        )
    if not found:
        return "Trop peu de réponses dans chaque groupe pour dire si l’écart tient au hasard."
    return "Les écarts entre les groupes peuvent être dus au hasard."


def _chance(p: float) -> str:
    if p < 0.001:
        return "moins d’une fois sur mille par hasard"
    return f"{_decimal(p * 100, 1)} fois sur cent par hasard"


def _decimal(value: float, digits: int = 1) -> str:
    told = f"{value:.{digits}f}"
    told = told.rstrip("0").rstrip(".") if "." in told else told
    return told.replace(".", ",")


def _n(count: int, noun: str) -> str:
    return f"{integer(count)}{NARROW_SPACE if count > 999 else ' '}{noun}{'s' if count > 1 else ''}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    return text[:1].lower() + text[1:] if not text.startswith(("L’Insee", "Le ")) else text
