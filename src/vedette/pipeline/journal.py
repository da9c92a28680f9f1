"""What the pipeline has to say to the log: every act of a person, every step in the life of an alert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.assess.ledger import AUTHOR
from vedette.clock import iso
from vedette.pipeline.loop import Pipeline
from vedette.store import Log
from vedette.types import Alert, Picture, Step


class Journal:
    """A sink and a keeper of acts. `Journal.of(pipeline, log)` puts one in its place."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._steps: dict[str, int] = {}  # alert → how many of its steps are in the log

    @classmethod
    def of(cls, pipeline: Pipeline, log: Log) -> Journal:
        """From now on everything done in `pipeline` is in `log`."""
        journal = cls(log)
        # What stands at the start was written down when it was done, before a restart.
        journal._steps = {alert.id: len(alert.history) for alert in pipeline.picture.alerts}
        pipeline.sinks.append(journal)
        pipeline.keepers.append(journal.acted)
        journal._steps = {alert.id: len(alert.history) for alert in pipeline.picture.alerts}
        if pipeline.courier is not None:
            pipeline.courier.told = journal.delivered
        return journal

    def acted(self, t: int, act: Mapping[str, Any]) -> None:
        """A person did something, at data time t (ns UTC)."""
        body = {key: value for key, value in act.items() if key != "by"}
        self._log.append(str(act.get("by", "")), "act", {**body, "at": iso(t)})

    def delivered(self, channel: str, what: str, numbers: Mapping[str, object]) -> None:
        """A message left for people elsewhere, or was given up; on the courier's thread."""
        self._log.append(AUTHOR, f"message {what}", {"channel": channel, **numbers})

    def write(self, picture: Picture) -> None:
        """Take the steps that alerts have made since the last picture."""
        for alert in picture.alerts:
            for step in alert.history[self._steps.get(alert.id, 0) :]:
                self._stepped(alert, step)
        self._steps = {alert.id: len(alert.history) for alert in picture.alerts}

    def _stepped(self, alert: Alert, step: Step) -> None:
        body = {"alert": alert.id, "track": alert.track, "zone": alert.zone, "severity": alert.severity.value}
        if step.note:
            body["note"] = step.note
        self._log.append(step.by, f"alert {step.state.value}", {**body, "at": iso(step.t)})

    def close(self) -> None:
        """The pipeline has closed; whoever opened the log closes it."""
