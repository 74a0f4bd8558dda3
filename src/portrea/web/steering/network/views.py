"""The network of the actors of a territory: who works with whom, who is alone, who meets."""

from __future__ import annotations

import csv
import io
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portrea.steering.network_words import (
    actor_lines,
    link_rows,
    network_figure,
    network_lead,
    network_paragraphs,
)
from portrea.web.accounts.permissions import act, may, require
from portrea.web.accounts.scope import name_of
from portrea.web.steering.committee.pages import back_to, done, opens, tried
from portrea.web.steering.network import forms, selectors
from portrea.web.steering.services import network as services
from portrea.web.territories.selectors import territory_find

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from django.http import HttpRequest

    from portrea.web.steering.models import Community

MOST_LINES = 120
"""Actors listed on the page; the file gives every link."""
FORM = "steering/network/form.html"
HEAD = ("acteur", "lien", "autre", "confirmé par l’autre", "orientations transmises")


@never_cache
@require_safe
@act("network.read")
def networks(request: HttpRequest) -> HttpResponse:
    """List the territories whose network the person reads first."""
    return render(request, "steering/network/list.html", {"rows": selectors.homes_of(request)})


@never_cache
@require_safe
@act("network.read")
def network(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show who works with whom: those alone first, then the drawing and the communities."""
    territory, where = found(level, code)
    whole = selectors.network_of(territory)
    lines = actor_lines(whole)
    communities = list(selectors.communities_of(territory))
    runs = may(request, selectors.RUN, territory)
    context = {
        "where": where,
        "level": level,
        "code": code,
        "lead": network_lead(whole),
        "paragraphs": network_paragraphs(whole),
        "lines": lines[:MOST_LINES],
        "left": max(0, len(lines) - MOST_LINES),
        "figure": network_figure(whole, _("Qui travaille avec qui")),
        "communities": communities,
        "suggestions": selectors.suggestions(territory, communities) if runs else (),
        "waiting": selectors.ties_to_answer(request, territory),
        "own": selectors.own_ties(request, territory),
        "declares": selectors.speaking_for(request, selectors.DECLARE, territory).exists(),
        "runs": runs,
    }
    return render(request, "steering/network/network.html", context)


@never_cache
@require_safe
@act("network.read")
def network_csv(request: HttpRequest, level: str, code: str) -> HttpResponse:  # noqa: ARG001
    """Send every link as a table."""
    territory, _where = found(level, code)
    lines = io.StringIO()
    table = csv.DictWriter(lines, HEAD, lineterminator="\r\n")
    table.writeheader()
    table.writerows(link_rows(selectors.network_of(territory)))
    response = HttpResponse(f"\ufeff{lines.getvalue()}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="reseau-{level}-{code}.csv"'
    return response


@never_cache
@opens
@act("network.declare")
def tie_new(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Declare a link of a structure with another."""
    territory, where = found(level, code)
    home = reverse("network", args=(level, code))
    places = {
        "source": selectors.speaking_for(request, selectors.DECLARE, territory),
        "target": selectors.open_places(territory),
    }
    form = forms.TieForm(request.POST or None, places=places)
    declare = partial(services.tie_declare, actor=request)
    if done(request, form, lambda told: declare(**told)):
        return back_to(
            request, home, _("Le lien est déclaré. L’autre structure peut le confirmer.")
        )
    lede = _("Dites avec qui une structure travaille : les autres sauront à qui s’adresser.")
    return asked(
        request, form, heading=_("Déclarer un lien"), lede=lede, where=where,
        button=_("Déclarer"), back=home,
    )  # fmt: skip


@require_POST
@act("network.declare")
def tie_step(request: HttpRequest, tie: int) -> HttpResponse:
    """Confirm, deny or end a link; the service asks for which structure."""
    steps: dict[str, Callable[[], Any]] = {
        "confirmer": partial(services.tie_answer, actor=request, tie=tie, confirmed=True),
        "dementir": partial(services.tie_answer, actor=request, tie=tie, confirmed=False),
        "terminer": partial(services.tie_end, actor=request, tie=tie),
    }
    step = steps.get(request.POST.get("faire", ""))
    if step is None:
        raise Http404(tie)
    level, _sep, code = request.POST.get("territoire", "").partition(":")
    return tried(request, step, reverse("network", args=found(level, code)[0].split(":")))


@never_cache
@opens
@act("community.run")
def community_new(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Open a community of practice."""
    territory, where = found(level, code)
    require(request, selectors.RUN, territory)
    theme = request.GET.get("theme", "")
    return _community(request, territory, where, None, {"theme": theme})


@never_cache
@opens
@act("community.run")
def community(request: HttpRequest, number: int) -> HttpResponse:
    """Change a community: when it meets, who is in it."""
    known = selectors.community_found(request, number)
    told = {name: getattr(known, name) for name in ("title", "theme", "about", "next_day",
                                                    "next_place")}  # fmt: skip
    told["members"] = known.members.all()
    return _community(request, known.territory, name_of(known.territory), known, told)


@require_POST
@act("community.run")
def community_close(request: HttpRequest, number: int) -> HttpResponse:
    """Close a community."""
    known = selectors.community_found(request, number)
    step = partial(services.community_close, actor=request, community=known)
    return tried(request, step, reverse("network", args=(known.level, known.code)))


def found(level: str, code: str) -> tuple[str, str]:
    """Return a territory as permissions ask, and its name (404 at a level without network)."""
    if level not in selectors.LEVELS:
        raise Http404(level)
    territory = territory_find(f"{level}:{code}").territories[0]
    return f"{territory.level.value}:{territory.code}", territory.title


def asked(request: HttpRequest, form: Form, **told: Any) -> HttpResponse:
    """Show a form under its heading, with the page to come back to."""
    return render(request, FORM, {"form": form, **told})


def _community(
    request: HttpRequest, territory: str, where: str, known: Community | None,
    told: dict[str, Any],
) -> HttpResponse:  # fmt: skip
    home = reverse("network", args=territory.split(":"))
    places = {"members": selectors.open_places(territory)}
    form = forms.CommunityForm(request.POST or None, places=places, initial=told)
    save = partial(services.community_save, actor=request, territory=territory, community=known)
    if done(request, form, lambda kept: save(told=kept)):
        return back_to(request, f"{home}#communautes")
    heading = known.title if known else _("Ouvrir une communauté de pratique")
    lede = _("Des structures qui se retrouvent sur un thème, pour apprendre les unes des autres.")
    return asked(
        request, form, heading=heading, lede=lede, where=where, button=_("Enregistrer"),
        back=home, invited=selectors.to_invite(known) if known else (),
        closes=reverse("community-close", args=(known.pk,)) if known else "",
    )  # fmt: skip
