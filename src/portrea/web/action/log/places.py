"""The commune of a help, told by its code or by its name."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from portrea.base.errors import DataError, StoreError
from portrea.web.territories.selectors import territory_named

_CODE = re.compile(r"(?:\d{2}|2[AB])\d{3}", re.IGNORECASE)
MOST = 5


def commune_named(text: str) -> str:
    """Return the code of a commune, empty when nothing is told.

    Raises
    ------
    DataError
        No commune has this name, or several have.
    """
    told = text.strip()
    if not told or _CODE.fullmatch(told):
        return told.upper()
    try:
        found, proposed = territory_named(told)
    except StoreError:
        found, proposed = None, []
    if found is not None and found.is_single and found.territories[0].level.value == "commune":
        return found.territories[0].code
    likely = [f"{one.name} ({one.detail})" for one in proposed if "commune:" in one.reference]
    raise DataError(
        _("« %s » n’est pas une commune connue.") % told[:80],
        remedy=_("Peut-être : %s.") % " ; ".join(likely[:MOST])
        if likely
        else _("Écrivez son code officiel à cinq chiffres, ou laissez vide."),
    )
