"""Kernels are compiled before the first test and before its clock starts; later runs find them on disk."""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """In the process that starts the workers, so that these do not all compile the same at once."""
    if hasattr(session.config, "workerinput") or session.config.option.collectonly:
        return
    from importlib.resources import as_file, files

    from vedette.pipeline import warm_up
    from vedette.site import load_site

    with as_file(files("vedette.scenario") / "catalogue" / "airbase-iraq.toml") as path:
        for _ in warm_up(load_site(path)):
            pass
