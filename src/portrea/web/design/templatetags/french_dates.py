"""The ``date`` filter of every template: in French, the first of a month is « 1er »."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django import template
from django.template.defaultfilters import date as date_of_django
from django.utils.translation import get_language

if TYPE_CHECKING:
    from datetime import date, datetime

register = template.Library()

FIRST = re.compile(
    r"(?<!\d)1 (?=(janv|févr|mars|avril|mai|juin|juil|août|sept|octobre|oct\.|nov|déc))"
)


@register.filter("date", expects_localtime=True)
def french_date(value: date | datetime | str | None, wanted: str | None = None) -> str:
    """Write a date as Django does, « 1er décembre » and not « 1 décembre »."""
    told = str(date_of_django(value, wanted))
    return FIRST.sub("1er ", told) if (get_language() or "").startswith("fr") else told
