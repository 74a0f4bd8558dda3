"""The chapter « Ce qui a changé »: two editions compared, in sentences then in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.steering.document import Cell, Column, Section, Sentence, Table
from portrea.steering.editions import CHANGES, Verdict
from portrea.steering.wording import counted, enumeration, mark, uncapitalised

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portrea.steering.editions import ActionChanges, Changes, FigureChange, Moves

MOST_LINES = 80
"""Cells told one by one; beyond, only their number."""
MOST_NAMES = 6
MOVED = (Verdict.UP, Verdict.DOWN)


def changes_section(changes: Changes, before: str, after: str) -> Section:
    """Compose the chapter that tells what changed between two editions, named as in addresses."""
    lines = [*_lines(changes)]
    tables = (_figures_table(changes, before, after), *_cells_table(lines, before, after))
    return Section(
        CHANGES,
        mark(f"Ce qui a changé depuis {before}"),
        Sentence(lead(changes)),
        paragraphs=tuple(told(changes)),
        tables=tables,
        notes=tuple(_notes(changes, lines)),
    )


def lead(changes: Changes) -> str:
    """Say in one sentence what moved among the key figures."""
    moved = changes.of(*MOVED)
    if moved:
        return mark(f"{enumeration([_moved(one) for one in moved])}.")
    apart = changes.of(Verdict.APART)
    if apart and len(apart) == len(changes.figures):
        return "Aucun chiffre clé ne se compare d’une édition à l’autre."
    if len(changes.of(Verdict.SAME)) == len(changes.figures):
        return "Aucun chiffre clé n’a changé."
    return "Rien ne permet de dire qu’un chiffre clé a changé."


def told(changes: Changes) -> Iterator[str]:
    """Yield the other plain sentences: what may not be said, the actions, the parts, the texts."""
    moved = changes.of(*MOVED)
    others = changes.of(Verdict.UNSURE)
    if others and moved:
        names = _quoted([one.label for one in others])
        yield mark(f"On ne peut pas dire que cela a changé pour : {names}.")
    apart = changes.of(Verdict.APART)
    for reason in dict.fromkeys(one.reason for one in apart):
        names = _quoted([one.label for one in apart if one.reason == reason])
        yield mark(f"Non comparable : {names} ; {reason}.")
    yield from _actions(changes.actions)
    yield from _sections(changes.sections)
    texts = changes.texts
    number = len({*texts.written, *texts.rewritten, *texts.removed})
    if number:
        noun = "texte du territoire a", "textes du territoire ont"
        yield mark(f"{counted(str(number), number, *noun)} changé.")


def _moved(one: FigureChange) -> str:
    verb = "a augmenté" if one.verdict is Verdict.UP else "a baissé"
    return f"« {one.label} » {verb} : {uncapitalised(one.before)}, puis {uncapitalised(one.after)}"


def _actions(found: ActionChanges) -> Iterator[str]:
    for names, one, many in (
        (found.done, "action est faite", "actions sont faites"),
        (found.late, "action est en retard", "actions sont en retard"),
        (found.entered, "action est nouvelle", "actions sont nouvelles"),
        (found.left, "action n’est plus suivie", "actions ne sont plus suivies"),
    ):
        if names:
            yield mark(f"{counted(str(len(names)), len(names), one, many)} : {_quoted(names)}.")


def _sections(found: Moves) -> Iterator[str]:
    if found.entered:
        yield mark(f"Nouveau dans cette édition : {_quoted(found.entered)}.")
    if found.left:
        yield mark(f"Absent de cette édition : {_quoted(found.left)}.")


def _quoted(names: Sequence[str]) -> str:
    shown = [f"« {name} »" for name in names[:MOST_NAMES]]
    more = len(names) - MOST_NAMES
    return enumeration([*shown, *([f"{more} de plus"] if more > 0 else [])])


def _figures_table(changes: Changes, before: str, after: str) -> Table:
    rows = tuple(
        (Cell(one.label), Cell(one.before), Cell(one.after), Cell(mark(one.said)))
        for one in changes.figures
    )
    columns = ("Chiffre clé", before, after, "Ce qu’on peut en dire")
    return Table(f"{CHANGES}-chiffres", "Chiffres clés, d’une édition à l’autre",
                 tuple(map(Column, columns)), rows)  # fmt: skip


def _lines(changes: Changes) -> Iterator[tuple[str, str, str, str]]:
    """Yield (table, row and column, before, after) of everything that changed in the tables."""
    for table in changes.tables:
        for row in table.rows:
            for column, old, new in row.cells:
                yield table.caption, f"{row.name} · {column}", old or "–", new or "–"
        for name in table.entered:
            yield table.caption, name, "absent", "présent"
        for name in table.left:
            yield table.caption, name, "présent", "absent"


def _cells_table(
    lines: Sequence[tuple[str, str, str, str]], before: str, after: str
) -> Iterator[Table]:
    if not lines:
        return
    columns = ("Ligne", "Tableau", before, after)
    rows = tuple(tuple(map(Cell, (line, table, *both))) for table, line, *both in lines)
    yield Table(f"{CHANGES}-tableaux", "Dans les tableaux, ligne par ligne",
                tuple(map(Column, columns)), rows[:MOST_LINES])  # fmt: skip


def _notes(changes: Changes, lines: Sequence[object]) -> Iterator[str]:
    yield mark(
        "Un chiffre a augmenté ou baissé quand les deux fourchettes sont séparées ; quand elles se "
        "rejoignent, rien n’est conclu. Sources ou méthode changées : rien n’est comparé."
    )
    if changes.why:
        yield mark(
            f"Les besoins des tableaux ne se comparent pas d’une édition à l’autre : {changes.why}."
        )
    if len(lines) > MOST_LINES:
        yield mark(
            f"{len(lines) - MOST_LINES} autres cellules ont changé : elles sont dans les fichiers "
            "des deux éditions."
        )
