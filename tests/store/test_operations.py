"""What must outlive a restart: written, read back, and there after any end."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.recorded_world import T0, make_alert, make_operations
from vedette.errors import RecordingError
from vedette.store import OperationsStore, decode_operations, encode_operations
from vedette.types import Arrival
from vedette.types.operations import Entry, Operations

SRC = Path(__file__).parents[2] / "src"


def test_everything_comes_back_as_it_was(tmp_path):
    with OperationsStore(tmp_path / "kept.sqlite") as store:
        assert store.load() == Operations()
        store.keep(make_operations())
    with OperationsStore(tmp_path / "kept.sqlite") as store:
        assert store.load() == make_operations()


def test_what_is_over_is_forgotten_and_the_log_is_not(tmp_path):
    with OperationsStore(tmp_path / "kept.sqlite") as store:
        store.keep(make_operations())
        store.keep(Operations(log=(*make_operations().log, Entry(T0 + 2, "Kim", "remark", "new"))))
    with OperationsStore(tmp_path / "kept.sqlite") as store:
        found = store.load()
    assert (found.alerts, found.words, found.rules, found.switched, found.posture) == ((), (), (), {}, None)
    assert [entry.text for entry in found.log] == [make_operations().log[0].text, "x", "new"]


def test_a_log_that_has_lost_its_oldest_lines_grows_by_the_new_ones_alone(tmp_path):
    lines = tuple(Entry(T0 + k, "Lee", "remark", f"line {k}") for k in range(6))
    with OperationsStore(tmp_path / "kept.sqlite") as store:
        store.keep(Operations(log=lines[:4]))
        store.keep(Operations(log=lines[2:6]))
        store.keep(Operations(log=lines[2:6]))
    with OperationsStore(tmp_path / "kept.sqlite") as store:
        assert store.load().log == lines


def test_the_recording_holds_it_too_to_the_bit():
    data = encode_operations(T0, make_operations())
    again = decode_operations(data)
    assert (again.t, again.operations) == (T0, make_operations())
    assert encode_operations(*again) == data


def test_an_alert_with_all_it_can_hold_comes_back(tmp_path):
    import dataclasses

    alert = make_alert(T0)
    alert = dataclasses.replace(
        alert, raised=alert.evidence, arrival=Arrival(asset="Fuel", after_s=1.5, low_s=0.1, high_s=2.0),
        would_change=("One more miss of north-radar and it is no longer confirmed.",), ignored=True,
    )  # fmt: skip
    with OperationsStore(tmp_path / "kept.sqlite") as store:
        store.keep(Operations(alerts=(alert,)))
    with OperationsStore(tmp_path / "kept.sqlite") as store:
        assert store.load().alerts == (alert,)


WRITER = """
import sys
from vedette.store import OperationsStore
from vedette.types.operations import Entry, Operations
store = OperationsStore(sys.argv[1])
store.load()
log = ()
for k in range(100_000):
    log = (*log, Entry(k, "Lee", "remark", f"line {k}"))
    store.keep(Operations(log=log[-50:], highest=k))
    print(k, flush=True)
"""


def test_kill_9_loses_nothing_that_was_kept(tmp_path):
    path = tmp_path / "kept.sqlite"
    for _ in range(2):
        environment = {**os.environ, "PYTHONPATH": str(SRC)}
        command = [sys.executable, "-c", WRITER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as writer:
            told = [int(writer.stdout.readline()) for _ in range(30)][-1]
            writer.send_signal(signal.SIGKILL)
            told = max([told, *map(int, writer.stdout.read().split())])
        with OperationsStore(path) as store:
            found = store.load()
        assert told <= found.highest <= told + 1
        assert found.log[-1].text == f"line {found.highest}"


def test_one_process_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr("vedette.store.operations.PATIENCE", 0.05)
    with (
        OperationsStore(tmp_path / "kept.sqlite"),
        pytest.raises(RecordingError, match="another Vedette has it open"),
    ):
        OperationsStore(tmp_path / "kept.sqlite")


@pytest.mark.parametrize("damage", ["text", "cut", "body", "version", "folder"])
def test_what_cannot_be_read_is_refused_with_a_remedy(tmp_path, damage):
    path = tmp_path / "kept.sqlite"
    with OperationsStore(path) as store:
        store.keep(make_operations())
    if damage == "text":
        path.write_text("no database " * 1000)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:5000])
    elif damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        with sqlite3.connect(path) as database:
            database.execute(
                "UPDATE kept SET body = '{}'" if damage == "body" else "PRAGMA user_version = 99"
            )
        database.close()
    with pytest.raises(RecordingError) as refused, OperationsStore(path) as store:
        store.load()
    assert str(path) in str(refused.value)
    assert str(refused.value).endswith(".")
