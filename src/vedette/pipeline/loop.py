"""The loop: source → tracker → assessment → advice → sinks; the same live, in replay and in exercises."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from vedette.assess import Assessor, Misses
from vedette.clock import NS
from vedette.errors import RecordingError, ServiceError
from vedette.pipeline.advice import adviser_of, enter, enter_news, refuse_unproven, shared_by
from vedette.pipeline.keeper import Keeper
from vedette.pipeline.plots import Plots
from vedette.pipeline.watch import Watch
from vedette.publish import Courier
from vedette.site import Site
from vedette.store import Act, OperationsStore, Recorder
from vedette.tracker import Tracker
from vedette.types import Advised, Alert, FeedState, Mode, Picture, Scan, SensorHealth, Track, acts
from vedette.types.acts import Done
from vedette.types.operations import Operations

R = TypeVar("R")
Kept = Callable[[int, Mapping[str, Any]], None]  # takes every act, with its data time

PICTURE_PERIOD = (
    NS // 5
)  # ns of data time, whatever the speed: live, replay and headless see the same pictures
# What changes who is a threat: a friend must not stay on a card until the next plan.
UNSETTLING = acts.Identify | acts.Close | acts.SetPosture | acts.SetRule | acts.Switch
QUIET = 10 * NS  # ns without data, after which acts are stamped with the time of now instead
NEWS = 10 * NS  # ns of data time for which an overloaded scan is told of


class Stage(Protocol):
    """Anything that counts what happens in it."""

    @property
    def counters(self) -> Mapping[str, int]:
        """Event → how often."""
        ...


class Sink(Protocol):
    """Takes every picture, in order, on the thread that steps the pipeline."""

    def write(self, picture: Picture) -> None:
        """Take the newest picture."""
        ...

    def close(self) -> None:
        """There will be no more."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A copy of all that the next scan's result depends on, at data time t (ns UTC)."""

    t: int
    state: Mapping[str, Any]


