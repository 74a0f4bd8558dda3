"""What the pages of the comité share: a form shown again until what it asks is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portrea.base.errors import PortreaError
from portrea.web.steering.committee.forms import said

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

opens = require_http_methods(["GET", "HEAD", "POST"])
FORM = "steering/committee/form.html"


def done(request: HttpRequest, form: Form, save: Callable[[dict[str, Any]], Any]) -> Any:
    """Save what a valid form says; ``None`` when the form must be shown (again)."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return save(form.cleaned_data) or True
    except PortreaError as error:
        form.add_error(None, said(error))
        return None


def asked(request: HttpRequest, form: Form, **told: Any) -> HttpResponse:
    """Show a form under its heading, with the page to come back to (``back``, ``back_label``)."""
    return render(request, FORM, {"form": form, **told})


def back_to(request: HttpRequest, url: str, text: str = "") -> HttpResponseRedirect:
    """Say that it is done, and go to a page."""
    messages.success(request, text or _("C’est enregistré."))
    return HttpResponseRedirect(url)


def tried(request: HttpRequest, step: Callable[[], object], url: str) -> HttpResponseRedirect:
    """Do a step that is a button, say how it went, and go to a page."""
    try:
        step()
    except PortreaError as error:
        messages.error(request, " ".join(filter(None, (error.message, error.remedy))))
        return HttpResponseRedirect(url)
    return back_to(request, url, _("C’est fait."))
