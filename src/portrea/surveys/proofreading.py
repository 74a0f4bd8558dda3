"""What would make a questionnaire hard to answer or tell who answers, and how long it takes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.surveys.form import Form, Kind, Question, said
from portrea.surveys.plain_kinds import rules, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_END = re.compile(r"(?<=[.!?…])\s+|\n")
_WORD = re.compile(r"[\w][\w’'-]*")
_OF = re.compile(
    r"\bnoms? (?:du|des|de la|de l[’']|d[’']|de) ?(?!la |l[’']|famille|personne|enfant)\w"
)
"""The name of a thing: of a structure, of a procedure."""
_WRITTEN = frozenset({Kind.TEXT, Kind.INTEGER, Kind.BARCODE})
_SOMEBODY = {
    Kind.POINT: "un lieu précis",
    Kind.LINE: "un trajet",
    Kind.SHAPE: "un contour",
    Kind.IMAGE: "une photo",
    Kind.AUDIO: "une voix",
    Kind.VIDEO: "une vidéo",
}


@dataclass(frozen=True, slots=True)
class Hint:
    """Advice on an item; ``identity`` when the answer may tell who answers."""

    name: str
    message: str
    identity: bool = False


def hints(form: Form, language: str) -> list[Hint]:
    """Return advice on each question: long sentences, words of the trade, identity."""
    found: list[Hint] = []
    for item in form.every():
        texts = [item.label, item.hint] if isinstance(item, Question) else [item.label]
        words = " ".join(filter(None, (said(text, language) for text in texts)))
        found += [Hint(item.name, told) for told in _readability(words)]
        if isinstance(item, Question):
            found += [Hint(item.name, told, identity=True) for told in _identity(item, language)]
            found += [Hint(item.name, told) for told in _choices(form, item)]
        elif not item.items:
            found.append(
                Hint(item.name, "Cette section est vide : ajoutez une question ou supprimez-la.")
            )
    return found


def minutes(form: Form, language: str) -> float:
    """Return about how many minutes the whole form takes, every question being asked once."""
    return sum(_seconds(form, one, language) for one in form.questions()) / 60


def asked(form: Form) -> int:
    """Return how many questions ask something."""
    return sum(one.kind.asks and one.kind is not Kind.NOTE for one in form.questions())


def _seconds(form: Form, question: Question, language: str) -> float:
    if not question.kind.asks:
        return 0
    texts = [said(question.label, language), said(question.hint, language)]
    if question.kind.chooses:
        listed = form.lists.get(question.choices, ())[: _rule("most_choices")]
        texts += [said(choice.label, language) for choice in listed]
    words = sum(len(_WORD.findall(text)) for text in texts)
    return words / float(rules()["reading"]["words_per_second"]["value"]) + seconds_of(question)


def _readability(text: str) -> Iterator[str]:
    most = _rule("longest_sentence")
    for sentence in _END.split(text):
        count = len(_WORD.findall(sentence))
        if count > most:
            yield f"Phrase longue ({count} mots) : coupez-la en deux ({most} mots au plus)."
    plain = _plain(text)
    for stem, instead in rules()["jargon"].items():
        found = re.search(rf"\b{re.escape(stem)}\w*", plain)
        if found:
            word = text[found.start() : found.end()] if len(plain) == len(text) else found[0]
            yield f"« {word} » n’est pas un mot de tous les jours ; essayez : {instead}."


def _identity(question: Question, language: str) -> Iterator[str]:
    if question.kind in _SOMEBODY:
        what = _SOMEBODY[question.kind]
        yield (
            f"Cette réponse ({what}) peut dire qui répond : ne la demandez que si l’enquête ne peut"
            " pas s’en passer."
        )
    if question.kind not in _WRITTEN:
        return
    label = _plain(said(question.label, language))
    words = [word for word in rules()["identity"] if word == _plain(question.name)]
    words += [word for word in rules()["identity"] if re.search(rf"\b{word}\b", label)]
    found = next(
        (word for word in words if word not in {"nom", "noms"} or not _OF.search(label)), ""
    )
    if found:
        yield (
            f"Cette question semble demander l’identité de la personne (« {found} »). Une enquête"
            " Portrea n’en a pas besoin : les réponses ne pourraient plus être dites anonymes, et"
            " il faudrait informer chaque personne de ses droits. Supprimez-la si possible."
        )


def _choices(form: Form, question: Question) -> Iterator[str]:
    count = len(form.lists.get(question.choices, ())) if question.kind.chooses else 0
    if (
        count > _rule("most_choices")
        and not question.choice_filter
        and "autocomplete" not in question.appearance
    ):
        yield f"{count} choix : une liste si longue se lit mal au téléphone."


def _rule(name: str) -> int:
    return int(rules()["reading"][name]["value"])


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in plain if not unicodedata.combining(one))
