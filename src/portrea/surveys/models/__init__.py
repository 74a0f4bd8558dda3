"""Questionnaires ready to use: data files in the words of XLSForm, versioned, to be adapted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.surveys.xlsform import read_sheets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.surveys.form import Form
    from portrea.surveys.xlsform import Sheets


@dataclass(frozen=True, slots=True)
class Model:
    """A ready questionnaire: who answers, what it is for, how long it takes, its method note.

    ``note`` is a page of the documentation; ``design`` is how people usually come to answer
    (a word of ``surveys.estimates.Design``).
    """

    form: Form
    answered_by: str
    purpose: str
    minutes: int
    note: str
    design: str


@cache
def models() -> Mapping[str, Model]:
    """Return every ready questionnaire, by the name of its form, in the order of the files."""
    folder = files(__package__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    read = [_read((folder / name).read_text("utf-8")) for name in names]
    return {model.form.name: model for model in read}


def sheets_of(told: Mapping[str, Any]) -> Sheets:
    """Return the sheets of an XLSForm from their YAML: lists of choices are mappings."""
    survey = [{key: _cell(value) for key, value in row.items()} for row in told["survey"]]
    choices = [
        {"list_name": listed, "name": str(name), **_choice(label)}
        for listed, members in told.get("choices", {}).items()
        for name, label in members.items()
    ]
    settings = {key: _cell(value) for key, value in told["settings"].items()}
    return {"survey": survey, "choices": choices, "settings": [settings]}


def _read(text: str) -> Model:
    told = yaml.safe_load(text)
    about = {"answered_by", "purpose", "minutes", "note", "design"}
    form = read_sheets(sheets_of(told)).form
    return Model(form=form, **{key: told["about"][key] for key in about})


def _choice(label: object) -> dict[str, str]:
    if isinstance(label, dict):
        return {key: _cell(value) for key, value in label.items()}
    return {"label": _cell(label)}


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
