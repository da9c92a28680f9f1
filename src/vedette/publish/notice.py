"""What is said of alerts on channels that tell of single ones: which events, and in which words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vedette.clock import iso, seconds
from vedette.publish.channel import Office
from vedette.publish.config import Event, Told
from vedette.publish.outbox import Letter
from vedette.types import Alert, AlertState, Severity
from vedette.types.alert import RANK

EXERCISE = "EXERCISE EXERCISE EXERCISE"
EXERCISE_LINE = "This is an exercise. There is no such aircraft."
KEEP_SAID = 4096  # alerts remembered; far more than ever stand on the list


def relevant(alert: Alert, severity: Severity, zones: Sequence[str]) -> bool:
    """Whether a channel that tells of these wants to know of the alert."""
    return RANK[alert.severity] >= RANK[severity] and (not zones or alert.zone in zones)


def news(
    config: Told, site: str, exercise: bool, t: int, alerts: Sequence[Alert], said: Mapping[str, Any]
) -> tuple[list[Letter], dict[str, Any]]:
    """A letter for each event that has not been told of, and what is to be remembered.

    An alert is known by its id and the time it was raised: after a restart numbers may begin anew, and a new
    alert must never pass for one that was told of.
    """
    letters, remember = [], {}
    for alert in alerts:
        about = f"{alert.id}@{alert.t_raised}"
        events = list(_events(alert, said.get(about)))
        if not events or not relevant(alert, config.severity, config.zones):
            continue
        remember[about] = stage(alert)
        letters += [letter(event, alert, site, exercise, t) for event in events if event in config.on]
    return letters, {**remember, **_outlived(alerts, said)}


def stage(alert: Alert) -> list[Any]:
    """How far the alert has come: what one must have told of to have nothing more to tell."""
    return [alert.state.value, alert.ignored]


def _events(alert: Alert, before: list[Any] | None) -> Iterator[Event]:
    """What has happened since it stood at `before`; None: it is new here."""
    if before is None:
        if alert.state is not AlertState.CLOSED:
            yield "new"
    elif alert.ignored and not before[1] and alert.state is AlertState.NEW:
        yield "ignored"
    elif alert.state.value != before[0]:
        yield alert.state.value


def _outlived(alerts: Sequence[Alert], said: Mapping[str, Any]) -> dict[str, None]:
    """Alerts that are on the list no more, once very many are remembered."""
    if len(said) <= KEEP_SAID:
        return {}
    present = {f"{alert.id}@{alert.t_raised}" for alert in alerts}
    return {about: None for about in said if about not in present}


def letter(event: Event, alert: Alert, site: str, exercise: bool, t: int) -> Letter:
    """One event in words and in numbers."""
    title = f"{alert.severity.value.upper()} {alert.zone}: {_headline(event, alert)}"
    lines = [f"{site}, {iso(t)[:19].replace('T', ' ')} UTC.", alert.evidence.sentence, *_arrival(alert)]
    lines += _steps(alert)
    if exercise:
        title, lines = f"{EXERCISE} {title}", [EXERCISE_LINE, *lines, EXERCISE_LINE]
    return Letter(t=t, subject=title, text="\n".join(lines), body={"event": event, "alert": told(alert)})


def _headline(event: Event, alert: Alert) -> str:
    what = f"track {alert.track}"
    if event in ("new", "ignored"):
        again = " (nobody has acknowledged it)" if event == "ignored" else ""
        return f"{what}, {_time_to_go(alert)}{again}"
    last = alert.history[-1]
    return f"{what} {event}{f' to {last.to}' if last.to else ''} by {last.by}"


def _time_to_go(alert: Alert) -> str:
    low, high = alert.evidence.time_to_go_low_s, alert.evidence.time_to_go_high_s
    if alert.evidence.time_to_go_s == 0.0:
        return "inside"
    return f"in {minutes(low)} to {minutes(high)}"


def minutes(s: float) -> str:
    """Seconds as m:ss, e.g. 4:05 min."""
    whole = max(round(s), 0)
    return f"{whole // 60}:{whole % 60:02d} min"


def _arrival(alert: Alert) -> list[str]:
    """When it is expected at the asset that it threatens first."""
    at = alert.arrival
    return [f"At {at.asset} in {minutes(at.low_s)} to {minutes(at.high_s)}."] if at is not None else []


def _steps(alert: Alert) -> list[str]:
    """What people did about it, a line each."""
    return [
        f"{step.state.value}{f' to {step.to}' if step.to else ''} by {step.by}"
        + (f": {step.note}" if step.note else "")
        for step in alert.history[1:]
    ]


def told(alert: Alert) -> dict[str, Any]:
    """An alert as other programs get it; units stand in the names."""
    e = alert.evidence
    return {
        "id": alert.id,
        "track": alert.track,
        "zone": alert.zone,
        "rule": alert.rule,
        "severity": alert.severity.value,
        "state": alert.state.value,
        "assigned_to": alert.assigned_to,
        "ignored": alert.ignored,
        "restored": alert.restored,
        "asset": alert.arrival.asset if alert.arrival else "",
        "arrival_s": alert.arrival.after_s if alert.arrival else None,
        "arrival_low_s": alert.arrival.low_s if alert.arrival else None,
        "arrival_high_s": alert.arrival.high_s if alert.arrival else None,
        "would_change": list(alert.would_change),
        "t_raised_s": seconds(alert.t_raised),
        "probability": e.probability,
        "time_to_go_s": e.time_to_go_s,
        "time_to_go_low_s": e.time_to_go_low_s,
        "time_to_go_high_s": e.time_to_go_high_s,
        "distance_m": e.distance_m,
        "speed_mps": e.speed_mps,
        "height_m": e.height_m,
        "existence": e.existence,
        "sensors": list(e.sensors),
        "sentence": e.sentence,
        "history": [
            {"state": step.state.value, "t_s": seconds(step.t), "by": step.by, "note": step.note}
            for step in alert.history
        ],
    }


class Teller:
    """A channel that tells of single alerts: what it has to say; `send` is its own."""

    def __init__(self, config: Told, office: Office) -> None:
        self.told, self.office = config, office

    def news(
        self, t: int, alerts: Sequence[Alert], said: Mapping[str, Any]
    ) -> tuple[list[Letter], dict[str, Any]]:
        return news(self.told, self.office.site, self.office.exercise, t, alerts, said)

    def trial(self, t: int, by: str) -> Letter:
        return trial(self.office.site, t, by, self.told.name)


def trial(site: str, t: int, by: str, channel: str) -> Letter:
    """What is sent when somebody presses "test"."""
    text = f"{by} tries out whether messages of {site} arrive here. Nothing has happened."
    body = {"event": "test", "by": by}
    return Letter(t=t, subject=f"TEST of {channel}", text=text, body=body, test=True)
