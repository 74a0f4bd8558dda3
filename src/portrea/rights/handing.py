"""The file handed to a partner that holds the legal right: what the person shows, no more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError
from portrea.rights.summary import check_summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.rights.ladder import Convention

FORMAT = "portrea-attribution"
VERSION = 1
LASTS = timedelta(days=90)
"""A summary older than that is made again: lives and amounts change."""
ABOUT = (
    "Fait à la demande de la personne, de ce qu’elle a montré. Une estimation n’est pas une "
    "décision : l’organisme vérifie, décide, et une personne peut toujours revoir sa décision."
)
OF_SUMMARY = ("format", "version", "warning", "written", "month", "engine", "assumed")
OF_ANSWER = ("name", "label", "value")
OF_RIGHT = ("name", "label", "body", "saying", "low", "high", "pace", "cover", "stale", "since")


def handed(told: Any, *, body: str, convention: Convention, day: date) -> dict[str, Any]:
    """Return the file for a partner from a summary of rights.

    Only what the format names is copied: whatever was added to the summary is left out.

    Parameters
    ----------
    told
        What :func:`portrea.rights.summary.summary_of` wrote, read again from JSON.
    body
        Name of the partner.

    Raises
    ------
    DataError
        It is not a summary, or it is of a day to come, or too old.
    """
    summary = check_summary(told)
    _check_day(date.fromisoformat(summary["written"]), day)
    return {
        "format": FORMAT,
        "version": VERSION,
        "about": ABOUT,
        "made": day.isoformat(),
        "partner": body,
        "basis": convention.basis,
        "convention": {
            "signed": convention.signed.isoformat(),
            "until": convention.until.isoformat(),
        },
        "consent": day.isoformat(),
        "summary": _kept(summary, OF_SUMMARY)
        | {
            "answers": [_kept(one, OF_ANSWER) for one in summary["answers"]],
            "rights": [_kept(one, OF_RIGHT) for one in summary["rights"]],
        },
    }


def _check_day(written: date, day: date) -> None:
    if written > day:
        raise DataError(
            f"Ce résumé est daté du {written:%d/%m/%Y}, un jour à venir.",
            remedy="Refaites-le sur la page « Mes droits ».",
        )
    if day - written > LASTS:
        raise DataError(
            f"Ce résumé date du {written:%d/%m/%Y} : il a plus de trois mois.",
            remedy="Refaites-le avec la personne sur la page « Mes droits ».",
        )


def _kept(told: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: told[name] for name in names if name in told}
