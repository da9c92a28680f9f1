from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import vedette
from tests.browser.chromium import find_chromium, launched
from tests.browser.console import Console
from tests.browser.program import Program
from tests.browser.program import vedette as run_vedette

Open = Callable[..., Console]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable, reason = find_chromium()
    if executable is None:
        pytest.skip(reason)
    with launched(executable) as browser:
        yield browser


@pytest.fixture(scope="session")
def built() -> None:
    page = Path(vedette.__file__).parent / "web" / "index.html"
    if not page.is_file():
        pytest.fail(f"{page} is missing: build the page with `make web` first.")


@pytest.fixture(scope="session")
def demo(built: None) -> Iterator[Program]:
    """One demo for all tests that do not end it."""
    with run_vedette("demo", "--port", "0", "--no-browser") as program:
        yield program


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens pages, each in a profile of its own, and fails the test for anything they must not do."""
    opened: list[Console] = []

    def open_one(
        program: Program, location: str = "", *, width: int = 1440, height: int = 900, tracks: bool = True
    ) -> Console:
        context = browser.new_context(viewport={"width": width, "height": height})
        opened.append(Console(context.new_page(), program.url))
        return opened[-1].open(location, tracks=tracks)

    yield open_one
    faults = [fault for console in opened for fault in console.faults]
    for console in opened:
        console.page.context.close()
    assert not faults, "\n".join(faults)
