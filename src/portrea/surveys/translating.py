"""The texts of a questionnaire in each of its languages: what is missing, what to read again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from portrea.surveys.editing import TEXTS
from portrea.surveys.form import Choice, Form, Group, Item, Question, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from portrea.surveys.form import Texts

_OF = {
    "label": "texte",
    "hint": "aide",
    "guidance": "consigne",
    "constraint_message": "message de limite",
    "required_message": "message d’obligation",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A text to translate: its address (« q/age/label », « c/liste/oui »), what it is, both."""

    path: str
    what: str
    original: str
    translation: str


def lines(form: Form, language: str) -> list[Line]:
    """Return every text of the first language with its translation; a shared list once."""
    first = form.languages[0]
    return [
        Line(path, what, texts[first], texts.get(language, ""))
        for path, what, texts in _texts(form)
        if texts.get(first)
    ]


def translated(form: Form, language: str, told: Mapping[str, str]) -> Form:
    """Return the form with texts (by path) in a language; an empty one takes the text away."""

    def texts(path: str, now: Texts) -> Texts:
        if path not in told:
            return now
        left = {key: text for key, text in now.items() if key != language}
        return left | ({language: told[path].strip()} if told[path].strip() else {})

    lists = {
        name: tuple(
            Choice(one.name, texts(f"c/{name}/{one.name}", one.label), one.columns)
            for one in listed
        )
        for name, listed in form.lists.items()
    }
    items = _level(form.items, texts)
    tongues = (*form.languages, *([language] if language not in form.languages else []))
    return replace(form, items=items, lists=lists, languages=tongues)


def to_reread(before: Form, after: Form, known: Sequence[str]) -> list[str]:
    """Return « language|path » of each translation whose original changed and which did not."""
    old, new = ({path: texts for path, _what, texts in _texts(form)} for form in (before, after))
    first = after.languages[0]
    found = set()
    for path, texts in new.items():
        was = old.get(path, {})
        for language, text in texts.items():
            mark = f"{language}|{path}"
            same = was.get(language) == text
            changed = was.get(first) != texts.get(first)
            if language != first and text and same and (changed or mark in known):
                found.add(mark)
    return sorted(found)


def whole(form: Form) -> Form:
    """Return the form with every text in every language, the original standing for what lacks.

    Converters write « - » where a language has no text.
    """

    def texts(_path: str, now: Texts) -> Texts:
        own = said(now, form.languages[0])
        return {one: now.get(one) or own for one in form.languages} if own else now

    lists = {
        name: tuple(Choice(one.name, texts("", one.label), one.columns) for one in listed)
        for name, listed in form.lists.items()
    }
    return replace(form, items=_level(form.items, texts), lists=lists)


def _level(items: tuple[Item, ...], texts: Any) -> tuple[Item, ...]:
    found: list[Item] = []
    for item in items:
        told: dict[str, Any] = {
            name: texts(f"q/{item.name}/{name}", getattr(item, name))
            for name in TEXTS
            if hasattr(item, name)
        }
        if isinstance(item, Group):
            told["items"] = _level(item.items, texts)
        found.append(replace(item, **told))
    return tuple(found)


def _texts(form: Form) -> Iterator[tuple[str, str, Texts]]:
    told: set[str] = set()
    for item in form.every():
        for name in TEXTS:
            texts = getattr(item, name, {})
            if texts:
                yield f"q/{item.name}/{name}", _OF[name], texts
        listed = item.choices if isinstance(item, Question) and item.kind.chooses else ""
        if listed and listed not in told:
            told.add(listed)
            for choice in form.lists.get(listed, ()):
                yield f"c/{listed}/{choice.name}", "choix", choice.label
