"""Files that people send, on the disk or in a bucket: kept, read from elsewhere, erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portrea.base.errors import ParameterError, StoreError
from portrea.web.accounts import objects
from portrea.web.config.settings.objects import objects as options_of
from web.operation.objects.bucket import WRITTEN, Bucket, bucket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper


@pytest.fixture
def shared(settings: SettingsWrapper) -> Iterator[Bucket]:
    with bucket() as found:
        settings.PORTREA_OBJECTS = options_of(found.url)
        yield found


@pytest.fixture
def path(site_home: Path) -> Path:
    """A file just received, whole."""
    path = site_home / "action" / "pictures" / "a1.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"image")
    return path


def test_by_default_the_disk(path: Path) -> None:
    objects.keep(path)
    assert path.read_bytes() == objects.read(path) == b"image"
    assert [found for found, _ in objects.kept(path.parent)] == [path]
    objects.forget(path)
    objects.forget(path)
    assert not path.exists()


def test_in_a_bucket_nothing_stays_on_the_machine(path: Path, shared: Bucket) -> None:
    objects.keep(path)
    assert shared.objects == {"site/action/pictures/a1.jpg": b"image"}
    assert shared.signed == {"AWS4-HMAC-SHA256"}
    assert not path.exists()
    assert objects.read(path) == b"image"
    with objects.at_hand(path) as copy:
        assert (copy.name, copy.read_bytes()) == ("a1.jpg", b"image")
    assert not copy.exists()
    assert list(objects.kept(path.parent)) == [(path, WRITTEN)]
    assert objects.exists(path)
    objects.forget(path)
    objects.forget(path)
    assert not objects.exists(path)
    assert shared.objects == {}
    with pytest.raises(FileNotFoundError):
        objects.read(path)


def test_what_was_on_the_disk_before_is_still_read_and_erased(path: Path, shared: Bucket) -> None:
    assert objects.read(path) == b"image"
    objects.forget(path)
    assert not path.exists()


def test_a_bucket_that_refuses_loses_nothing(path: Path, shared: Bucket) -> None:
    shared.refuses = True
    with pytest.raises(StoreError, match="ne répond pas comme il faut"):
        objects.keep(path)
    assert path.read_bytes() == b"image"


@pytest.mark.parametrize("url", ["https://seau", "s3://", "s3://seau?acl=public", "seau"])
def test_an_address_that_is_not_understood(url: str) -> None:
    with pytest.raises(ParameterError) as fault:
        options_of(url)
    assert "secret" not in str(fault.value).split("Forme attendue")[0]


def test_an_address() -> None:
    found = options_of("s3://cl%2F:s%40@seau/un/deux?endpoint=https://s3.example.org&region=gra")
    assert found == {
        "bucket_name": "seau", "location": "un/deux", "access_key": "cl/", "secret_key": "s@",
        "endpoint_url": "https://s3.example.org", "region_name": "gra", "addressing_style": None,
    }  # fmt: skip
    assert options_of("") == {}
