"""Words of a questionnaire: its title, its translations, the question « where » made ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portrea.base.errors import PortreaError
from portrea.surveys import translating
from portrea.web.accounts.permissions import act
from portrea.web.accounts.scope import key_of, name_of
from portrea.web.surveys.drafting import selectors
from portrea.web.surveys.drafting.library_forms import LanguageForm, TitleForm
from portrea.web.surveys.drafting.territory_lists import levels_of, with_places
from portrea.web.surveys.services.drafting import draft_edit, questionnaire_retitle

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.surveys.form import Form
    from portrea.web.surveys.models import Questionnaire


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def translations(request: HttpRequest, key: str) -> HttpResponse:
    """Translate into one language: the original, the translation, what must be read again."""
    row = selectors.found(request, key)
    form = selectors.draft_of(row)
    adding = LanguageForm(request.GET if "language" in request.GET else None)
    asked = request.GET.get("language", "").strip()
    language = asked if adding.is_bound and adding.is_valid() else ""
    if not adding.is_bound:
        language = next(iter(form.languages[1:]), "")
    if language == form.languages[0]:
        language = ""
    if request.method == "POST" and language:
        return _translate(request, row, language)
    lines = translating.lines(form, language) if language else []
    marks = set(row.reread)
    context = {
        "row": row,
        "tab": "words",
        "form": form,
        "language": language,
        "code": selectors.code_of(language),
        "adding": adding,
        "lines": [(one, f"{language}|{one.path}" in marks) for one in lines],
        "done": sum(bool(one.translation) for one in lines),
        "again": sum(mark.startswith(f"{language}|") for mark in marks) if language else 0,
        "languages": list(selectors.completeness(form)),
    }
    return render(request, "surveys/drafting/words.html", context)


def _translate(request: HttpRequest, row: Questionnaire, language: str) -> HttpResponse:
    """Keep the translations told; one ticked « relue » is no longer to be read again."""
    told = {name[2:]: text for name, text in request.POST.items() if name.startswith("t.")}
    read = {f"{language}|{path}" for path in request.POST.getlist("relue")}

    def edit(now: Form) -> Form:
        return translating.translated(now, language, told)

    try:
        draft_edit(
            actor=request, key=row.key, what=_("Traduction : %s") % language, edit=edit, read=read
        )
    except PortreaError as error:
        messages.error(request, " ".join(filter(None, (error.message, error.remedy))))
    else:
        messages.success(request, _("Les traductions sont enregistrées."))
    return HttpResponseRedirect(request.get_full_path())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def retitle(request: HttpRequest, key: str) -> HttpResponse:
    """Change the title."""
    row = selectors.found(request, key)
    form = TitleForm(request.POST or None, initial={"title": row.title})
    if request.method == "POST" and form.is_valid():
        questionnaire_retitle(actor=request, key=key, title=form.cleaned_data["title"])
        messages.success(request, _("Le titre est changé."))
        return HttpResponseRedirect(reverse("questionnaire", kwargs={"key": key}))
    context = {"row": row, "form": form, "tab": "outline"}
    status = 400 if form.errors else 200
    return render(request, "surveys/drafting/title.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def places_add(request: HttpRequest, key: str) -> HttpResponse:
    """Add the question « where », made from the territory of the questionnaire."""
    row = selectors.found(request, key)
    after = request.GET.get("apres", "")
    where = key_of(row.territory)
    context = {"row": row, "where": name_of(where), "tab": "outline", "after": after, "error": ""}
    try:
        offered = levels_of(where)
        if request.method == "POST":
            levels = request.POST.getlist("level")
            draft_edit(
                actor=request,
                key=key,
                what=_("Question du territoire ajoutée"),
                edit=lambda now: with_places(now, where, levels, after),
            )
            messages.success(request, _("La question du territoire est ajoutée."))
            return HttpResponseRedirect(reverse("questionnaire", kwargs={"key": key}))
    except PortreaError as error:
        context["error"] = " ".join(filter(None, (error.message, error.remedy)))
        offered = levels_of(where) if request.method == "POST" else {}
    context["levels"] = [(level, _level(level), len(members)) for level, members in offered.items()]
    status = 400 if context["error"] else 200
    return render(request, "surveys/drafting/places.html", context, status=status)


def _level(level: str) -> str:
    return {
        "region": _("La région"),
        "departement": _("Le département"),
        "epci": _("L’intercommunalité"),
        "commune": _("La commune"),
    }[level]
