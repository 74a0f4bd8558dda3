"""A form as plain JSON that a page of a phone fills alone, expressions already read into trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.surveys.checking import columns_of
from portrea.surveys.expressions import read
from portrea.surveys.form import Form, Group, Question

if TYPE_CHECKING:
    from portrea.surveys.form import Choice, Item

_CALL = "()"
_TREES = ("required", "relevant", "constraint", "calculation")
_TEXTS = ("label", "hint", "guidance", "required_message", "constraint_message")
_WORDS = ("choices", "default", "appearance")


def portable(form: Form) -> dict[str, Any]:
    """Return a form as JSON values; what is empty is left out, so that phones receive little."""
    return {
        "name": form.name,
        "version": form.version,
        "title": form.title,
        "languages": list(form.languages),
        "items": [_item(form, item) for item in form.items],
        "lists": {name: [_choice(one) for one in listed] for name, listed in form.lists.items()},
    }


def _item(form: Form, item: Item) -> dict[str, Any]:
    return _group(form, item) if isinstance(item, Group) else _question(form, item)


def _group(form: Form, group: Group) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": group.name,
        "label": dict(group.label),
        "relevant": read(group.relevant) if group.relevant else None,
        "repeats": group.repeats,
        "count": read(group.count) if group.count else None,
        "appearance": group.appearance,
    }
    return _said(told) | {"items": [_item(form, item) for item in group.items]}


def _question(form: Form, question: Question) -> dict[str, Any]:
    told: dict[str, Any] = {"name": question.name, "kind": str(question.kind)}
    told |= {name: dict(getattr(question, name)) for name in _TEXTS}
    told |= {name: getattr(question, name) for name in _WORDS}
    for name in _TREES:
        written = getattr(question, name)
        told[name] = read(written) if written else None
    if question.choice_filter:
        told["filter"] = read(question.choice_filter, columns_of(form, question))
    if "${" in question.default or question.default.endswith(_CALL):
        told["default"] = ""
        told["first"] = read(question.default)
    told["parameters"] = dict(question.parameters)
    told["read_only"] = question.read_only
    told["asks"] = question.kind.asks
    return _said(told)


def _choice(choice: Choice) -> dict[str, Any]:
    return {"name": choice.name} | _said(
        {"label": dict(choice.label), "columns": dict(choice.columns)}
    )


def _said(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value}
