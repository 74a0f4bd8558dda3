"""A record in words: what is known of it, under its label, in the order of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portrea.action.activity import UNKNOWN, words
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.structures import name_of_structure
from portrea.web.action.records import activity_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.action.activity import Activity
    from portrea.web.action.models import Record


def lines_of(record: Record, *, profile: bool) -> list[tuple[str, str]]:
    """Return label and words; the coarse profile only when ``profile``."""
    told = activity_of(record)
    found = [
        (_("Noté pour"), where_of(record)),
        (_("Commune"), name_of(("commune", told.commune)) if told.commune else ""),
        (_("Personnes"), _people(told)),
        (_("Thèmes"), ", ".join(themes_of(told))),
        (_("Démarche"), procedure_of(record)),
        (_("Organismes"), ", ".join(told.bodies)),
        (_("Durée"), duration_of(told)),
        (_("Demande satisfaite"), words()["results"].get(told.result, "")),
        (_("Pourquoi pas"), words()["reasons"].get(told.reason, "")),
        (_("Orientation"), _oriented(told)),
        (_("Autonomie"), words()["autonomies"].get(told.autonomy, "")),
        (_("Matériel"), ", ".join(words()["equipment"].get(one, one) for one in told.equipment)),
        (_("Atelier"), " – ".join(filter(None, (told.title, words()["levels"].get(told.level))))),
        (_("Étiquettes"), ", ".join(told.tags)),
    ]
    if profile:
        found += _profile(told)
    return [(label, text or _("Non renseigné")) for label, text in found if _shown(label, text)]


def where_of(record: Record) -> str:
    """Return the structure that holds a record, else its territory."""
    return name_of_structure(record.structure) or name_of(record.territory)


def themes_of(told: Activity) -> list[str]:
    """Return the themes in French; those that the vocabulary lacks as they were written."""
    known = words()["themes"] | words()["procedure_themes"]
    return [*(known.get(one, one) for one in told.themes), *told.other_themes]


def procedure_of(record: Record) -> str:
    """Return the procedure, with its administration when it is of the catalogue."""
    return str(record.procedure) if record.procedure else record.procedure_words


def duration_of(told: Activity) -> str:
    """Return the duration, or the band that is all that is known of it."""
    if told.minutes is not None:
        return ngettext("%d minute", "%d minutes", told.minutes) % told.minutes
    return str(words()["bands"].get(told.band, ""))


def _people(told: Activity) -> str:
    count = ngettext("%d personne", "%d personnes", told.people) % told.people
    if told.known is None:
        return count
    return _("%(count)s, dont %(known)d déjà venue·s") % {"count": count, "known": told.known}


def _oriented(told: Activity) -> str:
    if told.oriented is None:
        return ""
    if not told.oriented:
        return _("Non")
    return str(words()["redirections"].get(told.oriented_to, _("Oui")))


def _profile(told: Activity) -> list[tuple[str, str]]:
    labels = words()["former_ages"] | words()["ages"]
    return [
        (_("Âges"), _counted(told.ages, labels)),
        (_("Situations"), _counted(told.statuses, words()["statuses"])),
        (_("Genres"), _counted(told.genders, words()["genders"])),
    ]


def _counted(counts: Mapping[str, int], labels: Mapping[str, str]) -> str:
    known = {code: count for code, count in counts.items() if count}
    if set(known) <= {UNKNOWN}:
        return ""
    codes = [*labels, *sorted(known.keys() - labels.keys())]  # JSON has no order of its own
    return ", ".join(f"{labels.get(code, code)} : {known[code]}" for code in codes if code in known)


def _shown(label: str, text: str) -> bool:
    """Leave out what only some records have."""
    return bool(text) or label not in {
        _("Commune"), _("Organismes"), _("Pourquoi pas"), _("Atelier"), _("Étiquettes"),
    }  # fmt: skip
