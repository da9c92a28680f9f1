"""A model of the person who decides, for exercises without one. It says of itself that it is a model.

One person with a queue: the most urgent advice first, one at a time. The time for one decision is log-normal
(the usual law of measured times of human decisions: Ulrich and Miller, J. Math. Psych. 37, 1993); a part of
the decisions is a wrong decline. How long people truly take over such advice nobody has published: median
and spread are assumptions, stated in the recording.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from vedette.clock import NS
from vedette.errors import ConfigError
from vedette.pipeline.loop import Pipeline
from vedette.pipeline.play import Step
from vedette.scenario.streams import stream
from vedette.store import Act
from vedette.types import Advice, AdviceState, Scan, acts

NAME = "human model"


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanModel:
    """median s of a decision, `spread` of its logarithm, and the part `wrong` of needless declines."""

    median: float = 20.0
    spread: float = 0.5
    wrong: float = 0.0

    @classmethod
    def of(cls, text: str) -> HumanModel:
        """From "median=20,spread=0.5,wrong=0.05"; what is not named is as above. ConfigError for others."""
        known = [field.name for field in fields(cls)]
        values: dict[str, float] = {}
        for part in filter(None, (one.strip() for one in text.split(","))):
            key, _, value = (one.strip() for one in part.partition("="))
            if key not in known:
                raise ConfigError(f"The human model has no '{key}'; it has {', '.join(known)}.")
            values[key] = _number(key, value)
        model = cls(**values)
        model.check()
        return model

    def check(self) -> None:
        """Raises ConfigError for what no person is like."""
        if not 0.0 < self.median < math.inf:
            raise ConfigError("The human model's median is a time in s above 0.")
        if not 0.0 <= self.spread <= 3.0:
            raise ConfigError("The human model's spread is that of a logarithm, from 0 to 3.")
        if not 0.0 <= self.wrong <= 1.0:
            raise ConfigError("The human model's wrong is a part of all decisions, from 0 to 1.")

    def stated(self) -> str:
        """As it is written into a recording; `of` reads it."""
        return ",".join(f"{field.name}={getattr(self, field.name):g}" for field in fields(self))

    def decides(self, seed: int, advice: str) -> tuple[int, bool]:
        """(ns that it takes over this advice, whether it accepts), of a stream of its own."""
        rng = stream(seed, "operator", advice)
        time = self.median * math.exp(self.spread * float(rng.standard_normal()))
        return round(time * NS), float(rng.random()) >= self.wrong


def _number(key: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ConfigError(f"The human model's {key} is '{value}', which is no number; give one.") from None


class Operator:
    """The model at work on one pipeline: `attended` puts its decisions between the scans of a source."""

    def __init__(self, model: HumanModel, pipeline: Pipeline, seed: int) -> None:
        self.model, self.pipeline, self.seed = model, pipeline, seed
        self._on: tuple[str, int, bool] | None = None  # what it is busy with: advice, ns UTC, accepts

    def attended(self, scans: Iterable[Scan]) -> Iterator[Step]:
        """The scans, and after each the decision that has been made by then, if one has."""
        for scan in scans:
            yield scan
            act = self._next(self.pipeline.tracker.t)
            if act is not None:
                yield act

    def _next(self, t: int) -> Act | None:
        """A decision that is due at t (ns UTC); the next advice is begun when one is done, or is over."""
        on_table = self._on_table()
        if self._on is not None and self._on[0] not in on_table:
            self._on = None
        if self._on is None and on_table:
            first = next(iter(on_table))
            takes, accepts = self.model.decides(self.seed, first)
            self._on = first, t + takes, accepts
        if self._on is None or t < self._on[1]:
            return None
        advice, _, accepts = self._on
        self._on = None
        return Act(t, acts.record(self._answer(advice, accepts)))

    def _answer(self, advice: str, accepts: bool) -> acts.Decide:
        if accepts:
            return acts.Decide(advice=advice, answer="accept", proof="model", by=NAME)
        note = "the human model errs"
        return acts.Decide(advice=advice, answer="decline", note=note, proof="model", by=NAME)

    def _on_table(self) -> dict[str, Advice]:
        """Advice that waits for an answer, the most urgent first."""
        advised = self.pipeline.picture.advised
        waiting = (one for one in advised.advice if one.state is AdviceState.OPEN) if advised else ()
        return {one.id: one for one in sorted(waiting, key=lambda one: (one.threat.rank, one.id))}
