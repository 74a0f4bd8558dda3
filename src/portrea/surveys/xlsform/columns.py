"""The columns and the types of XLSForm, their other spellings, and what Portrea leaves out."""

from __future__ import annotations

from portrea.surveys.form import Kind

TRANSLATED = {
    "label": "label",
    "hint": "hint",
    "guidance_hint": "guidance",
    "constraint_message": "constraint_message",
    "required_message": "required_message",
}
PLAIN = {
    "relevant": "relevant",
    "constraint": "constraint",
    "calculation": "calculation",
    "choice_filter": "choice_filter",
    "default": "default",
    "appearance": "appearance",
}
OTHER_SPELLINGS = {
    "relevance": "relevant",
    "calculate": "calculation",
    "list name": "list_name",
    "read_only": "readonly",
    "read only": "readonly",
    "jr:count": "repeat_count",
    "jr:constraintmsg": "constraint_message",
    "jr:requiredmsg": "required_message",
    "caption": "label",
    "id_string": "form_id",
    "title": "form_title",
}
SURVEY = {"type", "name", "required", "readonly", "parameters", "repeat_count"} | set(PLAIN)
CHOICES = {"list_name", "name"}
SETTINGS = {"form_title", "form_id", "version", "default_language", "instance_name"}
OTHER_TYPES = {
    "string": "text",
    "int": "integer",
    "select1": "select_one",
    "select one": "select_one",
    "select_one_from_file": "select_one",
    "select multiple": "select_multiple",
    "select_multiple_from_file": "select_multiple",
    "select all that apply from": "select_multiple",
    "trigger": "acknowledge",
    "photo": "image",
    "datetime": "dateTime",
    "location": "geopoint",
}
OPENS = {"begin_group": False, "begin group": False, "begin_repeat": True, "begin repeat": True}
CLOSES = {"end_group": False, "end group": False, "end_repeat": True, "end repeat": True}
IDENTIFYING = {
    "deviceid": "l’appareil",
    "subscriberid": "l’abonné",
    "simserial": "la carte SIM",
    "phonenumber": "le numéro de téléphone",
    "username": "la personne",
    "email": "l’adresse électronique",
    "audit": "chaque geste et parfois le lieu",
    "start-geopoint": "le lieu, sans le demander",
    "background-audio": "la voix, sans le demander",
    "background-geopoint": "le lieu, sans le demander",
}
"""Metadata of ODK that identify somebody: never collected."""

TYPES = {kind.value: kind for kind in Kind}
YES = {"yes", "true", "true()", "oui", "vrai", "1"}
NO = {"", "no", "false", "false()", "non", "faux", "0"}


def split_type(written: str) -> tuple[str, str, bool]:
    """Return (type, list, whether « other » is added) of a cell such as « select_one pays »."""
    text = " ".join(written.split())
    other = text.endswith((" or_other", " or other"))
    text = text.removesuffix(" or_other").removesuffix(" or other")
    for spelling in sorted(OTHER_TYPES, key=len, reverse=True):
        if text == spelling or text.startswith(f"{spelling} "):
            text = OTHER_TYPES[spelling] + text[len(spelling) :]
            break
    kind, _, listed = text.partition(" ")
    return kind, listed.strip(), other


def split_column(written: str) -> tuple[str, str | None]:
    """Return (column, language) of a header such as « label::Français (fr) »."""
    column, colons, language = written.strip().partition("::")
    name = column.strip().lower()
    return OTHER_SPELLINGS.get(name, name), language.strip() if colons else None
