"""« Vos données », for everybody; the search, for those who answer requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from portrea.web.accounts.permissions import act
from portrea.web.operation.people.kinds import KINDS
from portrea.web.operation.people.search import people_erase, people_find

if TYPE_CHECKING:
    from django.http import HttpRequest


class WordForm(forms.Form):
    """A code or an e-mail; it is posted, never in an address."""

    word = forms.CharField(
        label=gettext_lazy("Code ou courriel que la personne vous a donné"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_safe
def your_data(request: HttpRequest) -> HttpResponse:
    """Say, for each thing kept, how to see and erase it."""
    return render(request, "operation/people/your_data.html", {"kinds": KINDS})


@sensitive_post_parameters("word")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("people.rights")
def people_search(request: HttpRequest) -> HttpResponse:
    """Search by a code or an e-mail; erase when asked."""
    form, found = WordForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        word = form.cleaned_data["word"]
        if "effacer" in request.POST:
            number = people_erase(actor=request, word=word)
            messages.success(request, _("Lignes effacées : {}.").format(number))
            return HttpResponseRedirect(reverse("people-search"))
        found = people_find(actor=request, word=word)
    context = {
        "form": form,
        "found": found,
        "erasable": any(one.erasable for one in found or ()),
        "word": form.cleaned_data.get("word", "") if found else "",
    }
    status = 400 if form.errors else 200
    return render(request, "operation/people/search.html", context, status=status)
