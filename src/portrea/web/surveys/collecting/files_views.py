"""For the référent: where phones collect, whether they need a code, files they hand over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portrea.web.accounts.links import absolute
from portrea.web.accounts.permissions import act
from portrea.web.surveys.codes import is_local, qr_of
from portrea.web.surveys.rounds.selectors import survey_found
from portrea.web.surveys.rounds.views import framed
from portrea.web.surveys.services.handed import CODE, files_take
from portrea.web.surveys.services.rounds import survey_change

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MOST_FILES = 200


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class _Several(forms.FileField):
    """Files, each checked as one is."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the files, one at least."""
        return [super(_Several, self).clean(one, initial) for one in data or [None]]


class FilesForm(forms.Form):
    """Files of phones, several at once."""

    files = _Several(
        label=_("Fichiers des téléphones"),
        widget=_Files(attrs={"class": "form-control", "accept": ".json,application/json"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.run")
def files(request: HttpRequest, key: str) -> HttpResponse:
    """Show how phones collect; load the files that they hand over."""
    found = survey_found(request, key, "survey.run")
    posted = request.method == "POST"
    form = FilesForm(request.POST if posted else None, request.FILES if posted else None)
    loaded = None
    if posted and form.is_valid():
        sent = form.cleaned_data["files"][:MOST_FILES]
        told = [(one.name, one.read()) for one in sent]
        loaded = files_take(actor=request, key=key, files=told)
    address = absolute(reverse("surveys-collect", args=[key]))
    context = framed(
        request,
        found,
        "fichiers/",
        form=form,
        loaded=loaded,
        address=address,
        qr=qr_of(address),
        local=is_local(address),
        code=bool(found.report.get(CODE)),
    )
    status = 400 if form.errors else 200
    return render(request, "surveys/collecting/files.html", context, status=status)


@require_POST
@act("survey.run")
def code(request: HttpRequest, key: str) -> HttpResponse:
    """Say whether phones must have a code."""
    found = survey_found(request, key, "survey.run")
    report = {**found.report, CODE: "code" in request.POST}
    survey_change(actor=request, key=key, told={"report": report})
    return HttpResponseRedirect(reverse("surveys-collect-files", args=[key]))
