"""Write beside the figures, hide a section, freeze an edition, publish it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.steering.complete import FOREWORD
from portrea.steering.passages import pieces, typed
from portrea.web.accounts.permissions import act
from portrea.web.accounts.scope import name_of
from portrea.web.steering.committee.forms import said
from portrea.web.steering.committee.pages import back_to, done, opens, tried
from portrea.web.steering.complete.selectors import draft_of
from portrea.web.steering.editions import forms, selectors, texts
from portrea.web.steering.editions.workbench import bench_of
from portrea.web.steering.services import editions as services
from portrea.web.steering.services import passages as passage_services

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.steering.models import Edition


def where(_request: HttpRequest, level: str, code: str, **_: Any) -> str:
    """Say on which territory a page acts."""
    return f"{level}:{code}"


def home(level: str, code: str) -> str:
    """Return the address of the workbench."""
    return reverse("complete", args=[level, code])


@never_cache
@opens
@act("portrait.write", where=where)
def text(request: HttpRequest, level: str, code: str, section: str) -> HttpResponse:
    """Write the text of a section; when somebody wrote meanwhile, both are shown."""
    draft = draft_of(f"{level}:{code}")
    title = _title(draft.titles, draft.texts, section)
    known = draft.texts.get(section)
    start = {"text": typed(known.told) if known else "", "seen": known.version if known else 0}
    form = forms.TextForm(request.POST or None, initial=start)
    context: dict[str, Any] = {"level": level, "code": code, "section": section, "title": title}
    if request.method == "POST" and form.is_valid():
        try:
            passage_services.passage_write(
                actor=request, territory=f"{level}:{code}", section=section, **form.cleaned_data
            )
        except passage_services.MeanwhileError as error:
            return _both(request, form, error, context)
        except PortreaError as error:
            form.add_error("text", said(error))
        else:
            return back_to(request, f"{home(level, code)}#{_anchor(section)}")
    context |= {"form": form, "version": known.version if known else 0}
    return render(request, "steering/editions/text.html", context)


def _both(
    request: HttpRequest,
    form: forms.TextForm,
    error: passage_services.MeanwhileError,
    context: dict[str, Any],
) -> HttpResponse:
    """Show what somebody wrote meanwhile beside what was just written."""
    now, mine = error.now, form.cleaned_data["text"]
    theirs = typed(now.told) if now else ""
    again = forms.TextForm({"text": mine, "seen": now.version if now else 0})
    again.add_error(None, said(error))
    context |= {
        "form": again,
        "version": now.version if now else 0,
        "theirs": now,
        "pieces": pieces(theirs, mine),
    }
    return render(request, "steering/editions/text.html", context, status=409)


@never_cache
@opens
@act("portrait.write", where=where)
def versions(request: HttpRequest, level: str, code: str, section: str) -> HttpResponse:
    """List the versions of a text, compare two of them, put one back."""
    found = texts.versions_of(f"{level}:{code}", section)
    if not found:
        raise Http404(section)
    if request.method == "POST":
        one = texts.version_found(found, request.POST.get("version", ""), len(found))
        step = partial(passage_services.passage_restore, actor=request, passage=one)
        return tried(request, step, request.path)
    after = texts.version_found(found, request.GET.get("a", ""), 0)
    before = texts.version_found(found, request.GET.get("de", ""), 1)
    context = {
        "level": level,
        "code": code,
        "section": section,
        "title": _title(draft_of(f"{level}:{code}").titles, {section: found[0]}, section),
        "every": found,
        "compared": texts.compared(before, after),
    }
    return render(request, "steering/editions/versions.html", context)


@require_POST
@act("portrait.write", where=where)
def hide(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Leave a section out, or take it back."""
    section, shown = request.POST.get("section", ""), request.POST.get("faire") == "montrer"
    if section not in draft_of(f"{level}:{code}").titles:
        raise Http404(section)
    step = partial(
        passage_services.passage_hide, actor=request, territory=f"{level}:{code}",
        section=section, hidden=not shown,
    )  # fmt: skip
    return tried(request, step, f"{home(level, code)}#etat")


