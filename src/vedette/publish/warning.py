"""Public warnings: one thread of CAP documents per zone, from the first threat to the all-clear.

The alerts of a zone become one warning: where, how bad, the earliest, expected and latest arrival. It is told
coarsely: no track, no sensor, times rounded outwards. An update follows when the picture has changed by more
than the policy's steps, and before a warning lapses while its cause goes on; a cancellation when no alert of
the zone is left.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vedette.clock import NS
from vedette.config import make_folder
from vedette.publish.area import WarnedArea
from vedette.publish.cap import Certainty, PublicWarning, Severity, Urgency, document, plain, stamp
from vedette.publish.channel import DeliveryError, Office
from vedette.publish.config import CapConfig
from vedette.publish.notice import relevant
from vedette.publish.outbox import Letter
from vedette.publish.post import opener, post
from vedette.publish.secret import first_of
from vedette.types import Alert, AlertState
from vedette.types import Severity as Grade
from vedette.types.alert import RANK

IMMEDIATE = 600.0  # s: what comes sooner than this asks for action at once (CAP: "Immediate")
LIKELY = 0.5  # CAP: "Likely" is above 50 %
MOST_REFERENCES = (
    50  # of a thread; a receiver needs the newest to replace it, and the others to find their way
)
SEVERITY: Mapping[Grade, Severity] = {
    Grade.ADVISORY: "Moderate",
    Grade.WARNING: "Severe",
    Grade.CRITICAL: "Extreme",
}
TYPE = "application/cap+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threat:
    """What the alerts of one zone say together. Times are ns UTC."""

    severity: Severity
    urgency: Urgency
    certainty: Certainty
    earliest: int
    expected: int
    latest: int
    threats: int

    @property
    def ranks(self) -> tuple[int, int, int, int]:
        """What makes it worse, each the larger the worse."""
        return (
            ("Moderate", "Severe", "Extreme").index(self.severity),
            ("Expected", "Immediate").index(self.urgency),
            ("Possible", "Likely", "Observed").index(self.certainty),
            self.threats,
        )


class Warnings:
    """Writes the documents as files, POSTs them, or both."""

    gather = 1  # each document is a message of its own

    def __init__(self, config: CapConfig, office: Office) -> None:
        self.config, self.office = config, office
        self._url = first_of(office.folder, config.url, config.url_file, "url_file")
        self._way = opener(office.folder / config.ca_file if config.ca_file else None)
        self._folder = office.folder / config.folder if config.folder else None
        if self._folder is not None:
            make_folder(self._folder, "folder")

    # ------------------------------------------------------------------ what to say

    def news(
        self, t: int, alerts: Sequence[Alert], said: Mapping[str, Any]
    ) -> tuple[list[Letter], dict[str, Any]]:
        """Documents for zones whose warning begins, changes or ends."""
        by_zone: dict[str, list[Alert]] = {}
        for alert in alerts:
            open_ = alert.state is not AlertState.CLOSED
            if open_ and relevant(alert, self.config.severity, self.config.zones):
                by_zone.setdefault(alert.zone, []).append(alert)
        letters: list[Letter] = []
        remember: dict[str, Any] = {}
        for zone in sorted(by_zone.keys() | said.keys()):
            found = self._zone(zone, by_zone.get(zone, ()), said.get(zone), t)
            if found is not None:
                letters.append(found[0])
                remember[zone] = found[1]
        return letters, remember

    def _zone(
        self, zone: str, alerts: Sequence[Alert], before: Mapping[str, Any] | None, t: int
    ) -> tuple[Letter, dict[str, Any] | None] | None:
        """The zone's next document and what is to be remembered of it; None when all has been said.

        What has been begun goes on with every open alert, seen by a person or not: to cancel it because the
        one that was seen is over, while another comes, would call people out of their shelters.
        """
        if before is None:
            alerts = [alert for alert in alerts if self._begins(alert, t)]
        if not alerts:
            return None if before is None else (self._letter(self._cancel(zone, before, t), zone), None)
        now = together(alerts, t, self.config.round_s)
        if before is not None and not self._changed(before, now, t):
            return None
        warning = self._warning(zone, now, before, t)
        return self._letter(warning, zone), self._memory(warning, now, before)

    def _begins(self, alert: Alert, t: int) -> bool:
        """Seen by a person where that is asked, and past the policy's delay."""
        since = alert.t_raised
        if self.config.after == "acknowledged":
            seen = [step.t for step in alert.history if step.state is not AlertState.NEW]
            if not seen:
                return False
            since = seen[0]
        return t - since >= self.config.delay_s * NS

    def _changed(self, before: Mapping[str, Any], now: Threat, t: int) -> bool:
        """At once when it is worse, sooner, or soon to lapse; when it is milder only after a step of time."""
        step = self.config.change_s * NS
        worse = any(new > old for new, old in zip(now.ranks, before["ranks"], strict=True))
        sooner = before["expected"] - now.expected >= step
        lapses = t + self.config.lasts_s * NS / 2 >= before["expires"]
        other = now.ranks != tuple(before["ranks"]) or abs(now.expected - before["expected"]) >= step
        return bool(worse or sooner or lapses or (other and t - before["sent"] >= step))

    def _warning(self, zone: str, now: Threat, before: Mapping[str, Any] | None, t: int) -> PublicWarning:
        count = "" if now.threats == 1 else f" ({now.threats} of them)"
        span = f"expected between {stamp(now.earliest)[11:16]} and {stamp(now.latest)[11:16]} UTC"
        when = "present now" if now.certainty == "Observed" else span
        what = f"{self.config.event} over {zone}{count}, {when}"
        return PublicWarning(
            identifier=self._identifier(zone, before, t),
            sent=t,
            status=self._status(),
            kind="Alert" if before is None else "Update",
            urgency=now.urgency,
            severity=now.severity,
            certainty=now.certainty,
            earliest=now.earliest,
            expected=now.expected,
            latest=now.latest,
            expires=now.latest + round(self.config.lasts_s * NS),
            threats=now.threats,
            area=self._area(zone),
            headline=self._marked(what),
            description=self._marked(f"{what}. Issued for {self.office.site}."),
            references=tuple(before["thread"]) if before else (),
        )

    def _cancel(self, zone: str, before: Mapping[str, Any], t: int) -> PublicWarning:
        """No alert of the zone is left, or none that is told of."""
        severity, certainty = before["words"]
        return PublicWarning(
            identifier=self._identifier(zone, before, t),
            sent=t,
            status=self._status(),
            kind="Cancel",
            urgency="Past",
            severity=severity,
            certainty=certainty,
            earliest=t,
            expected=t,
            latest=t,
            expires=t + round(self.config.lasts_s * NS),
            threats=0,
            area=self._area(zone),
            headline=self._marked(f"All clear over {zone}"),
            description=self._marked(f"The warning for {zone} is cancelled. Issued for {self.office.site}."),
            references=tuple(before["thread"]),
        )

    def _memory(
        self, warning: PublicWarning, now: Threat, before: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        thread = [*(before["thread"] if before else ()), self._reference(warning)]
        return {
            "thread": [thread[0], *thread[1:][-(MOST_REFERENCES - 1) :]],
            "words": [now.severity, now.certainty],
            "ranks": now.ranks,
            "sent": warning.sent,
            "expected": now.expected,
            "expires": warning.expires,
            "count": (before["count"] if before else 0) + 1,
        }

    def _reference(self, warning: PublicWarning) -> str:
        return f"{self.config.sender},{warning.identifier},{stamp(warning.sent)}"

    def _identifier(self, zone: str, before: Mapping[str, Any] | None, t: int) -> str:
        """Unique for the sender; no spaces, commas, "<" or "&"."""
        count = (before["count"] if before else 0) + 1
        return f"{slug(self.office.site)}.{slug(zone)}.{t // 1_000_000}.{count}"

    def _status(self) -> Any:
        return "Exercise" if self.office.exercise else "Actual"

    def _marked(self, text: str) -> str:
        return f"EXERCISE: {text}" if self.office.exercise else text

    def _area(self, zone: str) -> WarnedArea:
        return self.office.area_of(zone) or WarnedArea(name=zone)

    def _letter(self, warning: PublicWarning, zone: str) -> Letter:
        return Letter(
            t=warning.sent,
            subject=f"{warning.kind}: {warning.headline}",
            text=warning.description,
            body={
                "zone": zone,
                "identifier": warning.identifier,
                "document": document(self.config, warning).decode(),
            },
        )

    def trial(self, t: int, by: str) -> Letter:
        """A document of status "Test", which receivers must not show as a warning."""
        nowhere = PublicWarning(
            identifier=f"{slug(self.office.site)}.test.{t // 1_000_000}",
            sent=t, status="Test", kind="Alert", urgency="Past", severity="Moderate", certainty="Possible",
            earliest=t, expected=t, latest=t, expires=t + 60 * NS, threats=0,
            area=WarnedArea(name=self.office.site), headline=f"Test by {by}",
            description=f"{by} tries out whether warnings arrive. Nothing has happened.",
        )  # fmt: skip
        return replace(self._letter(nowhere, ""), test=True)

    # ------------------------------------------------------------------- on its way

    async def send(self, letters: Sequence[Letter], t: int) -> None:
        for letter in letters:
            data = letter.body["document"].encode()
            if self._folder is not None:
                await asyncio.to_thread(write, self._folder / f"{letter.body['identifier']}.xml", data)
            if self._url:
                headers = {"Content-Type": TYPE}
                await asyncio.to_thread(post, self._way, self._url, data, headers, self.config.timeout_s)


def together(alerts: Sequence[Alert], t: int, round_s: float) -> Threat:
    """The worst of the alerts of one zone; the earliest rounded down and the latest up to `round_s`."""
    step = round(round_s * NS)
    grounds = [alert.evidence for alert in alerts]
    first = min(grounds, key=lambda e: e.time_to_go_s)
    earliest = t + round(min(e.time_to_go_low_s for e in grounds) * NS)
    latest = t + round(first.time_to_go_high_s * NS)
    inside = any(e.time_to_go_s == 0.0 and e.probability > LIKELY for e in grounds)
    likely = max(e.probability for e in grounds) > LIKELY
    soon = first.time_to_go_s <= IMMEDIATE
    worst = max((alert.severity for alert in alerts), key=RANK.__getitem__)
    return Threat(
        severity=SEVERITY[worst],
        urgency="Immediate" if soon else "Expected",
        certainty="Observed" if inside else "Likely" if likely else "Possible",
        earliest=max(earliest // step * step, t // step * step),
        expected=(t + round(first.time_to_go_s * NS) + step // 2) // step * step,
        latest=-(-latest // step) * step,
        threats=len({alert.track for alert in alerts}),
    )


def slug(name: str) -> str:
    """A name as a part of an identifier and of a file's name."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in plain(name))
    return "-".join(part for part in kept.split("-") if part) or "x"


def write(path: Path, data: bytes) -> None:
    """Whole or not at all: whoever watches the folder never reads half a warning. Raises DeliveryError."""
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise DeliveryError(f"{path} cannot be written: {error.strerror}") from None
