"""The declaration, for everybody; the audit, for those who may fill it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError
from portrea.web.accounts.permissions import act
from portrea.web.design import compliance
from portrea.web.operation.accessibility import selectors, services
from portrea.web.operation.accessibility.criteria import criteria, themes
from portrea.web.operation.accessibility.forms import PublishForm, ThemeForm

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.operation.accessibility.models import AccessibilityAudit


@require_safe
def declaration(request: HttpRequest) -> HttpResponse:
    """Show the declaration of accessibility."""
    told = selectors.declaration()
    context = {"told": told, "label": compliance.LABELS[told["state"]]}
    return render(request, "operation/accessibility/declaration.html", context)


@require_safe
def criteria_page(request: HttpRequest) -> HttpResponse:
    """Show the 106 criteria and how each is tried."""
    context = {"told": selectors.declaration()}
    return render(request, "operation/accessibility/criteria.html", context)


@require_safe
def declaration_json(_request: HttpRequest) -> HttpResponse:
    """Send the declaration as data."""
    return JsonResponse(selectors.declaration(), json_dumps_params={"ensure_ascii": False})


@never_cache
@require_safe
@act("accessibility.audit")
def audit(request: HttpRequest) -> HttpResponse:
    """Show the open audit: its pages, what is filled in."""
    return _audit_page(request, PublishForm())


@require_POST
@act("accessibility.audit")
def audit_new(request: HttpRequest) -> HttpResponse:
    """Open an audit."""
    services.audit_open(actor=request)
    return HttpResponseRedirect(reverse("accessibility-audit"))


@require_POST
@act("accessibility.audit")
def audit_publish(request: HttpRequest) -> HttpResponse:
    """Publish the open audit."""
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            services.audit_publish(actor=request, **form.cleaned_data)
        except DataError as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("La déclaration est publiée."))
            return HttpResponseRedirect(reverse("accessibility"))
    return _audit_page(request, form, status=400)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("accessibility.audit")
def audit_theme(request: HttpRequest, page: str, theme: int) -> HttpResponse:
    """Fill in one theme of one page."""
    found = selectors.audit_open_now()
    looked = {one.name: one for one in selectors.pages_of(found)} if found else {}
    if found is None or page not in looked or theme not in themes():
        raise Http404(page)
    name, ones = themes()[theme]
    given = {k[1]: row for k, row in selectors.verdicts_of(found).items() if k[0] == page}
    form = ThemeForm(ones, given, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.verdicts_save(actor=request, page=page, told=form.told)
        except DataError as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("C’est enregistré."))
            return HttpResponseRedirect(reverse("accessibility-audit"))
    context = {"form": form, "looked": looked[page], "theme": f"{theme}. {name}"}
    status = 400 if form.errors else 200
    return render(request, "operation/accessibility/theme.html", context, status=status)


def _audit_page(request: HttpRequest, form: PublishForm, *, status: int = 200) -> HttpResponse:
    found: AccessibilityAudit | None = selectors.audit_open_now()
    pages = selectors.progress(found) if found else []
    context = {
        "audit": found,
        "pages": pages,
        "themes": [(number, name) for number, (name, _ones) in themes().items()],
        "all": len(criteria()) * len(pages),
        "done": sum(one.done for one in pages),
        "form": form,
    }
    return render(request, "operation/accessibility/audit.html", context, status=status)
