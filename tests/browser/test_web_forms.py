"""Real clients: ``@getodk/web-forms`` fills and sends, and ODK Collect’s requests, one by one."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import fromstring

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser.conftest import published

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CLIENT = Path(__file__).parent / "web_forms"
LIST = "{http://openrosa.org/xforms/xformsList}"
SEED = """
import json, django
django.setup()
from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open

def opened(title, sheets):
    made = questionnaire_create(
        actor=SYSTEM, title=title, territory="commune:35188", sheets=sheets)
    version_publish(actor=SYSTEM, key=made.key)
    return survey_open(
        actor=SYSTEM, questionnaire=made, title=title, territory="commune:35188").key

told = {name: opened(name, write_sheets(one.form)) for name, one in models().items()}
print(json.dumps(told | {"essai": opened("Essai", json.loads(input()))}))
"""
KEPT = """
import json, django
django.setup()
from portrea.web.surveys.models import Submission
rows = Submission.objects.filter(survey__key=input()).order_by("pk")
print(json.dumps([
    {"answers": one.answers, "faults": one.faults, "waits": one.waits_for,
     "files": [file.name for file in one.files.all()]} for one in rows]))
"""
PHOTOS = (
    SEED.split("told =", maxsplit=1)[0]
    + """
key = opened("Photos", {
    "survey": [{"type": "image", "name": "une", "label": "Une"},
               {"type": "image", "name": "deux", "label": "Deux"}],
    "settings": [{"form_title": "Photos", "form_id": "essai_photos", "version": "1"}]})
from portrea.web.surveys.models import Survey
print(json.dumps({"key": key, "version": Survey.objects.get(key=key).version.number}))
"""
)
SHEETS = {
    "survey": [
        {"type": "text", "name": "lieu", "label": "Où êtes-vous ?", "required": "yes"},
        {"type": "select_one oui", "name": "aide", "label": "Une aide a-t-elle été donnée ?"},
        {"type": "integer", "name": "duree", "label": "Combien de minutes ?",
         "relevant": "${aide} = 'o'", "constraint": ". < 300"},
        {"type": "select_multiple sujet", "name": "sujets", "label": "Sur quoi ?"},
        {"type": "image", "name": "photo", "label": "Une photo du lieu"},
        {"type": "calculate", "name": "double", "calculation": "${duree} * 2"},
    ],
    "choices": [
        {"list_name": "oui", "name": "o", "label": "Oui"},
        {"list_name": "oui", "name": "n", "label": "Non"},
        {"list_name": "sujet", "name": "caf", "label": "Caf"},
        {"list_name": "sujet", "name": "impots", "label": "Impôts"},
    ],
    "settings": [{"form_title": "Essai", "form_id": "essai_odk", "version": "1"}],
}  # fmt: skip
PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Client ODK</title>
<script type="importmap">{"imports": {"vue": "/essai-odk/vue.js"}}</script></head>
<body><main><h1>Client ODK</h1><div id="app"></div></main><script type="module">
import { createApp, h } from "vue";
import { OdkWebForm, webFormsPlugin } from "/essai-odk/dist/index.js";
const place = location.hash.slice(1);
const list = await (await fetch(`${place}/formList`)).text();
const told = new DOMParser().parseFromString(list, "text/xml");
const address = told.getElementsByTagName("downloadUrl")[0].textContent;
const formXml = await (await fetch(address)).text();
const onSubmit = async (payload, done) => {
  const sent = await fetch(`${place}/submission`, { method: "POST", body: payload.data[0] });
  window.sent = { status: sent.status, text: await sent.text() };
  done({ next: undefined });
};
const fetchFormAttachment = async () => new Response("", { status: 404 });
createApp({ render: () => h(OdkWebForm, { formXml, fetchFormAttachment, onSubmit }) })
  .use(webFormsPlugin).mount("#app");
window.ready = true;
</script></body></html>"""


