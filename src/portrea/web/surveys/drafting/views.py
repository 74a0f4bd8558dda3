"""The editor: the outline, one question or section at a time, what was changed last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.surveys import editing, telling
from portrea.surveys.form import Form, Group, Item, Question
from portrea.surveys.plain_kinds import rules
from portrea.web.accounts.permissions import act
from portrea.web.surveys.drafting import selectors
from portrea.web.surveys.drafting.forms import QuestionForm, SectionForm
from portrea.web.surveys.services.drafting import (
    OvertakenError,
    draft_edit,
    draft_undo,
    mark_of,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.surveys.models import Questionnaire

CONFLICT = 409


@never_cache
@require_safe
@act("survey.prepare")
def outline(request: HttpRequest, key: str) -> HttpResponse:
    """Show every question, in order."""
    row = selectors.found(request, key)
    form = selectors.draft_of(row)
    context = {
        "row": row,
        "rows": selectors.outline(form),
        "form": form,
        "last": row.earlier.first(),
        "card": selectors.card_of(row),
        "tab": "outline",
    }
    return render(request, "surveys/drafting/outline.html", context)


# -- a question ------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def question_add(request: HttpRequest, key: str) -> HttpResponse:
    """Add a question after another, or at the end."""
    row = selectors.found(request, key)
    return _question(request, row, selectors.draft_of(row), None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def question(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Change a question."""
    row = selectors.found(request, key)
    draft = selectors.draft_of(row)
    if request.method == "POST" and not mark_of(draft, name):
        return _given_back(request, row, draft, QuestionForm)
    return _question(request, row, draft, _item(draft, name, Question))


def _question(request: HttpRequest, row: Questionnaire, draft: Form, asked: Any) -> HttpResponse:
    after = request.GET.get("apres", "")
    form = QuestionForm(request.POST or None, form=draft, question=asked)
    form.initial["seen"] = mark_of(draft, asked.name) if asked else ""
    context = {"form": form, "row": row, "asked": asked, "after": after, "to": ""}
    context["kinds"] = rules()["kinds"]
    if request.method != "POST" or not form.is_valid():
        return _page(request, "surveys/drafting/question.html", context, draft)

    def edit(now: Form) -> Form:
        new_form, new = form.written(now, asked)
        follow = form.follow_up(new_form, new)
        if asked:
            new_form = editing.changed(new_form, new.name, new)
        else:
            new_form = editing.added(new_form, new, after)
        if follow is not None:
            new_form = editing.placed_after(new_form, follow, new.name)
        return editing.tidied(new_form)

    what = _("Question changée : %s") if asked else _("Question ajoutée : %s")
    what %= form.cleaned_data["label"]
    return _saved(request, row, edit, what, context)