@never_cache
@opens
@act("portrait.publish", where=where)
def freeze(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Freeze an edition, with what to know before."""
    reference = f"{level}:{code}"
    former = [*selectors.editions_of(reference)]
    start = selectors.proposed(former, reference)
    form = forms.FreezeForm(request.POST or None, initial=start, editions=former)
    made = done(request, form, lambda told: _frozen(request, reference, former, told))
    if made:
        return back_to(request, reverse("edition-keep", args=[level, code, made.name]))
    context = {
        "form": form,
        "level": level,
        "code": code,
        "name": name_of(reference),
        "bench": bench_of(draft_of(reference), request, reference),
    }
    return render(request, "steering/editions/freeze.html", context)


def _frozen(
    request: HttpRequest, reference: str, former: list[Edition], told: dict[str, Any]
) -> Edition:
    since = next((one for one in former if one.name == told.pop("since", "")), None)
    return services.edition_freeze(actor=request, territory=reference, since=since, **told)


@never_cache
@require_safe
@act("portrait.draft", where=where)
def keep(request: HttpRequest, level: str, code: str, name: str) -> HttpResponse:
    """Show an edition to those who publish it: where it stands, what to read again."""
    return _keep(request, _edition(level, code, name), forms.PublishForm(), forms.WithdrawForm())


def _keep(
    request: HttpRequest, one: Edition, publish: forms.PublishForm, withdraw: forms.WithdrawForm
) -> HttpResponse:
    context = {
        "edition": one,
        "document": selectors.document_of(one),
        "again": selectors.to_read_again(one),
        "publish": publish,
        "withdraw": withdraw,
        "forms": selectors.FORMS,
        "link": request.build_absolute_uri(reverse("edition", args=[one.place, one.name])),
    }
    return render(request, "steering/editions/keep.html", context)


@never_cache
@require_safe
@act("portrait.draft", where=where)
def preview(request: HttpRequest, level: str, code: str, name: str) -> HttpResponse:
    """Read an edition as anyone will, before it is published."""
    one = _edition(level, code, name)
    return render(request, "steering/editions/edition.html", selectors.told_page(one, []))


@require_POST
@act("portrait.publish", where=where)
def publish(request: HttpRequest, level: str, code: str, name: str) -> HttpResponse:
    """Make an edition public."""
    one, form = _edition(level, code, name), forms.PublishForm(request.POST)
    save = partial(services.edition_publish, actor=request, edition=one)
    if done(request, form, lambda told: save(**told)):
        return back_to(request, reverse("edition-keep", args=[level, code, name]),
                       _("L’édition est publiée."))  # fmt: skip
    return _keep(request, one, form, forms.WithdrawForm())


@require_POST
@act("portrait.publish", where=where)
def withdraw(request: HttpRequest, level: str, code: str, name: str) -> HttpResponse:
    """Take an edition away."""
    one, form = _edition(level, code, name), forms.WithdrawForm(request.POST)
    save = partial(services.edition_withdraw, actor=request, edition=one)
    if done(request, form, lambda told: save(**told)):
        return back_to(request, reverse("edition-keep", args=[level, code, name]))
    return _keep(request, one, forms.PublishForm(), form)


@require_POST
@act("portrait.publish", where=where)
def discard(request: HttpRequest, level: str, code: str, name: str) -> HttpResponse:
    """Erase an edition that nobody could read."""
    one = _edition(level, code, name)
    step = partial(services.edition_discard, actor=request, edition=one)
    return tried(request, step, f"{home(level, code)}#editions")


def _edition(level: str, code: str, name: str) -> Edition:
    return selectors.edition_named([*selectors.editions_of(f"{level}:{code}")], name)


def _title(titles: dict[str, str], written: dict[str, Any], section: str) -> str:
    """Return the title of a section that may be written (404 for another)."""
    if section == FOREWORD:
        return _("Avant-propos")
    if section not in titles and section not in written:
        raise Http404(section)
    return titles.get(section, section)


def _anchor(section: str) -> str:
    return "essentiel" if section == FOREWORD else section
