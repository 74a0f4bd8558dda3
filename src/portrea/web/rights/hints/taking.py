"""What a person takes away: a paper (PDF), a file (JSON), a code that holds the text itself.

The answer page carries the summary, signed: the files are made from it without asking anything
again, nothing is kept here, and nobody can make this site write a summary that it did not compute.
"""

from __future__ import annotations

import io
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import segno
from django.core import signing
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portrea.rights.catalogue import rights
from portrea.rights.hints import Cover, Hint, Saying
from portrea.rights.summary import summary_of
from portrea.steering.rights_pdf import rights_pdf
from portrea.web.design.templatetags.french_dates import french_date
from portrea.web.rights.hints import fields
from portrea.web.rights.hints.wording import SURE, amount, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from portrea.rights.estimating import Estimate
    from portrea.web.rights.hints.asked import Asked

SALT = "portrea.droits.resume"
SECONDS = 3_600
MOST_LETTERS = 900
"""Letters of the text of a code: beyond, phones read it badly."""


def sealed(estimate: Estimate, asked: Asked, day: date) -> str:
    """Return the summary of an estimate, in French, signed."""
    with translation.override("fr"):
        told = [
            {"name": one.name, "label": one.about, "value": one.value} for one in fields.told(asked)
        ]
    made = summary_of(
        estimate.hints, told=told, day=day, month=estimate.month, assumed=estimate.assumed
    )
    return signing.dumps(made, salt=SALT, compress=True)


def opened(text: str) -> dict[str, Any] | None:
    """Return a summary, ``None`` when it is not ours or too old."""
    try:
        found = signing.loads(text, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    return dict(found)


def hints_of(summary: Mapping[str, Any]) -> tuple[Hint, ...]:
    """Return the hints of a summary."""
    return tuple(
        Hint(
            rights()[one["name"]],
            Saying(one["saying"]),
            one["low"],
            one["high"],
            one["stale"],
            Cover(one["cover"]) if one["cover"] else None,
        )
        for one in summary["rights"]
    )


def file_of(summary: Mapping[str, Any]) -> bytes:
    """Return the summary as a JSON file."""
    return json.dumps(summary, ensure_ascii=False, indent=1).encode()


def text_of(summary: Mapping[str, Any]) -> str:
    """Return the summary as a few lines of French, those that may be open only."""
    with translation.override("fr"):
        lines = [
            f"Portrea. {summary['warning']} {_dated(summary)}",
            *(
                f"{hint.right.label} : {_sure(hint)} ({hint.right.body})"
                for hint in hints_of(summary)
                if hint.saying in (Saying.PROBABLE, Saying.POSSIBLE)
            ),
        ]
    text = "\n".join(lines)
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _sure(hint: Hint) -> str:
    told = amount(hint)
    sure = str(SURE[hint.saying][1]).lower()
    return f"{sure}, {told[:1].lower()}{told[1:]}" if told else sure


def code_of(text: str) -> SafeString:
    """Return a code to scan that holds a text and no address, as SVG."""
    stream = io.BytesIO()
    segno.make_qr(text, error="l").save(
        stream, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, dark="#000",
        light="#fff", title=_("Code à scanner : ce résumé"), svgclass="qr", lineclass=None,
    )  # fmt: skip
    return mark_safe(stream.getvalue().decode())  # noqa: S308 - drawn by segno from our own text


def paper_of(summary: Mapping[str, Any], *, day: date, now: datetime) -> bytes:
    """Return the summary as a PDF, in French: it is shown to those who receive the person."""
    with translation.override("fr"):
        cards = shown(hints_of(summary), commune="", day=day)
        told = {
            "title": "Mes droits possibles",
            "warning": summary["warning"],
            "dated": _dated(summary),
            "likely": [_line(one) for one in cards if one.saying != Saying.NO],
            "unlikely": [one.label for one in cards if one.saying == Saying.NO],
            "answers": [{"label": a["label"], "value": a["value"]} for a in summary["answers"]],
            "assumed": list(summary["assumed"]),
            "code": str(code_of(text_of(summary))),
            "labels": LABELS,
        }
    return rights_pdf(told, written=now)


LABELS = {
    "likely": "À demander ou à vérifier",
    "unlikely": "Pas probable d’après vos réponses",
    "bring": "À apporter",
    "ask": "Pièces à demander à",
    "where": "Où demander",
    "dates": "Dates",
    "answers": "Ce que vous avez dit",
    "assumed": "Ce que nous avons supposé",
    "code": "Code à scanner : ce résumé, en texte. Il ne mène à aucun site.",
    "kept": "Ce papier est à vous. Portrea n’a rien gardé.",
}


def _line(card: Any) -> dict[str, Any]:
    return {
        "label": card.label,
        "sure": f"{card.sign} {card.sure}",
        "amount": card.amount,
        "doubts": list(card.doubts),
        "body": card.body,
        "papers": list(card.papers),
        "dates": [f"{one.what} : {one.when}" for one in card.deadlines],
    }


def _dated(summary: Mapping[str, Any]) -> str:
    month = french_date(date.fromisoformat(f"{summary['month']}-01"), "F Y")
    written = _day(summary["written"])
    return f"Calculé le {written}. Montants : {month}. Calcul : {summary['engine']}."


def _day(told: str) -> str:
    return french_date(date.fromisoformat(told), "j F Y")
