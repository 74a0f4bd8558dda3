"""What a portrait shows of each ready questionnaire: its questions in the order of a diagnosis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.surveys.report import Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.surveys.form import Form
    from portrea.surveys.report import Block


@dataclass(frozen=True, slots=True)
class Theme:
    """A question of a portrait: its short title, the choices ``together`` and what they say."""

    question: str
    title: str
    together: tuple[str, ...] = ()
    named: str = ""


@dataclass(frozen=True, slots=True)
class Themes:
    """What a portrait shows of a questionnaire.

    ``who`` is what an answer counts when it is no person; ``by`` the question whose groups are
    compared; ``profile`` are those that say who answered with their short titles, ``census`` those
    that the census knows.
    """

    who: str = ""
    by: str = ""
    census: tuple[str, ...] = ()
    profile: tuple[tuple[str, str], ...] = ()
    told: tuple[Theme, ...] = ()

    def of(self, question: str) -> Theme | None:
        """Return how a question is told, ``None`` when it is not said."""
        return next((one for one in self.told if one.question == question), None)

    def rank(self, question: str) -> int:
        """Return the place of a question; those not said come last."""
        names = [one.question for one in self.told]
        return names.index(question) if question in names else len(names)


def themes(model: str) -> Themes:
    """Return what a portrait shows of a ready questionnaire; nothing is said of another one."""
    return _all().get(model, Themes())


def for_portrait(report: Report, form: Form, model: str) -> Report:
    """Return a report as a portrait tells it: same questions, groups compared, choices joined.

    What the référent joined or named stays.
    """
    said = themes(model)
    names = {one.name for one in form.questions()}
    by = said.by if said.by in names else ""
    blocks = tuple(_told(one, said, by) for one in report.blocks)
    who = said.who if said.who and report.who == Report().who else report.who
    return replace(report, blocks=blocks, who=who)


def in_order() -> list[str]:
    """Return the ready questionnaires in the order they are told."""
    return list(_all())


def _told(block: Block, said: Themes, by: str) -> Block:
    theme = said.of(block.question)
    if theme is not None and theme.together and not block.together:
        block = replace(block, together=theme.together, named=theme.named)
    compared = theme is not None and by != block.question
    return replace(block, by=by) if compared else replace(block, by="")


@cache
def _all() -> Mapping[str, Themes]:
    text = (files("portrea.surveys") / "params/themes.yaml").read_text("utf-8")
    return {name: _read(card) for name, card in yaml.safe_load(text).items()}


def _read(card: Mapping[str, Any]) -> Themes:
    told = tuple(
        Theme(name, one["title"], tuple(one.get("together", ())), one.get("named", ""))
        for name, one in card["questions"].items()
    )
    return Themes(
        who=card.get("who", ""),
        by=card["by"],
        census=tuple(card["census"]),
        profile=tuple(card["profile"].items()),
        told=told,
    )
