"""What the pipeline has to say to the log: every act of a person, every step of an alert and of advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vedette.advise.answered import engaged_friend
from vedette.assess.ledger import AUTHOR
from vedette.clock import iso
from vedette.pipeline.loop import Pipeline
from vedette.store import Log
from vedette.types import Advice, AdviceState, Advised, Alert, Decision, Engagement, Picture, Step

Life = tuple[AdviceState, Decision | None]  # where advice stands, and its newest answer


class Journal:
    """A sink and a keeper of acts. `Journal.of(pipeline, log)` puts one in its place."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._steps: dict[str, int] = {}  # alert → how many of its steps are in the log
        self._lives: dict[str, Life] = {}  # advice → how much of its life is
        self._calls: dict[str, str] = {}  # advice → what was said last of how its engagement goes
        self._friends: set[str] = set()  # advice whose engagement is known to be of a friend

    @classmethod
    def of(cls, pipeline: Pipeline, log: Log) -> Journal:
        """From now on everything done in `pipeline` is in `log`."""
        journal = cls(log)
        # What stands at the start was written down when it was done, before a restart.
        journal._know(pipeline.picture)
        pipeline.sinks.append(journal)
        pipeline.keepers.append(journal.acted)
        pipeline.log_trouble = journal.trouble
        if pipeline.courier is not None:
            pipeline.courier.told = journal.delivered
        return journal

    def _know(self, picture: Picture) -> None:
        """From now on what is in this picture is no news."""
        advised = picture.advised or Advised(t=picture.t)
        self._steps = {alert.id: len(alert.history) for alert in picture.alerts}
        self._lives = {advice.id: (advice.state, newest(advice)) for advice in advised.advice}
        self._calls = {each.advice: each.call.value for each in advised.engagements}
        self._friends = {each.advice for each in advised.engagements if each.t_friend}

    def trouble(self) -> str:
        """What is wrong with the log now, in words; empty when nothing is."""
        return self._log.trouble

    def acted(self, t: int, act: Mapping[str, Any]) -> None:
        """A person did something, at data time t (ns UTC)."""
        body = {key: value for key, value in act.items() if key != "by"}
        self._log.append(str(act.get("by", "")), "act", {**body, "at": iso(t)})

    def delivered(self, channel: str, what: str, numbers: Mapping[str, object]) -> None:
        """A message left for people elsewhere, or was given up; on the courier's thread."""
        self._log.append(AUTHOR, f"message {what}", {"channel": channel, **numbers})

    def write(self, picture: Picture) -> None:
        """Take the steps that alerts and advice have made since the last picture."""
        for alert in picture.alerts:
            for step in alert.history[self._steps.get(alert.id, 0) :]:
                self._stepped(alert, step)
        if picture.advised is not None:
            self._advised(picture.advised)
        self._know(picture)

    def _advised(self, advised: Advised) -> None:
        for advice in advised.advice:
            self._lived(advised.t, advice)
        for each in advised.engagements:
            if self._calls.get(each.advice) != each.call.value:
                said = {**body_of(each), "stopped": round(each.stopped, 3), "at": iso(advised.t)}
                self._log.append(AUTHOR, f"engagement {each.call.value}", said)
            if each.t_friend and each.advice not in self._friends:
                said = {**body_of(each), "sentence": engaged_friend(each), "at": iso(each.t_friend)}
                self._log.append(AUTHOR, "engaged a friend", said)

    def _lived(self, t: int, advice: Advice) -> None:
        """What is new about one piece of advice: that there is any, what was answered, that it is over."""
        body = {"advice": advice.id, "track": advice.track, "effector": advice.option.effector}
        state, told = self._lives.get(advice.id, (None, None))
        if state is None or (state is AdviceState.HELD and advice.state is AdviceState.OPEN):
            made = advice.t_made if state is None else t
            self._log.append(AUTHOR, "advice open", {**body, "sentence": advice.sentence, "at": iso(made)})
        for said in since(advice.history, told):
            self._answered(said)
        if advice.state is AdviceState.WITHDRAWN and state is not AdviceState.WITHDRAWN:
            self._log.append(AUTHOR, "advice withdrawn", {**body, "sentence": advice.sentence, "at": iso(t)})

    def _answered(self, said: Decision) -> None:
        when = {"ordered": iso(said.t_order), "meeting": iso(said.t_intercept)}
        body = {**body_of(said), **when, "proof": said.proof}
        if said.note:
            body["note"] = said.note
        self._log.append(said.by or AUTHOR, f"decision {said.answer.value}", {**body, "at": iso(said.t)})

    def _stepped(self, alert: Alert, step: Step) -> None:
        body = {"alert": alert.id, "track": alert.track, "zone": alert.zone, "severity": alert.severity.value}
        if step.note:
            body["note"] = step.note
        self._log.append(step.by, f"alert {step.state.value}", {**body, "at": iso(step.t)})

    def close(self) -> None:
        """The pipeline has closed; whoever opened the log closes it."""


def body_of(what: Decision | Engagement) -> dict[str, Any]:
    """What is decided on or under way, so that an entry tells it without the others."""
    return {
        "advice": what.advice, "track": what.track, "effector": what.effector, "shots": what.shots,
    }  # fmt: skip


def newest(advice: Advice) -> Decision | None:
    """The last answer it has had."""
    return advice.history[-1] if advice.history else None


def since(history: Sequence[Decision], told: Decision | None) -> Sequence[Decision]:
    """What was answered after `told`. A card keeps the newest only, so that counting them would not do; and
    somebody may answer the same twice in one moment, so that being equal would not either."""
    at = next((n for n, said in enumerate(history) if said is told), -1)
    return history[at + 1 :]
