"""Edits of a questionnaire, each a form in and a form out; nothing already answered is renamed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError
from portrea.surveys.expressions import names_in, read
from portrea.surveys.expressions.reading import ExpressionError
from portrea.surveys.form import Choice, Form, Group, Item, Question, said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

LONGEST_NAME = 32
_CITED = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
EXPRESSIONS = ("relevant", "constraint", "required", "calculation", "choice_filter", "default")
TEXTS = ("label", "hint", "guidance", "constraint_message", "required_message")


# -- names -----------------------------------------------------------------------------------------


def name_for(words: str, taken: Collection[str]) -> str:
    """Return a technical name made of the wording, that nothing else has."""
    parts = re.findall(r"[a-z0-9]+", _plain(words))
    if parts and parts[0][0].isdigit():
        parts.insert(0, "q")
    name = ""
    for part in parts:
        longer = f"{name}_{part}" if name else part[:LONGEST_NAME]
        if len(longer) > LONGEST_NAME:
            break
        name = longer
    return _free(name or "question", taken)


def _plain(words: str) -> str:
    told = words.casefold().replace("œ", "oe").replace("æ", "ae")
    return "".join(
        one for one in unicodedata.normalize("NFKD", told) if not unicodedata.combining(one)
    )


def _free(name: str, taken: Collection[str]) -> str:
    found, rank = name, 1
    while found in taken:
        rank += 1
        found = f"{name}_{rank}"
    return found


def names_of(form: Form) -> set[str]:
    """Return the names that are taken."""
    return {item.name for item in form.every()}


# -- choices ---------------------------------------------------------------------------------------


def choices_from(
    lines: Sequence[str], before: Sequence[Choice], language: str
) -> tuple[Choice, ...]:
    """Return the choices of some lines: what was already there keeps its name and its columns.

    A line that stands where another stood is that choice reworded; the name of a choice that is
    gone is never given to a new one.
    """
    labels = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    old = {said(choice.label, language): choice for choice in before}
    kept = {label: old[label] for label in labels if label in old}
    kept |= _reworded(labels, list(before), kept, language)
    taken = {choice.name for choice in before}
    found: list[Choice] = []
    for label in labels:
        choice = kept.get(label)
        if choice is None:
            choice = Choice(name_for(label, taken), {language: label})
            taken.add(choice.name)
        found.append(replace(choice, label={**choice.label, language: label}))
    return tuple(found)


def _reworded(
    labels: list[str], before: list[Choice], kept: Mapping[str, Choice], language: str
) -> dict[str, Choice]:
    """Return new label → choice, where as many lines stand as there were choices."""
    here = [said(choice.label, language) for choice in before]
    found: dict[str, Choice] = {}
    for tag, a, b, c, d in SequenceMatcher(None, here, labels, autojunk=False).get_opcodes():
        if tag == "replace" and b - a == d - c:
            pairs = zip(before[a:b], labels[c:d], strict=True)
            found |= {
                new: old for old, new in pairs if new not in kept and old not in kept.values()
            }
    return found


def users_of(form: Form, listed: str) -> list[Question]:
    """Return the questions whose choices are those of a list."""
    return [one for one in form.questions() if one.kind.chooses and one.choices == listed]


def with_list(form: Form, listed: str, choices: Sequence[Choice]) -> Form:
    """Return the form with a list of choices changed, or added."""
    return replace(form, lists={**form.lists, listed: tuple(choices)})


def tidied(form: Form) -> Form:
    """Return the form without the lists that no question asks."""
    asked = {one.choices for one in form.questions() if one.kind.chooses}
    return replace(form, lists={name: told for name, told in form.lists.items() if name in asked})


# -- the outline -----------------------------------------------------------------------------------


def changed(form: Form, name: str, item: Item) -> Form:
    """Return the form with an item written otherwise."""
    return _mapped(form, lambda one: (item,) if one.name == name else (one,))


def added(form: Form, item: Item, after: str = "") -> Form:
    """Return the form with an item after another (inside it if a group, last when unnamed)."""
    if not after:
        return replace(form, items=(*form.items, item))
    target = form.item(after)
    where = "inside" if isinstance(target, Group) else "after"
    return _put(form, item, after, where)


def placed_after(form: Form, item: Item, target: str) -> Form:
    """Return the form with a new item just after another."""
    return _put(form, item, target, "after")


def removed(form: Form, name: str, *, loosen: bool = False) -> Form:
    """Return the form without an item; ``loosen`` also takes out what depends on it.

    Raises
    ------
    DataError
        Other questions depend on it.
    """
    depends = used_by(form, name)
    if depends and not loosen:
        told = ", ".join(f"« {one.name} »" for one in depends[:6])
        message = f"D’autres questions dépendent de « {name} » : {told}."
        raise DataError(message, remedy="Supprimez aussi leurs conditions, ou changez-les d’abord.")
    gone = _inside(form.item(name))
    left = _mapped(form, lambda one: () if one.name == name else (one,))
    return tidied(_mapped(left, lambda one: (_loosened(one, gone),)))


def used_by(form: Form, name: str) -> list[Item]:
    """Return what reads the answers of an item, or cites them in a text."""
    gone = _inside(form.item(name))
    return [one for one in form.every() if one.name not in gone and _reads(one) & gone]


def duplicated(form: Form, name: str) -> tuple[Form, str]:
    """Return the form with a copy of an item after it, and the name of the copy."""
    taken = names_of(form)
    names: dict[str, str] = {}
    for inner in sorted(_inside(form.item(name))):
        names[inner] = _free(re.sub(r"_\d+$", "", inner), taken)
        taken.add(names[inner])
    copy = _renamed(form.item(name), names)
    return _put(form, copy, name, "after"), names[name]


def moved(form: Form, name: str, way: str) -> Form:
    """Return the form with an item one step « up » or « down », in and out of groups."""
    row, at, above = _place(form.items, name, None)
    step = -1 if way == "up" else 1
    near = row[at + step] if 0 <= at + step < len(row) else None
    enters = isinstance(near, Group) and isinstance(row[at], Question)
    if near is None:
        where = "before" if way == "up" else "after"
        return placed(form, name, above.name, where) if above else form
    if enters:
        return placed(form, name, near.name, "last" if way == "up" else "first")
    return placed(form, name, near.name, "before" if way == "up" else "after")


def placed(form: Form, name: str, target: str, where: str) -> Form:
    """Return the form with an item « before » or « after » another, or « first », « last » in it.

    Raises
    ------
    DataError
        The target is the item itself, or inside it.
    """
    item = form.item(name)
    if target in _inside(item):
        raise DataError("Une section ne peut pas aller dans elle-même.")
    left = _mapped(form, lambda one: () if one.name == name else (one,))
    return _put(left, item, target, where)


def _put(form: Form, item: Item, target: str, where: str) -> Form:
    def around(one: Item) -> tuple[Item, ...]:
        if one.name != target:
            return (one,)
        if isinstance(one, Group) and where in {"first", "last", "inside"}:
            items = (item, *one.items) if where == "first" else (*one.items, item)
            return (replace(one, items=items),)
        return (item, one) if where == "before" else (one, item)

    return _mapped(form, around)


def _place(items: Sequence[Item], name: str, above: Group | None) -> Any:
    for at, item in enumerate(items):
        if item.name == name:
            return items, at, above
        if isinstance(item, Group):
            try:
                return _place(item.items, name, item)
            except KeyError:
                continue
    raise KeyError(name)


def _mapped(form: Form, change: Callable[[Item], tuple[Item, ...]]) -> Form:
    def level(items: tuple[Item, ...]) -> tuple[Item, ...]:
        inner = (
            replace(one, items=level(one.items)) if isinstance(one, Group) else one for one in items
        )
        return tuple(new for one in inner for new in change(one))

    return replace(form, items=level(form.items))


# -- what reads what -------------------------------------------------------------------------------


def _inside(item: Item) -> set[str]:
    inner = item.items if isinstance(item, Group) else ()
    return {item.name}.union(*(_inside(one) for one in inner))


def cited(text: str) -> set[str]:
    """Return the names of the answers that a text cites (« Vous avez ${age} ans »)."""
    return set(_CITED.findall(text))


def _reads(item: Item) -> set[str]:
    return {name for text in _written(item) for name in _CITED.findall(text)}


def _written(item: Item) -> list[str]:
    plain = [getattr(item, name, "") for name in (*EXPRESSIONS, "count")]
    texts = [text for name in TEXTS for text in getattr(item, name, {}).values()]
    return [*plain, *texts]


def _loosened(item: Item, gone: set[str]) -> Item:
    """Return an item that no longer reads some answers: without those conditions and words."""
    told: dict[str, Any] = {}
    for name in (*EXPRESSIONS, "count"):
        text = getattr(item, name, "")
        if set(_CITED.findall(text)) & gone:
            told[name] = _without(text, gone)
    for name in TEXTS:
        texts = getattr(item, name, {})
        if any(set(_CITED.findall(text)) & gone for text in texts.values()):
            told[name] = {key: _uncited(text, gone) for key, text in texts.items()}
    return replace(item, **told) if told else item


def _without(expression: str, gone: set[str]) -> str:
    """Return « a and b » without the parts that read some answers, nothing if it is no « and »."""
    try:
        tree = read(expression)
    except ExpressionError:
        return ""
    parts = re.split(r"\s+and\s+", expression)
    if tree[0] != "and" or len(parts) != len(tree) - 1:
        return ""
    return " and ".join(part for part in parts if not names_in(read(part)) & gone)


def _uncited(text: str, gone: set[str]) -> str:
    return _CITED.sub(lambda found: "…" if found[1] in gone else found[0], text)


def _renamed(item: Item, names: Mapping[str, str]) -> Item:
    def other(text: str) -> str:
        return _CITED.sub(lambda found: f"${{{names.get(found[1], found[1])}}}", text)

    told: dict[str, Any] = {"name": names[item.name]}
    for name in (*EXPRESSIONS, "count"):
        if isinstance(getattr(item, name, None), str):
            told[name] = other(getattr(item, name))
    for name in TEXTS:
        if hasattr(item, name):
            told[name] = {key: other(text) for key, text in getattr(item, name).items()}
    if isinstance(item, Group):
        told["items"] = tuple(_renamed(one, names) for one in item.items)
    return replace(item, **told)
