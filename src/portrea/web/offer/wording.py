"""Any value of a sheet in plain French, line by line, for people who compare two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.offer.content import SERVICES, field_of
from portrea.offer.record import Block
from portrea.vocab.hours import describe
from portrea.web.offer.cards import kind_label, phone_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PARTS = {
    "hours_week": gettext_lazy("%s heures par semaine"),
    "persons_week": gettext_lazy("%s personnes par semaine"),
    "share_procedures": gettext_lazy("%s % du temps pour les démarches"),
    "saturation": gettext_lazy("demande : %s"),
}
SATURATION = {
    "faible": gettext_lazy("faible"),
    "moderee": gettext_lazy("modérée"),
    "forte": gettext_lazy("forte, liste d’attente"),
}
PRESENCES = {
    "fixe": "",
    "permanence": gettext_lazy("permanence"),
    "itinerant": gettext_lazy("itinérant"),
    "domicile": gettext_lazy("à domicile"),
    "maraude": gettext_lazy("maraude"),
    "distance": gettext_lazy("à distance"),
}


def label_of(path: str) -> str:
    """Return the French name of a field, with the kind of help it belongs to."""
    field = field_of(path)
    if not path.startswith(f"{SERVICES}."):
        return field.label
    key = path.split(".")[1]
    block = key.split("-")[0]
    told = Block(block).label if block in set(Block) else key
    return told if path.count(".") == 1 else f"{told} : {field.label.lower()}"


def say(path: str, value: Any) -> list[str]:
    """Return a value as French lines; nothing when it tells nothing."""
    if value in (None, "", [], {}):
        return []
    writer = _WRITERS.get(field_of(path).kind)
    if writer is not None:
        return writer(value)
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _day(text: str) -> str:
    day = parse_date(text)
    return f"{day:%d/%m/%Y}" if day else text


def _closure(told: Mapping[str, Any]) -> str:
    said = _("du %(start)s au %(end)s") % {"start": _day(told["start"]), "end": _day(told["end"])}
    return f"{said} ({told['reason']})" if told.get("reason") else said


def _capacity(told: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, words in PARTS.items():
        value = told.get(name)
        if value is None:
            continue
        if name == "share_procedures":
            value = round(100 * value)
        shown = SATURATION.get(value, value) if name == "saturation" else _number(value)
        lines.append(str(words).replace("%s", str(shown)))
    return lines


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _presence(told: Mapping[str, Any]) -> list[str]:
    lines = describe(told.get("hours")) or say("hours_text", told.get("hours_text"))
    kind = PRESENCES.get(told.get("kind", "fixe"), "")
    lines = [str(kind), *lines] if kind else lines
    if told.get("every_weeks") == 2:
        since = _(" (à partir du %s)") % _day(told["first"]) if told.get("first") else ""
        lines.append(_("une semaine sur deux") + since)
    lines += [_day(day) for day in told.get("dates", ())]
    if told.get("by_appointment"):
        lines.append(_("sur rendez-vous"))
    return lines


def _helper(told: Mapping[str, Any]) -> str:
    count = f"{_number(told['count'])} " if told.get("count") else ""
    others = [str(told[name]) for name in ("status", "habilitation", "training") if told.get(name)]
    return f"{count}{told['role']}" + (f" ({', '.join(others)})" if others else "")


def _service(told: Mapping[str, Any]) -> list[str]:
    lines = [Block(told["block"]).label]
    for name, value in told.items():
        if name not in {"block", "key"}:
            lines += say(f"{SERVICES}.{told['key']}.{name}", value)
    return lines


_WRITERS: dict[str, Callable[[Any], list[str]]] = {
    "hours": describe,
    "phone": lambda value: [phone_text(value)],
    "kind": lambda value: [kind_label(value)],
    "date": lambda value: [_day(value)],
    "yes_no": lambda value: [_("oui") if value else _("non")],
    "service": _service,
    "capacity": _capacity,
    "presences": lambda value: [line for one in value for line in _presence(one)],
    "closures": lambda value: [_closure(one) for one in value],
    "helpers": lambda value: [_helper(one) for one in value],
}
