"""A day taken to a laptop without internet, and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.base.errors import PortreaError
from portrea.web.accounts.permissions import act
from portrea.web.surveys.codes import is_local
from portrea.web.surveys.days.forms import BackForm
from portrea.web.surveys.days.room_addresses import joining
from portrea.web.surveys.days.views import about, day_to_show, opens
from portrea.web.surveys.services.carrying import day_pack, day_unpack

if TYPE_CHECKING:
    from django.http import HttpRequest


@never_cache
@require_safe
@act("day.run")
def day_carry(request: HttpRequest, key: str) -> HttpResponse:
    """Show how the room is served: the screens, the file to take, the file to bring back."""
    day = day_to_show(request, key)
    address = joining(day)
    context = about(day) | {"address": address, "local": is_local(address)}
    return render(request, "surveys/days/carry.html", context)


@never_cache
@require_safe
@act("day.run")
def day_file(request: HttpRequest, key: str) -> HttpResponse:
    """Send the day as one file."""
    content = day_pack(actor=request, key=key)
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="journee-{key}.zip"'
    return answer


@never_cache
@opens
@act("day.run")
def day_back(request: HttpRequest) -> HttpResponse:
    """Receive the file of a day: what is already there is not doubled."""
    form = BackForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            told = day_unpack(actor=request, content=form.cleaned_data["file"].read())
        except PortreaError as error:
            form.add_error("file", f"{error.message} {error.remedy or ''}".strip())
        else:
            messages.success(request, told.words())
            return HttpResponseRedirect(reverse("day", kwargs={"key": told.key}))
    status = 400 if form.errors else 200
    return render(request, "surveys/days/back.html", {"form": form}, status=status)
