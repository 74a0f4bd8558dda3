"""What an OpenRosa address opens: the forms of one survey, of an invitation, or of a whole day."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.utils import timezone

from portrea.web.accounts.links import digest_of
from portrea.web.accounts.permissions import RefusedError
from portrea.web.surveys.models import Attachment, Day, Invitation, Submission, Survey, Version
from portrea.web.surveys.models.answers import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = "/openrosa/"
_UNKNOWN = "Aucune enquête n’est à cette adresse. Vérifiez-la avec la personne qui vous l’a donnée."
_CLOSED = (
    "Cette enquête ne reçoit que les personnes invitées."
    " Ajoutez à l’adresse le code de votre invitation."
)


@dataclass(frozen=True, slots=True)
class Offered:
    """A version of a form, as a client knows it at an address."""

    survey: Survey
    version: Version
    form_id: str

    @property
    def xform(self) -> str:
        """The XForm; under the name of the survey when several are at one address."""
        text, own = self.version.xform, self.survey.questionnaire.name
        if self.form_id == own:
            return text
        named = rf'(<instance>\s*<[^>]*?\sid="){re.escape(own)}"'
        return re.sub(named, rf'\g<1>{self.form_id}"', text, count=1)

    @property
    def digest(self) -> str:
        """MD5 of what is served, as the protocol asks."""
        if self.form_id == self.survey.questionnaire.name:
            return self.version.digest
        return hashlib.md5(self.xform.encode(), usedforsecurity=False).hexdigest()

    @property
    def file(self) -> str:
        """Name of the file of the form."""
        return f"{self.form_id}-{self.version.number}.xml"


@dataclass(frozen=True, slots=True)
class Door:
    """An address that a client is set to; ``together`` when it opens several surveys."""

    base: str
    surveys: tuple[Survey, ...]
    together: bool = False
    invitation: str = ""

    def offered(self, *, every: bool = False) -> Iterator[Offered]:
        """Yield the forms that may be filled now, or every version of them."""
        for survey in self.surveys:
            if every or _open(survey):
                found = survey.questionnaire.versions.all() if every else [survey.version]
                yield from (Offered(survey, version, self._id(survey)) for version in found)

    def survey_of(self, form_id: str) -> Survey:
        """Return the survey that a form is of; alone of its name, it needs no key."""
        own = [one for one in self.surveys if one.questionnaire.name == form_id]
        keyed = [one for one in self.surveys if _keyed(one) == form_id]
        found = keyed or own
        if len(found) != 1:
            raise Http404(
                f"Le questionnaire « {form_id[:80]} » n’est pas de ceux que reçoit cette adresse."
            )
        return found[0]

    def _id(self, survey: Survey) -> str:
        return _keyed(survey) if self.together else survey.questionnaire.name


def door_of_survey(key: str, token: str = "") -> Door:
    """Return what the address of a survey opens, with the code of an invitation if there is one."""
    survey = Survey.objects.select_related("questionnaire", "version").filter(key=key).first()
    if survey is None:
        raise Http404(_UNKNOWN)
    if not token:
        if survey.invited_only:
            raise RefusedError(_CLOSED)
        return Door(address_of(survey), (survey,))
    digest = digest_of(token)
    if not Invitation.objects.filter(survey=survey, digest=digest).exists():
        raise RefusedError("Ce code d’invitation n’est pas de cette enquête. Recopiez-le entier.")
    return Door(f"{address_of(survey)}/{token}", (survey,), invitation=digest)


def door_of_day(key: str) -> Door:
    """Return what the address of a day of collection opens: its surveys that invite nobody."""
    day = Day.objects.filter(key=key).first()
    if day is None:
        raise Http404(_UNKNOWN)
    surveys = day.surveys.select_related("questionnaire", "version").filter(invited_only=False)
    return Door(address_of(day), tuple(surveys), together=True)


def address_of(one: Survey | Day) -> str:
    """Return the path that a client is set to."""
    return f"{ROOT}{'jour/' if isinstance(one, Day) else ''}{one.key}"


def survey_named(key: str) -> Survey:
    """Return a survey by its key."""
    survey = Survey.objects.select_related("questionnaire", "version").filter(key=key).first()
    if survey is None:
        raise Http404(_UNKNOWN)
    return survey


def day_named(key: str) -> Day:
    """Return a day of collection by its key."""
    day = Day.objects.filter(key=key).first()
    if day is None:
        raise Http404(_UNKNOWN)
    return day


def file_of(survey: Survey, number: int) -> Attachment | None:
    """Return a file joined to an answer of a survey."""
    return Attachment.objects.filter(submission__survey=survey, pk=number).first()


def came(survey: Survey) -> dict[str, int]:
    """Return how many answers came by the application, and how many have to be looked at."""
    rows = Submission.objects.filter(survey=survey, channel=Channel.OPENROSA)
    return {
        "all": rows.count(),
        "waiting": rows.exclude(waits_for=[]).count(),
        "unread": rows.filter(faults__has_key="version").count(),
    }


def is_open(survey: Survey) -> bool:
    """Tell whether people may begin to answer today."""
    return _open(survey)


def _keyed(survey: Survey) -> str:
    return f"{survey.questionnaire.name}.{survey.key}"


def _open(survey: Survey) -> bool:
    today = timezone.localdate()
    begun = survey.opens is None or survey.opens <= today
    ended = survey.closed is not None or (survey.closes is not None and survey.closes < today)
    return begun and not ended
