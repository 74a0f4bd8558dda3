"""Free words before they are kept: what identifies is replaced, what is secret is refused."""

from __future__ import annotations

from portrea.base.errors import DataError
from portrea.base.unseen import without_unseen
from portrea.surveys.privacy import findings, scrubbed

SECRET = ("nir", "mot_de_passe")


def kept(text: str, most: int) -> str:
    """Return words as they may be kept, cut at ``most`` signs.

    Raises
    ------
    DataError
        They hold a password or a social security number.
    """
    told = without_unseen(text).strip()
    secrets = dict.fromkeys(one.label for one in findings(told) if one.kind in SECRET)
    if secrets:
        raise DataError(
            f"Ce texte contient : {', '.join(secrets)}. Portrea ne le garde jamais.",
            remedy="Effacez-le, puis enregistrez.",
        )
    return scrubbed(told)[:most].strip()
