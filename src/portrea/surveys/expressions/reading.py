"""Read an expression into a tree; say in French what cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from portrea.base.errors import PortreaError
from portrea.surveys.expressions.functions import FUNCTIONS, arguments_told

Tree: TypeAlias = tuple[Any, ...]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<answer>\$\{\s*[^}${\s]+\s*\})
      | (?P<number>\d+(?:\.\d*)?|\.\d+)
      | (?P<text>'[^']*'|"[^"]*")
      | (?P<mark><=|>=|!=|\.\.|[=<>+\-*(),.])
      | (?P<word>[A-Za-z_][\w:-]*)
    )""",
    re.VERBOSE,
)
_LEVELS = (
    ("or",),
    ("and",),
    ("=", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "div", "mod"),
)
_LONGEST = 4_000
_DEEPEST_WRITTEN = 40
_DEEPEST = 200


class ExpressionError(PortreaError):
    """An expression that cannot be read: the message quotes it and says where."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


@lru_cache(maxsize=4_096)
def read(text: str, columns: frozenset[str] = frozenset()) -> Tree:
    """Return the tree of an expression.

    ``columns`` are those of the list a filter of choices reads, written without ``${}``.
    Nodes: ``("number", 3.0)``, ``("text", "a")``, ``("answer", "age")``, ``("column", "dep")``,
    ``("self",)``, ``("parent",)``, ``("minus", tree)``, ``("call", name, (trees…))``,
    and ``(operator, left, right)``, but ``("or", …)`` and ``("and", …)`` hold all theirs.

    Raises
    ------
    ExpressionError
        The text is empty, too long, or not an expression; the message says where.
    """
    if not text.strip():
        message = "Cette condition est vide."
        raise ExpressionError(message, remedy="Écrivez par exemple : ${age} >= 60.")
    if len(text) > _LONGEST:
        message = f"Cette condition a {len(text)} caractères, plus que les {_LONGEST} permis."
        raise ExpressionError(message, remedy="Coupez-la par des calculs intermédiaires.")
    return _Reader(text, columns).whole()


def names_in(tree: Tree) -> frozenset[str]:
    """Return the names of the answers an expression reads (``${…}``)."""
    if tree[0] == "answer":
        return frozenset({tree[1]})
    return frozenset().union(*(names_in(part) for part in parts_of(tree)))


class _Reader:
    def __init__(self, text: str, columns: frozenset[str]) -> None:
        self.text = text
        self.columns = columns
        self.tokens = list(_tokens(text))
        self.next = 0
        self.depth = 0

    def whole(self) -> Tree:
        tree = self.level(0)
        if self.next < len(self.tokens):
            raise self.unexpected()
        if _depth(tree) > _DEEPEST:
            raise _refusal(self.text, len(self.text), "trop d’opérations à la suite")
        return tree

    def level(self, rank: int) -> Tree:
        if rank == len(_LEVELS):
            return self.signed()
        tree = self.level(rank + 1)
        while (operator := self.taken(*_LEVELS[rank])) is not None:
            right = self.level(rank + 1)
            alike = operator in {"or", "and"} and tree[0] == operator
            tree = (*tree, right) if alike else (operator, tree, right)
        return tree

    def signed(self) -> Tree:
        minus = 0
        while self.taken("-") is not None:
            minus += 1
        tree = self.single()
        return ("minus", tree) if minus % 2 else tree

    def single(self) -> Tree:
        self.depth += 1
        if self.depth > _DEEPEST_WRITTEN:
            raise _refusal(self.text, len(self.text), "trop de parenthèses l’une dans l’autre")
        tree = self.opened()
        self.depth -= 1
        return tree

    def opened(self) -> Tree:
        token = self.peek()
        if token is None:
            raise _refusal(self.text, len(self.text), "il manque une valeur à la fin")
        match token.kind, token.text:
            case "mark", "(":
                self.next += 1
                tree = self.level(0)
                self.close("une parenthèse n’est pas refermée")
                return tree
            case "mark", "." | "..":
                self.next += 1
                return ("self",) if token.text == "." else ("parent",)
            case "mark", _:
                raise self.unexpected()
            case "word", _:
                return self.call(token)
        self.next += 1
        return _leaf(token)

    def call(self, token: _Token) -> Tree:
        self.next += 1
        if self.taken("(") is None:
            return self.column(token)
        if token.text not in FUNCTIONS:
            why = f"la fonction « {token.text} » n’est pas connue"
            raise _refusal(self.text, token.at, why)
        arguments = self.arguments()
        if not FUNCTIONS[token.text].takes(len(arguments)):
            told = arguments_told(token.text)
            raise _refusal(self.text, token.at, f"{told} ; ici {len(arguments)}")
        return ("call", token.text, arguments)

    def column(self, token: _Token) -> Tree:
        if token.text in self.columns:
            return ("column", token.text)
        why = f"« {token.text} » seul ne dit rien : une réponse s’écrit ${{{token.text}}}"
        listed = ", ".join(sorted(self.columns))
        known = f", une colonne de la liste par son nom ({listed})" if listed else ""
        raise _refusal(self.text, token.at, f"{why}, un mot entre apostrophes{known}")

    def arguments(self) -> tuple[Tree, ...]:
        if self.taken(")") is not None:
            return ()
        found = [self.level(0)]
        while self.taken(",") is not None:
            found.append(self.level(0))
        self.close("il manque une virgule ou une parenthèse")
        return tuple(found)

    def close(self, why: str) -> None:
        if self.taken(")") is None:
            token = self.peek()
            raise _refusal(self.text, token.at if token else len(self.text), why)

    def peek(self) -> _Token | None:
        return self.tokens[self.next] if self.next < len(self.tokens) else None

    def taken(self, *texts: str) -> str | None:
        token = self.peek()
        if token is None or token.kind not in {"mark", "word"} or token.text not in texts:
            return None
        self.next += 1
        return token.text

    def unexpected(self) -> ExpressionError:
        token = self.tokens[self.next]
        return _refusal(self.text, token.at, f"« {token.text} » n’est pas attendu ici")


def parts_of(tree: Tree) -> list[Tree]:
    """Return the trees directly inside a tree."""
    parts = tree[2] if tree[0] == "call" else tree[1:]
    return [part for part in parts if isinstance(part, tuple)]


def _depth(tree: Tree) -> int:
    deepest, level = 0, [tree]
    while level:
        deepest, level = deepest + 1, [part for one in level for part in parts_of(one)]
    return deepest


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise _refusal(text, at, _unreadable(text[at:].lstrip()))
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return found


def _unreadable(rest: str) -> str:
    if rest.startswith("${"):
        return "une accolade n’est pas refermée : une réponse s’écrit ${nom}"
    if rest[0] in "'\"":
        return "une apostrophe ou un guillemet ouvre un texte et rien ne le referme"
    if rest[0] == "/":
        return "les chemins ne sont pas lus : une réponse s’écrit ${…}"
    return f"« {rest[0]} » n’a pas de sens ici"


def _leaf(token: _Token) -> Tree:
    if token.kind == "number":
        return ("number", float(token.text))
    if token.kind == "text":
        return ("text", token.text[1:-1])
    return ("answer", token.text[2:-1].strip())


def _refusal(text: str, at: int, why: str) -> ExpressionError:
    message = f"Condition « {text.strip()} », caractère {at + 1} : {why}."
    return ExpressionError(message, remedy="Corrigez-la, ou supprimez-la pour ne rien exiger.")