class Pipeline:
    """One site's scans in, pictures out. Not for several threads at once.

    recorder  takes every scan before it is used, every picture's tracks, alerts and advice, and every act
    sinks     take every picture
    origins   sensor name → where its data really come from, to be shown
    stages    name → what stands before the tracker and counts too (a reorder buffer)
    """

    def __init__(
        self,
        site: Site,
        recorder: Recorder | None = None,
        *,
        mode: Mode = Mode.LIVE,
        sinks: Sequence[Sink] = (),
        origins: Mapping[str, str] | None = None,
    ) -> None:
        self.site, self.recorder, self.mode = site, recorder, mode
        self.sinks = list(sinks)
        self.tracker = Tracker(site.sensors, site.frame.name, site.tracker)
        self.assessor = Assessor(
            site.zones, site.assets, site.alert, site.frame,
            terrain=site.terrain, postures=site.postures, own=site.own,
            misses=Misses(
                site.sensors, site.tracker.drop, site.tracker.p_detect_max, site.tracker.mean_life_s
            ),
        )  # fmt: skip
        self.adviser = adviser_of(site)
        self.watch = Watch({name: sensor.kind for name, sensor in site.sensors.items()}, origins)
        self.plots = Plots(site.sensors)
        self.counters: Counter[str] = Counter()
        self.recorded: tuple[Alert, ...] = ()
        self.advised: Advised | None = None  # as it was recorded last
        self.trouble = ""
        self.stages: dict[str, Stage] = {}
        self.keeper: Keeper | None = None
        self.courier: Courier | None = None
        self.keepers: list[Kept] = []
        self.log_trouble: Callable[[], str] = str  # no trouble while there is no log
        self.picture = self._picture(0, (), ())

    # ------------------------------------------------------------------ the loop

    def step(self, scan: Scan) -> None:
        """One look of one sensor; a picture follows whenever data time has moved on by PICTURE_PERIOD."""
        self.record(lambda recorder: recorder.scan(scan))
        self.watch.step(scan)
        self.plots.step(scan)
        self.tracker.step(self._placeable(scan))
        if self.adviser is not None:
            self.adviser.heard(scan.sensor, scan.t1)
        if self.tracker.t - self.picture.t >= PICTURE_PERIOD:
            self.show()

    def show(self) -> None:
        """Tracks as they are now → alerts → advice → recording → sinks."""
        t = self.tracker.t
        tracks = self.assessor.marked(self.tracker.snapshot())
        alerts = self.assessor.step(t, tracks)
        self.counters["pictures"] += 1
        self.record(lambda recorder: recorder.tracks(t, tracks))
        if alerts != self.recorded:
            self.record(lambda recorder: recorder.alerts(t, alerts))
            self.recorded = alerts
        self._advise(t, tracks, alerts)
        self.keep(t, alerts)
        self._hand_out(self._picture(t, tracks, alerts))

    def _advise(self, t: int, tracks: tuple[Track, ...], alerts: tuple[Alert, ...]) -> None:
        """What can be done against what alarms; recorded when it is not what it was."""
        if self.adviser is None:
            return
        for before, now in self.assessor.reunited:
            self.adviser.carry_over(before, now)
        advised = self.adviser.step(t, tracks, alerts, lost=self.assessor.reunion.lost)
        enter_news(self.assessor.standing, self.adviser)
        if self.advised is None or replace(advised, t=self.advised.t) != self.advised:
            self.record(lambda recorder: recorder.advice(advised))
            self.advised = advised

    def _placeable(self, scan: Scan) -> Scan:
        """Without reports that the sensor cannot place: what a feed sends must not stop the tracker."""
        sensor = self.site.sensors.get(scan.sensor)
        if sensor is None or all(detection.kind in sensor.accepts for detection in scan.detections):
            return scan
        good = tuple(detection for detection in scan.detections if detection.kind in sensor.accepts)
        self.counters["wrong_kind"] += len(scan.detections) - len(good)
        return replace(scan, detections=good)

    def record(self, write: Callable[[Recorder], R]) -> R | None:
        """Write to the recording, if there is one. When it fails (disk full), go on without and say so."""
        if self.recorder is None:
            return None
        try:
            return write(self.recorder)
        except RecordingError as error:
            self.counters["recording_failed"] += 1
            self.recorder, self.trouble = None, str(error)
            return None

    def _picture(self, t: int, tracks: tuple[Track, ...], alerts: tuple[Alert, ...]) -> Picture:
        return Picture(
            t=t,
            t_made=t,
            mode=self.mode,
            tracks=tracks,
            alerts=alerts,
            sensors=self.remarked(self.watch.health(t)) + self.troubles(),
            counters=self.merged_counters(),
            posture=self.assessor.posture,
            rules=self.assessor.standing.changes,
            bearings=self.tracker.bearings(),
            advised=None if self.adviser is None else self.adviser.advised,
        )

    def _hand_out(self, picture: Picture) -> None:
        self.picture = picture
        for sink in self.sinks:
            sink.write(picture)

    def remarked(self, sensors: tuple[SensorHealth, ...]) -> tuple[SensorHealth, ...]:
        """The sensors with what the tracker says of them: that they lately bring too much; their bias."""
        told = self.tracker.overload.told
        news = {name: text for name, (t, text) in told.items() if t > self.tracker.t - NEWS}
        bias = {name: bias for name, bias in self.tracker.registration().items() if bias.pairs}
        return tuple(
            replace(
                each,
                detail=f"{each.detail} {news.get(each.sensor, '')}".strip(),
                bias=bias.get(each.sensor),
            )
            for each in sensors
        )

    def troubles(self) -> tuple[SensorHealth, ...]:
        """What does not work besides the sensors, shown among them."""
        if not self.trouble:
            return ()
        return (
            SensorHealth(
                sensor="recording",
                kind="recording",
                state=FeedState.DOWN,
                t_last=None,
                rate=0.0,
                detections=0,
                counters={},
                detail=self.trouble,
            ),
        )

    def merged_counters(self) -> dict[str, int]:
        """The counters of every stage, as "stage.name"."""
        stages = {**self.stages, "tracker": self.tracker, "assess": self.assessor, "pipeline": self}
        if self.adviser is not None:
            stages["advise"] = self.adviser
        return {f"{name}.{event}": n for name, stage in stages.items() for event, n in stage.counters.items()}

    # ------------------------------------------------------------ what people do

    def act(self, act: acts.Act, now: int = 0) -> Done:
        """Do what somebody says. ServiceError, in a sentence, when it cannot be done.

        It takes effect, and is recorded, at the data time of now: a replay repeats it at the same place.
        `now` (ns UTC) stands in for that where data have not come yet, or not for some time.
        """
        refuse_unproven(self.mode, act)
        if self.adviser is not None and isinstance(act, acts.Decide):
            self.adviser.refuse_late(max(now, self.tracker.t), act)
        done = self._do(self.tracker.t if now - self.tracker.t < QUIET else now, act)
        if done.changed:
            self._acted(done)
        return done

    def repeat(self, act: Act) -> None:
        """Do what a recorded act says; one that makes no sense here (a damaged recording) is counted."""
        try:
            self._acted(self._do(act.t, acts.of(act.act)))
        except ServiceError:
            self.counters["act_not_repeated"] += 1

    def _do(self, t: int, act: acts.Act) -> Done:
        """Do it at data time t (ns UTC); an answer to advice is the adviser's."""
        if self.adviser is None or not isinstance(act, acts.Decide | acts.Stock):
            done = self.assessor.act(t, act)
            if self.adviser is not None and done.changed and isinstance(act, UNSETTLING):
                self.adviser.unsettle()
                self._advise(t, self.assessor.marked(self.picture.tracks), self.assessor.alerts)
            return done
        done = self.adviser.act(t, act)
        enter(self.assessor.standing, done)
        return done

    def _acted(self, done: Done) -> None:
        """Record what was done, keep it for after a restart, and show it at once."""
        act = acts.record(done.act)
        self.record(lambda recorder: recorder.act(done.t, act))
        for keep in self.keepers:
            keep(done.t, act)
        if self.keeper is not None:
            self.keep(done.t, self.assessor.alerts, now=True)
        self._hand_out(self._with_orders(self.picture))

    def _with_orders(self, picture: Picture) -> Picture:
        """The picture with what people have changed about it since it was made."""
        return replace(
            picture,
            tracks=self.assessor.marked(picture.tracks),
            alerts=self.assessor.alerts,
            posture=self.assessor.posture,
            rules=self.assessor.standing.changes,
            advised=None if self.adviser is None else self.adviser.advised,
        )

    # ------------------------------------------------------------ over a restart

    def resume(self, store: OperationsStore, t: int) -> None:
        """Take up at t (ns UTC) what `store` kept before a restart; keep there what must outlive the next.

        Raises RecordingError where the store cannot be read.
        """
        self.take_over(store.load(), t)
        self.keeper = Keeper(store)
        self.keep(t, self.assessor.alerts, now=True)

    def take_over(self, operations: Operations, t: int) -> None:
        """Go on from what stood before a restart; it is recorded, so that a replay does the same."""
        self.record(lambda recorder: recorder.operations(t, operations))
        self.tracker.shown.before = operations.highest
        self.assessor.restore(t, operations)
        if self.adviser is not None:
            self.adviser.restore(t, operations)
        self._hand_out(self._with_orders(self.picture))

    def keep(self, t: int, alerts: tuple[Alert, ...], *, now: bool = False) -> None:
        """Write what must outlive a restart, where it is wanted and due. When it fails, go on and say so."""
        if self.keeper is None:
            return
        try:
            self.keeper.keep(t, alerts, self.tracker.shown.highest, self._operations, now=now)
        except RecordingError as error:
            self.counters["keeping_failed"] += 1
            self.keeper, self.trouble = None, str(error)

    def _operations(self, highest: int) -> Operations:
        """What must outlive a restart, with what people decided."""
        if self.adviser is None:
            return self.assessor.operations(highest)
        kept = self.adviser.operations()
        also = {each.track for each in (*kept["engagements"], *kept["declined"])}
        return replace(self.assessor.operations(highest, also), **kept)

    # ---------------------------------------------------------------- going back

    STATE = ("tracker", "assessor", "adviser", "advised", "watch", "counters", "recorded", "picture")

    def checkpoint(self) -> Checkpoint:
        """A copy of the state, which `restore` brings back exactly. A recording cannot be taken back."""
        return Checkpoint(self.tracker.t, self._copied({name: getattr(self, name) for name in self.STATE}))

    def restore(self, checkpoint: Checkpoint) -> None:
        """Be as at the checkpoint, and hand out its picture if there was one."""
        for name, value in self._copied(checkpoint.state).items():
            setattr(self, name, value)
        if self.picture.t:
            self._hand_out(self.picture)

    def _copied(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """A deep copy that shares what never changes: the site, its sensors, and pictures."""
        terrain = () if self.site.terrain is None else (self.site.terrain, self.site.terrain.height)
        rules = self.assessor.rules
        unchanging = (
            self.site, *self.site.sensors.values(), *terrain, *rules, self.picture, state["picture"],
            *shared_by(self.adviser),
        )  # fmt: skip
        return dict(copy.deepcopy(state, {id(thing): thing for thing in unchanging}))

    def close(self) -> None:
        """Show what the last scans brought, close the sinks and the recording."""
        try:
            if self.tracker.t > self.picture.t:
                self.show()
            for sink in self.sinks:
                sink.close()
        finally:  # whatever a sink does, the recording is sealed
            self.record(lambda recorder: recorder.close())
            if self.keeper is not None:
                self.keep(self.tracker.t, self.assessor.alerts, now=True)
            if self.keeper is not None:
                self.keeper.store.close()
