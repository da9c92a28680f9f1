"""A server with accounts and a desk by hand; a test that needs another one has its own of that name."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.people.doors import Hall, hall
from tests.server.by_hand import site
from tests.server.callers import bearing
from tests.server.served import HandDesk, Served, served
from vedette.server import build_app


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    return hall(tmp_path_factory.mktemp("people"))


@pytest.fixture(scope="module")
def desk() -> HandDesk:
    return HandDesk(site())


@pytest.fixture(scope="module")
def server(there: Hall, desk: HandDesk) -> Iterator[Served]:
    with served(build_app(desk, clock=desk.now, door=there.door)) as running:
        yield running


@pytest.fixture
def by_operator(server: Served, there: Hall) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers=bearing(there, "operator"), verify=False) as client:
        yield client
