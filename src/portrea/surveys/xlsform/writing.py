"""Write a form as the sheets of an XLSForm; what was read is written again the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.surveys.form import Form, Group, Item, Question, Texts
from portrea.surveys.xlsform.columns import PLAIN, TRANSLATED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.surveys.xlsform.reading import Sheets


def write_sheets(form: Form) -> Sheets:
    """Return the sheets « survey », « choices » and « settings » of a form."""
    settings = {
        "form_title": form.title,
        "form_id": form.name,
        "version": form.version,
        "default_language": form.languages[0],
        "instance_name": form.instance_name,
    }
    return {
        "survey": list(_rows(form.items)),
        "choices": [
            {"list_name": name, "name": choice.name, **_texts("label", choice.label)}
            | dict(choice.columns)
            for name, listed in form.lists.items()
            for choice in listed
        ],
        "settings": [{column: text for column, text in settings.items() if text}],
    }


def _rows(items: tuple[Item, ...]) -> Iterator[dict[str, str]]:
    for item in items:
        if isinstance(item, Question):
            yield _question(item)
        else:
            word = "repeat" if item.repeats else "group"
            yield _group(item, word)
            yield from _rows(item.items)
            yield {"type": f"end_{word}"}


def _question(question: Question) -> dict[str, str]:
    told = {
        "type": f"{question.kind} {question.choices}".strip(),
        "name": question.name,
        "required": "yes" if question.required == "true()" else question.required,
        "readonly": "yes" if question.read_only else "",
        "parameters": " ".join(f"{key}={value}" for key, value in question.parameters.items()),
    }
    for column, ours in PLAIN.items():
        told[column] = getattr(question, ours)
    for column, ours in TRANSLATED.items():
        told |= _texts(column, getattr(question, ours))
    return {column: text for column, text in told.items() if text}


def _group(group: Group, word: str) -> dict[str, str]:
    told = {
        "type": f"begin_{word}",
        "name": group.name,
        "relevant": group.relevant,
        "appearance": group.appearance,
        "repeat_count": group.count,
        **_texts("label", group.label),
    }
    return {column: text for column, text in told.items() if text}


def _texts(column: str, texts: Texts) -> dict[str, str]:
    return {
        f"{column}::{language}" if language else column: text for language, text in texts.items()
    }
