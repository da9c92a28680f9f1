from __future__ import annotations

import pytest

from tests.store.recorded_world import record_minute
from vedette.store import Recorder


@pytest.fixture
def recorded(tmp_path):
    """(path of a sealed recording, what it holds)."""
    path = tmp_path / "minute.mcap"
    with Recorder(path, {"site": "name = 'base'\n", "seed": "1"}) as recorder:
        kept = record_minute(recorder)
    return path, kept
