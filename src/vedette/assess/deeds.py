"""What people do, done: each act changes the alerts or what stands, and is entered into the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vedette.assess.ledger import Ledger
from vedette.assess.standing import Standing
from vedette.errors import NotThereError
from vedette.types import Alert, acts
from vedette.types.acts import Done

Text = tuple[
    str, Alert | None
]  # what was done, in words, empty where nothing was; and the alert it was about


class Deeds:
    """Acts on a ledger and on what stands. `present` are the tracks that there are."""

    def __init__(self, ledger: Ledger, standing: Standing) -> None:
        self.ledger, self.standing = ledger, standing
        self.present: frozenset[int] = frozenset()

    def do(self, t: int, act: acts.Act, ruled: Callable[[int, str], None]) -> Done:
        """Do it at data time t (ns UTC); `ruled` is called with t and a reason when rules have changed.

        Raises, in a sentence, NotThereError for what is not there, ServiceError for what cannot be done.
        """
        deeds: Mapping[type, Callable[[int, Any], Text]] = {
            acts.Acknowledge: self._acknowledge,
            acts.Assign: self._assign,
            acts.Close: self._close,
            acts.Identify: self._identify,
            acts.SetPosture: lambda t, act: (self.standing.set_posture(t, act), None),
            acts.SetRule: lambda t, act: (self.standing.set_rule(act), None),
            acts.Switch: lambda t, act: (self.standing.switch(act), None),
            acts.Remark: lambda t, act: (act.text, None),
        }
        if type(act) not in deeds:
            raise NotThereError("There is no advice here to decide on; a site with an [[effector]] has some.")
        text, alert = deeds[type(act)](t, act)
        if text:
            self.standing.note(t, act, text)
        if isinstance(act, acts.SetPosture):
            ruled(t, f"the posture is {act.level}: {act.note}")
        elif isinstance(act, acts.Switch | acts.SetRule):
            ruled(t, f"{act.by} {text}" + (f": {act.note}" if act.note else ""))
        return Done(t, act, alert, changed=bool(text))

    def _acknowledge(self, t: int, act: acts.Acknowledge) -> Text:
        alert, new = self.ledger.acknowledge(t, act)
        return f"acknowledged the alert {act.alert}" if new else "", alert

    def _assign(self, t: int, act: acts.Assign) -> Text:
        return f"assigned the alert {act.alert} to {act.to}", self.ledger.assign(t, act)

    def _close(self, t: int, act: acts.Close) -> Text:
        return f"closed the alert {act.alert}", self.ledger.close_by(t, act)

    def _identify(self, t: int, act: acts.Identify) -> Text:
        if act.track not in self.present and act.track not in self.standing.words:
            raise NotThereError(f"There is no track {act.track} now; GET /api/tracks lists those there are.")
        return self.standing.identify(t, act), None
