"""Rules of security of our own, read from the code and the templates without running them.

``python scripts/audit_rules.py`` prints « file:line rule message » and ends with 1 when something
is found. Each rule has a planted fault in tests/test_audit_rules.py.

A line that must break a rule says so with its reason: ``# noqa: S608 - names of tables only``.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "portrea"
REASON = re.compile(r"#.*\S \S")
SILENCED = re.compile(r"# noqa: (?:\w+, )*S\d{3}\b(.*)")
OUTGOING = {"httpx", "requests", "urllib.request", "urllib3", "http.client", "ftplib", "aiohttp"}
MAY_GO_OUT = {
    "cli/deploy.py": "asks whether the site of this machine answers",
    "sources/ban.py": "Base adresse nationale: address given by the administrator",
    "sources/fetch.py": "public files of the catalogue",
    "sources/udata.py": "data.gouv.fr: address given by the administrator",
    "web/accounts/oidc.py": "identity provider given by the administrator",
    "web/action/sms.py": "gateway given by the administrator",
}
"""The only modules that ask something of another machine, and whose address they ask."""
RAW_HTML = {
    "needs/map/_frame.html": "drawing made by needs.map, every text escaped",
    "reach/tour/_loops.html": "drawing made by reach.drawing, every text escaped",
    "reach/what_if/_map.html": "drawing made by reach.drawing, every text escaped",
    "steering/note.html": "our own notes of method, written in Markdown in the repository",
}
"""Templates that write HTML as it is, and where it comes from."""
PARSERS = {"parse", "fromstring", "fromstringlist", "iterparse", "XML", "XMLParser", "parseString"}
LOGGED = {"debug", "info", "warning", "error", "exception", "critical", "log"}
RECEIVED = {"POST", "GET", "FILES", "COOKIES", "META", "headers", "body", "cleaned_data"}
UNPICKLES = {"pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle"}


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: its place under the package, its lines, what it is made of."""

    place: str
    lines: tuple[str, ...]
    nodes: dict[type[ast.AST], list[Any]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, place: str, text: str) -> Source:
        """Read a file: its tree is walked once for all rules."""
        source = cls(place, tuple(text.splitlines()))
        for node in ast.walk(ast.parse(text)):
            source.nodes[type(node)].append(node)
        return source

    def told(self, node: ast.AST) -> bool:
        """Tell whether a comment with words stands on the lines of a node."""
        last = getattr(node, "end_lineno", None) or node.lineno
        return any(REASON.search(line) for line in self.lines[node.lineno - 1 : last])


Found = "Iterator[tuple[int, str]]"
RULES: dict[str, Callable[[Source], Iterator[tuple[int, str]]]] = {}


def rule(function: Callable[[Source], Iterator[tuple[int, str]]]) -> Callable[..., object]:
    """Add a function to the rules, under its name."""
    RULES[function.__name__.replace("_", "-")] = function
    return function


def calls(source: Source, *names: str) -> Iterator[ast.Call]:
    """Yield the calls of a function by its last name: ``mark_safe``, ``safestring.mark_safe``."""
    for node in source.nodes[ast.Call]:
        function = node.func
        last = function.attr if isinstance(function, ast.Attribute) else name_of(function)
        if last in names:
            yield node


