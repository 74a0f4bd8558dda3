"""Postcode → communes, as the places known are addressed: people know theirs, not official codes.

No list of postcodes is kept: each mairie, once imported, tells that of its commune.
"""

from __future__ import annotations

import re

import polars as pl

from portrea.web.offer.census import SHOWN
from portrea.web.offer.models import Place
from portrea.web.offer.search import CENSUS, census_origin
from portrea.web.territories.selectors import reader

_POSTCODE = re.compile(r"\d{5}", re.ASCII)
_CORSE = ("2A", "2B")
_OVERSEAS = ("97", "98")


def communes_at(text: str) -> tuple[str, ...]:
    """Return the codes of the communes a postcode serves; none for what is not a known postcode."""
    postcode = text.replace(" ", "").replace("\u00a0", "")
    if not _POSTCODE.fullmatch(postcode):
        return ()
    if census_origin() == CENSUS:
        found = set(
            Place.objects.filter(
                departement__in=_departements(postcode),
                status__in=SHOWN,
                record__postcode=postcode,
            )
            .exclude(commune="")
            .order_by()
            .values_list("commune", flat=True)
        )
    else:
        places = reader().computation.table("places")
        found = set(places.filter(pl.col("postcode") == postcode)["commune"].drop_nulls())
    return tuple(sorted(found))


def _departements(postcode: str) -> tuple[str, ...]:
    """Return where to look: a postcode begins like its département, but in Corse."""
    if postcode[:2] == "20":
        return _CORSE
    return (postcode[:3] if postcode[:2] in _OVERSEAS else postcode[:2],)
