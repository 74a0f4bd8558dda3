"""A test world harsher than production: no network, random order, warnings are errors."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real files for development; absent on a user's machine: skip, visibly."""
    path = SHARED / "data"
    if not path.is_dir():
        pytest.skip("../shared/data absent")
    return path


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """Folder of reference tables; absent on a user's machine: skip, visibly."""
    path = SHARED / "reference"
    if not path.is_dir():
        pytest.skip("../shared/data absent (../shared/reference)")
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty ``$PORTREA_HOME``."""
    path = tmp_path / "portrea-home"
    monkeypatch.setenv("PORTREA_HOME", str(path))
    return path
