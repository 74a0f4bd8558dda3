"""What the pages of the flow say and where they lead, composed once for the template."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portrea.offer.orientation.asked import FLAGS, NONE, Step, Way
from portrea.offer.orientation.procedures import procedure_of, procedures
from portrea.offer.orientation.rules import rules
from portrea.offer.record import Block
from portrea.vocab.hours import MIDNIGHT
from portrea.vocab.languages import capital, without_marks
from portrea.web.journeys.forms import LIST, with_procedure
from portrea.web.offer.cards import phone_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portrea.offer.orientation.asked import Asked
    from portrea.offer.orientation.procedures import Phone, Procedure
    from portrea.web.journeys.forms import Read
    from portrea.web.journeys.selectors import Choice, Commune, Orientation

NEEDS = {
    Block.AIDE: (
        gettext_lazy("J’ai une démarche à faire"),
        gettext_lazy("Papiers, aides, impôts, retraite, santé, logement…"),
    ),
    Block.INFORMATION: (
        gettext_lazy("Je ne sais pas à qui m’adresser"),
        gettext_lazy("Être écouté, connaître mes droits"),
    ),
    Block.EQUIPEMENT: (
        gettext_lazy("Je n’ai pas d’ordinateur ou pas d’internet"),
        gettext_lazy("Utiliser un ordinateur, imprimer, avoir le wifi"),
    ),
    Block.FORMATION: (
        gettext_lazy("Je veux apprendre"),
        gettext_lazy("Me servir d’un ordinateur, d’un téléphone, d’internet"),
    ),
    Block.DEPANNAGE: (
        gettext_lazy("Mon appareil est en panne, ou j’en cherche un"),
        gettext_lazy("Réparer, acheter pas cher"),
    ),
}
FREQUENT = (
    "carte-identite", "caf-logement", "rsa", "retraite", "impots-declaration", "chomage",
    "carte-vitale", "titre-sejour", "identifiants", "carte-grise",
)  # fmt: skip
"""Procedures proposed first: our choice, to be read again with those who receive people."""
CHECKS = {
    "fauteuil": gettext_lazy("Je suis en fauteuil roulant"),
    "soir": gettext_lazy("Je viens le soir, après 18 h"),
    "samedi": gettext_lazy("Je viens le samedi"),
    "domicile": gettext_lazy("Il faut venir chez moi"),
    "femmes": gettext_lazy("Je veux un lieu pour les femmes"),
}
LANGUAGES = {
    "arabe": gettext_lazy("arabe"),
    "anglais": gettext_lazy("anglais"),
    "espagnol": gettext_lazy("espagnol"),
    "turc": gettext_lazy("turc"),
    "portugais": gettext_lazy("portugais"),
    "russe": gettext_lazy("russe"),
    "ukrainien": gettext_lazy("ukrainien"),
    "chinois": gettext_lazy("chinois"),
    "italien": gettext_lazy("italien"),
    "allemand": gettext_lazy("allemand"),
    "breton": gettext_lazy("breton"),
    "langue-des-signes": gettext_lazy("langue des signes"),
}
TITLES = {
    Step.WHERE: gettext_lazy("Où êtes-vous ?"),
    Step.NEED: gettext_lazy("De quoi avez-vous besoin ?"),
    Step.PROCEDURE: gettext_lazy("Quelle démarche ?"),
    Step.CONSTRAINTS: gettext_lazy("Qu’est-ce qui compte pour vous ?"),
    Step.ANSWER: gettext_lazy("Les lieux qui peuvent vous aider"),
}
MOST_PHONES = 2


@dataclass(frozen=True, slots=True)
class Link:
    """A choice, as a link: what is said, in small, and where it leads."""

    label: str
    url: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer already given: what it is about, what was said, the address that changes it."""

    about: str
    label: str
    change: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A place of the answer, every word ready."""

    rank: int
    name: str
    url: str
    slip: str
    hand: str
    address: str
    phones: tuple[tuple[str, str], ...]
    open: bool
    opening: str
    travel: str
    reasons: str


# -- questions ------------------------------------------------------------------------------------


def needs(read: Read) -> tuple[Link, ...]:
    """Return the needs as choices."""
    asked = read.asked
    return tuple(
        Link(
            str(label),
            read.link(replace(asked, need=need, procedure=None)),
            str(detail),
        )
        for need, (label, detail) in NEEDS.items()
    )


def frequent(read: Read) -> tuple[Link, ...]:
    """Return the most frequent procedures as choices."""
    return chosen(read, (procedure_of(code) for code in FREQUENT))


def every(read: Read) -> tuple[Link, ...]:
    """Return all the procedures as choices, in the order of the book."""
    return chosen(read, procedures().values())


def chosen(read: Read, found: Iterable[Procedure]) -> tuple[Link, ...]:
    """Return procedures as choices."""
    return tuple(
        Link(_(one.label), read.link(with_procedure(read.asked, one.code))) for one in found
    )


def communes(read: Read, found: Sequence[Commune]) -> tuple[Link, ...]:
    """Return communes as choices; those of one name in the order of their départements."""
    if len({one.name for one in found}) == 1:
        found = sorted(found, key=lambda one: one.code)
    return tuple(
        Link(
            one.name,
            read.link(replace(read.asked, commune=one.code, point=None)),
            one.detail,
        )
        for one in found
    )


def languages(asked: Asked) -> tuple[tuple[str, str, bool], ...]:
    """Return the languages to choose from: code, name, whether it is chosen."""
    told = {code: str(LANGUAGES.get(code, code)) for code in rules().told["langue"]}
    return tuple((code, label, asked.language == code) for code, label in told.items())


def checks(asked: Asked) -> tuple[tuple[str, str, bool], ...]:
    """Return the constraints to tick: name, words, whether it is ticked."""
    return tuple(
        (name, str(label), bool(getattr(asked, FLAGS[name]))) for name, label in CHECKS.items()
    )


# -- answers already given ------------------------------------------------------------------------


def told(read: Read, place: str) -> tuple[Told, ...]:
    """Return the answers already given, each with the address of its question."""
    asked, found = read.asked, []
    if place:
        change = replace(asked, commune=None, point=None)
        found.append(Told(_("Où"), place, read.link(change)))
    if asked.need:
        change = replace(asked, need=None, procedure=None)
        found.append(Told(_("Besoin"), str(NEEDS[asked.need][0]), read.link(change)))
    if asked.procedure:
        change = replace(asked, procedure=None)
        label = _(procedure_label(asked) or "Je ne sais pas")
        query = read.link(change)
        if asked.need is not Block.AIDE:
            query = read.link(replace(asked, need=None, procedure=None))
        found.append(Told(_("Démarche"), label, query))
    if asked.seen:
        found.append(
            Told(_("Ce qui compte"), counted(asked), read.link(replace(asked, seen=False)))
        )
    return tuple(found)


def procedure_label(asked: Asked) -> str:
    """Return the French words of the procedure asked, empty when there is none."""
    if asked.procedure in (None, NONE):
        return ""
    return procedure_of(str(asked.procedure)).label


def procedure_said(asked: Asked) -> str:
    """Return the procedure asked as a field shows it."""
    label = procedure_label(asked)
    return without_marks(_(label)) if label else ""


def hidden(read: Read, step: Step) -> tuple[tuple[str, str], ...]:
    """Return what a form of a step keeps of what was told: all but what it asks."""
    asked = read.asked
    if step is Step.WHERE:
        asked = replace(asked, commune=None, point=None)
    elif step is Step.PROCEDURE:
        asked = replace(asked, procedure=None)
    elif step is Step.CONSTRAINTS:
        asked = replace(asked.back_to(Step.CONSTRAINTS), seen=True)
    else:
        asked = replace(asked.back_to(Step.CONSTRAINTS), need=None)
    return read.hidden(asked)


def counted(asked: Asked) -> str:
    """Return the constraints in a few words."""
    found = [_("sans voiture")] if asked.way is Way.FOOT else []
    found += [str(label) for name, label, ticked in checks(asked) if ticked]
    found += [label for _code, label, current in languages(asked) if current]
    return ", ".join(found) or _("rien de particulier")


def brief(asked: Asked, place: str) -> str:
    """Return everything told, on a line."""
    need = str(NEEDS[asked.need][0]) if asked.need else ""
    procedure = _(procedure_label(asked)) if procedure_label(asked) else need
    special = counted(asked) if asked.constraints or asked.way is Way.FOOT else ""
    return " · ".join(part for part in (place, procedure, special) if part)


def rank(asked: Asked, step: Step) -> tuple[int, int]:
    """Return which question this is, of how many; 0 for the answer."""
    asks = [one for one in Step if one is not Step.ANSWER]
    if asked.need not in (None, Block.AIDE) and step is not Step.PROCEDURE:
        asks.remove(Step.PROCEDURE)
    return (asks.index(step) + 1 if step in asks else 0), len(asks)


def previous(read: Read) -> str | None:
    """Return the address of the question before, ``None`` at the first one."""
    steps = list(Step)
    at = steps.index(read.asked.step)
    while at > 0:
        at -= 1
        asked = read.asked.back_to(steps[at])
        if asked.step is steps[at]:
            return read.link(asked)
    return None


# -- places ---------------------------------------------------------------------------------------


def shown(choices: Iterable[Choice], read: Read) -> tuple[Shown, ...]:
    """Return the places of an answer, every word ready."""
    query = read.query(read.asked)
    return tuple(
        Shown(
            rank=one.rank,
            name=one.place.name,
            url=one.url,
            slip=f"{read.base}fiche/{quote(one.id)}/?{query}",
            hand=f"{reverse('handover-new', kwargs={'place_id': one.id})}?{query}",
            address=", ".join(filter(None, (one.place.address, one.place.city))),
            phones=phones(one.phone),
            open=one.ranked.open_on_arrival,
            opening=capital(one.opening),
            travel=capital(one.travel),
            reasons=one.reasons,
        )
        for one in choices
    )


def opens_today(one: Choice) -> bool:
    """Whether a place opens today, or may: nobody knows its hours."""
    opens = one.ranked.opens
    return not one.ranked.hours_known or (opens is not None and opens < MIDNIGHT)


def relaxed(read: Read) -> tuple[Link, ...]:
    """Return the same question without one of its constraints, each as a choice."""
    asked, found = read.asked, []
    for name, label, ticked in checks(asked):
        if ticked:
            less = replace(asked, **{FLAGS[name]: False})
            found.append(Link(_("Sans « %(asked)s »") % {"asked": label}, read.link(less)))
    if asked.language:
        less = replace(asked, language=None)
        found.append(Link(_("Sans demander une langue"), read.link(less)))
    if asked.way is Way.FOOT:
        found.append(Link(_("En voiture"), read.link(replace(asked, way=Way.CAR))))
    return tuple(found)


def national(found: Iterable[Phone]) -> tuple[tuple[str, str, str, bool], ...]:
    """Return national numbers: whose, as read, as dialled, whether a public file gives them."""
    return tuple(
        (_(one.whose), phone_text(one.number), dialled(one.number), one.verified) for one in found
    )


def phones(text: str) -> tuple[tuple[str, str], ...]:
    """Return the numbers of a place as read and as dialled."""
    told = [part.strip() for part in text.replace("|", ";").split(";") if part.strip()]
    return tuple((phone_text(part), dialled(part)) for part in told[:MOST_PHONES])


def dialled(phone: str) -> str:
    """Return the address that dials a number."""
    return "tel:" + "".join(c for c in phone if c.isdigit() or c == "+")


def left_out(answer: Orientation) -> tuple[str, ...]:
    """Say how many places are not shown, and why."""
    found = []
    for reason, sentences in _LEFT_OUT.items():
        count = answer.left_out.get(reason, 0)
        if count:
            found.append(sentences(count))
    return tuple(found)


def _said(one: str, many: str):  # type: ignore[no-untyped-def]
    def say(count: int) -> str:
        return ngettext(one, many, count) % {"n": count}

    return say


_LEFT_OUT = {
    "closed": _said("%(n)s lieu fermé pour toujours", "%(n)s lieux fermés pour toujours"),
    "ended": _said("%(n)s permanence finie", "%(n)s permanences finies"),
    "not_public": _said(
        "%(n)s lieu qui ne reçoit pas de public", "%(n)s lieux qui ne reçoivent pas de public"
    ),
    "unlocated": _said(
        "%(n)s lieu dont nous ne savons pas où il est",
        "%(n)s lieux dont nous ne savons pas où ils sont",
    ),
    "fauteuil": _said("%(n)s lieu sans accès en fauteuil", "%(n)s lieux sans accès en fauteuil"),
    "soir": _said("%(n)s lieu fermé le soir", "%(n)s lieux fermés le soir"),
    "samedi": _said("%(n)s lieu fermé le samedi", "%(n)s lieux fermés le samedi"),
    "domicile": _said(
        "%(n)s lieu qui ne dit pas venir à domicile",
        "%(n)s lieux qui ne disent pas venir à domicile",
    ),
    "femmes": _said(
        "%(n)s lieu qui ne se dit pas pour les femmes",
        "%(n)s lieux qui ne se disent pas pour les femmes",
    ),
    "langue": _said(
        "%(n)s lieu où l’on ne parle pas cette langue",
        "%(n)s lieux où l’on ne parle pas cette langue",
    ),
    "need": _said("%(n)s lieu qui fait autre chose", "%(n)s lieux qui font autre chose"),
}
LISTED = {LIST: "oui"}
