"""Say in French why values are refused: our sentences for the codes of pydantic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.web.api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SAID = {
    "missing": "Cette valeur est obligatoire.",
    "extra_forbidden": "Ce champ n’existe pas.",
    "string_too_long": "Trop long : {max_length} caractères au plus.",
    "string_too_short": "Trop court : {min_length} caractères au moins.",
    "string_pattern_mismatch": "La forme n’est pas celle attendue : {pattern}.",
    "string_type": "Un texte est attendu.",
    "string_unicode": "Ce texte contient un caractère impossible.",
    "less_than_equal": "Trop grand : {le} au plus.",
    "greater_than_equal": "Trop petit : {ge} au moins.",
    "int_parsing": "Un nombre entier est attendu.",
    "int_parsing_size": "Ce nombre est trop grand.",
    "int_type": "Un nombre entier est attendu.",
    "int_from_float": "Un nombre entier est attendu.",
    "float_parsing": "Un nombre est attendu.",
    "float_type": "Un nombre est attendu.",
    "finite_number": "Un nombre est attendu.",
    "bool_parsing": "« true » ou « false » est attendu.",
    "bool_type": "« true » ou « false » est attendu.",
    "literal_error": "Valeurs possibles : {expected}.",
    "enum": "Valeurs possibles : {expected}.",
    "dict_type": "Un objet JSON est attendu.",
    "model_type": "Un objet JSON est attendu.",
    "model_attributes_type": "Un objet JSON est attendu.",
    "list_type": "Une liste est attendue.",
    "too_long": "Trop d’éléments : {max_length} au plus.",
}
"""Code of pydantic → sentence; ``{…}`` are taken from its context."""
_OTHER = "Cette valeur n’est pas acceptée."
SOURCES = ("query", "path", "body", "header")
LONGEST = 80


def of_validation(errors: Iterable[Mapping[str, Any]]) -> ProblemError:
    """Return the problem that tells each value refused, where it is and what is expected."""
    told = [_refusal(error) for error in errors]
    first = told[0] if told else {"where": [], "message": _OTHER}
    where = ".".join(first["where"])
    detail = f"« {where} » : {first['message']}" if where else first["message"]
    if len(told) > 1:
        detail += f" ({len(told)} valeurs refusées en tout.)"
    return ProblemError("validation", detail, errors=told)


def _refusal(error: Mapping[str, Any]) -> dict[str, Any]:
    place = [str(part)[:LONGEST] for part in error.get("loc", ()) if part not in SOURCES]
    words = _SAID.get(str(error.get("type")), _OTHER)
    try:
        message = words.format(**{k: str(v).replace(" or ", " ou ") for k, v in _context(error)})
    except KeyError:
        message = _OTHER
    return {"where": _named(place), "message": message, "type": error.get("type")}


def _context(error: Mapping[str, Any]) -> list[tuple[str, Any]]:
    found = error.get("ctx") or {}
    return list(found.items()) if isinstance(found, dict) else []


def _named(place: list[str]) -> list[str]:
    """Leave out the name that the program gives to the whole of what is asked."""
    return place[1:] if place and place[0] in {"asked", "sent"} and len(place) > 1 else place
