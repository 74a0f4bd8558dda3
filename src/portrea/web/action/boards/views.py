"""The week of a field actor; the board of a territory, its files for an annual report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.holders import Holder, holder, holders_of
from portrea.web.accounts.permissions import act, may, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.boards import files
from portrea.web.action.boards.coverage import coverage_of
from portrea.web.action.boards.periods import USUAL, Period, offered, period_of
from portrea.web.action.boards.rising import rising_of
from portrea.web.action.boards.selectors import board_of
from portrea.web.action.boards.week import week_of
from portrea.web.action.boards.wording import TOTALS
from portrea.web.action.services.tallies import recount

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Q
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from portrea.web.action.boards.selectors import Board

READ = "activity.read"


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom and for which months a board is asked; small numbers are hidden to some."""

    choices: list[tuple[str, str]]
    choice: str
    holder: Holder
    code: str
    period: Period
    discreet: bool

    @property
    def where(self) -> Q:
        """Return the condition on level, code and structure."""
        return self.holder.condition

    @property
    def name(self) -> str:
        """Name of the territory or of the structure."""
        return dict(self.choices).get(self.choice, "").strip()


@never_cache
@require_safe
@act("activity.log")
def week(request: HttpRequest) -> HttpResponse:
    """Show what a field actor has before her for seven days."""
    return render(request, "action/boards/week.html", {"week": week_of(request)})


@never_cache
@require_safe
@act(READ)
def board(request: HttpRequest) -> HttpResponse:
    """Show the board of a territory or of a structure."""
    asked = _asked(request)
    recount(asked.where)
    found = board_of(asked.where, asked.period, discreet=asked.discreet)
    coverage = None
    if not asked.holder.structure:
        coverage = coverage_of(key_of(asked.holder.territory), found.communes)
    context = {
        "asked": asked,
        "board": found,
        "cards": [(row, TOTALS[name][1]) for row, name in zip(found.totals, TOTALS, strict=True)],
        "coverage": coverage,
        "rising": rising_of(asked.where, asked.period, discreet=asked.discreet),
        "periods": offered(_today(asked.holder)).items(),
        "read": timezone.now(),
    }
    return render(request, "action/boards/board.html", context)


@never_cache
@require_safe
@act(READ)
def board_workbook(request: HttpRequest) -> HttpResponseBase:
    """Send the tables as XLSX, small numbers hidden."""
    asked = _asked(request)
    answer = HttpResponse(files.workbook(_whole(asked), _about(asked)), content_type=files.XLSX)
    return _named(answer, asked, "xlsx")


@never_cache
@require_safe
@act(READ)
def board_csv(request: HttpRequest) -> HttpResponseBase:
    """Send the tables as CSV, small numbers hidden."""
    asked = _asked(request)
    answer = HttpResponse("".join(files.tables_csv(_whole(asked))), content_type="text/csv")
    return _named(answer, asked, "csv")


@never_cache
@require_safe
@act(READ)
def board_records(request: HttpRequest) -> HttpResponseBase:
    """Send the records one by one, to those who may write some there."""
    asked = _asked(request)
    require(request, "activity.log", asked.holder.territory, structure=asked.holder.structure)
    lines: Iterable[str] = files.records_csv(asked.where, asked.period)
    return _named(StreamingHttpResponse(lines, content_type="text/csv"), asked, "csv", "aides")


def _asked(request: HttpRequest) -> Asked:
    choices = holders_of(request, READ)
    told = request.GET.get("pour", "")
    choice = told if told in dict(choices) else next((value for value, _label in choices), "")
    found = holder(choice)
    code = request.GET.get("periode", USUAL)
    today = _today(found)
    return Asked(
        choices=choices,
        choice=choice,
        holder=found,
        code=code if code in offered(today) else USUAL,
        period=period_of(code, today),
        discreet=not may(request, "activity.log", found.territory, structure=found.structure),
    )


def _today(found: Holder) -> Any:
    return today_in(found.territory or None)


def _whole(asked: Asked) -> Board:
    recount(asked.where)
    return board_of(asked.where, asked.period, discreet=True, every=True)


def _about(asked: Asked) -> list[tuple[str, str]]:
    """Return how to read the tables: what is counted, when, what is hidden."""
    board = board_of(asked.where, asked.period, discreet=True)
    read = date_format(timezone.localtime(), "j F Y")
    return [
        (_("Activité notée"), asked.name),
        (_("Mois"), _("%(now)s, puis %(before)s") % {
            "now": asked.period, "before": asked.period.former
        }),
        (_("Source"), _("Comptes rendus écrits dans Portrea, lus le %(day)s. Ce sont des décomptes"
                        " entiers : une aide qui n’a pas été notée n’y est pas.") % {"day": read}),
        (_("Petits nombres"), _("De 1 à 4, un nombre est caché ; un autre l’est parfois avec lui"
                                " pour qu’on ne le retrouve pas par soustraction.")),
        *((str(TOTALS[name][0]), str(TOTALS[name][1])) for name in TOTALS),
        *((str(one.spec.title), str(one.spec.definition)) for one in board.tables),
    ]  # fmt: skip


def _named(
    answer: HttpResponseBase, asked: Asked, extension: str, what: str = "activite"
) -> HttpResponseBase:
    first, last = asked.period.months
    name = f"{what}-{first}-{last}.{extension}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
