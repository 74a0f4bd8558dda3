"""Coding open answers by hand: the codebook, one answer at a time, agreement, what is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError, PortreaError
from portrea.surveys.coding import Entry, write_codebook
from portrea.surveys.privacy import scrubbed
from portrea.web.accounts.permissions import act
from portrea.web.surveys.coding import selectors
from portrea.web.surveys.coding.forms import CodebookForm, ShareForm, ThemeForm
from portrea.web.surveys.rounds.views import framed
from portrea.web.surveys.services import coding as services

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.surveys.coding.selectors import Work
    from portrea.web.surveys.coding.texts import Text
    from portrea.web.surveys.models import Theme

HERE = "codage/"
opens = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_safe
@act("survey.read")
def coding_list(request: HttpRequest, key: str) -> HttpResponse:
    """List the open questions of a survey."""
    survey = selectors.survey_to_code(request, key)
    context = framed(request, survey, HERE, questions=selectors.open_questions(survey))
    return render(request, "surveys/coding/list.html", context)


@never_cache
@opens
@act("survey.read")
def codebook(request: HttpRequest, key: str, question: str) -> HttpResponse:
    """Show the codebook of a question and where its coding stands; add a theme."""
    work = _work(request, key, question)
    form = ThemeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _saved(request, work, form):
        return _to(work, "coding-book")
    context = _page(request, work) | {
        "form": form,
        "importing": CodebookForm(),
        "sharing": ShareForm(initial={"twice": work.coding.twice}),
        "counts": work.counts(),
    }
    return render(request, "surveys/coding/codebook.html", context, status=_status(form))


@require_POST
@act("survey.run")
def codebook_do(request: HttpRequest, key: str, question: str) -> HttpResponse:
    """Take the proposed themes, those of a file, or change the share that two people code."""
    work = _work(request, key, question)
    told: dict[str, Any] = {"actor": request, "survey": work.survey, "question": question}
    try:
        match request.POST.get("do"):
            case "propose":
                _say_added(request, services.codebook_propose(**told))
            case "import":
                form = CodebookForm(request.POST, request.FILES)
                text = form.text() if form.is_valid() else ""
                _say_added(request, services.codebook_import(**told, text=text))
            case _:
                share = ShareForm(request.POST)
                if not share.is_valid():
                    raise DataError(_("La part est un nombre entier, de 0 à 100."))
                services.coding_share(**told, twice=share.cleaned_data["twice"])
                messages.success(request, _("C’est enregistré."))
    except PortreaError as error:
        messages.error(request, str(error))
    return _to(work, "coding-book")


@require_safe
@act("survey.read")
def codebook_file(request: HttpRequest, key: str, question: str) -> HttpResponse:
    """Send the codebook as CSV."""
    work = _work(request, key, question)
    entries = [
        Entry(one.name, one.label, one.definition, one.exclusion, one.example)
        for one in work.themes
    ]
    return HttpResponse(
        "\ufeff" + write_codebook(entries),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="livre-de-codes-{question}.csv"'},
    )


@never_cache
@opens
@act("survey.read")
def theme(request: HttpRequest, key: str, question: str, pk: int) -> HttpResponse:
    """Change a theme; from there it is joined to another, shared in two, removed."""
    work = _work(request, key, question)
    found = _theme(work, pk)
    form = ThemeForm(request.POST or None, initial=ThemeForm.of(found))
    if request.method == "POST" and form.is_valid() and _saved(request, work, form, pk):
        return _to(work, "coding-book")
    others = [one for one in work.themes if one.pk != pk]
    context = _page(request, work) | {"theme": found, "form": form, "others": others}
    context["answers"] = len(work.under(found))
    return render(request, "surveys/coding/theme.html", context, status=_status(form))


@require_POST
@act("survey.run")
def theme_do(request: HttpRequest, key: str, question: str, pk: int) -> HttpResponse:
    """Move a theme, join it to another, remove it."""
    work = _work(request, key, question)
    told: dict[str, Any] = {"actor": request, "survey": work.survey, "question": question}
    told["theme"] = pk
    try:
        match request.POST.get("do"):
            case "up" | "down" as way:
                services.theme_move(**told, up=way == "up")
            case "merge":
                into = _number(request.POST.get("into", ""))
                joined = services.theme_merge(**told, into=into)
                said = _("Les réponses sont maintenant sous « %s ».") % joined.label
                messages.success(request, said)
            case "remove":
                _say_removed(request, services.theme_remove(**told))
    except PortreaError as error:
        messages.error(request, str(error))
    return _to(work, "coding-book")


@never_cache
@opens
@act("survey.read")
def theme_split(request: HttpRequest, key: str, question: str, pk: int) -> HttpResponse:
    """Make a new theme of some of the answers of another one."""
    work = _work(request, key, question)
    found, error = _theme(work, pk), ""
    label = request.POST.get("label", "")
    if request.method == "POST":
        told: dict[str, Any] = {"actor": request, "survey": work.survey, "question": question}
        choices = {
            name.removeprefix("a:"): value
            for name, value in request.POST.items()
            if name.startswith("a:")
        }
        try:
            services.theme_split(**told, theme=pk, label=label, choices=choices)
        except PortreaError as refused:
            error = str(refused)
        else:
            return _to(work, "coding-book")
    context = _page(request, work) | {"theme": found, "label": label, "error": error}
    context["rows"] = [(f"{one.submission} {one.path}", words) for one, words in work.under(found)]
    return render(request, "surveys/coding/split.html", context, status=400 if error else 200)


@never_cache
@opens
@act("survey.read")
def code(request: HttpRequest, key: str, question: str) -> HttpResponse:
    """Show one answer and the themes; keep what is put, show the next one."""
    work = _work(request, key, question)
    second = request.GET.get("lecture") == "2"
    if request.method == "POST":
        return _coded(request, work, second=second)
    asked = request.GET.get("reponse", ""), request.GET.get("chemin", "")
    text = _named(work, *asked) if asked[0] else _next(request, work, second=second)
    return _code_page(request, work, text, second=second)


@never_cache
@require_safe
@act("survey.read")
def agreement(request: HttpRequest, key: str, question: str) -> HttpResponse:
    """Show how far two people agree, and the answers they coded otherwise."""
    work = _work(request, key, question)
    context = _page(request, work) | {"agreement": work.agreement(), "apart": work.apart()}
    return render(request, "surveys/coding/agreement.html", context)


@never_cache
@opens
@act("survey.read")
def settle(request: HttpRequest, key: str, question: str) -> HttpResponse:
    """Settle one by one the answers that two people coded otherwise."""
    work = _work(request, key, question)
    if request.method == "POST":
        uuid, path = _answer(request)
        told = {"uuid": uuid, "path": path, "themes": _themes(request)}
        try:
            services.mark_settle(actor=request, survey=work.survey, **told)
        except DataError as error:
            messages.error(request, str(error))
        return _to(work, "coding-settle")
    rows = work.apart()
    left = [row for row in rows if row.settled is None]
    wanted = request.GET.get("reponse", ""), request.GET.get("chemin", "")
    row = next((one for one in rows if (str(one.text.uuid), one.text.path) == wanted), None)
    row = row or next(iter(left), None)
    if row is None:
        return _to(work, "coding-agreement")
    chosen = row.settled if row.settled is not None else set(row.first) & set(row.second)
    choices = [(one, one.label in chosen) for one in work.themes]
    context = _page(request, work) | {"row": row, "left": len(left), "choices": choices}
    return render(request, "surveys/coding/settle.html", context)


def _coded(request: HttpRequest, work: Work, *, second: bool) -> HttpResponse:
    uuid, path = _answer(request)
    themes = _themes(request)
    if not themes and "none" not in request.POST:
        told = _("Cochez au moins un thème, ou « Rien ne convient ».")
        return _code_page(request, work, _named(work, str(uuid), path), second=second, error=told)
    try:
        services.mark_put(actor=request, survey=work.survey, uuid=uuid, path=path, themes=themes)
    except DataError as error:
        messages.error(request, str(error))
    query = f"?{'lecture=2&' if second else ''}avant={uuid}&ou={path}"
    address = reverse("coding-code", args=[work.survey.key, work.question.name])
    return HttpResponseRedirect(address + query)


def _code_page(
    request: HttpRequest, work: Work, text: Text | None, *, second: bool, error: str = ""
) -> HttpResponse:
    own = work.own(request, text.uuid, text.path) if text else None
    put = {one.pk for one in own.themes.all()} if own else set()
    done, total = work.done(second=second)
    context = _page(request, work) | {
        "text": text,
        "words": scrubbed(text.text) if text else "",
        "choices": [(one, one.pk in put) for one in work.themes],
        "nothing": bool(own and not put),
        "second": second,
        "done": done,
        "total": total,
        "error": error,
        "before": request.GET.get("avant", ""),
        "where": request.GET.get("ou", ""),
        "waits": len(work.left(request, second=True)) if not text and not second else 0,
    }
    return render(request, "surveys/coding/code.html", context, status=400 if error else 200)


def _next(request: HttpRequest, work: Work, *, second: bool) -> Text | None:
    """Return the next answer to code: after the one passed over, else from the first."""
    left = work.left(request, second=second)
    after = _number(request.GET.get("apres", "") or "0")
    return next((one for one in left if one.submission > after), next(iter(left), None))


def _named(work: Work, uuid: str, path: str) -> Text:
    found = next((one for one in work.texts if (str(one.uuid), one.path) == (uuid, path)), None)
    if found is None:
        raise Http404(uuid)
    return found


def _work(request: HttpRequest, key: str, question: str) -> Work:
    return selectors.work_of(selectors.survey_to_code(request, key), question)


def _theme(work: Work, pk: int) -> Theme:
    found = next((one for one in work.themes if one.pk == pk), None)
    if found is None:
        raise Http404(pk)
    return found


def _page(request: HttpRequest, work: Work) -> dict[str, Any]:
    first, second = work.done(second=False), work.done(second=True)
    return framed(request, work.survey, HERE, work=work, first=first, twice=second)


def _saved(request: HttpRequest, work: Work, form: ThemeForm, pk: int | None = None) -> bool:
    told: dict[str, Any] = {"survey": work.survey, "question": work.question.name}
    try:
        services.theme_save(actor=request, **told, told=form.cleaned_data, theme=pk)
    except PortreaError as error:
        form.add_error("example" if "exemple" in error.message else None, str(error))
        return False
    messages.success(request, _("Le thème est enregistré."))
    return True


def _answer(request: HttpRequest) -> tuple[UUID, str]:
    try:
        return UUID(request.POST.get("uuid", "")), request.POST.get("path", "")
    except ValueError:
        raise Http404(request.path) from None


def _themes(request: HttpRequest) -> list[int]:
    return [_number(one) for one in request.POST.getlist("theme")]


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 15:
        raise Http404(text)
    return int(text)


def _status(form: ThemeForm) -> int:
    return 400 if form.errors else 200


def _to(work: Work, name: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=[work.survey.key, work.question.name]))


def _say_added(request: HttpRequest, added: int) -> None:
    said = ngettext("%d thème ajouté ou changé.", "%d thèmes ajoutés ou changés.", added)
    messages.success(request, said % added)


def _say_removed(request: HttpRequest, had: int) -> None:
    said = ngettext(
        "Thème retiré ; %d réponse l’avait.", "Thème retiré ; %d réponses l’avaient.", had
    )
    messages.success(request, said % had)
