"""Kernels are compiled before the first test and before its clock starts; later runs find them on disk."""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """In the process that starts the workers, so that these do not all compile the same at once."""
    if hasattr(session.config, "workerinput") or session.config.option.collectonly:
        return
    from vedette.tracker import warm_up

    for _ in warm_up():
        pass
