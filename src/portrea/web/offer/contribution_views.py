"""Propose without an account: a sheet in small steps by link or QR code, an error by anyone.

The answers given so far travel with the page, signed: nothing is kept on the server and no cookie
is needed before the last button.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core import signing
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portrea.base.errors import ParameterError, PortreaError
from portrea.offer.moderation import Kind
from portrea.offer.sheet import answers_of, values_of
from portrea.web.accounts.permissions import act
from portrea.web.accounts.scope import FRANCE, find, gazetteer, key_of, name_of
from portrea.web.accounts.throttling import TRAP, throttle, visitor
from portrea.web.offer import contribution_forms as forms
from portrea.web.offer.census import SHOWN, census_place
from portrea.web.offer.hours_form import HoursStep, words_of
from portrea.web.offer.models import Place, Proposal
from portrea.web.offer.services.alike import Around
from portrea.web.offer.services.links import bearer, link_of
from portrea.web.offer.services.proposals import proposal_submit
from portrea.web.offer.wording import label_of, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from portrea.web.offer.models import ContributionLink

SALT = "portrea.draft"
LASTS = 86_400
"""Seconds that a page left open keeps its answers good."""
STEPS = ("where", "help", "hours", "contact", "capacity", "review")
MOST_COMMUNES = 1500
LINK_RATE, ADDRESS_RATE = "1000/h", "400/h"
"""A day of collection: forty people behind the one address of a room, each with several places.
What is counted is the link: a leaked one is closed by the référent."""

opens = require_http_methods(["GET", "HEAD", "POST"])


# -- the sheet in steps ---------------------------------------------------------------------------


@never_cache
@opens
@act("place.propose")
def contribute(request: HttpRequest, token: str) -> HttpResponse:
    """Fill in a sheet step by step; the last one puts it in the queue."""
    link = link_of(token)
    if request.method != "POST":
        return _show(request, link, "where", _start(link))
    draft = opened_draft(request.POST.get("draft", ""))
    step = request.POST.get("step", "")
    if step not in STEPS:
        raise ParameterError("Cette étape n’existe pas.")
    return _moved(request, link, step, draft) or _answered(request, link, step, draft)


def _moved(
    request: HttpRequest, link: ContributionLink, step: str, draft: dict[str, Any]
) -> HttpResponse | None:
    """Answer the buttons that go elsewhere without answering the step."""
    if request.POST.get("go") in STEPS:
        return _show(request, link, request.POST["go"], draft)
    if step == "where" and "other" in request.POST:
        return _show(request, link, "help", draft | {"new": True})
    if step == "where" and request.POST.get("same"):
        return _show(request, link, "help", _taken_up(draft, request.POST["same"]))
    return None


def _answered(
    request: HttpRequest, link: ContributionLink, step: str, draft: dict[str, Any]
) -> HttpResponse:
    form = _form(step, link, draft, request.POST)
    if not form.is_valid():
        return _show(request, link, step, draft, form)
    if step == "review":
        return _send(request, link, draft, form)
    draft = draft | {"answers": {**draft["answers"], **form.answers()}}
    if step == "where" and not draft.get("place") and not draft.get("new"):
        alike = _already(draft["answers"])
        if alike:
            return _page(request, link, "where", draft, alike)
    return _show(request, link, STEPS[STEPS.index(step) + 1], draft)


def _start(link: ContributionLink) -> dict[str, Any]:
    if link.place is None:
        return {"answers": {}}
    return {"answers": answers_of(link.place.record), "place": link.place.pk, "own": True}


def _taken_up(draft: Mapping[str, Any], place_id: str) -> dict[str, Any]:
    """Go on with the sheet of a place that exists, what was just written laid over it."""
    place = place_shown(place_id)
    told = {name: value for name, value in draft["answers"].items() if value}
    return {"answers": answers_of(place.record) | told, "place": place.pk}


def opened_draft(text: str) -> dict[str, Any]:
    """Return what travelled with a page; refuse a page cut, forged or too old."""
    try:
        told: dict[str, Any] = signing.loads(text, salt=SALT, max_age=LASTS)
    except signing.BadSignature as error:
        raise ParameterError(
            "Cette page est restée ouverte trop longtemps.",
            remedy="Rouvrez le lien et recommencez : deux minutes suffisent.",
        ) from error
    return told


def _form(step: str, link: ContributionLink, draft: Mapping[str, Any], data: Any = None) -> Any:
    answers = draft["answers"]
    match step:
        case "where":
            return forms.WhereStep(data, initial=answers, communes=_communes(link, answers))
        case "help":
            return forms.HelpStep(data, initial=answers)
        case "hours":
            words = words_of(answers.get("hours"), answers.get("hours_text"))
            rhythm = str(answers.get("every_weeks") or 1)
            return HoursStep(data, initial=answers | {"text": words, "rhythm": rhythm})
        case "contact":
            initial = answers | {
                name: "\n".join(answers.get(name) or ()) for name in ("emails", "websites")
            }
            return forms.ContactStep(data, initial=initial)
        case "capacity":
            share = answers.get("share_procedures")
            initial = answers | {"share": None if share is None else round(100 * share)}
            return forms.CapacityStep(data, initial=initial)
    return forms.ReviewStep(data)


def _communes(link: ContributionLink, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the communes that a link may propose in, by name."""
    known, key = gazetteer(), key_of(link.territory)
    if key[0] == "commune":
        return [(key[1], name_of(key))]
    if known is None or key == FRANCE:
        return [(answers["commune"], answers.get("city") or "")] if answers.get("commune") else []
    found = known.children(find(key), "commune")
    return sorted(((t.code, t.name) for t in found), key=lambda pair: pair[1])[:MOST_COMMUNES]


