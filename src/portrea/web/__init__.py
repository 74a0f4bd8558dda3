"""The door for browsers: a thin Django site over ``portrea.steering``; it writes no statistic."""

from __future__ import annotations

from pathlib import Path

WEB_ROOT = Path(__file__).resolve().parent
