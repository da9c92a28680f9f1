"""Advice through the whole pipeline: recorded, replayed to the byte, kept over a restart, told to the log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.advise.plans import ByHand
from tests.pipeline.armed import armed_demo, without_advice
from tests.pipeline.runs import BEGIN, Seen, demo, recorded, stored
from vedette.clock import NS, iso
from vedette.errors import NotThereError, ServiceError
from vedette.pipeline import Exercise, Journal, Pipeline, Replayer, entries, run_fast, site_of
from vedette.site import load_site
from vedette.store import Act, Log, OperationsStore, encode_advice, open_recording, verify
from vedette.store.log_check import entries as log_entries
from vedette.types import Advice, AdviceState, Advised, Answer, Mode, Picture, acts

TOPICS = ("/tracks", "/alerts", "/advice", "/acts", "/operations")


def advised(pipeline: Pipeline) -> Advised:
    found = pipeline.picture.advised
    assert found is not None
    return found


def open_cards(picture: Picture) -> list[Advice]:
    return (
        [] if picture.advised is None else [a for a in picture.advised.advice if a.state is AdviceState.OPEN]
    )


def decide(
    pipeline: Pipeline, advice: str, answer: str = "accept", by: str = "otto", note: str = ""
) -> acts.Done:
    return pipeline.act(acts.Decide(advice=advice, answer=answer, by=by, note=note, proof="none"))  # type: ignore[arg-type]


@dataclass
class Answers:
    """What people do in this run: they accept the first advice, decline the second, correct the stock."""

    done: int = 0

    def look(self, pipeline: Pipeline) -> None:
        cards = open_cards(pipeline.picture)
        if self.done == 0 and len(cards) == 2:
            decide(pipeline, cards[0].id, note="cleared with the tower")
            assert decide(pipeline, cards[0].id, "decline", by="ada", note="wait").refusal
            decide(pipeline, cards[1].id, "hold", note="look first")
            self.done = 1
        elif self.done == 1 and advised(pipeline).t > BEGIN + 50 * NS and cards:
            decide(pipeline, cards[0].id, "decline", by="ada", note="over the village")
            pipeline.act(acts.Stock(effector="Gun 1", rounds=7, by="otto", note="counted"))
            self.done = 2


def drive(
    pipeline: Pipeline, show: Exercise, begin: float, end: float, answers: Answers | None = None
) -> None:
    for scan in show.scans():
        s = (scan.t1 - show.begin) / NS
        if s > end:
            break
        if s > begin:
            pipeline.step(scan)
            if answers is not None:
                answers.look(pipeline)
    pipeline.close()


@dataclass
class Runs:
    show: Exercise
    folder: Path
    log: Path
    last: Advised
    handover: list[tuple[str, str, str]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """A minute with every answer, and after a pause of ten seconds half a minute more."""
    folder = tmp_path_factory.mktemp("advice")
    show = armed_demo(folder)
    log = Log(folder / "log", Ed25519PrivateKey.from_private_bytes(bytes(32)), lambda: 1)
    first = Pipeline(show.site, recorded(folder / "first.mcap", show), mode=Mode.DEMO)
    first.resume(OperationsStore(folder / "kept.sqlite"), BEGIN)
    Journal.of(first, log)
    answers = Answers()
    drive(first, show, 0.0, 60.0, answers)
    assert answers.done == 2
    handover = [(entry.by, entry.act, entry.text) for entry in first.assessor.log]
    second = Pipeline(show.site, recorded(folder / "second.mcap", show), mode=Mode.DEMO)
    second.resume(OperationsStore(folder / "kept.sqlite"), BEGIN + 70 * NS)
    drive(second, show, 70.0, 100.0)
    return Runs(show, folder, folder / "log", advised(first), handover)


@pytest.mark.parametrize("run", ["first", "second"])
def test_a_replay_gives_the_same_advice_to_the_byte(runs: Runs, run: str, tmp_path: Path) -> None:
    recording = open_recording(runs.folder / f"{run}.mcap")
    again = Pipeline(site_of(recording), recorded(tmp_path / "again.mcap", runs.show), mode=Mode.REPLAY)
    run_fast(again, entries(recording))
    again.close()
    first = stored(runs.folder / f"{run}.mcap", *TOPICS)
    assert stored(tmp_path / "again.mcap", *TOPICS) == first
    topics = [topic for topic, _ in first]
    assert topics.count("/advice") > 20
    assert topics.count("/acts") == (5 if run == "first" else 0)
    assert again.counters["act_not_repeated"] == 0


def test_going_back_in_a_replay_gives_the_advice_of_then(runs: Runs) -> None:
    recording = open_recording(runs.folder / "first.mcap")
    player = Replayer(Pipeline(site_of(recording), mode=Mode.REPLAY), recording)
    player.period = 5 * NS
    seen = {}
    for s in (55, 20, 40, 20):
        player.turn_to(BEGIN + s * NS)
        while not player.advance(BEGIN + s * NS):
            pass
        data = encode_advice(advised(player.pipeline))
        assert seen.setdefault(s, data) == data
    assert len(set(seen.values())) == 3


def test_the_recording_tells_how_it_went(runs: Runs) -> None:
    last = list(open_recording(runs.folder / "first.mcap").advice())[-1]
    assert replace(last, t=runs.last.t) == runs.last
    said = [decision for advice in last.advice for decision in advice.history]
    assert {(d.answer, d.by, d.proof) for d in said} == {
        (Answer.ACCEPT, "otto", "none"), (Answer.DECLINE, "ada", "none"), (Answer.HOLD, "otto", "none"),
    }  # fmt: skip
    states = {each.effector: each for each in last.effectors}
    assert (states["Missile 1"].rounds, states["Gun 1"].rounds) == (3, 7)
    kinds = [act.act["act"] for act in open_recording(runs.folder / "first.mcap").acts()]
    assert kinds == ["decide", "decide", "decide", "decide", "stock"]


def test_acts_are_in_the_hand_over_log_with_who_and_what(runs: Runs) -> None:
    accepted, late, held, declined, counted = runs.handover
    assert (accepted[:2], accepted[2].startswith("accepted Missile 1 against track ")) == (
        ("otto", "decide"),
        True,
    )
    assert late[0] == "ada"
    assert late[2].startswith("would have declined Missile 1 against track ")
    assert held[2].startswith("held Missile 1 against track ")
    assert all(" 1 at once, ordered 08:" in said[2] for said in (accepted, late, held, declined))
    assert declined[2].startswith("declined Missile 1 against track ")
    assert counted == ("otto", "stock", "set the rounds of Gun 1 from 20 to 7")


def test_every_decision_and_every_step_is_in_the_chained_log(runs: Runs) -> None:
    assert verify(runs.log).ok
    found = list(log_entries(runs.log))[1:]
    first = [entry for entry in found if entry.what == "advice open"]
    assert {entry.who for entry in first} == {"vedette"}
    ids = {entry.body["advice"] for entry in first}
    decisions = [(e.who, e.what, e.body["proof"]) for e in found if e.what.startswith("decision")]
    assert decisions == [
        ("otto", "decision accept", "none"), ("ada", "decision decline", "none"),
        ("otto", "decision hold", "none"), ("ada", "decision decline", "none"),
    ]  # fmt: skip
    assert {e.body["advice"] for e in found if e.what.startswith("decision")} <= ids
    assert [e.body["act"] for e in found if e.what == "act"] == ["decide"] * 4 + ["stock"]
    (under_way,) = [e for e in found if e.what == "engagement under way"]
    assert under_way.who == "vedette"
    # The entry alone tells what was accepted: the shots, of what, against which track, and when.
    (accepted,) = [e.body for e in found if e.what == "decision accept"]
    (engagement,) = runs.last.engagements
    assert {key: accepted[key] for key in ("track", "effector", "shots", "ordered", "meeting")} == {
        "track": engagement.track, "effector": "Missile 1", "shots": engagement.shots,
        "ordered": iso(engagement.t_start - 4 * NS), "meeting": iso(engagement.t_intercept),
    }  # fmt: skip
    assert all(e.body["shots"] > 0 for e in found if e.what.startswith("decision"))


def test_a_restart_keeps_what_is_left_what_is_under_way_and_what_was_declined(runs: Runs) -> None:
    moments = list(open_recording(runs.folder / "second.mcap").advice())
    states = {each.effector: each for each in moments[0].effectors}
    assert states["Gun 1"].rounds == 7
    assert states["Missile 1"].rounds == 3
    before = runs.last.engagements[0]
    kept = moments[0].engagements[0]
    assert (kept.advice, kept.t_intercept, kept.place) == (before.advice, before.t_intercept, before.place)
    after = moments[-1]
    old = {
        track.id for moment in open_recording(runs.folder / "first.mcap").tracks() for track in moment.tracks
    }
    carried = [each for each in after.engagements if each.advice == before.advice]
    assert all(each.track not in old for each in carried)  # the same drone has a new number
    (declined,) = [
        d for a in runs.last.advice for d in a.history if d.answer is Answer.DECLINE and "late" not in d.note
    ]
    with OperationsStore(runs.folder / "kept.sqlite") as store:
        found = store.load()
    assert [(d.effector, d.by, d.note) for d in found.declined] == [
        (declined.effector, "ada", "over the village")
    ]
    assert found.declined[0].track not in old
    again = [a for m in moments[-10:] for a in m.advice if a.track == found.declined[0].track]
    assert all(a.option.effector != declined.effector for a in again)


def logged(folder: Path) -> tuple[Exercise, Pipeline, Advice]:
    """A demo, its pipeline after twelve seconds, with its log in `folder`, and the first open card."""
    show = armed_demo(folder)
    pipeline = Pipeline(show.site, mode=Mode.DEMO)
    Journal.of(pipeline, Log(folder / "log", Ed25519PrivateKey.from_private_bytes(bytes(32)), lambda: 1))
    run_fast(pipeline, show.scans(), until=BEGIN + 12 * NS)
    return show, pipeline, open_cards(pipeline.picture)[0]


def test_answers_on_a_card_that_is_full_are_in_the_chained_log(tmp_path: Path) -> None:
    """The card shows the newest 50; the log has them all, also where somebody says the same again."""
    _, pipeline, card = logged(tmp_path)
    for _ in range(55):
        decide(pipeline, card.id, "hold", note="look first")
    decide(pipeline, card.id, note="cleared")
    shown = next(a for a in advised(pipeline).advice if a.id == card.id)
    assert len(shown.history) == 50
    found = [entry.what for entry in log_entries(tmp_path / "log")]
    assert found.count("decision hold") == 55
    assert found.count("decision accept") == 1


def test_what_nobody_answers_is_in_the_hand_over_log_and_in_the_chain(tmp_path: Path) -> None:
    show, pipeline, card = logged(tmp_path)
    assert pipeline.adviser is not None
    kept = pipeline.adviser.cards.find(card.id)
    kept.advice = replace(kept.advice, t_closes=pipeline.tracker.t)
    pipeline.adviser.planner = ByHand()  # which advises nothing
    run_fast(pipeline, (scan for scan in show.scans() if scan.t1 > BEGIN + 12 * NS), until=BEGIN + 14 * NS)
    lapsed = next(a for a in advised(pipeline).advice if a.id == card.id)
    assert lapsed.state is AdviceState.EXPIRED
    assert [(d.answer, d.by) for d in lapsed.history] == [(Answer.NONE, "")]
    entry = next(e for e in pipeline.assessor.log if e.text.startswith("nobody answered in time"))
    assert (entry.by, entry.act) == ("vedette", "decide")
    (said,) = [e for e in log_entries(tmp_path / "log") if e.what == "decision none"]
    assert (said.who, said.body["advice"]) == ("vedette", card.id)


def test_an_act_shows_at_once_what_it_changed(tmp_path: Path) -> None:
    show = armed_demo(tmp_path)
    seen = Seen()
    pipeline = Pipeline(show.site, mode=Mode.DEMO, sinks=[seen])
    run_fast(pipeline, show.scans(), until=BEGIN + 12 * NS)
    (card, *_) = open_cards(pipeline.picture)
    done = decide(pipeline, card.id)
    shown = seen.pictures[-1].advised
    assert shown is not None
    assert (done.advice, done.advice.state) == (
        next(a for a in shown.advice if a.id == card.id),
        AdviceState.ACCEPTED,
    )
    assert shown.engagements[0].advice == card.id
    counters = pipeline.merged_counters()
    assert (counters["advise.accepted"], counters["advise.made"] >= 1) == (1, True)


def test_nobody_accepts_anything_against_a_track_that_was_just_called_a_friend(tmp_path: Path) -> None:
    show = armed_demo(tmp_path)
    pipeline = Pipeline(show.site, mode=Mode.DEMO)
    run_fast(pipeline, show.scans(), until=BEGIN + 12 * NS)
    (card, *_) = open_cards(pipeline.picture)
    pipeline.act(acts.Identify(track=card.track, identity=acts.Affiliation.FRIEND, by="otto"))
    assert card.id not in {each.id for each in open_cards(pipeline.picture)}
    with pytest.raises(ServiceError):
        decide(pipeline, card.id)
    assert not advised(pipeline).engagements


def test_a_friend_that_was_engaged_is_marked_and_told_once_in_both_logs(tmp_path: Path) -> None:
    """Until a person says otherwise; whoever says so again is not news."""
    _, pipeline, card = logged(tmp_path)
    decide(pipeline, card.id)
    friends = []
    for whose in ("friend", "hostile", "friend"):
        said = acts.Identify(track=card.track, identity=acts.Affiliation(whose), by="ada")
        pipeline.act(said)
        (engagement,) = advised(pipeline).engagements
        friends.append((engagement.friend, engagement.t_friend))
    t = pipeline.tracker.t
    by_ada = ("it is called friend by the operator ada", t)
    assert friends == [by_ada, ("", t), by_ada]
    assert pipeline.merged_counters()["advise.friends_engaged"] == 1
    sentence = (
        f"track {card.track} was engaged (1 of Missile 1), and now it is called friend by the operator ada; "
        "only a person can call it off"
    )
    assert [e.text for e in pipeline.assessor.log if e.act == "engagement"] == [sentence]
    (entry,) = [e for e in log_entries(tmp_path / "log") if e.what == "engaged a friend"]
    assert (entry.who, entry.body["track"], entry.body["sentence"]) == ("vedette", card.track, sentence)


def test_what_has_closed_while_no_data_came_is_not_accepted(tmp_path: Path) -> None:
    show = armed_demo(tmp_path)
    pipeline = Pipeline(show.site, mode=Mode.DEMO)
    run_fast(pipeline, show.scans(), until=BEGIN + 12 * NS)
    (card, *_) = open_cards(pipeline.picture)
    late = acts.Decide(advice=card.id, answer="accept", by="otto", proof="none")
    with pytest.raises(ServiceError, match="nothing is left to decide"):
        pipeline.act(late, card.t_closes + NS)


@pytest.mark.parametrize("proof", ["none", "model"])
def test_nobody_decides_on_what_is_real_without_a_password(tmp_path: Path, proof: str) -> None:
    show = armed_demo(tmp_path)
    pipeline = Pipeline(show.site)  # live
    run_fast(pipeline, show.scans(), until=BEGIN + 12 * NS)
    (card, *_) = open_cards(pipeline.picture)
    with pytest.raises(ServiceError, match="Only a person who has signed in with a password"):
        pipeline.act(acts.Decide(advice=card.id, answer="accept", by="human model", proof=proof))  # type: ignore[arg-type]
    pipeline.act(acts.Decide(advice=card.id, answer="accept", by="otto", proof="password"))
    assert advised(pipeline).engagements


def test_a_site_without_effectors_has_no_advice_and_says_so(tmp_path: Path) -> None:
    bare = tmp_path / "bare.toml"
    bare.write_text(without_advice(Path(demo().site.path).read_text("utf-8")), "utf-8")
    pipeline = Pipeline(load_site(bare), mode=Mode.DEMO)
    assert pipeline.picture.advised is None
    with pytest.raises(NotThereError, match=r"a site with an \[\[effector\]\] has some"):
        decide(pipeline, "1-Gun 1-1")
    pipeline.repeat(
        Act(BEGIN, {"act": "decide", "advice": "x", "answer": "accept", "by": "x", "proof": "none"})
    )
    assert pipeline.counters["act_not_repeated"] == 1


def test_advice_can_be_switched_off(tmp_path: Path) -> None:
    show = armed_demo(tmp_path)
    text = Path(show.site.path).read_text("utf-8").replace("[advice]\n", "[advice]\nenabled = false\n")
    Path(show.site.path).write_text(text, "utf-8")
    pipeline = Pipeline(armed_demo(tmp_path).site, mode=Mode.DEMO)
    assert pipeline.adviser is None