def _show(
    request: HttpRequest,
    link: ContributionLink,
    step: str,
    draft: Mapping[str, Any],
    form: Any = None,
) -> HttpResponse:
    form = form or _form(step, link, draft)
    more: dict[str, Any] = {"form": form}
    if step == "review":
        more["summary"] = _summary(draft["answers"])
        more["unread"] = draft["answers"].get("unread") or []
    return _page(request, link, step, draft, more)


def _page(
    request: HttpRequest,
    link: ContributionLink,
    step: str,
    draft: Mapping[str, Any],
    more: Mapping[str, Any],
) -> HttpResponse:
    rank = STEPS.index(step)
    context = {
        "link": link,
        "where": name_of(link.territory),
        "step": step,
        "rank": rank + 1,
        "steps": len(STEPS),
        "title": forms.WhereStep.title,
        "previous": STEPS[rank - 1] if rank else "",
        "draft": signing.dumps(draft, salt=SALT, compress=True),
        "place": Place.objects.filter(pk=draft.get("place")).first(),
        "own": bool(draft.get("own")),
        "near": [],
        "proposed": 0,
        "name": "",
        "form": None,
        "trap": TRAP,
        "error": "",
        **more,
    }
    if context["form"] is not None:
        context["title"] = context["form"].title
    return render(request, "offer/contribute.html", context)


def _summary(answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what was answered, in French, step by step."""
    values = values_of(answers)
    groups: dict[str, list[tuple[str, list[str]]]] = {step: [] for step in STEPS[:-1]}
    service = next((v for p, v in values.items() if p.startswith("services.") and v), {})
    for path, value in values.items():
        if not path.startswith("services.") and path not in ("commune", "hours", "hours_text"):
            contact = path in ("phone", "emails", "websites")
            groups["contact" if contact else "where"].append((label_of(path), say(path, value)))
    blocks = [label_of(f"services.{block}") for block in answers.get("blocks", ())]
    groups["help"].append((_("Ce que l’on y trouve"), blocks))
    for name in ("cost", "access_modes", "description"):
        if service.get(name):
            path = f"services.{service['key']}.{name}"
            groups["help"].append((label_of(path).rpartition(" : ")[2].capitalize(),
                                   say(path, service[name])))  # fmt: skip
    groups["hours"] = [(_("Horaires"), _times(answers))]
    if service.get("capacity"):
        path = f"services.{service['key']}.capacity"
        groups["capacity"].append((_("Capacité d’accueil"), say(path, service["capacity"])))
    return [
        {"step": step, "title": _TITLES[step], "rows": [row for row in rows if row[1]]}
        for step, rows in groups.items()
    ]


_TITLES = {
    "where": forms.WhereStep.title,
    "help": forms.HelpStep.title,
    "hours": HoursStep.title,
    "contact": forms.ContactStep.title,
    "capacity": forms.CapacityStep.title,
}


def _times(answers: Mapping[str, Any]) -> list[str]:
    lines = say("hours", answers.get("hours")) or say("hours_text", answers.get("hours_text"))
    if lines and answers.get("every_weeks") == 2:
        lines = [*lines, _("1 semaine sur 2")]
    return [*lines, _("sur rendez-vous")] if answers.get("by_appointment") else lines


# -- this place perhaps exists --------------------------------------------------------------------

TOLD = ("name", "kind", "address", "postcode", "city", "commune")


def _already(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the places, and how many proposals, that may be the place being written."""
    found = Around().of({name: answers[name] for name in TOLD if answers.get(name)})
    if not found:
        return {}
    near = [{"place": place, "why": why} for place, why in found.places]
    return {"near": near, "proposed": len(found.proposals), "name": answers["name"]}


# -- the last button ------------------------------------------------------------------------------


def _send(
    request: HttpRequest, link: ContributionLink, draft: Mapping[str, Any], form: Any
) -> HttpResponse:
    counts = (throttle(f"contribuer:{link.pk}", LINK_RATE),
              throttle(f"contribuer:{visitor(request)}", ADDRESS_RATE))  # fmt: skip
    if not all(counts):
        return too_many(request, max(count.wait for count in counts))
    if request.POST.get(TRAP):
        return thanks(request)
    answers = draft["answers"]
    place = place_shown(draft["place"]) if draft.get("place") else None
    values = values_of(answers, place.record if place else None)
    try:
        proposal_submit(
            actor=bearer(link),
            kind=Kind.FIX if place else Kind.NEW,
            title=place.name if place else answers["name"],
            territory=("commune", answers["commune"]),
            content=values,
            place=place,
            email=form.cleaned_data["email"],
            link=link,
            origin=Proposal.Origin.LINK,
        )
    except PortreaError as error:
        form.add_error(None, error.message)
        return _show(request, link, "review", draft, form)
    title = place.name if place else answers["name"]
    return thanks(request, again=request.path if link.place is None else "", title=title)


def thanks(request: HttpRequest, *, again: str = "", title: str = "") -> HttpResponse:
    """Say that it is sent, and to whom."""
    return render(request, "offer/thanks.html", {"again": again, "title": title})


def too_many(request: HttpRequest, wait: int, *, kept: bool = True) -> HttpResponse:
    """Say that too much was asked, when to try again, and that what was written is ``kept``."""
    context = {"minutes": -(-wait // 60), "kept": kept}
    answer = render(request, "offer/too_many.html", context, status=429)
    answer["Retry-After"] = str(wait)
    return answer


def place_shown(place_id: str) -> Place:
    """Return a place that the public sees."""
    place = census_place(place_id)
    if place is None or place.status not in SHOWN:
        raise Http404(place_id)
    return place