def run(home: Path, code: str, given: str) -> Any:
    """Run code inside the site, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=published(home) | {"DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.prod"},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def keys(served: str, served_home: Path) -> dict[str, str]:
    """A survey of each ready model, and one of all that this file fills."""
    found: dict[str, str] = run(served_home, SEED, json.dumps(SHEETS))
    return found


def client(page: Page) -> None:
    """Serve the reference client beside the site, to this page only."""
    assert (CLIENT / "node_modules").is_dir(), "run scripts/client.sh"
    packages = CLIENT / "node_modules"

    def answer(route: Route) -> None:
        name = urlsplit(route.request.url).path.removeprefix("/essai-odk/")
        if name == "":
            route.fulfill(body=PAGE, content_type="text/html; charset=utf-8")
        elif name == "vue.js":
            route.fulfill(path=packages / "vue/dist/vue.runtime.esm-browser.prod.js")
        else:
            route.fulfill(path=packages / "@getodk/web-forms" / name)

    page.route("**/essai-odk/**", answer)


def fill(page: Page, where: str) -> None:
    page.goto(f"/essai-odk/#{where}")
    page.wait_for_function("window.ready")
    page.get_by_text("Où êtes-vous").wait_for()


def test_the_reference_client_fills_and_sends(
    keys: dict[str, str], served_home: Path, visit: Callable[..., Page],
    keep: Callable[[str, bytes], None],
) -> None:  # fmt: skip
    key = keys["essai"]
    page = visit("/robots.txt", width=390, height=844)
    client(page)
    fill(page, f"/openrosa/{key}")
    assert page.get_by_text("Combien de minutes").count() == 0, "not asked yet"
    page.get_by_label("Où êtes-vous").fill("Mairie de Guer")
    page.get_by_text("Oui", exact=True).click()
    page.get_by_role("spinbutton").press_sequentially("25")  # the client ties no label to it
    page.get_by_text("Caf", exact=True).click()
    page.get_by_text("Impôts", exact=True).click()
    photo = {"name": "lieu.jpg", "mimeType": "image/jpeg", "buffer": picture(page)}
    page.locator("input[type=file]").last.set_input_files(photo)
    keep("client-odk", page.screenshot(full_page=True))
    theirs = Axe().run(page)
    page.get_by_role("button", name="Send").click()
    page.wait_for_function("window.sent")
    sent = page.evaluate("window.sent")
    assert sent["status"] == 201, sent
    (kept,) = run(served_home, KEPT, key)
    photo_name = kept["answers"].pop("photo")
    assert kept == {
        "answers": {
            "lieu": "Mairie de Guer", "aide": "o", "duree": "25", "sujets": "caf impots",
            "double": "50",
        },
        "faults": {}, "waits": [], "files": [photo_name],
    }  # fmt: skip
    page.goto(f"/enquetes/{key}/")
    page.get_by_text("Tout sur une page").click()
    page.get_by_label("Où êtes-vous").wait_for()
    ours = Axe().run(page)
    print(f"axe: {serious(theirs)} in the reference client, {ours.violations_count} in ours")
    assert serious(theirs), "the same form, the same questions"
    assert ours.violations_count == 0, ours.generate_report()


def serious(found: Any) -> list[str]:
    """What axe says of the client alone: the page around it is ours, and has its landmarks."""
    kinds = {"critical", "serious"}
    return [one["id"] for one in found.response["violations"] if one["impact"] in kinds]


def picture(page: Page) -> bytes:
    """A small JPEG: the client reads what it is given."""
    return page.screenshot(type="jpeg", quality=30)


def test_the_reference_client_reads_every_ready_model(
    keys: dict[str, str], visit: Callable[..., Page]
) -> None:
    page = visit("/robots.txt")
    client(page)
    for name in set(keys) - {"essai"}:
        page.goto(f"/essai-odk/?{name}#/openrosa/{keys[name]}")
        page.wait_for_function("window.ready")
        page.get_by_role("button", name="Send").wait_for()
        assert page.locator(".form-load-failure-dialog").count() == 0, name
        assert page.locator(".question-container, .odk-form input").count() > 3, name


# -- the requests of ODK Collect, one by one -------------------------------------------------------


class Phone:
    """A client that keeps nothing: one connection a request, no cookie, no redirect followed."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc

    def ask(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        link = http.client.HTTPConnection(self.host, timeout=30)
        told = {"X-OpenRosa-Version": "1.0", "User-Agent": "org.odk.collect.android/essai"}
        chunked = "Transfer_Encoding" in headers
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        link.request(method, path, body, told | sent, encode_chunked=chunked)
        answer = link.getresponse()
        content = answer.read()
        link.close()
        assert answer.headers["X-OpenRosa-Version"] == "1.0"
        assert len(answer.headers.get_all("Date")) == 1
        assert "Set-Cookie" not in answer.headers
        return answer, content


def parts(xml: bytes, files: dict[str, bytes], *, incomplete: bool) -> tuple[bytes, str]:
    """A body as ODK Collect writes it: the XML first, then files, each under its own name."""
    mark = "--odk-essai"
    told = [("xml_submission_file", "envoi.xml", "text/xml", xml)]
    told += [(name, name, "image/jpeg", content) for name, content in files.items()]
    body = b"".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n".encode()
        + content
        + b"\r\n"
        for field, name, kind, content in told
    )
    if incomplete:
        body += (
            f'--{mark}\r\nContent-Disposition: form-data; name="*isIncomplete*"\r\n\r\nyes\r\n'
        ).encode()
    return body + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def test_the_requests_of_odk_collect(keys: dict[str, str], served: str, served_home: Path) -> None:
    key, phone = keys["acteurs"], Phone(served)
    base = f"/openrosa/{key}"
    answer, content = phone.ask("GET", f"{base}/formList?deviceID=essai")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    (form,) = fromstring(content).findall(f"{LIST}xform")
    told = {child.tag.removeprefix(LIST): child.text or "" for child in form}
    assert told["downloadUrl"].startswith(served)
    _answer, xform = phone.ask("GET", urlsplit(told["downloadUrl"]).path)
    assert told["hash"] == f"md5:{hashlib.md5(xform).hexdigest()}"
    answer, _none = phone.ask("GET", urlsplit(told["manifestUrl"]).path)
    assert answer.status == 200
    answer, nothing = phone.ask("HEAD", f"{base}/submission?deviceID=essai")
    assert (answer.status, nothing) == (204, b"")
    most = int(answer.headers["X-OpenRosa-Accept-Content-Length"])
    assert most > 10_000_000
    xml = (
        f'<data id="{told["formID"]}" version="{told["version"]}"><meta>'
        "<instanceID>uuid:00000000-0000-4000-8000-0000000000aa</instanceID></meta></data>"
    ).encode()
    for _again in range(2):
        body, kind = parts(xml, {}, incomplete=False)
        answer, content = phone.ask("POST", f"{base}/submission", body, Content_Type=kind)
        assert answer.status == 201, content
    assert len(run(served_home, KEPT, key)) == 1


