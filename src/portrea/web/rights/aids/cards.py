"""The card of an aid, as a YAML file says it, from the fields of a form and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from portrea.rights.aids_reading import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RANGES = {
    "age": ("age_from", "age_to"),
    "personnes": ("size_from", "size_to"),
    "enfants": ("children_from", "children_to"),
}
PLAIN = {
    "nom": "label", "organisme": "body", "resume": "summary", "contact": "contact", "lien": "url",
    "verifie_par": "checked_by",
}  # fmt: skip
DAYS = {"du": "since", "au": "until", "verifie_le": "checked"}
NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,4})?")


def card_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the card that the fields tell, in the words of a YAML file."""
    card: dict[str, Any] = {name: told[field] for name, field in PLAIN.items() if told[field]}
    card |= {name: told[field].isoformat() for name, field in DAYS.items() if told[field]}
    card["source"] = {"titre": told["source"], "date": told["source_date"].isoformat()}
    card["source"] |= {"lien": told["source_url"]} if told["source_url"] else {}
    papers = [line.strip() for line in told["papers"].splitlines() if line.strip()]
    card |= {"pieces": papers} if papers else {}
    conditions = _conditions(told)
    card |= {"conditions": conditions} if conditions else {}
    return card | {"montant": _amount(told)}


def starting(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form shows of a card already written."""
    asked, source = card.get("conditions", {}), card["source"]
    told = {field: card.get(name) for name, field in {**PLAIN, **DAYS}.items()}
    told |= {"source": source["titre"], "source_date": source["date"]}
    told["source_url"] = source.get("lien")
    for name, (low, high) in RANGES.items():
        told |= {low: asked.get(name, {}).get("de"), high: asked.get(name, {}).get("a")}
    told["children"] = asked.get("enfants", {}).get("nombre")
    ceiling, amount = asked.get("revenu", {}), card.get("montant", UNKNOWN)
    told |= {"housing": asked.get("logement", []), "asked": asked.get("droits", [])}
    told |= {
        "ceilings": _joined(ceiling.get("par_mois", [])),
        "papers": "\n".join(card.get("pieces", [])),
    }
    told["ceiling_more"] = ceiling.get("par_personne_en_plus")
    if isinstance(amount, dict):
        told |= {"amounts": _written(amount), "per": amount["par"]}
        told["amount_more"] = amount.get("par_personne_en_plus")
    return told


def _conditions(told: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, fields in RANGES.items():
        ends = zip(("de", "a"), (told[field] for field in fields), strict=True)
        found[name] = {end: value for end, value in ends if value is not None}
    if told["children"]:
        found["enfants"]["nombre"] = told["children"]
    found |= {"logement": told["housing"], "droits": told["asked"]}
    if told["ceilings"]:
        found["revenu"] = {"par_mois": _numbers(told["ceilings"])} | _more(told["ceiling_more"])
    return {name: value for name, value in found.items() if value}


def _amount(told: Mapping[str, Any]) -> Any:
    text, per = told["amounts"].strip(), told["per"] or "an"
    if not text:
        return UNKNOWN
    low, sign, high = text.partition(" à ")
    if sign:
        return {"de": _number(low), "a": _number(high), "par": per}
    values = _numbers(text)
    if len(values) == 1 and not told["amount_more"]:
        return {"fixe": values[0], "par": per}
    return {"par_personnes": values, "par": per} | _more(told["amount_more"])


def _more(text: str) -> dict[str, Any]:
    return {"par_personne_en_plus": _number(text)} if text.strip() else {}


def _numbers(text: str) -> list[float]:
    return [_number(part) for part in text.split(";") if part.strip()]


def _number(text: str) -> float:
    plain = "".join(text.replace("€", "").split()).replace(",", ".")
    if not NUMBER.fullmatch(plain):
        raise ValueError(f"« {text.strip()[:40]} »")
    value = float(plain)
    return int(value) if value == int(value) else value


def _joined(values: Sequence[float]) -> str:
    return " ; ".join(f"{value:g}".replace(".", ",") for value in values)


def _written(amount: Mapping[str, Any]) -> str:
    if "par_personnes" in amount:
        return _joined(amount["par_personnes"])
    if "fixe" in amount:
        return _joined([amount["fixe"]])
    return f"{_joined([amount['de']])} à {_joined([amount['a']])}"