# -- a section -------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def section_add(request: HttpRequest, key: str) -> HttpResponse:
    """Add a section at the end, or after an item."""
    row = selectors.found(request, key)
    return _section(request, row, selectors.draft_of(row), None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def section(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Change a section."""
    row = selectors.found(request, key)
    draft = selectors.draft_of(row)
    if request.method == "POST" and not mark_of(draft, name):
        return _given_back(request, row, draft, SectionForm)
    return _section(request, row, draft, _item(draft, name, Group))


def _section(request: HttpRequest, row: Questionnaire, draft: Form, asked: Any) -> HttpResponse:
    after = request.GET.get("apres", "")
    form = SectionForm(request.POST or None, form=draft, group=asked)
    form.initial["seen"] = mark_of(draft, asked.name) if asked else ""
    context = {"form": form, "row": row, "asked": asked, "after": after, "to": ""}
    if request.method != "POST" or not form.is_valid():
        return _page(request, "surveys/drafting/section.html", context, draft)

    def edit(now: Form) -> Form:
        if not asked:
            return editing.added(now, form.written(now, None), after)
        standing = now.item(asked.name)
        new = form.written(now, standing if isinstance(standing, Group) else asked)
        return editing.changed(now, asked.name, new)

    what = _("Partie changée : %s") if asked else _("Partie ajoutée : %s")
    return _saved(request, row, edit, what % form.cleaned_data["label"], context)


# -- saved, or not ---------------------------------------------------------------------------------


def _saved(
    request: HttpRequest, row: Questionnaire, edit: Any, what: str, context: dict[str, Any]
) -> HttpResponse:
    """Write a change; when somebody else wrote the same question, show both texts."""
    form, asked = context["form"], context["asked"]
    seen = (asked.name, form.cleaned_data["seen"]) if asked else None
    try:
        draft_edit(actor=request, key=row.key, what=what, edit=edit, seen=seen)
    except OvertakenError as error:
        now = selectors.draft_of(selectors.found(request, row.key))
        if not mark_of(now, asked.name):
            return _given_back(request, row, now, type(form))
        return render(
            request,
            "surveys/drafting/conflict.html",
            {"row": row, "error": error, "asked": asked, **_both(request, now, asked, form)},
            status=CONFLICT,
        )
    except PortreaError as error:
        form.add_error(None, _sentences(error))
        template = "question" if isinstance(form, QuestionForm) else "section"
        draft = selectors.draft_of(row)
        return _page(request, f"surveys/drafting/{template}.html", context, draft)
    messages.success(request, _("C’est enregistré. %s") % what)
    there = f"#{asked.name}" if asked else ""
    return HttpResponseRedirect(reverse("questionnaire", kwargs={"key": row.key}) + there)


def _given_back(
    request: HttpRequest, row: Questionnaire, draft: Form, kind: type[QuestionForm | SectionForm]
) -> HttpResponse:
    """Somebody removed what was being written: show the text again, to be added or left."""
    if kind is QuestionForm:
        template, form = "question", QuestionForm(request.POST, form=draft, question=None)
        why = _("Quelqu’un d’autre a supprimé cette question pendant que vous l’écriviez.")
    else:
        template, form = "section", SectionForm(request.POST, form=draft, group=None)
        why = _("Quelqu’un d’autre a supprimé cette partie pendant que vous l’écriviez.")
    form.is_valid()
    form.add_error(
        None,
        f"{why} " + _("Rien n’est perdu : votre texte est ci-dessous. « Enregistrer » l’ajoute de "
        "nouveau, à la fin ; « Revenir sans enregistrer » l’abandonne."),
    )  # fmt: skip
    to = reverse(f"{template}-add", kwargs={"key": row.key})
    context = {"form": form, "row": row, "kinds": rules()["kinds"], "to": to, "tab": "outline"}
    context |= {"asked": None, "where": "", "after": ""}
    return render(request, f"surveys/drafting/{template}.html", context, status=CONFLICT)


def _both(request: HttpRequest, now: Form, asked: Item, form: Any) -> dict[str, Any]:
    """Return what stands and what was being written, field by field, to choose between them."""
    standing = now.item(asked.name)
    words = {"label", "hint", "choices", "kind", "required", "message"} & set(form.fields)
    fields = [name for name in form.fields if name in words]
    theirs: dict[str, Any] = {}
    if isinstance(standing, Question):
        theirs = QuestionForm(form=now, question=standing).initial
    elif isinstance(standing, Group):
        theirs = SectionForm(form=now, group=standing).initial
    sent = [(name, value) for name in request.POST for value in request.POST.getlist(name)]
    kept = [(name, value) for name, value in sent if name not in {"csrfmiddlewaretoken", "seen"}]
    return {
        "sides": [(form.fields[name].label, theirs.get(name, ""), form.cleaned_data.get(name, ""))
                  for name in fields],
        "again": [*kept, ("seen", mark_of(now, asked.name))],
    }  # fmt: skip


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], draft: Form
) -> HttpResponse:
    after = context["after"]
    where = telling.label_of(draft, after, draft.languages[0]) if after else ""
    status = 400 if context["form"].errors else 200
    return render(request, template, {**context, "where": where, "tab": "outline"}, status=status)


def _item(draft: Form, name: str, kind: type) -> Any:
    try:
        item = draft.item(name)
    except KeyError as error:
        raise Http404(name) from error
    if not isinstance(item, kind):
        raise Http404(name)
    return item


# -- order, copies, removal ------------------------------------------------------------------------


@require_POST
@act("survey.prepare")
def item_move(request: HttpRequest, key: str) -> HttpResponse:
    """Move an item one step, or before or after another."""
    row = selectors.found(request, key)
    name, way = request.POST.get("name", ""), request.POST.get("way", "")
    target, where = request.POST.get("target", ""), request.POST.get("where", "")

    def edit(now: Form) -> Form:
        if target and where in {"before", "after", "first", "last"}:
            now.item(target)
            return editing.placed(now, name, target, where)
        return editing.moved(now, name, "up" if way == "up" else "down")

    _act_on(request, row, edit, _("Ordre changé"))
    return HttpResponseRedirect(reverse("questionnaire", kwargs={"key": key}) + f"#{name}")


@require_POST
@act("survey.prepare")
def item_copy(request: HttpRequest, key: str) -> HttpResponse:
    """Copy an item after itself."""
    row = selectors.found(request, key)
    name = request.POST.get("name", "")
    _act_on(request, row, lambda now: editing.duplicated(now, name)[0], _("Copie : %s") % name)
    return HttpResponseRedirect(reverse("questionnaire", kwargs={"key": key}) + f"#{name}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def item_remove(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Remove an item, once it is said what depends on it."""
    row = selectors.found(request, key)
    draft = selectors.draft_of(row)
    item = _item(draft, name, object)
    language = draft.languages[0]
    if request.method == "POST":
        what = _("Supprimée : %s") % telling.label_of(draft, name, language)
        _act_on(request, row, lambda now: editing.removed(now, name, loosen=True), what)
        return HttpResponseRedirect(reverse("questionnaire", kwargs={"key": key}))
    depends = [telling.label_of(draft, one.name, language) for one in editing.used_by(draft, name)]
    context = {
        "row": row,
        "label": telling.label_of(draft, name, language),
        "depends": depends,
        "inner": len(item.items) if isinstance(item, Group) else 0,
        "tab": "outline",
    }
    return render(request, "surveys/drafting/remove.html", context)


def _act_on(request: HttpRequest, row: Questionnaire, edit: Any, what: str) -> None:
    try:
        draft_edit(actor=request, key=row.key, what=what, edit=edit)
    except PortreaError as error:
        messages.error(request, _sentences(error))
    else:
        messages.success(request, what)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def changes(request: HttpRequest, key: str) -> HttpResponse:
    """List the last changes; bring the draft back to what it was before one."""
    row = selectors.found(request, key)
    if request.method == "POST":
        told = request.POST.get("change", "")
        change = int(told) if told.isascii() and told.isdecimal() and len(told) < 18 else 0
        try:
            draft_undo(actor=request, key=key, change=change)
        except PortreaError as error:
            messages.error(request, _sentences(error))
        else:
            messages.success(request, _("C’est annulé."))
        return HttpResponseRedirect(reverse("questionnaire", kwargs={"key": key}))
    context = {"row": row, "changes": row.earlier.all(), "tab": "changes"}
    return render(request, "surveys/drafting/changes.html", context)


def _sentences(error: PortreaError) -> str:
    details = (str(one) for one in error.diagnostics[:3])
    return " ".join(filter(None, (error.message, *details, error.remedy)))
