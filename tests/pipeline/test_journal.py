"""What the pipeline tells the log: every act, every step of an alert, once, and who it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.pipeline.runs import demo, drive
from vedette.pipeline import Journal, PacedDesk, Pipeline
from vedette.store import Log, verify
from vedette.store.log_check import entries


def test_acts_and_steps_of_alerts_are_in_the_log(tmp_path: Path) -> None:
    show = demo()
    pipeline = Pipeline(show.site)
    log = Log(tmp_path, Ed25519PrivateKey.from_private_bytes(bytes(32)), lambda: 1)
    Journal.of(pipeline, log)
    drive(pipeline, show, 60.0, ack_at=50.0)
    assert verify(tmp_path).ok
    found = list(entries(tmp_path))[1:]
    raised = [entry for entry in found if entry.what == "alert new"]
    assert raised
    assert all(entry.who == "vedette" for entry in raised)
    assert len({entry.body["alert"] for entry in raised}) == len(raised)  # each once, in 300 pictures
    (act,) = [entry for entry in found if entry.what == "act"]
    assert act.who == "Duty officer"
    assert act.body["act"] == "acknowledge"
    assert act.body["note"] == "seen from the tower"
    (step,) = [entry for entry in found if entry.what == "alert acknowledged"]
    assert (step.who, step.body["alert"]) == ("Duty officer", act.body["alert"])
    assert step.body["at"] == act.body["at"]


def test_what_stands_at_the_start_is_not_written_down_again(tmp_path: Path) -> None:
    show = demo()
    pipeline = Pipeline(show.site)
    drive(pipeline, show, 60.0)
    assert pipeline.picture.alerts
    log = Log(tmp_path, Ed25519PrivateKey.from_private_bytes(bytes(32)), lambda: 1)
    journal = Journal.of(pipeline, log)
    journal.write(pipeline.picture)
    assert log.head[0] == 0


def test_a_log_that_fails_does_not_stop_the_pipeline(tmp_path: Path, monkeypatch: Any) -> None:
    show = demo()
    pipeline = Pipeline(show.site)
    log = Log(tmp_path, Ed25519PrivateKey.from_private_bytes(bytes(32)), lambda: 1)
    Journal.of(pipeline, log)

    def full(*_: Any) -> Callable[[], None]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Log, "_write", full)
    drive(pipeline, show, 60.0, ack_at=50.0)
    assert log.counters["failed"] > 1
    desk = PacedDesk(pipeline, (), lambda: 1)
    assert "cannot be written: No space left on device. Make room." in desk.picture().log_trouble
    monkeypatch.undo()
    log.mend()
    assert desk.picture().log_trouble == ""
    assert "Duty officer" in {step.by for alert in pipeline.picture.alerts for step in alert.history}
