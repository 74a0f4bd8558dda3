"""Answers as plain tables, and the codebook that reads them: every format is written from these.

The first table has one row per answer; each repeat has its own, tied by ``KEY`` and
``PARENT_KEY`` as ODK Central does. Answers of several versions stand in the same tables: their
columns are those of every version, the newest first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portrea.surveys.exchange import repeated_rows, row_of
from portrea.surveys.form import Form, Group, Item, Kind, Question, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from portrea.surveys.expressions import Answers

MAIN = "reponses"
CODEBOOK = (
    "table", "question", "type", "libelle", "groupe", "obligatoire", "condition", "choix",
    "libelle_du_choix", "versions",
)  # fmt: skip
KINDS = {
    Kind.TEXT: "texte libre",
    Kind.INTEGER: "nombre entier",
    Kind.DECIMAL: "nombre",
    Kind.RANGE: "nombre dans un intervalle",
    Kind.DATE: "date",
    Kind.TIME: "heure",
    Kind.MOMENT: "date et heure",
    Kind.ONE: "un seul choix",
    Kind.SEVERAL: "plusieurs choix, séparés par une espace",
    Kind.RANK: "classement, séparé par des espaces",
    Kind.ACKNOWLEDGE: "case à cocher",
    Kind.POINT: "position (latitude longitude altitude précision)",
    Kind.LINE: "ligne",
    Kind.SHAPE: "surface",
    Kind.BARCODE: "code-barres",
    Kind.CALCULATE: "calcul",
    Kind.HIDDEN: "valeur cachée",
    Kind.START: "début du remplissage",
    Kind.END: "fin du remplissage",
    Kind.TODAY: "jour du remplissage",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One answer to write: its key, the form it fills, what is known around it (column → text)."""

    key: str
    form: Form
    answers: Answers
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name, its columns, its rows of texts in the order of the columns."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def answer_sheets(told: Sequence[Told], forms: Sequence[Form]) -> tuple[Sheet, ...]:
    """Return the table of answers, then one per repeat; ``forms`` are the versions, newest first.

    A repeat of a repeat is tied to the row it stands in.
    """
    columns = _columns(forms)
    facts = tuple(dict.fromkeys(name for one in told for name in one.facts))
    rows: dict[str, list[Mapping[str, str]]] = {name: [] for name in columns}
    for one in told:
        rows[MAIN].append({"KEY": one.key, **one.facts, **row_of(one.form.items, one.answers)})
        for name, row in repeated_rows(one.form.items, one.answers, one.key):
            rows[name].append(row)
    heads = {name: (("KEY", *facts) if name == MAIN else ("PARENT_KEY", "KEY")) for name in columns}
    return tuple(
        Sheet(
            name,
            (*heads[name], *asked),
            tuple(tuple(row.get(c, "") for c in (*heads[name], *asked)) for row in rows[name]),
        )
        for name, asked in columns.items()
    )


def codebook(forms: Sequence[Form]) -> Sheet:
    """Return what each column means: one row per question, one more per choice it offers.

    ``forms`` are the versions, newest first; the words are those of the newest that asks it.
    """
    asked: dict[tuple[str, str], list[tuple[str, Question, Form]]] = {}
    for form in forms:
        for table, path, question in _walk(form.items, form):
            asked.setdefault((table, question.name), []).append((path, question, form))
    rows = [row for (table, _n), told in asked.items() for row in _described(table, told)]
    return Sheet("dictionnaire", CODEBOOK, tuple(rows))


def _described(table: str, told: Sequence[tuple[str, Question, Form]]) -> Iterator[tuple[str, ...]]:
    path, question, form = told[0]
    language = form.languages[0]
    versions = " ".join(dict.fromkeys(one.version for _p, _q, one in told))
    kind = KINDS.get(question.kind, "fichier joint")
    label = said(question.label, language)
    required = "oui" if question.required else ""
    head = (table, question.name, kind, label, path, required, question.relevant)
    yield (*head, "", "", versions)
    seen: dict[str, str] = {}
    for _path, asked, version in told:
        for choice in version.lists.get(asked.choices, ()) if asked.kind.chooses else ():
            seen.setdefault(choice.name, said(choice.label, language))
    for name, words in seen.items():
        yield (table, question.name, "", "", "", "", "", name, words, versions)


def _columns(forms: Sequence[Form]) -> dict[str, tuple[str, ...]]:
    """Return table → its questions: the newest version's, then those that only older ones ask."""
    found: dict[str, dict[str, None]] = {MAIN: {}}
    for form in forms:
        for item in form.every():
            if isinstance(item, Group) and item.repeats:
                found.setdefault(item.name, {})
        for table, _path, question in _walk(form.items, form):
            found[table].setdefault(question.name)
    return {table: tuple(names) for table, names in found.items()}


def _walk(
    items: Sequence[Item], form: Form, table: str = MAIN, path: str = ""
) -> Iterator[tuple[str, str, Question]]:
    for item in items:
        if isinstance(item, Question):
            if item.kind is not Kind.NOTE:
                yield table, path, item
            continue
        label = said(item.label, form.languages[0]) or item.name
        inside = f"{path} › {label}" if path else label
        yield from _walk(item.items, form, item.name if item.repeats else table, inside)
