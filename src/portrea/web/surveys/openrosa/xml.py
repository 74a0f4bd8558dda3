"""What ODK clients read: lists of forms, manifests and short messages, as OpenRosa 1.0 wants."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpResponse
from django.utils.http import http_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portrea.web.surveys.openrosa.selectors import Offered

LIST = "http://openrosa.org/xforms/xformsList"
MANIFEST = "http://openrosa.org/xforms/xformsManifest"
RESPONSE = "http://openrosa.org/http/response"
XML = "text/xml; charset=utf-8"
ACCEPTED = 20_000_000
"""Bytes of one request: clients cut what is larger in several."""
MOST_BODY = 21_000_000
"""Bytes above which a request is refused unread, as by all pages of the site."""


def headed(response: HttpResponse) -> HttpResponse:
    """Add the headers that every answer of the protocol carries."""
    response["X-OpenRosa-Version"] = "1.0"
    response["X-OpenRosa-Accept-Content-Length"] = str(ACCEPTED)
    response["Date"] = http_date()
    response["Content-Language"] = "fr"
    response["Cache-Control"] = "no-store"
    return response


def list_of(offered: Iterable[Offered], address: Callable[[Offered, str], str]) -> HttpResponse:
    """Return the list of the forms; ``address`` gives that of the file and of the manifest."""
    root = Element("xforms", xmlns=LIST)
    for one in offered:
        told = {
            "formID": one.form_id,
            "name": one.survey.title,
            "version": one.version.number,
            "hash": f"md5:{one.digest}",
            "downloadUrl": address(one, one.file),
            "manifestUrl": address(one, f"{one.file}.manifest"),
        }
        form = SubElement(root, "xform")
        for name, text in told.items():
            SubElement(form, name).text = text
    return _sent(root)


def manifest() -> HttpResponse:
    """Return the files that a form needs beside it: none, its lists are inside."""
    return _sent(Element("manifest", xmlns=MANIFEST))


def message(status: int, text: str) -> HttpResponse:
    """Return a message that the application shows to whoever sends."""
    root = Element("OpenRosaResponse", xmlns=RESPONSE)
    nature = "submit_success" if status < 400 else "submit_error"
    SubElement(root, "message", nature=nature).text = text
    return _sent(root, status)


def _sent(root: Element, status: int = 200) -> HttpResponse:
    content = tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(content, content_type=XML, status=status)
