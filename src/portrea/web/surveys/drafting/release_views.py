"""Try a draft, read it over, publish a version of it, compare versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.surveys.comparing import Change, reordered
from portrea.surveys.comparing import compare as compared
from portrea.web.accounts.permissions import act
from portrea.web.surveys.drafting import selectors
from portrea.web.surveys.drafting import trial as trying
from portrea.web.surveys.services.questionnaires import version_publish

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.surveys.models import Questionnaire


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def trial(request: HttpRequest, key: str) -> HttpResponse:
    """Fill the draft as people will: conditions, limits, calculations; nothing is kept."""
    row = selectors.found(request, key)
    form = selectors.draft_of(row)
    told = request.GET.get("langue", "")
    language = told if told in form.languages else form.languages[0]
    now = timezone.localtime().replace(tzinfo=None)
    filled = trying.tried(form, request.POST, now=now, language=language)
    sent = request.method == "POST" and trying.MORE not in request.POST
    context = {
        "row": row,
        "tab": "trial",
        "form": form,
        "language": language,
        "lang": selectors.code_of(language) or "fr",
        "shapes": trying.shapes(filled, language, faults=sent),
        "rows": trying.counted(filled),
        "files": trying.files_asked(filled),
        "sent": sent,
        "faults": len(filled.faults),
    }
    return render(request, "surveys/drafting/trial.html", context)


@never_cache
@require_safe
@act("survey.prepare")
def check(request: HttpRequest, key: str) -> HttpResponse:
    """Read the draft over before it is published."""
    row = selectors.found(request, key)
    last = row.versions.first()
    context = {
        "row": row,
        "tab": "check",
        "checked": selectors.checked(row),
        "last": last,
        "changes": changes_since(row),
        "rounds": row.surveys.filter(closed=None).count(),
        "again": len(row.reread),
    }
    return render(request, "surveys/drafting/check.html", context)


@require_POST
@act("survey.prepare")
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Make a version of the draft."""
    row = selectors.found(request, key)
    told = request.POST.get("edits", "")
    if told != str(row.edits):
        messages.error(request, _("Le questionnaire a changé depuis : relisez-le, puis publiez."))
        return HttpResponseRedirect(reverse("questionnaire-check", kwargs={"key": key}))
    try:
        version = version_publish(actor=request, key=key)
    except PortreaError as error:
        messages.error(request, " ".join(filter(None, (error.message, error.remedy))))
        return HttpResponseRedirect(reverse("questionnaire-check", kwargs={"key": key}))
    messages.success(request, _("La version %s est publiée.") % version.number)
    return HttpResponseRedirect(reverse("questionnaire-versions", kwargs={"key": key}))


@never_cache
@require_safe
@act("survey.prepare")
def versions(request: HttpRequest, key: str) -> HttpResponse:
    """List the versions, newest first."""
    row = selectors.found(request, key)
    context = {"row": row, "tab": "versions", "published": selectors.versions_of(row)}
    return render(request, "surveys/drafting/versions.html", context)


@never_cache
@require_safe
@act("survey.prepare")
def compare(request: HttpRequest, key: str) -> HttpResponse:
    """Say what changed between two versions."""
    row = selectors.found(request, key)
    before = selectors.version_of(row, request.GET.get("avant", ""))
    after = selectors.version_of(row, request.GET.get("apres", ""))
    old, new = selectors.form_in(before), selectors.form_in(after)
    context = {
        "row": row,
        "tab": "versions",
        "before": before,
        "after": after,
        "changes": compared(old, new),
        "reordered": reordered(old, new),
    }
    return render(request, "surveys/drafting/compare.html", context)


def changes_since(row: Questionnaire) -> list[Change]:
    """Return what the draft changes of the last version."""
    last = row.versions.first()
    if last is None:
        return []
    return compared(selectors.form_in(last), selectors.draft_of(row))
