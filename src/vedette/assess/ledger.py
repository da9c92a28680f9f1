"""The life of every alert: raised, seen, given to somebody, closed; each step with a person and a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from vedette.assess.order import Order
from vedette.assess.rule import Rule
from vedette.clock import NS
from vedette.errors import NotThereError, ServiceError
from vedette.types import Alert, AlertState, Evidence, Step, Track, acts

AUTHOR = "vedette"  # signs the steps that nobody took
RULE = "enters-zone"
IGNORED = "nobody has acknowledged it"
KEEP_CLOSED = 600 * NS  # closed alerts stay on the list so long
MOST_NUMBERS = 10_000
YOUNG = 20 * NS  # so long a carried over alert is not closed for what a young track seems to do
Pair = tuple[int, str]


@dataclass(slots=True)
class Case:
    """One track against one zone. Times are ns UTC.

    likely    since when the probability is up, while no alert is open
    unlikely  since when it is down, while one is
    silent    until then a person wants to hear nothing of it
    open      id of the open alert
    reminded  when somebody was last reminded of it
    over      its cause has gone, but its rule wants a person to close it
    patient   until then doubt does not count: the track was carried over, and its velocity is not sure yet
    told      when its evidence was last told
    considered  when it was last thought about what would change the judgement
    """

    likely: int | None = None
    unlikely: int | None = None
    silent: int = 0
    open: str = ""
    reminded: int = 0
    over: bool = False
    patient: int = 0
    told: int = 0
    considered: int = 0


class Ledger:
    """Cases and alerts. `counters` holds raised, closed, acknowledged, assigned, ignored."""

    def __init__(self, reopen_s: float) -> None:
        self.reopen = round(reopen_s * NS)
        self.counters: Counter[str] = Counter(raised=0, closed=0, acknowledged=0, assigned=0, ignored=0)
        self.cases: dict[Pair, Case] = {}
        self.alerts: dict[str, Alert] = {}
        self.order = Order()
        self._numbers: dict[Pair, int] = {}  # alerts raised so far

    def listed(self) -> tuple[Alert, ...]:
        """All open alerts and those closed within the last ten minutes of data time, worst first."""
        return self.order.of(self.alerts.values())

    def forget_closed(self, t: int) -> None:
        """Drop what was closed more than ten minutes ago."""
        self.alerts = {
            name: alert
            for name, alert in self.alerts.items()
            if alert.state is not AlertState.CLOSED or t - alert.history[-1].t <= KEEP_CLOSED
        }

    # ------------------------------------------------------------------ what time does

    def decide(self, case: Case, p: float, t: int, rule: Rule) -> None:
        """Hysteresis: the doubt counts from `probability` up and from `clear` down, between them nothing."""
        terms = rule.terms
        if p >= terms.probability and case.likely is None:
            case.likely = t
        if p < terms.clear and t >= case.patient:
            case.likely = None
            case.unlikely = t if case.unlikely is None else case.unlikely
        else:
            case.unlikely, case.over = None, False
        if case.open and case.unlikely is not None and t - case.unlikely >= terms.confirm_s * NS:
            self.end(case, t, rule.config.clears, f"it no longer heads for {rule.name}")

    def due(self, case: Case, p: float, t: int, rule: Rule) -> bool:
        """Whether an alert is to be raised."""
        return (
            case.likely is not None
            and p >= rule.terms.probability
            and t - case.likely >= rule.terms.confirm_s * NS
            and t >= case.silent
        )

    def raise_(self, case: Case, track: Track, rule: Rule, t: int, grounds: Evidence) -> None:
        """Open an alert about a track."""
        number = self._next((track.id, rule.name))
        case.open, case.reminded, case.told = f"{track.id}-{rule.name}-{number}", t, t
        self.counters["raised"] += 1
        self.alerts[case.open] = Alert(
            id=case.open,
            track=track.id,
            zone=rule.name,
            rule=RULE,
            severity=rule.config.severity,
            t_raised=t,
            evidence=grounds,
            raised=grounds,
            history=(Step(state=AlertState.NEW, t=t, by=AUTHOR),),
        )

    def _next(self, pair: Pair) -> int:
        """The number of the pair's next alert: also of one whose track has been a friend meanwhile."""
        self._numbers[pair] = self._numbers.pop(pair, 0) + 1
        if len(self._numbers) > MOST_NUMBERS:
            del self._numbers[next(iter(self._numbers))]
        return self._numbers[pair]

    def remind(self, t: int, remind_s: Callable[[str], float]) -> None:
        """Bring back to notice what nobody has acknowledged for the `remind_s` of its rule."""
        for (_, zone), case in self.cases.items():
            after = remind_s(zone) if case.open else 0.0
            if after == 0.0 or t - case.reminded < after * NS:
                continue
            case.reminded = t
            alert = self.alerts[case.open]
            if alert.state is AlertState.NEW:
                self.counters["ignored"] += 1
                self._remind(alert, t)

    def _remind(self, alert: Alert, t: int) -> None:
        """The newest reminder takes the place of the one before: a night of them would be no history."""
        before = alert.history[:-1] if alert.history[-1].note.startswith(IGNORED) else alert.history
        note = f"{IGNORED} for {round((t - alert.t_raised) / NS)} s"
        self._enter(replace(alert, ignored=True, history=before), AlertState.NEW, t, AUTHOR, note)

    def end(self, case: Case, t: int, clears: bool, note: str) -> None:
        """The cause has gone: close the alert, or, where its rule does not clear itself, say so once."""
        if clears:
            self.close(case, t, AUTHOR, note)
        elif not case.over:
            case.over = True
            alert = self.alerts[case.open]
            self._enter(alert, alert.state, t, AUTHOR, f"{note}; it stays until somebody closes it")

    def close(self, case: Case, t: int, by: str, note: str) -> Alert:
        """Close a case's alert."""
        alert = self._enter(self.alerts[case.open], AlertState.CLOSED, t, by, note)
        self.counters["closed"] += 1
        case.open, case.likely, case.unlikely, case.over = "", None, None, False
        return alert

    def drop(self, pairs: Iterable[Pair], t: int, note: str) -> None:
        """The end of cases whose track or whose rule is gone; their alerts are closed."""
        for pair in list(pairs):
            case = self.cases.pop(pair)
            if case.open:
                self.close(case, t, AUTHOR, note)

    # ----------------------------------------------------------------- over a restart

    def restore(self, alert: Alert, t: int) -> None:
        """Take up an open alert from before a restart."""
        number = alert.id.rpartition("-")[2]
        pair = alert.track, alert.zone
        self._numbers[pair] = int(number) if number.isdecimal() else 1
        self.cases[pair] = Case(open=alert.id, reminded=t, told=t)
        self._enter(replace(alert, restored=True), alert.state, t, AUTHOR, "restored after a restart")

    def carry_over(self, old: int, new: int, t: int) -> None:
        """Track `old` is track `new` now: its alerts are about that; one that it has already is enough."""
        for pair in [pair for pair in self.cases if pair[0] == old]:
            there = self.cases.get((new, pair[1]))
            if there is not None and there.open:
                self.drop([pair], t, f"its track is now track {new}, which has the alert {there.open}")
                continue
            case = self.cases[new, pair[1]] = self.cases.pop(pair)
            if case.open:
                alert = replace(self.alerts[case.open], track=new)
                case.patient = t + YOUNG
                self._enter(alert, alert.state, t, AUTHOR, f"its track {old} is now track {new}")

    # ---------------------------------------------------------------- what people do

    def acknowledge(self, t: int, act: acts.Acknowledge) -> tuple[Alert, bool]:
        """Somebody has seen it. Returns the alert, and whether that changed anything."""
        alert = self._open(act.alert)
        if alert.state is not AlertState.NEW:
            return alert, False
        self.counters["acknowledged"] += 1
        seen = replace(alert, ignored=False)
        return self._enter(seen, AlertState.ACKNOWLEDGED, t, act.by, act.note), True

    def assign(self, t: int, act: acts.Assign) -> Alert:
        """Somebody is to deal with it."""
        alert = self._open(act.alert)
        self.counters["assigned"] += 1
        return self._enter(replace(alert, ignored=False), AlertState.ASSIGNED, t, act.by, act.note, act.to)

    def close_by(self, t: int, act: acts.Close) -> Alert:
        """A person declares it over; the pair stays silent for `reopen_s`."""
        alert = self._open(act.alert)
        case = self.cases[alert.track, alert.zone]
        case.silent = t + self.reopen
        return self.close(case, t, act.by, act.note)

    def _open(self, alert_id: str) -> Alert:
        alert = self.alerts.get(alert_id)
        if alert is None:
            raise NotThereError(f"There is no alert {alert_id} on the list; take one that the list shows.")
        if alert.state is AlertState.CLOSED:
            raise ServiceError(f"The alert {alert_id} is closed already; nothing is left to do about it.")
        return alert

    def _enter(self, alert: Alert, state: AlertState, t: int, by: str, note: str, to: str = "") -> Alert:
        step = Step(state=state, t=t, by=by, note=note, to=to)
        self.alerts[alert.id] = replace(alert, history=(*alert.history, step))
        return self.alerts[alert.id]
