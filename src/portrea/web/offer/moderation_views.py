"""The queue of a référent: proposals, questions of newer lists, one by one or many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.offer.moderation import Kind, reasons, reasons_for
from portrea.web.accounts.permissions import act, may, require
from portrea.web.accounts.scope import name_of
from portrea.web.offer import queue
from portrea.web.offer.models import Proposal, Question
from portrea.web.offer.services import EditConflict
from portrea.web.offer.services.alike import Around
from portrea.web.offer.services.proposals import (
    proposal_attach,
    proposal_decide,
    proposal_undo,
    proposals_decide,
)
from portrea.web.offer.services.questions import question_answer
from portrea.web.offer.wording import label_of, say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

HOME = "/espace/moderation/"


@never_cache
@require_safe
@act("board.read")
def moderation(request: HttpRequest) -> HttpResponse:
    """List what waits, oldest first, or what was decided."""
    asked = queue.Filter(
        request.GET.get("territoire", ""),
        request.GET.get("type", ""),
        "decided" if request.GET.get("etat") == "decidees" else "waiting",
        request.GET.get("lien", ""),
    )
    counts = queue.counts(request, asked.territory)
    context: dict[str, Any] = {
        "asked": asked,
        "waiting": asked.state == "waiting",
        "territories": queue.choices_of(request, "board.read"),
        "tabs": _tabs(asked, counts),
        "link": queue.links_of(request).filter(pk=asked.link).first()
        if asked.link.isdigit()
        else None,
        "decides": bool(queue.keys_of(request, "proposal.decide")),
        "ticked": request.GET.get("cocher") == "tout",
        "kept": request.GET.urlencode(),
        "reasons": list(reasons().values()),
        "cards": [],
        "questions": [],
        "page": None,
    }
    if asked.kind == "question":
        rows = queue.questions(request, asked.territory)[: queue.PAGE]
        context["questions"] = [(q, label_of(q.path), name_of(q.place.territory)) for q in rows]
    else:
        page = Paginator(queue.proposals(request, asked), queue.PAGE).get_page(
            request.GET.get("page")
        )
        context["page"] = page
        around = Around()
        context["cards"] = [queue.card_of(request, proposal, around) for proposal in page]
    return render(request, "offer/moderation.html", context)


def _tabs(asked: queue.Filter, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Return the tabs of the queue: everything, each kind that waits, questions, decided."""
    here = f"territoire={asked.territory}&" if asked.territory else ""
    told = [("", _("Tout"), sum(n for kind, n in counts.items() if kind != "question"))]
    told += [(str(kind), kind.label, counts.get(kind, 0)) for kind in Kind]
    told += [("question", _("Questions des listes"), counts.get("question", 0))]
    tabs = [
        {
            "url": f"{HOME}?{here}type={kind}",
            "label": f"{label} ({count})",
            "current": asked.state == "waiting" and asked.kind == kind,
        }
        for kind, label, count in told
        if count or kind in ("", asked.kind)
    ]
    decided = {"url": f"{HOME}?{here}etat=decidees", "label": _("Décidées"),
               "current": asked.state == "decided"}  # fmt: skip
    return [*tabs, decided]


