"""The slip as a file to print: the words of the page, in French, for the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import translation

from portrea.steering.slip_pdf import slip_pdf
from portrea.web.journeys.slip_page import slip_page

if TYPE_CHECKING:
    from datetime import datetime

    from portrea.web.journeys.slip_page import SlipPage
    from portrea.web.journeys.slip_selectors import Leaving

LABELS = {
    "phone": "Téléphone",
    "no_phone": "Téléphone inconnu.",
    "when": "Quand y aller",
    "bring": "À apporter",
    "general": "Liste générale, à vérifier par téléphone. Ne donnez vos mots de passe à personne.",
    "why": "Pourquoi ce lieu",
    "phone_code": "Cette fiche, sur un téléphone",
    "code": "Code à scanner : cette fiche, sur un téléphone",
}
CALL = " Téléphonez avant d’y aller."
NO_ADDRESS = "Adresse inconnue : demandez-la par téléphone."
NO_STREET = "Rue inconnue : demandez-la par téléphone."
NO_HOURS = "Horaires inconnus : téléphonez avant de venir."
NO_OPENING = "Prochaine ouverture inconnue : téléphonez avant de venir."


def slip_file(told: Leaving, paper: str, now: datetime) -> bytes:
    """Return the slip as PDF, in French: the sheet is shown to those who receive the person."""
    with translation.override("fr"):
        page = slip_page(told, paper)
    return slip_pdf(_words(page), paper=paper, written=now)


def _words(page: SlipPage) -> dict[str, Any]:
    slip = page.slip
    deadline = f"Date à ne pas oublier : {slip.deadline.text}" if slip.deadline else ""
    fresh = "" if page.why else f" Lieu : {slip.freshness}."
    doubt = " Téléphonez avant de venir." if page.to_confirm else ""
    return {
        "title": f"Fiche : {slip.name}",
        "name": slip.name,
        "address": (slip.address if page.street else f"{slip.address}. {NO_STREET}")
        if slip.address
        else NO_ADDRESS,
        "phones": [{"number": number, "link": link} for number, link in page.called],
        "numbers": [
            {"whose": whose, "number": number, "link": link, "doubt": "" if sure else "non vérifié"}
            for whose, number, link, sure in page.numbers
        ],
        "warnings": [page.refused + (CALL if page.called else "")] if page.refused else [],
        "days": [one[:1].upper() + one[1:] for one in slip.days],
        "hours": " ; ".join(page.hours),
        "ask": "" if slip.days else NO_OPENING if page.hours else NO_HOURS,
        "procedure": slip.procedure,
        "bring": [piece for papers in slip.bring for piece in papers.pieces],
        "notes": [note for note in (slip.note, deadline) if note],
        "why": " ".join(filter(None, (page.why, f"{page.travel}." if page.travel else ""))),
        "map": str(page.map.svg) if page.map else "",
        "map_told": page.map.told if page.map else "",
        "code": str(page.sharing.qr),
        "dated": f"Imprimé le {page.printed}.{fresh}{doubt}",
        "labels": LABELS,
    }
