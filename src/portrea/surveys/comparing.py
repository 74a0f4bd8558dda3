"""What changed between two versions of a questionnaire, and what it does to answers given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.surveys.form import Choice, Form, Group, Item, Question, said
from portrea.surveys.plain_kinds import said_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ADDED, REMOVED, CHANGED = "ajoutée", "retirée", "changée"
_NEW = "Les réponses déjà données n’ont pas cette question : elles y restent vides."
_GONE = "Les réponses déjà données restent avec leur version, et lisibles ; rien n’est effacé."
_APART = "Les réponses d’avant et d’après ne se comparent plus : mieux vaut une autre question."
_LESS = "Qui avait donné un choix retiré le garde ; il n’est plus proposé."
_TEXTS = {
    "label": "texte",
    "hint": "aide",
    "guidance": "consigne",
    "constraint_message": "message de limite",
    "required_message": "message d’obligation",
}
_RULES = {
    "relevant": "condition",
    "constraint": "limites",
    "calculation": "calcul",
    "choice_filter": "filtre des choix",
    "default": "réponse de départ",
    "count": "nombre de fois",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What changed of one question or section: ``details`` one by one, and for old answers."""

    name: str
    kind: str
    label: str
    details: tuple[str, ...] = ()
    on_answers: str = ""


def compare(before: Form, after: Form, language: str = "") -> list[Change]:
    """Return what changed, in the order of the form, what was taken out last."""
    tongue = language or after.languages[0]
    old = {item.name: item for item in before.every()}
    new = {item.name: item for item in after.every()}
    found: list[Change] = []
    for name, item in new.items():
        if name not in old:
            found.append(Change(name, ADDED, _label(item, tongue), (), _NEW if _asks(item) else ""))
            continue
        details = tuple(_details(before, after, old[name], item, tongue))
        if details:
            effect = _effect(before, after, old[name], item)
            found.append(Change(name, CHANGED, _label(item, tongue), details, effect))
    for name, item in old.items():
        if name not in new:
            effect = _GONE if _asks(item) else ""
            found.append(Change(name, REMOVED, _label(item, tongue), (), effect))
    return found


def reordered(before: Form, after: Form) -> bool:
    """Return whether what both ask comes in another order."""
    old, new = ([item.name for item in form.every()] for form in (before, after))
    return [name for name in old if name in new] != [name for name in new if name in old]


def _details(before: Form, after: Form, old: Item, new: Item, language: str) -> Iterator[str]:
    if type(old) is not type(new):
        yield "une section est devenue une question, ou l’inverse"
        return
    yield from _texts(old, new)
    for name, words in _RULES.items():
        one, other = getattr(old, name, ""), getattr(new, name, "")
        if one != other:
            yield f"{words} : « {one or 'aucune'} » → « {other or 'aucune'} »"
    if isinstance(old, Question) and isinstance(new, Question):
        yield from _of_a_question(before, after, old, new, language)


def _of_a_question(
    before: Form, after: Form, old: Question, new: Question, language: str
) -> Iterator[str]:
    if said_kind(old) != said_kind(new):
        yield f"{said_kind(old)} → {said_kind(new)}"
    if bool(old.required) != bool(new.required):
        yield "devient obligatoire" if new.required else "n’est plus obligatoire"
    if new.kind.chooses and old.kind.chooses:
        yield from _choices(_listed(before, old), _listed(after, new), language)


def _texts(old: Item, new: Item) -> Iterator[str]:
    for name, words in _TEXTS.items():
        one, other = dict(getattr(old, name, {})), dict(getattr(new, name, {}))
        for language in dict.fromkeys([*one, *other]):
            left, right = one.get(language, ""), other.get(language, "")
            if left != right:
                tongue = f" ({language})" if len({*one, *other}) > 1 else ""
                yield f"{words}{tongue} : « {left or '–'} » → « {right or '–'} »"


def _choices(old: Sequence[Choice], new: Sequence[Choice], language: str) -> Iterator[str]:
    before = {one.name: said(one.label, language) for one in old}
    after = {one.name: said(one.label, language) for one in new}
    for name, label in after.items():
        if name not in before:
            yield f"choix ajouté : « {label} »"
        elif before[name] != label:
            yield f"choix : « {before[name]} » → « {label} »"
    for name, label in before.items():
        if name not in after:
            yield f"choix retiré : « {label} »"


def _effect(before: Form, after: Form, old: Item, new: Item) -> str:
    if not isinstance(old, Question) or not isinstance(new, Question):
        return ""
    if old.kind != new.kind:
        return _APART
    gone = {one.name for one in _listed(before, old)} - {one.name for one in _listed(after, new)}
    return _LESS if gone and new.kind.chooses else ""


def _listed(form: Form, question: Question) -> Sequence[Choice]:
    return form.lists.get(question.choices, ())


def _label(item: Item, language: str) -> str:
    return said(item.label, language) or item.name


def _asks(item: Item) -> bool:
    return not isinstance(item, Group) and item.kind.asks
