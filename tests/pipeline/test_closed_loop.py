"""An exercise from the first report to the last shot: advised, decided, flown, seen, replayed and scored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from mcap.reader import make_reader

from tests.pipeline.runs import stored
from tests.pipeline.umpired import DRONE, GUN, SITE, exercise_of
from tests.server.served import served
from tests.server.test_whole import until, wall
from vedette.cli.rehearsal import play, recorder_of
from vedette.clock import NS
from vedette.metric.timeline import End, Stage
from vedette.pipeline import Exercise, HumanModel, PacedDesk, Pipeline, entries, run_fast, site_of, staged
from vedette.server import build_app
from vedette.site import load_site
from vedette.store import Recorder, open_recording
from vedette.study.score import Scored, figures, score_recording
from vedette.study.timelines import Means
from vedette.types import Call, Mode, Outcome, acts

NEAR = DRONE.replace("10_000", "7_500")
MODEL = HumanModel(median=6.0, spread=0.3)
TOPICS = ("/tracks", "/alerts", "/advice", "/acts")
SECRETS = (b'"a"', b"/truth", b"was gone", b"killed at", b"missed at")  # of the truth's side alone


def night(folder: Path, seed: int, model: HumanModel | None = MODEL, effectors: str = GUN) -> Path:
    """One drone, 7.5 km out, and what came of it."""
    (folder / "site.toml").write_text(SITE + effectors)
    exercise = exercise_of(load_site(folder / "site.toml"), seed, NEAR)
    path = folder / f"{seed}.mcap"
    recorder = recorder_of(exercise, path, Mode.EXERCISE, model)
    play(exercise, recorder, Mode.EXERCISE, exercise.world.end, True, model)
    return path


def scored(path: Path) -> Scored:
    recording = open_recording(path)
    site = site_of(recording)
    return score_recording(
        recording, means=Means(effectors=site.effectors, least_kill=site.advice.least_kill)
    )


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("loop")
    return {seed: night(folder, seed) for seed in (1, 2)}


def test_the_model_decides_and_signs_as_a_model(nights: dict[int, Path]) -> None:
    for path in nights.values():
        recording = open_recording(path)
        decisions = [act.act for act in recording.acts() if act.act["act"] == "decide"]
        assert decisions
        for said in decisions:
            assert isinstance(acts.of(said), acts.Decide)
            assert (said["by"], said["proof"]) == ("human model", "model")
        assert HumanModel.of(recording.metadata["operator"]) == MODEL


def test_every_night_is_replayed_to_the_byte_without_umpire_or_model(
    nights: dict[int, Path], tmp_path: Path
) -> None:
    for seed, path in nights.items():
        recording = open_recording(path)
        again = Pipeline(
            site_of(recording), Recorder(tmp_path / f"{seed}.mcap", recording.metadata), mode=Mode.REPLAY
        )
        run_fast(again, entries(recording))
        again.close()
        told = stored(path, *TOPICS)
        assert told == stored(tmp_path / f"{seed}.mcap", *TOPICS)
        assert sum(topic == "/advice" for topic, _ in told) > 20
        assert again.counters["act_not_repeated"] == 0


def test_what_came_of_it_is_told_on_the_truths_side_alone(nights: dict[int, Path]) -> None:
    for path in nights.values():
        with path.open("rb") as file:
            messages = [(c.topic, m.data) for _, c, m in make_reader(file).iter_messages()]
        topics = {topic for topic, _ in messages}
        assert {"/truth/plots", "/truth/outcomes"} <= topics
        for topic, data in messages:
            if not topic.startswith("/truth/"):
                assert not [secret for secret in SECRETS if secret in data], topic


def test_the_score_tells_every_second(nights: dict[int, Path]) -> None:
    for path in nights.values():
        found = scored(path)
        (line,) = found.timelines.values()
        plot = found.doings.plots["a"].t
        assert line.spans[0][1] == plot
        assert line.spans[-1][2] == line.outcome
        assert sum(b - a for _, a, b in line.spans) == line.outcome - plot
        told = figures(found)
        assert told["advice"]["accepted"] == len(found.doings.outcomes)
        assert sum(told["outcomes"].values()) == 1
        assert told["leaks"] == sum(told["causes"].values())
        decided = [one for one in found.doings.spoken.values() if one.accepted is not None]
        assert all(one.made.t < (one.accepted or 0) for one in decided)


def test_what_was_killed_is_seen_no_more_and_called_stopped(nights: dict[int, Path]) -> None:
    for path in nights.values():
        (line,) = scored(path).timelines.values()
        assert line.end is End.KILLED
        recording = open_recording(path)
        last = max(t.t_updated for entry in recording.tracks() for t in entry.tracks if t.hits > 20)
        assert last <= line.outcome
        assert Call.STOPPED in {e.call for said in recording.advice() for e in said.engagements}


@pytest.mark.slow
def test_what_every_shot_misses_arrives_and_is_seen_to(tmp_path: Path) -> None:
    """A gun of one in nine: three shots by the doctrine, and the drone comes through."""
    weak = GUN.replace("0.45", "0.11")
    path = next(p for p in (night(tmp_path, seed, effectors=weak) for seed in range(1, 9)) if leaked(p))
    (line,) = scored(path).timelines.values()
    last = max(t.t_updated for entry in open_recording(path).tracks() for t in entry.tracks if t.hits > 20)
    assert last > line.outcome - 2 * NS
    assert (line.outcome - exercise_begin(path)) / NS == pytest.approx(140.0, abs=0.1)
    told = figures(scored(path))
    assert told["leaks"] == 1
    assert set(told["causes"]) <= {"all shots missed", "shots too late", "human delay", "wrong kill call"}


def leaked(path: Path) -> bool:
    return all(line.end in (End.MISSED, End.DAMAGED) for line in scored(path).timelines.values())


def exercise_begin(path: Path) -> int:
    return min(actor.t_begin for actor in scored(path).actors)


def test_nobody_decides_and_the_human_delay_is_named(tmp_path: Path) -> None:
    """Without anybody the advice lapses, the drone arrives, and it is told what that was due to."""
    found = scored(night(tmp_path, 1, None))
    (line,) = found.timelines.values()
    assert (line.end, line.binding) == (End.UNENGAGED, Stage.DECIDING)
    told = figures(found)
    assert (told["leaks"], told["causes"], told["shots"]) == (1, {"human delay": 1}, 0)


@pytest.mark.slow
def test_a_model_that_only_errs_declines_and_that_is_named(tmp_path: Path) -> None:
    told = figures(scored(night(tmp_path, 1, HumanModel(median=2.0, spread=0.1, wrong=1.0))))
    assert told["advice"]["accepted"] == 0
    assert told["advice"]["declined"] > 0
    assert told["causes"] == {"declined": 1}


@pytest.mark.slow
def test_the_same_night_at_any_pace(tmp_path: Path) -> None:
    """Decisions hang on data time alone: scans that are taken one by one give the night of a fast run."""
    exercise = exercise_of(load_site(site_file(tmp_path)), 2, NEAR)
    path = night(tmp_path, 2)
    recorder = recorder_of(exercise, tmp_path / "slow.mcap", Mode.EXERCISE, MODEL)
    pipeline = Pipeline(exercise.site, recorder, mode=Mode.EXERCISE)
    slowly(exercise, pipeline)
    assert stored(path, *TOPICS, "/truth/outcomes") == stored(
        tmp_path / "slow.mcap", *TOPICS, "/truth/outcomes"
    )


def site_file(folder: Path) -> Path:
    (folder / "site.toml").write_text(SITE + GUN)
    return folder / "site.toml"


def slowly(exercise: Exercise, pipeline: Pipeline) -> None:
    """As a paced player does: never further than the clock, a second of data at a time."""
    from vedette.pipeline import Player

    player = Player(pipeline, staged(exercise, pipeline, truth=True, operator=MODEL))
    t = exercise.begin
    while player.t_next is not None and player.t_next <= exercise.world.end:
        t += NS
        while not player.advance(t, most=1):
            pass
    pipeline.close()


def test_what_a_person_accepts_on_the_page_is_flown(tmp_path: Path) -> None:
    """Through the server, as the page does it; nobody who looks on is told how it truly ended."""
    exercise = exercise_of(load_site(site_file(tmp_path)), 2, NEAR, begin=wall())
    recorder = recorder_of(exercise, tmp_path / "live.mcap", Mode.EXERCISE)
    pipeline = Pipeline(exercise.site, recorder, mode=Mode.EXERCISE)
    source = staged(exercise, pipeline, truth=True)
    desk = PacedDesk(pipeline, source, wall, speed=30.0, simulated=exercise.simulated)
    with served(build_app(desk, clock=wall)) as server:

        def advice() -> list[dict[str, Any]]:
            return [c for c in httpx.get(f"{server.url}/api/advice").json()["cards"] if c["state"] == "open"]

        card = until(advice, bool)[0]
        said = {"act": "decide", "advice": card["id"], "answer": "accept", "by": "Duty officer"}
        assert httpx.post(f"{server.url}/api/acts", json=said).status_code == 200
        flown = pipeline.sinks[1].counters  # type: ignore[attr-defined]
        until(lambda: dict(flown), lambda counted: sum(counted.values()) > counted.get("flown", 0))
    recording = open_recording(tmp_path / "live.mcap")
    (outcome,) = list(recording.messages(topics=("/truth/outcomes",)))
    assert isinstance(outcome, Outcome)
    assert (outcome.advice, outcome.id) == (card["id"], "a")
    (act,) = [act.act for act in recording.acts()]
    assert (act["by"], act["proof"]) == ("Duty officer", "none")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 5))
def test_two_drones_from_the_first_report_to_the_last_shot(tmp_path: Path, seed: int) -> None:
    """The packaged scenario at its own site with the model: everything is decided, flown and told."""
    from vedette.cli.rehearsal import rehearse

    path = tmp_path / "night.mcap"
    rehearse("two-drones", out=path, seed=seed, seconds=None, quiet=True, operator=HumanModel(median=20.0))
    found = scored(path)
    told = figures(found)
    assert set(found.timelines) == {"drone 1", "drone 2"}
    assert told["advice"]["accepted"] >= 2
    assert told["shots"] >= 2
    for line in found.timelines.values():
        assert line.end in (End.KILLED, End.DAMAGED, End.MISSED, End.DIVERTED, End.TURNED)
        assert sum(b - a for _, a, b in line.spans) == line.outcome - line.spans[0][1]
        assert line.seconds[Stage.DECIDING] > 5.0
    recording = open_recording(path)
    again = Pipeline(site_of(recording), Recorder(tmp_path / "again.mcap", {}), mode=Mode.REPLAY)
    run_fast(again, entries(recording))
    again.close()
    assert stored(path, *TOPICS) == stored(tmp_path / "again.mcap", *TOPICS)
