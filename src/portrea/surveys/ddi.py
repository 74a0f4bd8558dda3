"""The codebook of a survey as DDI Codebook 2.5: its variables, categories, counts, universe.

What archives of surveys read (DDI Alliance, ddi:codebook:2_5): document, study, file, variables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from portrea.surveys.form import Kind, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.surveys.form import Form, Question
    from portrea.surveys.showing import Bar, Shown

SPACE = "ddi:codebook:2_5"
VERSION = "2.5"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[^A-Za-z0-9_.-]")
NUMBERS = {Kind.INTEGER, Kind.DECIMAL, Kind.RANGE}


@dataclass(frozen=True, slots=True)
class Study:
    """What is said of the survey: its title, key, territory, days, method in rows, how to cite."""

    title: str
    key: str
    where: str
    answers: int
    method: Sequence[Sequence[str]]
    cite: str
    weighted: bool
    universe: str


def codebook_xml(study: Study, form: Form, shown: Sequence[Shown]) -> bytes:
    """Return the codebook; counts are those of ``shown``: hidden ones are left out."""
    root = Element("codeBook", {"xmlns": SPACE, "version": VERSION, "xml:lang": "fr"})
    document = SubElement(SubElement(root, "docDscr"), "citation")
    _title(document, f"Dictionnaire de « {study.title} »", f"{study.key}-dictionnaire")
    _study(SubElement(root, "stdyDscr"), study)
    described = SubElement(SubElement(root, "fileDscr", {"ID": "F1"}), "fileTxt")
    _text(described, "fileName", "reponses.csv")
    _text(SubElement(described, "dimensns"), "caseQnty", str(study.answers))
    data = SubElement(root, "dataDscr")
    asked = {one.name: one for one in form.questions()}
    for one in shown:
        if one.name in asked:
            _variable(data, asked[one.name], one, form)
    if study.weighted:
        weight = SubElement(data, "var", {"ID": "V-poids", "name": "poids", "files": "F1",
                                          "wgt": "wgt", "intrvl": "contin"})  # fmt: skip
        _text(weight, "labl", "Poids de redressement")
        SubElement(weight, "varFormat", {"type": "numeric"})
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _study(parent: Element, study: Study) -> None:
    citation = SubElement(parent, "citation")
    _title(citation, study.title, study.key)
    _text(SubElement(citation, "prodStmt"), "software", "Portrea")
    _text(citation, "biblCit", study.cite)
    info = SubElement(parent, "stdyInfo")
    _text(info, "abstract", " ".join(f"{name} : {words}" for name, words in study.method))
    summary = SubElement(info, "sumDscr")
    _text(summary, "nation", "France", {"abbr": "FR"})
    _text(summary, "geogCover", study.where)
    _text(summary, "universe", study.universe)
    told = {row[0]: row[1] for row in study.method}
    method = SubElement(parent, "method")
    collected = SubElement(method, "dataColl")
    _text(collected, "sampProc", told.get("Comment", ""))
    _text(collected, "collMode", told.get("Par où", ""))
    _text(collected, "weight", told.get("Redressement", ""))


def _variable(parent: Element, question: Question, shown: Shown, form: Form) -> None:
    kind = "contin" if question.kind in NUMBERS else "discrete"
    name = _NAME.sub("_", question.name)
    variable = SubElement(parent, "var", {"ID": f"V-{name}", "name": question.name, "files": "F1",
                                          "intrvl": kind})  # fmt: skip
    language = form.languages[0]
    _text(variable, "labl", said(question.label, language) or question.name)
    asked = SubElement(variable, "qstn")
    _text(asked, "qstnLit", said(question.label, language) or question.name)
    if question.relevant:
        _text(variable, "universe", f"Posée si : {question.relevant}")
    for choice, bar in _counts(question, shown, form):
        category = SubElement(variable, "catgry")
        _text(category, "catValu", choice)
        _text(category, "labl", bar.label)
        if bar.answers is not None:
            _text(category, "catStat", str(bar.answers), {"type": "freq"})
        if bar.share is not None and bar.answers is not None:
            _text(category, "catStat", f"{bar.share * 100:.1f}", {"type": "percent"})
    form_of = "numeric" if question.kind in NUMBERS else "character"
    SubElement(variable, "varFormat", {"type": form_of})
    if question.kind is Kind.SEVERAL:
        _text(variable, "notes", "Plusieurs réponses, séparées par une espace.")


def _counts(question: Question, shown: Shown, form: Form) -> list[tuple[str, Bar]]:
    listed = [choice.name for choice in form.lists.get(question.choices, ())]
    return list(zip(listed, shown.bars, strict=False))


def _title(parent: Element, title: str, identifier: str) -> None:
    statement = SubElement(parent, "titlStmt")
    _text(statement, "titl", title)
    _text(statement, "IDNo", identifier)


def _text(
    parent: Element, name: str, text: str, attributes: Mapping[str, str] | None = None
) -> None:
    SubElement(parent, name, dict(attributes or {})).text = _FORBIDDEN.sub("", text)