def name_of(node: ast.AST) -> str:
    """Return a dotted name, empty when it is none."""
    if isinstance(node, ast.Attribute):
        before = name_of(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def words_of(node: ast.AST) -> dict[str, ast.expr]:
    """Return the named arguments of a call."""
    return {word.arg: word.value for word in getattr(node, "keywords", ()) if word.arg}


def imports(source: Source) -> Iterator[tuple[int, str, str]]:
    """Yield (line, module, name) of every import; the name is empty for « import module »."""
    for node in source.nodes[ast.Import]:
        yield from ((node.lineno, alias.name, "") for alias in node.names)
    for node in source.nodes[ast.ImportFrom]:
        yield from ((node.lineno, node.module or "", alias.name) for alias in node.names)


def mentions(node: ast.AST, attributes: set[str]) -> bool:
    """Tell whether what a request carries is written somewhere under a node."""
    return any(
        isinstance(part, ast.Attribute)
        and part.attr in attributes
        and name_of(part.value).rpartition(".")[2] in {"request", "form", "self"}
        for part in ast.walk(node)
    )


def built(node: ast.AST) -> bool:
    """Tell whether a text is put together from pieces: f-string, +, %, format."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return True
    return isinstance(node, ast.Call) and name_of(node.func).endswith("format")


def branches(node: ast.expr) -> list[ast.expr]:
    """Return what an expression may be worth, without what it depends on."""
    if isinstance(node, ast.IfExp):
        return branches(node.body) + branches(node.orelse)
    return [node]


def only_names(node: ast.AST) -> bool:
    """Tell whether a text only puts quoted names in a change of structure: no parameter can."""
    told = ast.unparse(node)
    return bool(re.match(r"f[\"']+(DROP|CREATE|ALTER) ", told)) and not re.search(
        r"(?<!\"){|}(?!\")", told
    )


@rule
def a_silenced_rule_says_why(source: Source) -> Found:
    """A rule of security is put aside with a reason."""
    for number, line in enumerate(source.lines, 1):
        found = SILENCED.search(line)
        above = source.lines[number - 2].strip().startswith("# ") if number > 1 else False
        if found and len(found[1].strip(" -()")) < 5 and not above:
            yield number, "write the reason after the code, or on the line above"


@rule
def html_as_it_is(source: Source) -> Found:
    """What is not escaped says where it comes from."""
    for node in calls(source, "mark_safe", "SafeString", "SafeText"):
        constant = all(isinstance(argument, ast.Constant) for argument in node.args)
        if not constant and not source.told(node):
            yield node.lineno, "mark_safe of a value: use format_html, or say why"


@rule
def a_form_without_its_mark(source: Source) -> Found:
    """A view that refuses no other site says why."""
    for node in source.nodes[ast.FunctionDef]:
        for one in node.decorator_list:
            exempt = any(name_of(part) == "csrf_exempt" for part in ast.walk(one))
            if exempt and not source.told(one):
                yield one.lineno, "csrf_exempt without its reason on the line"


@rule
def sql_made_of_pieces(source: Source) -> Found:
    """A query takes its values as parameters."""
    for node in calls(source, "execute", "executemany", "raw", "RawSQL", "extra"):
        asked = node.args[0] if node.args else node
        if built(asked) and not only_names(asked) and not source.told(node):
            yield node.lineno, "SQL made of pieces: give values as parameters"


@rule
def a_shell(source: Source) -> Found:
    """No command goes through a shell."""
    for node in source.nodes[ast.Call]:
        shell = words_of(node).get("shell")
        told = shell is not None and not (isinstance(shell, ast.Constant) and shell.value is False)
        if told or name_of(node.func) in {"os.system", "os.popen", "subprocess.getoutput"}:
            yield node.lineno, "a command through a shell: give a list of words"


@rule
def text_that_runs(source: Source) -> Found:
    """Nothing received becomes code or an object."""
    for node in source.nodes[ast.Call]:
        if name_of(node.func) in {"eval", "exec", "__import__"}:
            yield node.lineno, "text that runs"
    for line, module, _name in imports(source):
        if module.partition(".")[0] in UNPICKLES:
            yield line, f"{module} runs what it reads: use JSON"


@rule
def yaml_that_makes_objects(source: Source) -> Found:
    """YAML is read by a safe loader."""
    for node in source.nodes[ast.Call]:
        name = name_of(node.func)
        if name in {"yaml.unsafe_load", "yaml.full_load"} or (
            name == "yaml.load" and not source.told(node)
        ):
            yield node.lineno, "yaml.safe_load, or a reason that the loader is safe"


@rule
def xml_without_armour(source: Source) -> Found:
    """XML received is read by defusedxml only; xml.etree writes."""
    for line, module, name in imports(source):
        if (module.startswith("xml.") and name in PARSERS) or module.startswith(
            ("lxml", "xml.dom", "xml.sax.expatreader", "xml.parsers")
        ):
            yield line, f"{module}.{name}: read XML with defusedxml"
    for node in calls(source, *PARSERS):
        if name_of(node.func).startswith(("ElementTree.", "ET.", "etree.", "minidom.")):
            yield node.lineno, "read XML with defusedxml"


@rule
def asking_another_machine(source: Source) -> Found:
    """A few modules ask other machines, with a time limit and a choice about redirections."""
    for line, module, name in imports(source):
        asked = {module, f"{module}.{name}"} & OUTGOING
        if asked and source.place not in MAY_GO_OUT:
            yield line, "asks another machine: see MAY_GO_OUT in scripts/audit_rules.py"
    for node in source.nodes[ast.Call]:
        name = name_of(node.func)
        if name in {"httpx.Client", "httpx.AsyncClient"}:
            if not {"timeout", "follow_redirects"} <= words_of(node).keys():
                yield node.lineno, "a client says its timeout and follow_redirects"
            verify = words_of(node).get("verify")
            if isinstance(verify, ast.Constant) and verify.value is False:
                yield node.lineno, "certificates are verified"
        elif re.fullmatch(r"httpx\.(get|post|put|patch|delete|head|request|stream)", name):
            yield node.lineno, "use a client with its timeout and follow_redirects"


@rule
def a_weak_digest(source: Source) -> Found:
    """MD5 and SHA-1 only where nothing depends on them."""
    for node in calls(source, "md5", "sha1"):
        told = words_of(node).get("usedforsecurity")
        if not (isinstance(told, ast.Constant) and told.value is False):
            yield node.lineno, "use SHA-256, or say usedforsecurity=False"


@rule
def chance_that_is_guessed(source: Source) -> Found:
    """What opens doors is drawn by ``secrets``; a sample, by a generator with its seed."""
    for line, module, name in imports(source):
        if module == "random" and source.place.startswith("web/") and name not in {"", "Random"}:
            yield line, "use the module secrets"
    for node in source.nodes[ast.Call] if source.place.startswith("web/") else ():
        if re.fullmatch(r"random\.(?!Random$)\w+", name_of(node.func)):
            yield node.lineno, "use the module secrets"


@rule
def a_file_anyone_may_put_first(source: Source) -> Found:
    """Temporary files are opened as they are named; archives do not choose paths."""
    for node in calls(source, "mktemp", "extractall", "unpack_archive"):
        yield node.lineno, "a name drawn before its file, or paths chosen by an archive"


@rule
def what_was_received_in_the_journal(source: Source) -> Found:
    """No line of the journal holds what a request carried."""
    for node in calls(source, *LOGGED):
        about = name_of(node.func).partition(".")[0]
        if about in {"logger", "logging", "log"} and mentions(node, RECEIVED):
            yield node.lineno, "what a request carries is not written in the journal"


@rule
def an_assertion_as_a_guard(source: Source) -> Found:
    """« python -O » takes assertions away: they never guard."""
    for node in source.nodes[ast.Assert]:
        names = {name_of(part) for part in ast.walk(node.test)}
        if any(re.match(r"(request|actor|user)\b|may$|.*is_authenticated", n) for n in names):
            yield node.lineno, "an assertion that guards: raise"


@rule
def debugging(source: Source) -> Found:
    """Faults are shown in full on a developer's machine only."""
    for node in source.nodes[ast.Assign]:
        names = {name_of(target).rpartition(".")[2] for target in node.targets}
        ours = source.place == "web/config/settings/dev.py"
        if "DEBUG" in names and not ours and ast.unparse(node.value) != "False":
            yield node.lineno, "DEBUG outside the settings of a developer"
    for node in calls(source, "breakpoint", "set_trace"):
        yield node.lineno, "a breakpoint"


@rule
def led_where_the_request_says(source: Source) -> Found:
    """A redirection never goes where the request says without a look."""
    for node in calls(source, "HttpResponseRedirect", "HttpResponsePermanentRedirect", "redirect"):
        led = [part for one in node.args for part in branches(one)]
        if any(mentions(part, {"GET", "POST", "META", "headers"}) for part in led):
            yield node.lineno, "a redirection to what the request says: following_of(request)"


@rule
def fields_nobody_chose(source: Source) -> Found:
    """A form of a model names its fields: no other may be set by who sends it."""
    for node in source.nodes[ast.ClassDef]:
        for line in node.body if node.name == "Meta" else ():
            if re.match(r"fields = '__all__'|exclude = ", ast.unparse(line)):
                yield line.lineno, "name the fields of the form"


IN_TEMPLATES = {
    "html-as-it-is": re.compile(r"\|\s*safe\b|autoescape off|\|\s*safeseq"),
    "inline-script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)[^>]*>"),
    "inline-style": re.compile(r"<style\b|\sstyle=[\"']"),
    "inline-event": re.compile(r"<[a-z][^>]*\son[a-z]+=[\"']"),
    "javascript-address": re.compile(r"(href|src|action)=[\"']\s*javascript:", re.IGNORECASE),
    "from-elsewhere": re.compile(r"<(script|img|iframe|link)\b[^>]*(src|href)=[\"'](https?:)?//"),
}
"""Rule → what no template holds."""


def of_python(place: str, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield (line, rule, message) for one module; ``place`` is its path under the package."""
    source = Source.of(place, text)
    for name, function in RULES.items():
        yield from ((line, name, message) for line, message in function(source))


def of_template(place: str, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield (line, rule, message) for one template; ``place`` is its name for Django."""
    for name, pattern in IN_TEMPLATES.items():
        if name == "html-as-it-is" and place in RAW_HTML:
            continue
        for found in pattern.finditer(text):
            yield text.count("\n", 0, found.start()) + 1, name, found[0].strip()


def audit() -> Iterator[str]:
    """Yield « file:line rule message » for all that is found in the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        for line, name, message in of_python(place, path.read_text("utf-8")):
            yield f"src/portrea/{place}:{line} {name} {message}"
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        place = path.as_posix().rpartition("/templates/")[2]
        for line, name, message in of_template(place, path.read_text("utf-8")):
            yield f"{path.relative_to(ROOT).as_posix()}:{line} {name} {message}"


if __name__ == "__main__":
    faults = list(audit())
    print("\n".join(faults) if faults else "Rien à redire.")
    sys.exit(1 if faults else 0)
