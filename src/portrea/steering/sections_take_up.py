"""Non-take-up as a section: caveats first, both roads side by side, where each rate comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.base.estimates import integer, percent
from portrea.rights.take_up import care, threshold
from portrea.steering import take_up_words as words
from portrea.steering.display import count_cell
from portrea.steering.document import Cell, Column, Figure, Section, Sentence, Table
from portrea.steering.figures_bars import Bar, interval_bars
from portrea.steering.figures_style import Caption
from portrea.steering.wording import mark, territory_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.rights.take_up import Range
    from portrea.steering.take_up import Report, Row

WARNING = (
    "Estimation, seul l’organisme décide : rien ici ne dit si une personne a droit à une aide."
)
CAVEATS = (
    "Ce sont des ordres de grandeur. Personne n’a compté ici les personnes qui ne demandent pas"
    " leurs droits.",
    "Première façon de faire : les bénéficiaires publiés et un taux national. Le taux est le même"
    " partout : il ne dit pas si l’on demande moins ici qu’ailleurs. Il n’est donc ni classé, ni"
    " mis en carte, et l’écart d’ici au taux national n’est pas dans l’intervalle.",
    "Seconde façon de faire : des ménages fictifs, tirés du recensement et des revenus, à qui l’on"
    " applique la loi (microsimulation). Elle ne regarde pas les bénéficiaires d’ici, à qui on la"
    " compare.",
    "Les deux ne se mélangent pas. Quand elles s’écartent, on ne sait pas laquelle a raison."
    " L’écart aux bénéficiaires comprend aussi les foyers de la MSA, que la CAF ne compte pas.",
    f"Aucun nombre sous {threshold()} n’est dit. Un effectif masqué par sa source reste masqué.",
)
TABLE = "non-recours-tableau"


def take_up_section(report: Report) -> Section:
    """Return the section of non-take-up of a territory, for its page or for its portrait."""
    tables = [_both(report), _rates(report)]
    tables += [_others(report)] if report.others else []
    figures = [_figure(report)] if any(_bars(report)) else []
    return Section(
        "non-recours",
        "Droits et non-recours",
        Sentence(mark(_lead(report))),
        paragraphs=tuple(mark(text) for text in CAVEATS),
        tables=tuple(tables),
        figures=tuple(figures),
        notes=tuple(mark(text) for text in _notes(report)),
    )


def _lead(report: Report) -> str:
    place = territory_name(_level(report), report.territory.code, report.territory.name).at
    row = next((r for r in report.rows if r.told.unclaimed is not None), None)
    if row is None:
        return f"Aucun ordre de grandeur ne peut être donné {place} avec les données chargées."
    many = words.bounds(row.told.unclaimed, _level(report))
    line = row.told.line
    return (
        f"{line.label} : {many} {line.unit} n’auraient pas demandé leur droit {place}, si l’on y"
        f" demandait comme en moyenne en France ({words.rate(line)} de non-recours)."
    )


def _level(report: Report) -> str:
    return report.territory.level.value


def _both(report: Report) -> Table:
    titles = (
        "Droit", "Ont ce droit", "Éligibles, taux national (ordre de grandeur)",
        "Ne demandent pas (ordre de grandeur)", "Éligibles, microsimulation",
        "Écart aux bénéficiaires",
    )  # fmt: skip
    rows = tuple(_row(row, report) for row in report.rows)
    columns = tuple(Column(title) for title in titles)
    return Table(
        TABLE,
        "Bénéficiaires, et éligibles par chaque façon de faire",
        columns,
        rows,
        mark(_vintages(report)),
    )


def _row(row: Row, report: Report) -> tuple[Cell, ...]:
    line, level = row.told.line, _level(report)
    texts = (
        line.label,
        words.beneficiaries(row.told, row.figure),
        *words.by_rate(row.told, level),
        words.simulated(row.simulated, level, waited=bool(line.right) and not report.simulated),
        words.said(row.gap, level),
    )
    return tuple(Cell(text) for text in texts)


def _vintages(report: Report) -> str:
    years = sorted({row.figure.year for row in report.rows if row.figure})
    if len(years) < 2:
        return "Foyers et personnes ne s’additionnent pas."
    return (
        f"Les années diffèrent d’un droit à l’autre ({', '.join(years)}), et les foyers ne sont pas"
        " des personnes : rien ne s’additionne d’une ligne à l’autre."
    )


def _rates(report: Report) -> Table:
    titles = (
        "Droit",
        "Taux national publié",
        "Source",
        "Intervalle",
        "Ce qu’il ne dit pas",
    )
    rows = []
    for row in report.rows:
        line = row.told.line
        source = ", ".join(part for part in (line.source, line.year) if part)
        rate = f"{words.rate(line)} des {line.universe}" if line.universe else words.rate(line)
        texts = (line.label, rate, source, line.interval, line.silent)
        rows.append(tuple(Cell(mark(text) or words.NONE) for text in texts))
    columns = tuple(Column(title) for title in titles)
    return Table("non-recours-taux", "D’où viennent les taux", columns, tuple(rows))


def _others(report: Report) -> Table:
    columns = (Column("Droit"), Column("Éligibles, microsimulation"))
    rows = tuple(
        (Cell(words.label(one.right)), Cell(words.simulated(one, _level(report))))
        for one in report.others
    )
    note = "Aucun bénéficiaire n’est compté à ces niveaux pour ces droits : rien à comparer."
    return Table("non-recours-autres", "Par microsimulation seule", columns, rows, mark(note))


def _bars(report: Report) -> Iterator[Bar]:
    for row in report.rows:
        line, other = row.told.line, row.simulated
        same = other.eligible if other is not None and other.unit == line.unit else None
        if row.told.eligible is None and same is None:
            continue
        count = row.told.beneficiaries
        if count is not None and count.value is not None:
            number = integer(count.value)
            name = f"{line.short}, bénéficiaires"
            yield Bar(name, count.low, count.high, count.value, number, strong=True)
        for road, found in (("taux", row.told.eligible), ("simulation", same)):
            if found is not None:
                yield _bar(f"{line.short}, éligibles ({road})", found, _level(report))


def _bar(name: str, found: Range, level: str) -> Bar:
    number = words.shown(found, level)
    told = f"environ {integer(number.value)}" if number.value is not None else count_cell(number)
    return Bar(name, number.low, number.high, number.value, told)


def _figure(report: Report) -> Figure:
    title = "Bénéficiaires et éligibles, avec leurs bornes"
    said = "Les mêmes nombres que le tableau ; un cadre en pointillé : des bornes seules."
    svg = interval_bars(
        Caption("non-recours-dessin", title, said), list(_bars(report)), counts=True
    )
    return Figure("non-recours-dessin", title, said, svg, TABLE)


def _notes(report: Report) -> Iterator[str]:
    yield WARNING
    if report.care is not None:
        share = percent(report.care.count / report.care.whole)
        yield (
            f"{care().label} : {integer(report.care.count)} sur {integer(report.care.whole)}"
            f" ({share}, {report.care.year}). {care().meaning}"
        )
    for line in (row.told.line for row in report.rows):
        figure = report.context.get(line.context)
        if figure is not None and figure.value is not None and figure.value >= threshold():
            yield (
                f"Demandeurs d’emploi inscrits : {integer(figure.value)} ({figure.year}). Beaucoup"
                f" n’ont pas droit à l’assurance chômage : le taux de {words.rate(line)} ne leur"
                " est pas appliqué."
            )
    yield from _of_the_model(report)


def _of_the_model(report: Report) -> Iterator[str]:
    """Say what the microsimulation rests on, its error of drawing, what a negative gap means."""
    found = [row.simulated for row in report.rows if row.simulated is not None]
    if not found:
        return
    yield (
        f"Microsimulation : {words.month(found[0])}. {found[0].vintages}. « Calé » : ramené à un"
        " total national d’éligibles (bénéficiaires de toute la France et taux national), le même"
        " facteur partout ; « non calé » : aucun total national n’est connu."
    )
    drawn = [f"{words.label(one.right)}, ± {words.drawing(one)}" for one in found if one.error]
    if drawn:
        yield f"Erreur de tirage (95\u202f%), en foyers, en plus des bornes : {' ; '.join(drawn)}."
    if any(row.gap is not None and row.gap.size < 0 for row in report.rows):
        yield (
            "Écart négatif : la microsimulation trouve moins d’éligibles qu’il n’y a de"
            " bénéficiaires. Le modèle se trompe, ou les années et les foyers comptés diffèrent :"
            " cette ligne ne dit rien du non-recours."
        )
