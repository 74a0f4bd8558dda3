"""A workshop on its day and after: who is expected, who came, the balance sheet, the year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.action.activity import words
from portrea.base.errors import PortreaError
from portrea.base.spreadsheets import inert
from portrea.sources.lists.writing import csv_text
from portrea.web.accounts import links
from portrea.web.accounts.permissions import act
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.where import choices_of
from portrea.web.action.codes import is_local, qr_of
from portrea.web.action.difficulties.catalogue import procedures
from portrea.web.action.joining.forms import JoinForm
from portrea.web.action.models import Record, Workshop
from portrea.web.action.models.activities import Channel
from portrea.web.action.services import balance as balances
from portrea.web.action.services import joining
from portrea.web.action.services.difficulties import difficulty_tell
from portrea.web.action.workshops import day_forms, day_selectors
from portrea.web.action.workshops.selectors import themes_of, when_of, workshop_to_run
from portrea.web.action.workshops.views import about, said, to, tried

if TYPE_CHECKING:
    from django.http import HttpRequest

opens = require_http_methods(["GET", "HEAD", "POST"])
FIRST_YEAR = 2000
COLUMNS = ("jour", "territoire", "commune", "titre", "format", "themes", "inscrits", "venus",
           "minutes", "avis")  # fmt: skip


# -- before and on the day ------------------------------------------------------------------------


@never_cache
@opens
@act("workshop.run")
def registrations(request: HttpRequest, key: str) -> HttpResponse:
    """List who is expected, by code; register somebody who telephones."""
    found = workshop_to_run(request, key)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: joining.registration_add(
            actor=request, key=key, **form.cleaned_data
        ))  # fmt: skip
        if made is not None:
            told = _("Inscription faite. Code à donner : %s") % made.code
            if made.state == "attente":
                told = _("En liste d’attente. Code à donner : %s") % made.code
            messages.success(request, told)
            return to("workshop-registrations", key)
    context = about(found) | {
        "form": form,
        "expected": day_selectors.expected(found),
        "open": found.state == Workshop.State.PLANNED and found.ends > timezone.now(),
    }
    return render(request, "action/workshops/registrations.html", context)


@require_POST
@act("workshop.run")
def registration_drop(request: HttpRequest, key: str) -> HttpResponse:
    """Give back the places of somebody who telephones."""
    try:
        joining.registration_remove(actor=request, key=key, code=request.POST.get("code", ""))
    except PortreaError as error:
        messages.warning(request, said(error))
    else:
        messages.success(request, _("L’inscription est annulée ; qui attendait a été servi."))
    return to("workshop-registrations", key)


@never_cache
@require_safe
@act("workshop.run")
def sheet(request: HttpRequest, key: str) -> HttpResponse:
    """Show the sheet to print, for a place without network: codes, boxes to tick, walk-ins."""
    found = workshop_to_run(request, key)
    address = links.absolute(reverse("workshop-opinion", args=[key]))
    context = about(found) | {
        "expected": day_selectors.expected(found),
        "qr": "" if is_local(address) else qr_of(address, _("Code à scanner : donner son avis")),
        "address": address,
    }
    return render(request, "action/workshops/sheet.html", context)


@never_cache
@opens
@act("workshop.run")
def attendance(request: HttpRequest, key: str) -> HttpResponse:
    """Note who came."""
    found = workshop_to_run(request, key)
    expected = day_selectors.expected(found)
    form = day_forms.AttendanceForm(
        request.POST or None,
        rows=[*expected.seated, *expected.waiting],
        walk_ins=int(found.balance.get("walk_ins", 0)),
    )
    if request.method == "POST" and form.is_valid():
        done = tried(form, lambda: joining.attendance_mark(
            actor=request, key=key, came=form.came(), walk_ins=form.cleaned_data["walk_ins"]
        ))  # fmt: skip
        if done is not None:
            messages.success(request, _("Les présences sont notées."))
            return to("workshop-attendance", key)
    context = about(found) | {
        "form": form,
        "rows": [(form[name], row.code or _("code effacé")) for name, row in form.rows.items()],
        "came": joining.people_who_came(found),
        "begun": found.starts <= timezone.now(),
    }
    return render(request, "action/workshops/attendance.html", context)


@never_cache
@opens
@act("workshop.run")
def difficulty(request: HttpRequest, key: str) -> HttpResponse:
    """Note a difficulty met during a workshop."""
    found = workshop_to_run(request, key)
    form = day_forms.MetForm(
        request.POST or None,
        among=list(procedures([found.territory])),
        today=when_of(found).day,
    )
    if request.method == "POST" and form.is_valid():
        done = tried(form, lambda: _met(request, found, form.cleaned_data))
        if done is not None:
            messages.success(request, _("La difficulté est notée dans le bilan."))
            return to("workshop-balance", key)
    context = about(found) | {"form": form, "procedures": [str(one) for one in form.among.values()]}
    return render(request, "action/workshops/met.html", context)


def _met(request: HttpRequest, found: Workshop, told: dict[str, Any]) -> Any:
    names = ("uuid", "procedure", "codes", "severity", "words")
    return difficulty_tell(
        actor=request,
        territory=found.territory,
        structure=found.structure,
        day=when_of(found).day,
        place=found.place_name or found.host or name_of(found.territory),
        commune=found.commune,
        workshop=found,
        channel=Channel.WORKSHOP,
        **{name: told[name] for name in names},
    )


# -- after ----------------------------------------------------------------------------------------


@never_cache
@opens
@act("workshop.run")
def balance(request: HttpRequest, key: str) -> HttpResponse:
    """Write the balance sheet, then close it; closed, it is read and printed."""
    found = workshop_to_run(request, key)
    form = day_forms.BalanceForm(request.POST or None, workshop=found)
    if request.method == "POST" and form.is_valid():
        closing = "clore" in request.POST
        done = tried(form, lambda: _balance(request, key, form.cleaned_data, closing=closing))
        if done is not None:
            told = _("Le bilan est clos.") if closing else _("Le bilan est enregistré.")
            messages.success(request, told)
            return to("workshop-balance", key)
    record = Record.objects.filter(uuid=balances.record_uuid(found)).first()
    expected = day_selectors.expected(found)
    context = about(found) | {
        "form": form,
        "begun": found.starts <= timezone.now(),
        "sheet": _read(found),
        "came": joining.people_who_came(found),
        "expected": expected,
        "missed": sum(row.people - row.came for row in expected.seated if row.came is not None),
        "said": day_selectors.said_of(found.opinions.all()),
        "met": day_selectors.met(found),
        "record": record,
    }
    return render(request, "action/workshops/balance.html", context)


@require_POST
@act("workshop.run")
def balance_reopen(request: HttpRequest, key: str) -> HttpResponse:
    """Open a closed balance sheet again."""
    balances.balance_reopen(actor=request, key=key)
    messages.success(request, _("Le bilan est rouvert. Le clore corrigera le même compte rendu."))
    return to("workshop-balance", key)


def _balance(request: HttpRequest, key: str, told: dict[str, Any], *, closing: bool) -> Workshop:
    saved = balances.balance_save(actor=request, key=key, told=told)
    if closing:
        balances.balance_close(actor=request, key=key)
    return saved


def _read(found: Workshop) -> dict[str, Any]:
    """Return a balance sheet in words."""
    told = found.balance
    themes = words()["themes"]
    chosen = [themes.get(code, code) for code in told.get("themes", found.themes)]
    texts = {name: told.get(name, "") for name in balances.TEXTS}
    minutes = told.get("minutes") or balances.length_of(found)
    return texts | {"minutes": minutes, "themes": chosen, "closed": told.get("closed", "")}


@never_cache
@require_safe
@act("activity.read")
def held(request: HttpRequest) -> HttpResponse:
    """Show the workshops held in a year: how many, who came, what they thought."""
    year, territory = _asked(request)
    rows = day_selectors.held_in(request, year, territory)
    context = {
        "rows": rows,
        "people": sum(row.people for row in rows),
        "said": day_selectors.said_in(request, year, territory),
        "year": year,
        "years": range(timezone.localdate().year, timezone.localdate().year - 5, -1),
        "territory": territory,
        "territories": choices_of(request, day_selectors.READ),
    }
    return render(request, "action/workshops/held.html", context)


@never_cache
@require_safe
@act("activity.read")
def held_csv(request: HttpRequest) -> HttpResponse:
    """Send the same list as a table."""
    year, territory = _asked(request)
    lines = [
        (row.day.isoformat(), inert(name_of(row.workshop.territory)), row.workshop.commune,
         inert(row.workshop.title), row.workshop.get_format_display(),
         inert(" | ".join(themes_of(row.workshop))), row.registered, row.people,
         _read(row.workshop)["minutes"], row.opinions)
        for row in day_selectors.held_in(request, year, territory)
    ]  # fmt: skip
    return HttpResponse(
        csv_text(COLUMNS, lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="ateliers-{year}.csv"'},
    )


def _asked(request: HttpRequest) -> tuple[int, str]:
    year = request.GET.get("annee", "")
    good = year.isascii() and year.isdecimal() and len(year) == 4 and int(year) >= FIRST_YEAR
    territory = request.GET.get("territoire", "")
    known = dict(choices_of(request, day_selectors.READ))
    return (
        int(year) if good else timezone.localdate().year,
        territory if territory in known else "",
    )
