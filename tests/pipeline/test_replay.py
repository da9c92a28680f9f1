"""Wherever the play-head jumps, the picture is the one of straight play."""

from __future__ import annotations

import numpy as np
import pytest

from tests.pipeline.runs import BEGIN, Shown, demo, drive, recorded, shown
from vedette.clock import NS
from vedette.pipeline import Pipeline, Replayer, entries, site_of
from vedette.pipeline.play import time_of
from vedette.pipeline.replay import alert_times
from vedette.store import Recording, open_recording
from vedette.types import AlertState, Mode


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """70 s of the demo with an acknowledgement after 40 s."""
    path = tmp_path_factory.mktemp("replay") / "run.mcap"
    show = demo()
    drive(Pipeline(show.site, recorded(path, show)), show, 70.0, ack_at=40.0)
    return open_recording(path)


def replayer(recording: Recording) -> Replayer:
    return Replayer(Pipeline(site_of(recording), mode=Mode.REPLAY), recording)


def go(player: Replayer, t: int) -> Shown:
    player.turn_to(t)
    while not player.advance(t):
        pass
    return shown(player.pipeline.picture)


@pytest.fixture(scope="module")
def straight(recording: Recording) -> dict[int, Shown]:
    """The picture at a few moments, each by a replay that never jumped."""
    moments = [BEGIN + round(s * NS) for s in (0.5, 17.3, 39.9, 40.4, 69.0)]
    player = replayer(recording)
    return {t: go(player, t) for t in moments}


def test_seeking_gives_the_picture_of_straight_play(recording: Recording, straight: dict[int, Shown]) -> None:
    player, rng = replayer(recording), np.random.default_rng(5)
    player.period = 5 * NS
    for t in rng.permutation(list(straight) * 2):
        assert go(player, int(t)) == straight[int(t)]
    assert len(player._bookmarks) > 5


def test_what_people_did_happens_again_at_its_place(recording: Recording) -> None:
    player = replayer(recording)
    for s, acknowledged in ((69, True), (39, False), (45, True), (20, False)):
        go(player, BEGIN + s * NS)
        states = {alert.state for alert in player.pipeline.picture.alerts}
        assert (AlertState.ACKNOWLEDGED in states) is acknowledged


def test_seeking_does_not_read_the_recording_from_its_begin(recording: Recording) -> None:
    player = replayer(recording)
    player.period = 2 * NS
    go(player, BEGIN + 69 * NS)
    mark = player._bookmarks[-1]
    assert mark.t_from is not None
    assert mark.t_from > recording.t_begin
    left = [time_of(entry) for entry in entries(recording, mark.t_from)][mark.skip :]
    assert min(left) >= mark.t


def test_bookmarks_stay_few(
    recording: Recording, straight: dict[int, Shown], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vedette.pipeline.replay.MOST_BOOKMARKS", 16)
    player = replayer(recording)
    player.period = NS
    last = max(straight)
    assert go(player, last) == straight[last]
    assert len(player._bookmarks) <= 16
    assert player.period >= 4 * NS
    for t in sorted(straight, reverse=True):
        assert go(player, t) == straight[t]


def test_marks_are_the_times_of_alerts(recording: Recording) -> None:
    marks = alert_times(recording)
    assert len(marks) >= 2
    assert all(BEGIN < t < BEGIN + 70 * NS for t in marks)
