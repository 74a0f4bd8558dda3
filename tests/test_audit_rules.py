"""Our rules of security: each one sees its planted fault, and the code holds none."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]


@cache
def rules() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit_rules", ROOT / "scripts/audit_rules.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["audit_rules"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FAULTS = {
    "a-silenced-rule-says-why": ["run(words)  # noqa: S603", "x = f'a{b}'  # noqa: E501, S608"],
    "html-as-it-is": ["mark_safe(name)", "safestring.SafeString(f'<b>{name}</b>')"],
    "a-form-without-its-mark": [
        "@csrf_exempt\ndef view(request): ...",
        "@method_decorator(csrf_exempt)\ndef view(request): ...",
    ],
    "sql-made-of-pieces": [
        "cursor.execute(f'SELECT * FROM t WHERE name = {name}')",
        "cursor.execute('SELECT * FROM t WHERE name = ' + name)",
        "Place.objects.raw('SELECT %s' % name)",
        "cursor.execute('DELETE FROM t WHERE a = {}'.format(name))",
        "cursor.execute(f'DROP TABLE {name}')",
    ],
    "a-shell": ["subprocess.run(line, shell=True)", "os.system(line)", "run(line, shell=asked)"],
    "text-that-runs": ["eval(text)", "exec(text)", "import pickle", "from joblib import load"],
    "yaml-that-makes-objects": ["yaml.load(text, Loader=Full)", "yaml.unsafe_load(text)"],
    "xml-without-armour": [
        "from xml.etree.ElementTree import fromstring",
        "from xml.dom import minidom",
        "import lxml.etree",
        "ET.parse(path)",
    ],
    "asking-another-machine": [
        "import httpx",
        "from urllib.request import urlopen",
        "from urllib import request",
        "httpx.Client(timeout=3)",
        "httpx.Client(timeout=3, follow_redirects=False, verify=False)",
        "httpx.get(address)",
    ],
    "a-weak-digest": ["hashlib.md5(content)", "sha1(content, usedforsecurity=True)"],
    "chance-that-is-guessed": ["random.choice(signs)", "from random import choice"],
    "a-file-anyone-may-put-first": ["tempfile.mktemp()", "archive.extractall(folder)"],
    "what-was-received-in-the-journal": [
        "logger.info('sent %s', request.POST)",
        "logger.warning('%s', form.cleaned_data['name'])",
        "logging.error(request.headers['Authorization'])",
    ],
    "an-assertion-as-a-guard": ["assert request.user.is_authenticated", "assert may(request, 'x')"],
    "debugging": ["DEBUG = True", "settings.DEBUG = bool(1)", "breakpoint()"],
    "led-where-the-request-says": [
        "HttpResponseRedirect(request.GET['next'])",
        "redirect(request.META['HTTP_REFERER'])",
        "HttpResponseRedirect(HOME if here else request.POST.get('next'))",
    ],
    "fields-nobody-chose": [
        "class F(ModelForm):\n    class Meta:\n        fields = '__all__'",
        "class F(ModelForm):\n    class Meta:\n        exclude = ['role']",
    ],
}
"""Rule → faults that it sees, in a module of the site."""
FINE = [
    "run(words)  # noqa: S603 - our own command",
    "# names of tables only\nx = f'a{b}'  # noqa: S608",
    "mark_safe('')\nmark_safe(drawn)  # drawn by segno from our own address",
    "@csrf_exempt  # nothing of a session is used\ndef view(request): ...",
    "cursor.execute('SELECT * FROM t WHERE name = %s', [name])",
    'cursor.execute(f\'ALTER SCHEMA "{a}" RENAME TO "{b}"\')',
    "subprocess.run(['ls', folder], shell=False)",
    "re.compile('a').match(text)\nast.literal_eval(text)",
    "yaml.safe_load(text)",
    "from defusedxml.ElementTree import fromstring\nfrom xml.etree.ElementTree import tostring",
    "hashlib.md5(content, usedforsecurity=False)\nhashlib.sha256(content)",
    "import random\nrandom.Random(seed).sample(rows, 3)\nsecrets.token_hex(8)",
    "logger.warning('%s lignes', count)",
    "assert found is not None",
    "DEBUG = False",
    "HttpResponseRedirect(HOME if 'undo' in request.POST else request.path)",
    "class F(ModelForm):\n    class Meta:\n        fields = ['name']",
]
TEMPLATES = {
    "html-as-it-is": ["{{ name|safe }}", "{% autoescape off %}"],
    "inline-script": ["<script>alert(1)</script>", '<script type="module">x</script>'],
    "inline-style": ["<style>p{}</style>", '<p style="color: red">'],
    "inline-event": ['<button type="button" onclick="x()">'],
    "javascript-address": ['<a href="javascript:x()">', "<form action=' JavaScript:x()'>"],
    "from-elsewhere": [
        '<script src="https://ailleurs.example/x.js"></script>',
        '<img alt="" src="//ailleurs.example/x.png">',
    ],
}
FINE_TEMPLATE = (
    '<a href="{{ url }}">{{ name }}</a><script src="/static/x.js"></script>'
    '<script type="application/ld+json">{{ data }}</script><img src="{{ src }}" alt="">'
)


def seen(place: str, text: str) -> set[str]:
    return {name for _, name, _ in rules().of_python(place, text)}


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, found in FAULTS.items() for t in found])
def test_a_planted_fault_is_seen(name: str, text: str) -> None:
    assert name in seen("web/offer/views.py", text)


@pytest.mark.parametrize("text", FINE)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert seen("web/offer/views.py", text) == set()


def test_who_may_ask_other_machines_still_says_how_long() -> None:
    place = "web/action/sms.py"
    assert seen(place, "import httpx\nhttpx.Client(timeout=3, follow_redirects=False)") == set()
    assert seen(place, "import httpx\nhttpx.Client()") == {"asking-another-machine"}
    assert all((ROOT / "src/portrea" / name).is_file() for name in rules().MAY_GO_OUT)


@pytest.mark.parametrize(
    ("name", "text"), [(n, t) for n, found in TEMPLATES.items() for t in found]
)
def test_a_planted_fault_of_a_template_is_seen(name: str, text: str) -> None:
    found = list(rules().of_template("offer/x.html", f"<p>\n{text}"))
    assert [(line, rule) for line, rule, _ in found] == [(2, name)]
    assert list(rules().of_template("offer/x.html", FINE_TEMPLATE)) == []


def test_every_rule_has_its_planted_fault() -> None:
    assert set(rules().RULES) == set(FAULTS)
    assert set(rules().IN_TEMPLATES) == set(TEMPLATES)


def test_raw_html_is_where_it_is_said_to_be() -> None:
    places = {
        path.as_posix().rpartition("/templates/")[2]: path
        for path in (ROOT / "src/portrea").rglob("templates/**/*.html")
    }
    assert [place for place in rules().RAW_HTML if "|safe" not in places[place].read_text()] == []


@pytest.mark.slow
def test_the_code_holds_none() -> None:
    """As scripts/lint.sh asks."""
    command = [sys.executable, str(ROOT / "scripts/audit_rules.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "Rien à redire.\n")
