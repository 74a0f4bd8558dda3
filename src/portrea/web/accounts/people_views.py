"""Who holds which role in a territory, and invitations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.web.accounts import forms, selectors, services
from portrea.web.accounts.permissions import act

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

PEOPLE = "/compte/personnes/"


@never_cache
@require_safe
@act("account.read")
def people(request: HttpRequest) -> HttpResponse:
    """List who holds a role within reach, and the invitations without answer."""
    context = {
        "people": selectors.people(request),
        "pending": [selectors.described(row) for row in selectors.pending(request)],
    }
    return render(request, "accounts/people.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("account.invite")
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a person by e-mail, with a role on a territory or on a structure."""
    form = forms.InviteForm(
        request.POST or None, roles=selectors.role_choices(request), initial=_initial(request)
    )
    if request.method == "POST" and form.is_valid() and _send(request, form):
        messages.success(request, _("L’invitation part par courriel. Elle expire dans 14 jours."))
        return HttpResponseRedirect(selectors.after_invitation(request))
    structure = form["structure"].value() or ""
    context = {
        "form": form,
        "structure": selectors.name_of_structure(structure) if structure else "",
        "definitions": selectors.roles_to_give(request),
    }
    return render(request, "accounts/invite.html", context)


@require_POST
@act("account.invite")
def invitation_cancel(request: HttpRequest, key: int) -> HttpResponse:
    """Take back an invitation."""
    services.invitation_revoke(actor=request, invitation=key)
    messages.success(request, _("L’invitation est annulée."))
    return HttpResponseRedirect(PEOPLE)


@require_POST
@act("account.revoke")
def role_remove(request: HttpRequest, key: int) -> HttpResponse:
    """Take a role back."""
    services.role_revoke(actor=request, membership=key)
    messages.success(request, _("Le rôle est retiré."))
    return HttpResponseRedirect(PEOPLE)


def _initial(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET
    structure = asked.get("structure", "")
    level, code = selectors.default_territory(request)
    return {
        "role": asked.get("role", "acteur" if structure else ""),
        "territory": "" if structure else asked.get("territoire", f"{level}:{code}"),
        "structure": structure,
    }


def _send(request: HttpRequest, form: forms.InviteForm) -> bool:
    """Send the invitation; write on the form why it is refused."""
    given = form.cleaned_data
    try:
        services.invitation_send(
            actor=request,
            email=given["email"],
            role=given["role"],
            territory=selectors.territory_asked(given["territory"]),
            structure=given["structure"],
        )
    except PortreaError as error:
        form.add_error(None, " ".join(filter(None, (error.message, error.remedy))))
    except PermissionDenied as error:
        form.add_error(None, str(error))
    return form.is_valid()
