"""Read a tagged PDF as a screen reader does: its structure, in order, and the text it tells."""

from __future__ import annotations

import ctypes
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdfium2
from pypdfium2 import raw

if TYPE_CHECKING:
    from collections.abc import Iterator

ARTIFACT = "Artifact"


@dataclass(frozen=True, slots=True)
class Element:
    """A structure element: its role, its text (its own and that of what is inside), its card."""

    role: str
    text: str
    card: Any
    inside: tuple[Element, ...] = field(default=())

    def walk(self) -> Iterator[Element]:
        """Yield the element, then all that is inside, in reading order."""
        yield self
        for one in self.inside:
            yield from one.walk()

    def of(self, *roles: str) -> list[Element]:
        """Return the elements of some roles, in reading order."""
        return [one for one in self.walk() if one.role in roles]


@dataclass(frozen=True, slots=True)
class Tagged:
    """A PDF opened: the document, its structure, the text that is outside the structure by page."""

    document: pikepdf.Pdf
    root: Element
    artifacts: tuple[str, ...]
    unmarked: tuple[str, ...]


def opened(written: bytes) -> Tagged:
    """Read a PDF: what is told, in order, and what is left out of it."""
    document = pikepdf.open(io.BytesIO(written))
    told, artifacts, unmarked = _texts(written)
    numbers = {page.objgen: rank for rank, page in enumerate(document.pages)}
    tree = document.Root.StructTreeRoot
    inside = tuple(_elements(tree.get("/K"), told, numbers, None))
    return Tagged(document, Element("Root", "", tree, inside), artifacts, unmarked)


def squeezed(text: str) -> str:
    """Return a text without spaces nor hyphens, which typesetting adds and takes away."""
    return re.sub(r"[\s\x02\u00a0\u202f\ufffe\u00ad\u2011\u200b-]+", "", text)


def _elements(
    node: Any, told: dict[tuple[int, int], str], numbers: dict[Any, int], page: Any
) -> Iterator[Element]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _elements(child, told, numbers, page)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        own = node.get("/Pg", page)
        inside = tuple(_elements(node.get("/K"), told, numbers, own))
        text = "".join(_said(node.get("/K"), told, numbers, own, iter(inside)))
        yield Element(str(node.S)[1:], text, node, inside)


def _said(
    node: Any, told: dict[tuple[int, int], str], numbers: dict[Any, int], page: Any, inside: Any
) -> Iterator[str]:
    """Yield the texts of one element in order: its own marked content, then that of each child."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _said(child, told, numbers, page, inside)
    elif isinstance(node, int):
        yield told.get((numbers[page.objgen], node), "")
    elif isinstance(node, pikepdf.Dictionary) and "/MCID" in node:
        where = node.get("/Pg", page)
        yield told.get((numbers[where.objgen], int(node.MCID)), "")
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield next(inside).text


def _texts(
    written: bytes,
) -> tuple[dict[tuple[int, int], str], tuple[str, ...], tuple[str, ...]]:
    told: dict[tuple[int, int], str] = {}
    artifacts, unmarked = [], []
    with pypdfium2.PdfDocument(written) as document:
        for rank, page in enumerate(document):
            text = page.get_textpage()
            aside, lost = "", ""
            for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
                said = _text_of(one.raw, text.raw)
                number = raw.FPDFPageObj_GetMarkedContentID(one.raw)
                if number >= 0:
                    told[rank, number] = told.get((rank, number), "") + said
                elif ARTIFACT in _marks(one.raw):
                    aside += said
                else:
                    lost += said
            artifacts.append(aside)
            unmarked.append(lost)
    return told, tuple(artifacts), tuple(unmarked)


def _text_of(one: Any, page: Any) -> str:
    size = raw.FPDFTextObj_GetText(one, page, None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFTextObj_GetText(one, page, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[:-2].decode("utf-16-le", errors="ignore")


def _marks(one: Any) -> set[str]:
    found = set()
    for rank in range(raw.FPDFPageObj_CountMarks(one)):
        mark = raw.FPDFPageObj_GetMark(one, rank)
        size = ctypes.c_ulong()
        buffer = ctypes.create_string_buffer(64)
        raw.FPDFPageObjMark_GetName(
            mark, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), 64, ctypes.byref(size)
        )
        found.add(buffer.raw[: size.value - 2].decode("utf-16-le"))
    return found
