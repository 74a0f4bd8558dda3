"""Who keeps the aids of a territory: list, write, read a file, read again, retire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.where import choices_of
from portrea.web.rights.aids import selectors
from portrea.web.rights.aids.cards import starting
from portrea.web.rights.aids.forms import AidForm, FileForm
from portrea.web.rights.models import LocalAid
from portrea.web.rights.services import aids as services

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

ACT = selectors.EDIT
LOCAL = ("commune:", "epci:", "departement:", "region:")


@never_cache
@require_safe
@act(ACT)
def aid_list(request: HttpRequest) -> HttpResponse:
    """List the aids of one's territories, those to read again first."""
    rows = list(selectors.aids_held(request))
    told = selectors.shown(rows)
    told.sort(key=lambda one: (one.row.retired is not None, not one.stale, one.aid.label))
    context = {"aids": told, "unreadable": selectors.unreadable(rows)}
    context["stale"] = sum(one.stale and one.current and not one.row.retired for one in told)
    return render(request, "rights/aids/held.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act(ACT)
def aid_edit(request: HttpRequest, number: int = 0) -> HttpResponse:
    """Describe an aid, or correct one."""
    row = _row(request, number) if number else None
    first = starting(row.card) if row else {"checked": timezone.localdate()}
    choices = [] if row else [one for one in choices_of(request, ACT) if one[0].startswith(LOCAL)]
    if row is None and not choices:
        messages.warning(request, _("Choisissez d’abord un territoire : importez un fichier."))
        return HttpResponseRedirect(reverse("rights-aids-import"))
    form = AidForm(request.POST or None, initial=first, territories=choices)
    if request.method == "POST" and form.is_valid() and _saved(request, form, row):
        messages.success(request, _("L’aide est enregistrée. Elle compte dès maintenant."))
        return HttpResponseRedirect(reverse("rights-aids-held"))
    status = 400 if form.errors else 200
    return render(request, "rights/aids/edit.html", {"form": form, "row": row}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act(ACT)
def aid_import(request: HttpRequest) -> HttpResponse:
    """Read a file of aids, tell what it would do, then write it; the file is not kept."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        content, sure = form.cleaned_data["content"], request.POST.get("sur") == "oui"
        try:
            where, done = services.aids_import(actor=request, content=content, dry_run=not sure)
        except PortreaError as error:
            form.add_error(None, [*error.message.split("\n"), error.remedy or ""])
            context["form"] = _shown_again(form, content)
        else:
            if sure:
                messages.success(request, _("Les aides du fichier sont enregistrées."))
                return HttpResponseRedirect(reverse("rights-aids-held"))
            context |= {"where": name_of(where), "done": done, "content": content}
    status = 400 if context["form"].errors else 200
    return render(request, "rights/aids/import.html", context, status=status)


@require_POST
@act(ACT)
def aid_confirm(request: HttpRequest, number: int) -> HttpResponse:
    """Note that an aid was read again and that nothing changed."""
    said = _("C’est noté : relue aujourd’hui, rien n’a changé.")
    return _done(request, lambda: services.aid_confirm(actor=request, aid=number), said)


@require_POST
@act(ACT)
def aid_retire(request: HttpRequest, number: int) -> HttpResponse:
    """Take an aid out of the lists, or bring it back."""
    retired = request.POST.get("retirer") != "non"
    said = _("L’aide est retirée.") if retired else _("L’aide est remise.")
    do = lambda: services.aid_retire(actor=request, aid=number, retired=retired)  # noqa: E731
    return _done(request, do, said)


def _row(request: HttpRequest, number: int) -> LocalAid:
    row = LocalAid.objects.filter(pk=number).first()
    if row is None:
        raise Http404(number)
    require(request, ACT, row.territory)
    return row


def _saved(request: HttpRequest, form: AidForm, row: LocalAid | None) -> bool:
    told = form.cleaned_data
    try:
        services.aid_save(
            actor=request, territory=row.territory if row else told["territory"],
            name=row.name if row else form.name, card=told["card"], aid=row.pk if row else None,
        )  # fmt: skip
    except PortreaError as error:
        form.add_error(None, f"{error.message} {error.remedy or ''}".strip())
        return False
    return True


def _shown_again(form: FileForm, content: str) -> FileForm:
    """Return the form with the text that was read: a file that is wrong is mended on the page."""
    again = FileForm({"content": content})
    again.full_clean()
    again.errors.update(form.errors)
    return again


def _done(request: HttpRequest, do: Callable[[], Any], said: str) -> HttpResponse:
    try:
        do()
        messages.success(request, said)
    except PortreaError as error:
        messages.warning(request, f"{error.message} {error.remedy or ''}".strip())
    return HttpResponseRedirect(reverse("rights-aids-held"))
