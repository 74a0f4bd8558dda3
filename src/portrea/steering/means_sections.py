"""Means of a territory as a section: what each action takes, its cost by person, what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.estimates import NARROW_SPACE, integer
from portrea.steering.display import parameters
from portrea.steering.document import Cell, Column, Number, Section, Sentence, Table
from portrea.steering.indicator_words import TOO_FEW
from portrea.steering.means import natures, rule, together, unit_cost
from portrea.steering.wording import enumeration, mark, uncapitalised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.means import UnitCost, Year

ROUNDING = 5
"""Counts beside a cost are told to the nearest five: no small rest is found by subtraction."""


@dataclass(frozen=True, slots=True)
class ActionYear:
    """An action in a year: its means, how many people and demands it helped (``None``: unknown).

    ``counted`` says in French which records of activity these are.
    """

    title: str
    kind: str
    means: Year
    people: int | None
    satisfied: int | None
    counted: str


def rounded(count: int | None) -> int | None:
    """Return a count as it may stand beside a cost."""
    return None if count is None else round(count / ROUNDING) * ROUNDING


def means_section(actions: Sequence[ActionYear], year: int) -> Section:
    """Return the means of a year, action by action."""
    told = [one for one in actions if _told(one.means)]
    title = f"Les moyens, {year}"
    if not told:
        said = f"Aucun moyen n’est décrit pour {year}."
        return Section("moyens", title, Sentence(said))
    every = together(one.means for one in told)
    return Section(
        "moyens",
        title,
        _lead(every, len(told)),
        tables=(_spent(told, every), _by_person(told), *_funders(every)),
        notes=tuple(map(mark, _notes(every))),
    )


def euros(value: float | None) -> str:
    """Write an amount in whole euros."""
    return "–" if value is None else f"{integer(value)}{NARROW_SPACE}€"


def cost_text(cost: UnitCost | None) -> str:
    """Write a cost by person and its bounds: « 215 € (entre 177 € et 264 €) »."""
    if cost is None:
        return TOO_FEW
    return f"{euros(cost.value)} (entre {euros(cost.low)} et {euros(cost.high)})"


def inside_text(means: Year) -> str:
    """Say what a cost holds and what it leaves out."""
    short = [_short(one) for one in means.inside]
    left = [_short(one) for one in means.outside]
    said = f"Comprend : {enumeration(short)}." if short else "Aucun montant en euros."
    return f"{said} Ne comprend pas : {enumeration(left)}." if left else said


def _told(means: Year) -> bool:
    return bool(means.cost or means.etp or means.hours or means.volunteering)


def _short(nature: str) -> str:
    return uncapitalised(natures()[nature].split(" (")[0])


def _lead(every: Year, number: int) -> Sentence:
    actions = "une action" if number == 1 else f"{number} actions"
    if every.cost is None:
        return Sentence(mark(f"Des moyens sont décrits pour {actions} ; aucun n’est en euros."))
    said = f"{euros(every.cost)} pour {actions} : chacune dit ce que son coût comprend."
    if number == 1:
        said = f"{euros(every.cost)} pour {actions}. {inside_text(every)}"
    return Sentence(mark(said), (Number(euros(every.cost), every.cost),))


def _spent(told: Sequence[ActionYear], every: Year) -> Table:
    titles = ("Action", "Type", "Courant", "Part d’investissement", "Coût", "ETP", "Heures",
              "Bénévolat (heures)", "Ce que le coût comprend")  # fmt: skip
    columns = tuple(Column(one, numeric=2 <= place <= 7) for place, one in enumerate(titles))
    rows = [_line(one.title, one.kind, one.means) for one in told]
    if len(told) > 1:
        together_of = Cell("Chaque action comprend ce que dit sa ligne.")
        rows.append((*_line("Ensemble", "", every, strong=True)[:-1], together_of))
    return Table("moyens-annee", f"Moyens par action, {every.year}", columns, tuple(rows))


def _line(title: str, kind: str, means: Year, *, strong: bool = False) -> tuple[Cell, ...]:
    costs = means.cost is not None
    return (
        Cell(title, strong=strong),
        Cell(kind),
        Cell(euros(means.running if costs else None), means.running if costs else None),
        Cell(euros(means.invested if costs else None), means.invested if costs else None),
        Cell(euros(means.cost), means.cost),
        *(_number(one) for one in (means.etp, means.hours, means.volunteering)),
        Cell(inside_text(means)),
    )


def _number(value: float) -> Cell:
    if not value:
        return Cell("–")
    text = integer(value) if value == round(value) else f"{value:.2f}".rstrip("0").replace(".", ",")
    return Cell(text, value)


def _by_person(told: Sequence[ActionYear]) -> Table:
    titles = ("Action", "Personnes aidées", "Coût par personne", "Demandes satisfaites",
              "Coût par demande satisfaite", "Comptes rendus", "Ce qu’il comprend")  # fmt: skip
    columns = tuple(Column(one, numeric=place in (1, 3)) for place, one in enumerate(titles))
    rows = []
    for one in told:
        cells = [Cell(one.title)]
        for count in (rounded(one.people), rounded(one.satisfied)):
            cost = unit_cost(one.means.cost, count)
            enough = count is not None and count >= rule("least_count")
            shown = f"environ {integer(count or 0)}" if enough else _missing(count)
            value = cost.value if cost else None
            cells += [Cell(shown, float(count or 0) if enough else None),
                      Cell(cost_text(cost) if count is not None else "–", value)]  # fmt: skip
        rows.append((*cells, Cell(one.counted), Cell(inside_text(one.means))))
    caption = "Coût par personne aidée et par demande satisfaite"
    return Table("moyens-par-personne", caption, columns, tuple(rows))


def _missing(count: int | None) -> str:
    return "–" if count is None else TOO_FEW


def _funders(every: Year) -> tuple[Table, ...]:
    if not every.cost:
        return ()
    rows = tuple(
        (Cell(name or "Non renseigné"), Cell(euros(amount), amount)) for name, amount
        in every.funders.items()
    )  # fmt: skip
    columns = (Column("Financeur"), Column("Montant de l’année", numeric=True))
    return (Table("moyens-financeurs", f"Qui finance, {every.year}", columns, rows),)


def _notes(every: Year) -> tuple[str, ...]:
    return (
        parameters("means")["amortisation"],
        f"Coût par personne = coût de l’année ÷ personnes aidées ; sous {rule('least_count')}, il "
        "n’est pas dit. La fourchette vient du seul nombre de personnes (loi de Poisson, 95 %) ; "
        "les montants sont ceux que vous avez écrits.",
        "Les personnes sont comptées à chaque aide, arrondies à cinq près. Deux coûts ne se "
        "comparent que s’ils comprennent les mêmes choses : la dernière colonne le dit. Un coût "
        "bas n’est pas une meilleure action : aller vers prend du temps.",
        f"Source : moyens écrits dans Portrea pour {every.year} ; comptes rendus d’activité.",
    )
