"""Answers as XML, the way ODK clients send them: read with a hardened parser, and written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from portrea.base.errors import DataError
from portrea.surveys.form import Form, Group, Item, Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portrea.surveys.expressions import Answers

_TEMPLATE = "{http://openrosa.org/javarosa}template"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Instance:
    """The answers of one person to one version of a form.

    ``identifier`` is the same however many times it is sent; ``ignored`` are the names that the
    form does not ask; ``replaces`` is the identifier of the answers that these ones correct.
    """

    identifier: UUID
    form: str
    version: str
    answers: Answers
    ignored: tuple[str, ...] = ()
    replaces: UUID | None = None


def form_named(xml: bytes) -> tuple[str, str]:
    """Return (form, version) that an XML instance says it answers."""
    root = _parsed(xml)
    return root.get("id", ""), root.get("version", "")


def read_instance(form: Form, xml: bytes) -> Instance:
    """Return the answers of an XML instance, as they were sent: nothing is checked here.

    Raises
    ------
    DataError
        The XML is damaged or forbidden, answers another form, or has no identifier.
    """
    root = _parsed(xml)
    named = root.get("id", "")
    if named != form.name:
        message = f"Ces réponses sont celles du questionnaire « {named} », pas de « {form.name} »."
        raise DataError(message, remedy="Envoyez-les au questionnaire qu’elles remplissent.")
    ignored: set[str] = set()
    answers = _level(root, form.items, ignored)
    version = root.get("version", "")
    identifier = _identifier(root)
    replaces = _uuid(_meta(root, "deprecatedID"))
    corrected = None if replaces == identifier else replaces
    return Instance(identifier, named, version, answers, tuple(sorted(ignored)), corrected)


def files_told(form: Form, answers: Answers) -> tuple[str, ...]:
    """Return the names of the files that answers tell of, in the order of the form, each once."""
    return tuple(dict.fromkeys(_told(form.items, answers)))


def _told(items: Sequence[Item], answers: Answers) -> Iterator[str]:
    for item in items:
        if isinstance(item, Group):
            for row in _rows(answers, item.name) if item.repeats else (answers,):
                yield from _told(item.items, row)
        elif item.kind.is_a_file and isinstance(told := answers.get(item.name), str) and told:
            yield told


def write_instance(form: Form, answers: Answers, identifier: UUID) -> bytes:
    """Return the XML instance of the answers of one person, in UTF-8."""
    root = Element("data", {"id": form.name, "version": form.version})
    _write(root, form.items, answers)
    meta = SubElement(root, "meta")
    SubElement(meta, "instanceID").text = f"uuid:{identifier}"
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _parsed(xml: bytes) -> Element:
    try:
        return fromstring(xml, forbid_dtd=True)  # type: ignore[no-any-return]
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        message = f"Ces réponses ne sont pas un XML que l’on puisse lire ({error})."
        raise DataError(
            message, remedy="Envoyez de nouveau le fichier produit par le téléphone."
        ) from error


def _identifier(root: Element) -> UUID:
    told = _meta(root, "instanceID")
    found = _uuid(told)
    if found is None:
        message = f"Ces réponses n’ont pas d’identifiant lisible (instanceID : « {told[:60]} »)."
        remedy = "Il s’écrit « uuid: » suivi de 36 caractères ; le téléphone le donne."
        raise DataError(message, remedy=remedy)
    return found


def _meta(root: Element, name: str) -> str:
    meta = next((child for child in root if _local(child) == "meta"), Element("meta"))
    return next((child.text or "" for child in meta if _local(child) == name), "").strip()


def _uuid(told: str) -> UUID | None:
    try:
        return UUID(told.removeprefix("uuid:"))
    except ValueError:
        return None


def _level(element: Element, items: Sequence[Item], ignored: set[str]) -> Answers:
    known = {item.name: item for item in items}
    answers: dict[str, str | Sequence[Answers]] = {
        name: [] for name, item in known.items() if isinstance(item, Group) and item.repeats
    }
    for child in element:
        name = _local(child)
        item = known.get(name)
        if item is None:
            ignored |= {name} - {"meta"}
        elif isinstance(item, Question):
            answers[name] = (child.text or "").strip()
        elif not item.repeats:
            answers |= _level(child, item.items, ignored)
        elif _TEMPLATE not in child.attrib:
            answers[name] = [*answers[name], _level(child, item.items, ignored)]
    return answers


def _write(element: Element, items: Sequence[Item], answers: Answers) -> None:
    for item in items:
        if isinstance(item, Question):
            told = answers.get(item.name, "")
            text = told if isinstance(told, str) else ""
            SubElement(element, item.name).text = _FORBIDDEN.sub("", text)
        elif not item.repeats:
            _write(SubElement(element, item.name), item.items, answers)
        else:
            for row in _rows(answers, item.name):
                _write(SubElement(element, item.name), item.items, row)


def _rows(answers: Answers, name: str) -> Sequence[Answers]:
    rows = answers.get(name, ())
    return () if isinstance(rows, str) else rows


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