def test_a_sending_cut_in_two_then_repeated(served: str, served_home: Path) -> None:
    """Two files of six megabytes; the second request announces no length (chunked)."""
    phone, form = Phone(served), run(served_home, PHOTOS, "")
    base = f"/openrosa/{form['key']}"
    xml = (
        f'<data id="essai_photos" version="{form["version"]}"><une>a.jpg</une><deux>b.jpg</deux>'
        "<meta><instanceID>uuid:00000000-0000-4000-8000-0000000000bb</instanceID></meta></data>"
    ).encode()
    one = {"a.jpg": b"\0\0\0" + os.urandom(6_000_000)}
    two = {"b.jpg": b"\0\0\0" + os.urandom(6_000_000)}
    for _again in range(2):
        body, kind = parts(xml, one, incomplete=True)
        answer, content = phone.ask("POST", f"{base}/submission", body, Content_Type=kind)
        assert answer.status == 201, content
        body, kind = parts(xml, two, incomplete=False)
        pieces = (body[at : at + 100_000] for at in range(0, len(body), 100_000))
        answer, content = phone.ask(
            "POST", f"{base}/submission", pieces, Content_Type=kind, Transfer_Encoding="chunked"
        )
        assert answer.status == 201, content
    (kept,) = run(served_home, KEPT, form["key"])
    assert (kept["waits"], sorted(kept["files"])) == ([], ["a.jpg", "b.jpg"])
    digests = {hashlib.sha256(content).hexdigest() for content in (one | two).values()}
    assert {path.name for path in (served_home / "answers/files").rglob("*")} >= digests