@require_POST
@act("proposal.decide")
def moderation_many(request: HttpRequest) -> HttpResponse:
    """Accept or refuse what is ticked; what cannot be decided together is said."""
    keys = {}
    for told in request.POST.getlist("ligne"):
        key, _sep, version = told.partition(":")
        if key.isdigit() and version.isdigit():
            keys[int(key)] = int(version)
    verdict = request.POST.get("avis", "")
    if not keys or verdict not in ("accept", "refuse"):
        messages.warning(request, _("Cochez des propositions, puis choisissez."))
        return HttpResponseRedirect(_back(request))
    done, left = proposals_decide(
        actor=request, keys=keys, verdict=verdict, reason=request.POST.get("raison", "")
    )
    if done:
        told_ = ngettext("%d proposition décidée.", "%d propositions décidées.", len(done))
        messages.success(request, told_ % len(done))
    for proposal, why in left[:10]:
        messages.warning(request, f"{proposal} : {why}")
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Return the address of the list the person was on: never another site."""
    asked = request.POST.get("retour", "")
    return f"{HOME}?{asked}" if asked and "\n" not in asked and "\r" not in asked else HOME


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("board.read")
def proposal(request: HttpRequest, key: int) -> HttpResponse:
    """Show a proposal against the sheet, field by field, and decide."""
    found = _found(request, key)
    if request.method != "POST":
        return _proposal_page(request, found)
    require(request, "proposal.decide", found.territory)
    try:
        sentence = _decide(request, found)
    except EditConflict as error:
        sentence = _("%(message)s Relisez les valeurs ci-dessous, puis décidez.") % {
            "message": error.message
        }
        return _proposal_page(request, _found(request, key), error=sentence, status=409)
    except PortreaError as error:
        told = " ".join(filter(None, (error.message, error.remedy)))
        return _proposal_page(request, _found(request, key), error=told, status=409)
    messages.success(request, sentence)
    return HttpResponseRedirect(f"{HOME}{key}/" if {"undo", "same"} & set(request.POST) else HOME)


def _found(request: HttpRequest, key: int) -> Proposal:
    found = Proposal.objects.select_related("place", "link").filter(pk=key).first()
    if found is None:
        raise Http404(key)
    if not may(request, "board.read", found.territory):
        raise PermissionDenied(_("Cette proposition n’est pas dans vos territoires."))
    return found


def _decide(request: HttpRequest, found: Proposal) -> str:
    told = request.POST
    version = int(told.get("version", "0")) if told.get("version", "").isdigit() else 0
    if "same" in told:
        proposal_attach(actor=request, key=found.pk, version=version, place_id=told["same"])
        return _("Rattachée à la fiche : comparez, puis acceptez ce qui complète.")
    if "undo" in told:
        _done, left = proposal_undo(actor=request, key=found.pk, version=version)
        if left:
            return _("La décision est annulée, sauf pour ce qui a changé depuis : %s.") % ", ".join(
                left
            )
        return _("La décision est annulée ; la proposition attend de nouveau.")
    seen = told.get("place_version", "")
    decided = proposal_decide(
        actor=request,
        key=found.pk,
        version=version,
        verdict="refuse" if "refuse" in told else "accept",
        kept=told.getlist("champ") if found.content else None,
        reason=told.get("raison", "") if "refuse" in told else "",
        note=told.get("note", ""),
        place_version=int(seen) if seen.isdigit() else None,
    )
    return _("Proposition %s.") % decided.get_state_display()


def _proposal_page(
    request: HttpRequest, found: Proposal, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "card": queue.card_of(request, found),
        "error": error,
        "reason": reasons().get(found.reason),
        "reasons": reasons_for(Kind(found.kind)),
        "kept": request.POST.getlist("champ") if request.method == "POST" else None,
        "pair": f"/espace/doublons/{found.place_id}/{found.other}/" if found.other else "",
    }
    return render(request, "offer/proposal.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("board.read")
def question(request: HttpRequest, key: int) -> HttpResponse:
    """Show a newer word of a list against a person's fix, and answer."""
    found = Question.objects.select_related("place").filter(pk=key).first()
    if found is None:
        raise Http404(key)
    require(request, "board.read", found.place.territory)
    error = ""
    if request.method == "POST":
        require(request, "proposal.decide", found.place.territory)
        try:
            question_answer(actor=request, question_id=key, take="take" in request.POST)
        except PortreaError as refused:
            error = refused.message
        else:
            messages.success(request, _("C’est noté."))
            return HttpResponseRedirect(f"{HOME}?type=question")
    context = {
        "question": found,
        "label": label_of(found.path),
        "told": _lines(found.path, found.told),
        "fixed": _lines(found.path, found.fixed),
        "decidable": may(request, "proposal.decide", found.place.territory),
        "error": error,
    }
    return render(request, "offer/question.html", context, status=409 if error else 200)


def _lines(path: str, value: Any) -> list[str]:
    """Return a value in French; fields that go together are told together."""
    together = isinstance(value, dict) and not path.startswith("services.")
    if together and path not in ("capacity",):
        return [line for name, part in value.items() for line in say(name, part)]
    return say(path, value)
