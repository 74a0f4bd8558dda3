"""The directory: what the actors of a territory do and look for, and its feed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import act
from portrea.web.accounts.throttling import throttle
from portrea.web.steering.committee.pages import back_to, done, opens, tried
from portrea.web.steering.network import directory as selectors
from portrea.web.steering.network import forms
from portrea.web.steering.network.selectors import open_places, speaking_for
from portrea.web.steering.network.views import asked, found
from portrea.web.steering.services import news as services

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

RATE = "20/h"
_SPACES = "\n\u00a0\u202f"
"""Signs that are not « printable » in Unicode, and that XML writes all the same."""


@never_cache
@require_safe
def directory(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """List the news of a territory; those between actors to who may read them."""
    territory, where = found(level, code)
    context = {
        "where": where,
        "level": level,
        "code": code,
        "territory": territory,
        "rows": selectors.shown_rows(request, territory),
        "waiting": selectors.waiting_rows(request, territory),
        "reads": selectors.reads_all(request),
        "posts": speaking_for(request, selectors.POST, territory).exists(),
        "places": open_places(territory).count(),
    }
    return render(request, "steering/network/directory.html", context)


@require_safe
def feed(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Send the news told to everybody, as an Atom feed."""
    territory, where = found(level, code)
    here = request.build_absolute_uri(reverse("directory", args=(level, code)))
    whole = _Feed(
        title=_("Ce que font les acteurs – {}").format(where),
        link=here,
        description=_("Actions, permanences, projets et recherches de partenaires."),
        language="fr",
        feed_url=request.build_absolute_uri(request.path),
    )
    for one in selectors.shown_news(territory):
        whole.add_item(
            title=_printed(f"{one.place.name} : {one.title}"),
            link=f"{here}#nouvelle-{one.pk}",
            description=_printed(one.words),
            unique_id=f"urn:portrea:nouvelle:{one.pk}",
            updateddate=one.reviewed,
        )
    content = whole.writeString("utf-8")
    return HttpResponse(content, content_type="application/atom+xml; charset=utf-8")


@never_cache
@opens
@act("news.post")
def news_new(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Propose a news for a structure."""
    territory, where = found(level, code)
    home = reverse("directory", args=(level, code))
    places = {"place": speaking_for(request, selectors.POST, territory)}
    form = forms.NewsForm(request.POST or None, places=places, today=today_in(territory))
    if request.method == "POST" and not throttle(f"nouvelle:{request.user.pk}", RATE):
        form.add_error(None, _("Trop de nouvelles en une heure : réessayez plus tard."))
    post = partial(services.news_post, actor=request)
    if made := done(request, form, lambda told: post(place=told.pop("place"), told=told)):
        shown = made.state == made.State.SHOWN
        text = _("C’est publié.") if shown else _("Votre nouvelle sera relue, puis publiée.")
        return back_to(request, home, text)
    lede = _("Un atelier, une permanence, un projet, une recherche de partenaires.")
    return asked(
        request, form, heading=_("Proposer une nouvelle"), lede=lede, where=where,
        button=_("Envoyer"), back=home,
    )  # fmt: skip


@require_POST
@act("news.post")
def news_step(request: HttpRequest, news: int) -> HttpResponse:
    """Show, refuse or withdraw a news; the service asks who may."""
    review = partial(services.news_review, actor=request, news=news)
    steps: dict[str, Callable[[], Any]] = {
        "publier": partial(review, state="montree"),
        "refuser": partial(review, state="refusee"),
        "retirer": partial(services.news_withdraw, actor=request, news=news),
    }
    step = steps.get(request.POST.get("faire", ""))
    if step is None:
        raise Http404(news)
    level, _sep, code = request.POST.get("territoire", "").partition(":")
    return tried(request, step, reverse("directory", args=found(level, code)[0].split(":")))


class _Feed(Atom1Feed):
    """A feed dated of the day, were it empty."""

    def latest_post_date(self) -> Any:
        return super().latest_post_date() if self.items else timezone.now()


def _printed(text: str) -> str:
    """Leave out the signs that XML has no way to write."""
    return "".join(c for c in text if c in _SPACES or c.isprintable())
