"""Contacts that belong to a place, never to a person: what may be kept and shown."""

from __future__ import annotations

import polars as pl

GENERIC_MAILBOXES = (
    "accueil", "administration", "agence", "aidant", "aide", "antenne", "asso", "atelier",
    "bibli", "bij", "bonjour", "bureau", "caf", "ccas", "centre", "cias", "citoyen", "clic",
    "collectivite", "commune", "communaute", "contact", "culture", "cyber", "direction", "emploi",
    "epn", "espace", "france-service", "france.service", "franceservice", "foyer", "fs-", "fs.",
    "hello", "info", "insertion", "lecture", "ludo", "mairie", "maison", "mediatheque",
    "mediation", "mjc", "mission", "mobile", "msap", "municip", "numerique", "pij", "pimms",
    "point", "pole", "public", "relais", "renseignement", "reception", "secr", "service", "siege",
    "social", "solidarite", "standard", "tiers", "tourisme", "urbanisme", "usager", "vie-",
    "ville", "village",
)  # fmt: skip
"""Words of a collective mailbox, looked for in the part before the @."""
_GENERIC = "|".join(word.replace(".", r"\.") for word in GENERIC_MAILBOXES)
_MOBILE = r"^(?:\+33[67]|\+262(?:69[23]|639)|\+590(?:690|691)|\+594694|\+596(?:696|697)|0[67])"


def place_email(column: str) -> pl.Expr:
    """Return e-mail addresses of places; any that is not clearly collective becomes null."""
    address = pl.col(column).str.strip_chars().str.to_lowercase()
    local = address.str.split("@").list.first()
    return pl.when(local.str.contains(f"(?i){_GENERIC}")).then(address).alias(column)


def place_phone(column: str) -> pl.Expr:
    """Return phone numbers of places; a mobile number, often a person's, becomes null."""
    phone = pl.col(column).str.replace_all(r"[\s.]", "")
    return pl.when(~phone.str.contains(_MOBILE)).then(phone).alias(column)


def international_phone(column: str) -> pl.Expr:
    """Return numbers like ``02 99 00 00 00`` as ``+33299000000``, short ones unchanged."""
    digits = pl.col(column).str.replace_all(r"[\s.\-]", "")
    overseas = {"0590": "+590", "0594": "+594", "0596": "+596", "0262": "+262", "0269": "+262"}
    national = digits.str.contains(r"^0\d{9}$")
    prefix = digits.str.slice(0, 4).replace_strict(overseas, default="+33")
    full = pl.concat_str(prefix, digits.str.slice(1))
    sound = digits.str.contains(r"^(?:\+\d{8,13}|3\d{3}|1\d{2,3})$")
    return pl.when(national).then(full).when(sound).then(digits).alias(column)
