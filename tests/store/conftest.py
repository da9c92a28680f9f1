from __future__ import annotations

import pytest

from tests.store.recorded_world import record_exercise, record_minute
from vedette.store import Recorder


@pytest.fixture
def recorded(tmp_path):
    """(path of a sealed recording, what it holds)."""
    path = tmp_path / "minute.mcap"
    with Recorder(path, {"site": "name = 'base'\n", "seed": "1"}) as recorder:
        kept = record_minute(recorder)
    return path, kept


@pytest.fixture
def exercise(tmp_path):
    """(path of a sealed recording of an exercise, what it holds, its truth apart)."""
    path = tmp_path / "exercise.mcap"
    with Recorder(path, {"site": "name = 'base'\n", "seed": "1"}) as recorder:
        kept = record_minute(recorder)
        truth = record_exercise(recorder)
    return path, kept, truth
