"""The real territories, built once from the packages installed with Portrea."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portrea.sources.loading import load_embedded
from portrea.sources.store import Store
from portrea.territory import Gazetteer, complete_territories

if TYPE_CHECKING:
    import polars as pl


@pytest.fixture(scope="session")
def embedded(tmp_path_factory) -> Store:
    """A store with the embedded data of all France."""
    store = Store(tmp_path_factory.mktemp("embedded"))
    load_embedded(store)
    return store


@pytest.fixture(scope="session")
def real_territories(embedded) -> pl.DataFrame:
    return complete_territories(embedded.gather("territories"))


@pytest.fixture(scope="session")
def real_contours(embedded) -> pl.DataFrame:
    return embedded.gather("contours")


@pytest.fixture(scope="session")
def real_gazetteer(real_territories) -> Gazetteer:
    return Gazetteer(real_territories)
