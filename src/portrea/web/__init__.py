"""The door for browsers: a thin Django site over ``portrea.steering``; it never writes the store."""

from __future__ import annotations

from pathlib import Path

WEB_ROOT = Path(__file__).resolve().parent
