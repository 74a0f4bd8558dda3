"""A click that waits for the page it asks for, as a person does before reading."""

from __future__ import annotations

from functools import wraps
from time import monotonic
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Locator, Page

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

TICK = 25
"""Milliseconds that the browser takes to send a form after the click on its button."""
PATIENCE = 15.0


def settled(act: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same act, that ends when the page it leads to, if any, can be read."""

    @wraps(act)
    def acting(one: Page | Locator, *given: Any, **told: Any) -> Any:
        page = one if isinstance(one, Page) else one.page
        asked: list[str] = []
        arrived: list[str] = []
        notes: dict[str, Callable[[Any], None]] = {
            "request": lambda it: asked.append(it.url) if leads(page, it) else None,
            "framenavigated": lambda it: arrived.append(it.url) if it == page.main_frame else None,
            "requestfailed": lambda it: arrived.append(it.url) if leads(page, it) else None,
            "download": lambda it: arrived.append(it.url),
        }
        for event, note in notes.items():
            page.on(event, note)  # type: ignore[call-overload]
        try:
            made = act(one, *given, **told)
            wait(page, asked, arrived)
        finally:
            for event, note in notes.items():
                page.remove_listener(event, note)
        return made

    return acting


def leads(page: Page, request: Any) -> bool:
    """Whether a request asks for another page in this window."""
    return bool(request.is_navigation_request()) and request.frame == page.main_frame


def wait(page: Page, asked: list[str], arrived: list[str]) -> None:
    """Wait until what was asked has come, and can be read."""
    if page.is_closed():
        return
    page.wait_for_timeout(TICK)
    limit = monotonic() + PATIENCE
    while asked and not arrived and monotonic() < limit and not page.is_closed():
        page.wait_for_timeout(TICK)
    if not page.is_closed():
        page.wait_for_load_state("domcontentloaded")


def patch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every click and key of a test a settled one."""
    for owner in (Page, Locator):
        for name in ("click", "press"):
            monkeypatch.setattr(owner, name, settled(getattr(owner, name)))
