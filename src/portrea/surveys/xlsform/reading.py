"""Read the sheets of an XLSForm into a form; every fault says its line and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from portrea.base.errors import DataError, Diagnostic
from portrea.surveys.checking import check
from portrea.surveys.form import Choice, Form, Group, Item, Kind, Question, Texts
from portrea.surveys.xlsform.columns import (
    CHOICES,
    CLOSES,
    IDENTIFYING,
    NO,
    OPENS,
    PLAIN,
    SETTINGS,
    SURVEY,
    TRANSLATED,
    TYPES,
    YES,
    split_column,
    split_type,
)

Row: TypeAlias = Mapping[str, str]
Sheets: TypeAlias = Mapping[str, Sequence[Row]]
"""Name of a sheet → its rows (header → text), the second line of the file first."""

_NAME = re.compile(r"[^\W\d][\w.-]*")
_PARAMETER = re.compile(r"([\w-]+)\s*=\s*([^\s,;]+)")
_OTHER = {"label": "Autre", "ask": "Précisez"}


@dataclass(frozen=True, slots=True)
class Read:
    """A form that was read, the line of each of its items, and what was left out of it."""

    form: Form
    lines: Mapping[str, int]
    left_out: tuple[Diagnostic, ...]


def read_sheets(sheets: Sheets) -> Read:
    """Return the form that the sheets « survey », « choices » and « settings » describe.

    Raises
    ------
    DataError
        Its diagnostics say each fault: sheet, line, column, what was read, how to mend it.
    """
    reader = _Reader({name.strip().lower(): rows for name, rows in sheets.items()})
    form = reader.form()
    reader.refuse()
    reader.faults += check(form, reader.lines)
    reader.refuse()
    return Read(form, reader.lines, tuple(reader.left_out))


@dataclass
class _Open:
    """A group or repeat that is being read."""

    line: int
    repeats: bool
    told: dict[str, Any]
    items: list[Item] = field(default_factory=list)


class _Reader:
    def __init__(self, sheets: Sheets) -> None:
        self.sheets = sheets
        self.settings: Row = next(iter(sheets.get("settings", ())), {})
        self.default = _cell(self.settings, "default_language")
        self.lines: dict[str, int] = {}
        self.faults: list[Diagnostic] = []
        self.left_out: list[Diagnostic] = []
        self.unknown: set[str] = set()
        self.lists: dict[str, list[Choice]] = {}
        self.open: list[_Open] = [_Open(0, repeats=False, told={})]

    def refuse(self) -> None:
        if self.faults:
            message = f"Ce questionnaire a {len(self.faults)} défaut(s)."
            remedy = "Corrigez le fichier, puis importez-le de nouveau : rien n’a été gardé."
            raise DataError(message, remedy=remedy, diagnostics=tuple(self.faults))

    def form(self) -> Form:
        survey = self.sheets.get("survey", ())
        if not survey:
            self.fault("survey", 1, "la feuille « survey » manque ou est vide", "")
        elif not any("type" in map(_plain, row) for row in survey):
            self.fault("survey", 1, "la colonne « type » manque", "Ajoutez-la.")
        else:
            self.read_choices()
            for line, row in enumerate(survey, start=2):
                self.read_row(line, row)
        self.close_all()
        self.say_unknown_settings()
        name = _cell(self.settings, "form_id") or "questionnaire"
        return Form(
            name=name,
            version=_cell(self.settings, "version"),
            title=_cell(self.settings, "form_title") or name,
            languages=self.languages(),
            items=tuple(self.open[0].items),
            lists={name: tuple(listed) for name, listed in self.lists.items()},
            instance_name=_cell(self.settings, "instance_name"),
        )

    def fault(self, sheet: str, line: int, why: str, remedy: str, **told: str | None) -> None:
        message = f"feuille « {sheet} » : {why}."
        self.faults.append(Diagnostic("xlsform", message, row=line, remedy=remedy, **told))

    def leave(self, line: int, what: str, why: str) -> None:
        if what not in self.unknown:
            self.unknown.add(what)
            self.left_out.append(Diagnostic("laisse-de-cote", f"« {what} » : {why}.", row=line))

    def languages(self) -> tuple[str, ...]:
        found: dict[str, None] = {self.default: None} if self.default else {}
        for row in (*self.sheets.get("survey", ()), *self.sheets.get("choices", ())):
            for column in row:
                name, language = split_column(column)
                if name in TRANSLATED and row[column].strip():
                    found.setdefault(self.default if language is None else language)
        return tuple(found) or ("",)

    def texts(self, row: Row, column: str) -> Texts:
        found: dict[str, str] = {}
        for header, text in row.items():
            name, language = split_column(header)
            if name == column and text.strip():
                found[self.default if language is None else language] = text.strip()
        return found

    def read_choices(self) -> None:
        for line, row in enumerate(self.sheets.get("choices", ()), start=2):
            listed, name = _cell(row, "list_name"), _cell(row, "name")
            if not listed and not name:
                continue
            already = self.lists.setdefault(listed, [])
            if not name or re.search(r"\s", name):
                remedy = "Écrivez-le sans espace, par exemple « tres_souvent »."
                why = f"le nom d’un choix est vide ou contient une espace : « {name} »"
                self.fault("choices", line, why, remedy, field="name")
            elif name in {choice.name for choice in already}:
                why = f"le choix « {name} » est écrit deux fois dans la liste « {listed} »"
                self.fault("choices", line, why, "Changez un des deux noms.", field="name")
            else:
                self.lists[listed].append(Choice(name, self.texts(row, "label"), _extra(row)))

    def read_row(self, line: int, row: Row) -> None:
        written = _cell(row, "type")
        if not written or _cell(row, "disabled").lower() in YES:
            return
        if written.lower() in CLOSES:
            self.close(line, repeats=CLOSES[written.lower()])
        elif written in IDENTIFYING:
            self.leave(line, written, f"identifie {IDENTIFYING[written]}, Portrea ne le note pas")
        elif (name := self.named(line, row)) is not None:
            self.say_unknown_columns(line, row)
            if written.lower() in OPENS:
                told = self.told(row) | {"name": name, "count": _cell(row, "repeat_count")}
                self.open.append(_Open(line, repeats=OPENS[written.lower()], told=told))
            else:
                self.read_question(line, row, name)

    def named(self, line: int, row: Row) -> str | None:
        name = _cell(row, "name")
        if not _NAME.fullmatch(name):
            remedy = "Un nom commence par une lettre, sans espace ni apostrophe : « age_personne »."
            why = f"le nom « {name} » ne peut pas servir"
            self.fault("survey", line, why, remedy, field="name")
            return None
        if name in self.lines:
            why = f"le nom « {name} » sert deux fois (déjà ligne {self.lines[name]})"
            self.fault("survey", line, why, "Changez un des deux noms.", field="name")
            return None
        self.lines[name] = line
        return name

    def read_question(self, line: int, row: Row, name: str) -> None:
        kind, listed, other = split_type(_cell(row, "type"))
        if kind not in TYPES:
            known = ", ".join(sorted(TYPES))
            why = f"le type « {kind} » n’est pas connu"
            self.fault("survey", line, why, f"Types connus : {known}.", field="type")
            return
        told = self.told(row)
        if other:
            self.add_other(listed)
        question = Question(
            name=name,
            kind=TYPES[kind],
            choices=listed,
            required=_required(_cell(row, "required")),
            read_only=_cell(row, "readonly").lower() in YES,
            parameters=dict(_PARAMETER.findall(_cell(row, "parameters"))),
            **told,
        )
        if question.kind.asks and not question.label and not question.hint:
            remedy = "Écrivez dans « label » ce qui est demandé."
            self.fault("survey", line, f"« {name} » ne demande rien", remedy, field="label")
        self.open[-1].items += [question, *([self.specified(question)] if other else [])]

    def told(self, row: Row) -> dict[str, Any]:
        translated = {ours: self.texts(row, column) for column, ours in TRANSLATED.items()}
        return translated | {ours: _cell(row, column) for column, ours in PLAIN.items()}

    def add_other(self, listed: str) -> None:
        already = self.lists.get(listed, [])
        if already and "other" not in {choice.name for choice in already}:
            self.lists[listed].append(Choice("other", {self.default: _OTHER["label"]}))

    def specified(self, question: Question) -> Question:
        return Question(
            name=f"{question.name}_other",
            kind=Kind.TEXT,
            label={self.default: _OTHER["ask"]},
            relevant=f"selected(${{{question.name}}}, 'other')",
        )

    def say_unknown_columns(self, line: int, row: Row) -> None:
        for header, text in row.items():
            name, _language = split_column(header)
            if text.strip() and name not in SURVEY | set(TRANSLATED):
                self.leave(line, header, "cette colonne n’est pas lue")

    def say_unknown_settings(self) -> None:
        for header, text in self.settings.items():
            if text.strip() and _plain(header) not in SETTINGS:
                self.leave(2, header, "ce réglage de la feuille « settings » n’est pas lu")

    def close(self, line: int, *, repeats: bool) -> None:
        word = "repeat" if repeats else "group"
        if len(self.open) == 1:
            why = f"« end_{word} » ferme ce que rien n’ouvre"
            self.fault("survey", line, why, f"Ôtez-le, ou ajoutez « begin_{word} » avant.")
            return
        if self.open[-1].repeats is not repeats:
            awaited = "group" if repeats else "repeat"
            why = f"« end_{word} » ferme « begin_{awaited} » de la ligne {self.open[-1].line}"
            self.fault("survey", line, why, f"Écrivez « end_{awaited} ».")
        self.shut()

    def shut(self) -> None:
        shut = self.open.pop()
        kept = ("name", "label", "relevant", "appearance", "count")
        told = {name: shut.told[name] for name in kept}
        self.open[-1].items.append(Group(items=tuple(shut.items), repeats=shut.repeats, **told))

    def close_all(self) -> None:
        while len(self.open) > 1:
            word = "repeat" if self.open[-1].repeats else "group"
            why = f"« begin_{word} » n’est jamais refermé"
            self.fault("survey", self.open[-1].line, why, f"Ajoutez une ligne « end_{word} ».")
            self.shut()


def _plain(header: str) -> str:
    return split_column(header)[0]


def _cell(row: Row, column: str) -> str:
    return next((text.strip() for header, text in row.items() if _plain(header) == column), "")


def _extra(row: Row) -> dict[str, str]:
    told = {header.strip(): text.strip() for header, text in row.items()}
    return {
        header: text
        for header, text in told.items()
        if text and _plain(header) not in CHOICES | set(TRANSLATED) | {"image", "audio", "video"}
    }


def _required(written: str) -> str:
    if written.lower() in NO:
        return ""
    return "true()" if written.lower() in YES else written
