"""Help given and difficulties met, written on a phone without a network, sent later.

A notebook (``web.action``) has a page of phones (``web.surveys``); on a day of collection the
difficulties are asked too. What comes back enters by the services of the action room, once.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.action.activity import UNANSWERED, Activity, words
from portrea.action.difficulties import words as troubles
from portrea.base.errors import DataError, PortreaError
from portrea.surveys.form import Choice, Form, Kind, Question
from portrea.surveys.portable import portable
from portrea.web.accounts.clocks import clocks_of
from portrea.web.accounts.permissions import Actor
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.structures import name_of_structure
from portrea.web.action.difficulties.catalogue import procedures
from portrea.web.action.models import Difficulty, Notebook, Procedure, Record
from portrea.web.action.models.activities import Channel
from portrea.web.action.services.difficulties import difficulty_tell
from portrea.web.action.services.log import record_log
from portrea.web.surveys.days.selectors import day_of
from portrea.web.surveys.services.batches import Received
from portrea.web.surveys.services.intake import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portrea.web.surveys.models import Day
    from portrea.web.surveys.services.batches import Item

RECORD, DIFFICULTY = "compte-rendu", "difficulte"
VERSION = "1"
ADMINISTRATIVE = "aide_aux_demarches_administratives"
MINUTES = (15, 30, 45, 60, 90, 120)
YES, NO, ONE_PERSON, SEVERAL = "oui", "non", "individuel", "collectif"


# -- the pages ------------------------------------------------------------------------------------


def notebook_page(key: str) -> dict[str, Any] | None:
    """Return what the page of a notebook is made of; one that is closed asks nothing."""
    found = Notebook.objects.filter(key=key).first()
    if found is None:
        return None
    told = {"title": found.label, "purpose": _whose(found), "forms": []}
    if found.is_open:
        rows = list(procedures([found.territory]))
        told["forms"] = [
            _asked(key, RECORD, record_form(), _("Une aide donnée. Ni nom, ni adresse.")),
            _asked(key, DIFFICULTY, difficulty_form(rows), _("Ce qui a bloqué, et où.")),
        ]
    return told


def difficulties_of_day(day: Day) -> list[dict[str, Any]]:
    """Return the form of difficulties for the phones of a day."""
    rows = list(procedures([day.territory]))
    purpose = _("Ce qui bloque dans une démarche. Ni nom, ni adresse.")
    return [_asked(day.key, DIFFICULTY, difficulty_form(rows), purpose)] if rows else []


def _asked(key: str, kind: str, form: Form, purpose: str) -> dict[str, Any]:
    return {
        "to": key, "kind": kind, "title": form.title, "purpose": purpose,
        "version": form.version, "form": portable(form),
    }  # fmt: skip


def _whose(found: Notebook) -> str:
    held = found.structure
    return name_of_structure(held) if held else name_of(found.territory)


def record_form() -> Form:
    """Return the short record as a questionnaire: the commonest fields, few of them asked for."""
    told = words()
    lists = {
        "kind": _choices(told["kinds"]),
        "where": _choices(told["places"]),
        "themes": _choices(told["themes"]),
        "procedure_themes": _choices(told["procedure_themes"]),
        "minutes": _choices({str(one): f"{one} min" for one in MINUTES}),
        "autonomy": _choices(told["autonomies"]),
        "result": _choices(told["results"]),
        "reason": _choices(told["reasons"]),
        "oriented_to": _choices(told["redirections"]),
        "age": _choices(told["ages"]),
        "status": _choices(told["statuses"]),
    }
    alone = f"${{kind}} = '{ONE_PERSON}'"
    papers = f"selected(${{themes}}, '{ADMINISTRATIVE}')"
    unanswered = " or ".join(f"${{result}} = '{one}'" for one in UNANSWERED)
    items = (
        _one("kind", _("Seul·e ou en groupe ?"), required=True),
        _one("where", _("Où ?"), required=True),
        _question("people", Kind.INTEGER, _("Combien de personnes ?"), required=True,
                  relevant=f"${{kind}} = '{SEVERAL}'", constraint=". >= 1 and . <= 500"),
        _question("themes", Kind.SEVERAL, _("Pour quoi ?"), choices="themes"),
        _question("procedure_themes", Kind.SEVERAL, _("Quel genre de démarche ?"),
                  choices="procedure_themes", relevant=papers),
        _question("procedure", Kind.TEXT, _("Quelle démarche ?"), relevant=papers),
        _one("minutes", _("Combien de temps ?")),
        _one("result", _("La demande a-t-elle trouvé réponse ?")),
        _one("reason", _("Pourquoi pas, ou pas tout à fait ?"), relevant=unanswered),
        _one("oriented_to", _("La personne a été envoyée vers…")),
        _one("autonomy", _("La personne a fait…")),
        _one("age", _("Âge, si vous le savez sans le demander"), relevant=alone),
        _one("status", _("Situation, si vous la savez"), relevant=alone),
        _question("day", Kind.DATE, _("Quel jour, si ce n’est pas aujourd’hui ?"),
                  constraint=". <= today()"),
    )  # fmt: skip
    return _form("compte_rendu", _("Noter une aide"), items, lists)


def difficulty_form(rows: list[Procedure]) -> Form:
    """Return a difficulty as a questionnaire: which procedure, what blocks, where."""
    told, most = troubles(), int(troubles()["most_codes"])
    lists = {
        "procedure": tuple(Choice(row.key, {"": str(row)}) for row in rows),
        "codes": _choices(told["codes"]),
        "severity": _choices({str(rank): label for rank, label in told["severities"].items()}),
    }
    items = (
        _one("procedure", _("Quelle démarche ?"), required=True),
        _question("codes", Kind.SEVERAL, _("Qu’est-ce qui bloque ?"), required=True,
                  choices="codes", hint=_("Trois au plus."),
                  constraint=f"count-selected(.) <= {most}"),
        _one("severity", _("Avec quelle conséquence ?")),
        _question("place", Kind.TEXT, _("Dans quel lieu l’avez-vous vu ?"), required=True,
                  appearance="public"),
        _question("words", Kind.TEXT, _("En quelques mots"), appearance="multiline"),
        _question("day", Kind.DATE, _("Quel jour, si ce n’est pas aujourd’hui ?"),
                  constraint=". <= today()"),
    )  # fmt: skip
    return _form("difficulte", _("Signaler une difficulté"), items, lists)


def _form(name: str, title: str, items: tuple[Question, ...], lists: dict[str, Any]) -> Form:
    return Form(name=name, version=VERSION, title=title, languages=("",), items=items, lists=lists)


def _question(
    name: str, kind: Kind, label: str, *, required: bool = False, hint: str = "", **told: str
) -> Question:
    return Question(
        name=name, kind=kind, label={"": label}, hint={"": hint} if hint else {},
        required="true()" if required else "", **told,
    )  # fmt: skip


def _one(name: str, label: str, *, required: bool = False, relevant: str = "") -> Question:
    return _question(name, Kind.ONE, label, required=required, relevant=relevant, choices=name)


def _choices(told: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(str(code), {"": str(label)}) for code, label in told.items())


# -- the doors ------------------------------------------------------------------------------------


def record_opened(_actor: Any, key: str) -> Callable[[Item], Received]:
    """Open the door of the records of a notebook: each is written once."""
    found = _open_notebook(key)
    actor = Actor.link(found.label, found.territory, structure=found.structure)

    def taken(item: Item) -> Received:
        known = Record.objects.filter(uuid=item.uuid).exists()
        record_log(
            actor=actor, territory=found.territory, structure=found.structure, uuid=item.uuid,
            activity=_activity(item, found.territory), channel=Channel.PHONE,
        )  # fmt: skip
        return _received(item, known=known)

    return _told(taken)


def difficulty_opened(_actor: Any, key: str) -> Callable[[Item], Received]:
    """Open the door of difficulties, of a notebook or of a day."""
    day = day_of(key)
    territory, structure, label = (
        (day.territory, "", day.title) if day else _of_notebook(_open_notebook(key))
    )
    actor = Actor.link(label, territory, structure=structure)
    rows = {row.key: row for row in procedures([territory])}

    def taken(item: Item) -> Received:
        known = Difficulty.objects.filter(uuid=item.uuid).exists()
        told = item.answers
        procedure = rows.get(_text(told, "procedure"))
        if procedure is None:
            raise DataError(
                _("Cette démarche n’est plus dans la liste."),
                remedy=_("Rouvrez la page, puis choisissez-la de nouveau."),
            )
        difficulty_tell(
            actor=actor, territory=territory, structure=structure, uuid=item.uuid,
            day=_day(item, territory), procedure=procedure, codes=_text(told, "codes").split(),
            severity=_number(told, "severity"), place=_text(told, "place"),
            words=_text(told, "words"), channel=Channel.PHONE,
        )  # fmt: skip
        return _received(item, known=known)

    return _told(taken)


def _open_notebook(key: str) -> Notebook:
    found = Notebook.objects.filter(key=key).first()
    if found is None or not found.is_open:
        raise DataError(
            _("Ce carnet est fermé : il ne reçoit plus rien."),
            remedy=_("Prenez le fichier sur le téléphone et remettez-le, ou recopiez."),
        )
    return found


def _of_notebook(found: Notebook) -> tuple[str, str, str]:
    return found.territory, found.structure, found.label


def _told(taken: Callable[[Item], Received]) -> Callable[[Item], Received]:
    """Refuse what cannot be in the words of the service, whatever its error."""

    def told(item: Item) -> Received:
        try:
            return taken(item)
        except PortreaError as error:
            raise DataError(error.message, remedy=error.remedy) from error

    return told


def _received(item: Item, *, known: bool) -> Received:
    return Received(str(item.uuid), "known" if known else "new", digest_of(item.answers))


def _activity(item: Item, territory: str) -> Activity:
    told = item.answers
    several = _text(told, "kind") == SEVERAL
    age, status = ("", "") if several else (_text(told, "age"), _text(told, "status"))
    oriented_to = _text(told, "oriented_to")
    return Activity(
        kind=_text(told, "kind"),
        where=_text(told, "where"),
        day=_day(item, territory),
        people=(_number(told, "people") or 1) if several else 1,
        minutes=_number(told, "minutes"),
        themes=(*_text(told, "themes").split(), *_text(told, "procedure_themes").split()),
        procedure=_text(told, "procedure"),
        autonomy=_text(told, "autonomy"),
        result=_text(told, "result"),
        reason=_text(told, "reason"),
        oriented=True if oriented_to else None,
        oriented_to=oriented_to,
        ages={age: 1} if age else {},
        statuses={status: 1} if status else {},
    )


def _day(item: Item, territory: str) -> date:
    """Return the day told, else the day on which the phone was answered, on the clocks there."""
    told = _text(item.answers, "day")
    if not told:
        return (item.answered or timezone.now()).astimezone(clocks_of(territory)).date()
    try:
        return date.fromisoformat(told)
    except ValueError as error:
        again = _("Choisissez-le de nouveau.")
        raise DataError(_("Le jour est illisible."), remedy=again) from error


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _number(told: Mapping[str, Any], name: str) -> int | None:
    text = _text(told, name)
    return int(text) if text.isdigit() and len(text) < 6 else None
