"""The life of advice: made, held, answered, lapsed, withdrawn; what is left; what comes of an acceptance."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from tests.advise.plans import GUN, Scene, T, like, option, proposal
from tests.server.advice_by_hand import threat_of
from vedette.clock import NS
from vedette.errors import NotThereError, ServiceError
from vedette.types import AdviceState, Answer, Call, acts
from vedette.types.operations import Operations

FIRST = "7-Gun 1-1"


@pytest.fixture
def scene() -> Scene:
    """Advice about track 7 is on the table since second 0."""
    scene = Scene()
    scene.propose(proposal())
    scene.at(0)
    return scene


def states(scene: Scene) -> dict[str, AdviceState]:
    return {each.id: each.state for each in scene.adviser.advised.advice}


# --- made, renewed, over


def test_it_plans_every_second_and_at_once_after_an_answer(scene: Scene) -> None:
    for s in (0.2, 0.4, 0.8, 1.0, 1.2):
        scene.at(s)
    assert [asked["t"] for asked in scene.planner.asked] == [T, T + NS]
    scene.decide(1.3, FIRST)
    scene.at(1.4)
    assert scene.planner.asked[-1]["t"] == T + round(1.4 * NS)
    assert scene.planner.asked[-1]["stock"]["Gun 1"].rounds == 6
    assert [each.advice for each in scene.planner.asked[-1]["engagements"]] == [FIRST]


def test_the_same_proposal_renews_the_card_and_another_takes_its_place(scene: Scene) -> None:
    scene.propose(proposal(7, option(closes_s=35.0)))
    scene.at(1)
    card = scene.card(FIRST)
    assert (card.t_made, card.t_closes, card.option.closes_s) == (T, T + 36 * NS, 35.0)
    assert scene.planner.asked[-1]["before"] == {7: "Gun 1"}
    scene.propose(proposal(7, option("Jammer", shots=1)))
    scene.at(2)
    assert states(scene) == {"7-Jammer-1": AdviceState.OPEN, FIRST: AdviceState.WITHDRAWN}
    assert scene.card(FIRST).sentence == "Withdrawn: Jammer is advised instead of Gun 1."
    scene.propose(proposal())
    scene.at(3)
    assert states(scene)["7-Gun 1-2"] is AdviceState.OPEN  # a number is never used twice


def test_what_nobody_answers_is_an_outcome(scene: Scene) -> None:
    scene.propose()
    scene.at(40)
    card = scene.card(FIRST)
    assert card.state is AdviceState.EXPIRED
    (said,) = card.history
    assert (said.answer, said.by, said.proof, said.t) == (Answer.NONE, "", "", T + 40 * NS)
    assert scene.adviser.lapsed == (said,)
    scene.at(41)
    assert scene.adviser.lapsed == ()
    with pytest.raises(ServiceError, match=r"was at .* UTC; nothing is left to decide\."):
        scene.decide(42, FIRST)


@pytest.mark.parametrize(
    ("s", "state"), [(20, AdviceState.WITHDRAWN), (29.9, AdviceState.WITHDRAWN), (30, AdviceState.EXPIRED)]
)
def test_a_window_may_close_somewhat_earlier_than_was_thought(
    scene: Scene, s: float, state: AdviceState
) -> None:
    """Then nobody answered in time. Long before, it is the picture that has changed."""
    gone = replace(threat_of(7), slack_s=None, sentence="Nothing reaches it.")
    scene.propose(threats=(gone,), closed=frozenset({(7, "Gun 1")}))
    scene.at(s)
    assert states(scene) == {FIRST: state}
    told = scene.card(FIRST).sentence
    if state is AdviceState.WITHDRAWN:
        assert told == "Withdrawn: nothing is advised any more. Nothing reaches it."
        assert scene.adviser.lapsed == ()


def test_what_somebody_took_away_is_not_laid_to_whoever_did_not_answer(scene: Scene) -> None:
    """The last round went elsewhere just before the window would have closed."""
    scene.propose(threats=(replace(threat_of(7), slack_s=None, sentence="Gun 1 has no rounds left."),))
    scene.at(38)
    assert states(scene) == {FIRST: AdviceState.WITHDRAWN}
    assert scene.adviser.lapsed == ()


def test_what_is_no_threat_any_more_is_not_advised_on(scene: Scene) -> None:
    scene.propose()
    scene.at(5)
    assert scene.card(FIRST).sentence == "Withdrawn: track 7 is no threat any more."


def test_what_is_not_advised_any_more_is_withdrawn_and_no_answer_was_missed(scene: Scene) -> None:
    scene.present.discard(7)
    scene.propose()
    scene.at(5)
    assert scene.card(FIRST).sentence == "Withdrawn: track 7 is gone."
    assert scene.card(FIRST).history == ()
    assert scene.adviser.lapsed == ()
    with pytest.raises(ServiceError, match="Withdrawn: track 7 is gone"):
        scene.decide(6, FIRST)


def test_what_is_over_stays_for_a_minute(scene: Scene) -> None:
    scene.decide(1, FIRST, "decline")
    scene.propose()
    scene.at(60)
    assert FIRST in states(scene)
    scene.at(61)
    assert states(scene) == {}
    with pytest.raises(NotThereError, match="There is no advice 7-Gun 1-1 now"):
        scene.decide(62, FIRST)


def test_times_count_from_the_newest_moment_also_of_what_is_over(scene: Scene) -> None:
    scene.decide(4, FIRST)
    scene.propose(proposal(8, option("Jammer", shots=1, closes_s=30.0), rank=2))
    advised = scene.at(10)
    over = next(each for each in advised.advice if each.id == FIRST)
    assert advised.t == T + 10 * NS
    assert (over.option.start_s, over.option.closes_s, over.option.intercept_s[1]) == (0.0, 30.0, 3.0)
    assert over.threat.slack_s == 30.0
    scene.decide(12.5, "8-Jammer-1", "hold")
    assert scene.adviser.advised.t == T + round(12.5 * NS)
    assert scene.adviser.advised.threats[0].slack_s == 27.5


def test_urgency_is_the_order(scene: Scene) -> None:
    scene.propose(
        proposal(rank=2),
        proposal(8, option("Jammer", shots=1), rank=1),
        proposal(9, option("Drone", shots=1), rank=3),
    )
    scene.at(1)
    scene.decide(1.5, "9-Drone-1", "decline")
    assert list(states(scene)) == ["8-Jammer-1", FIRST, "9-Drone-1"]


# --- accepted


def test_an_acceptance_takes_rounds_and_a_channel_until_the_look(scene: Scene) -> None:
    done = scene.decide(4, FIRST)
    assert (done.changed, done.advice.state, done.refusal) == (True, AdviceState.ACCEPTED, "")
    when = "ordered 08:53:30, meeting 08:53:33 UTC"  # at its best start, which is at 10 s
    assert done.text == f"accepted Gun 1 against track 7, 2 at once, {when} (7-Gun 1-1)"
    (said,) = done.advice.history
    assert (said.shots, said.t_order, said.t_intercept) == (2, T + 10 * NS, T + 13 * NS)
    gun = scene.left("Gun 1")
    assert (gun.rounds, gun.free, gun.detail) == (6, 0, "busy with track 7")
    (engagement,) = scene.adviser.advised.engagements
    assert engagement.t_start == T + 12 * NS  # ordered at its best start, which is at 10 s, and slewed
    assert engagement.t_intercept == T + 13 * NS
    assert gun.ready_s == 13 + 5 - 4
    assert (engagement.expected, engagement.call) == (0.62, Call.UNDER_WAY)
    scene.propose()
    scene.at(17.9)
    assert scene.left("Gun 1").free == 0
    scene.at(19)
    assert (scene.left("Gun 1").free, scene.left("Gun 1").ready_s) == (1, 0.0)


def test_who_decides_late_is_reckoned_with_late(scene: Scene) -> None:
    done = scene.decide(30, FIRST)
    assert "2 at once, ordered 08:53:50, meeting 08:53:53 UTC" in done.text
    (engagement,) = scene.adviser.advised.engagements
    assert (engagement.t_start, engagement.t_intercept) == (T + 32 * NS, T + 33 * NS)


def test_another_of_the_options_can_be_accepted(scene: Scene) -> None:
    done = scene.decide(2, FIRST, effector="Jammer")
    assert done.text.startswith("accepted Jammer against track 7, 1 at once, ordered ")
    assert scene.adviser.advised.engagements[0].effector == "Jammer"
    assert (scene.left("Gun 1").rounds, scene.left("Jammer").free) == (8, 2)
    scene.propose()
    scene.at(10.5)  # from when it begins
    assert scene.left("Jammer").free == 1
    assert done.advice.history[-1].effector == "Jammer"


def test_what_is_no_option_is_refused(scene: Scene) -> None:
    with pytest.raises(NotThereError, match=r"Drone is no option of 7-Gun 1-1; it has Gun 1, Jammer\."):
        scene.decide(2, FIRST, effector="Drone")
    with pytest.raises(NotThereError, match="Cannon is no option"):
        scene.decide(2, FIRST, effector="Cannon")
    with pytest.raises(ServiceError, match="Jammer is not what is advised, so it cannot be declined"):
        scene.decide(2, FIRST, "decline", effector="Jammer")
    with pytest.raises(NotThereError, match="There is no advice nonsense now"):
        scene.decide(2, "nonsense")
    assert states(scene) == {FIRST: AdviceState.OPEN}


def test_two_acceptances_between_two_plans_cannot_spend_the_same_round() -> None:
    scene = Scene(like(GUN, magazine=5, channels=2, reload_s=None, reload_lot=None))
    now = option(shots=3, start_s=0.0)
    scene.propose(proposal(7, now), proposal(8, now, rank=2))
    scene.at(0)
    scene.decide(0.1, FIRST)
    with pytest.raises(ServiceError, match="Gun 1 has 2 rounds left, not 3"):
        scene.decide(0.2, "8-Gun 1-1")
    assert (scene.left("Gun 1").rounds, scene.left("Gun 1").free) == (2, 0)  # each shot has a channel
    assert states(scene)["8-Gun 1-1"] is AdviceState.OPEN


def test_what_shares_a_channel_begins_when_it_is_free_or_not_at_all() -> None:
    scene = Scene()
    scene.propose(proposal(7), proposal(8, option(), rank=2), proposal(9, option(closes_s=17.0), rank=3))
    scene.at(0)
    scene.decide(0.1, FIRST)  # from 10 s to the look at 18 s
    with pytest.raises(ServiceError, match="Gun 1 has no channel free in time"):
        scene.decide(0.2, "9-Gun 1-1")
    scene.decide(0.3, "8-Gun 1-1")
    first, second = scene.adviser.advised.engagements
    assert (first.t_start, second.t_start) == (T + 12 * NS, T + 20 * NS)
    assert second.t_intercept - second.t_start == first.t_intercept - first.t_start
    assert scene.left("Gun 1").rounds == 4


def test_a_later_turn_that_is_accepted_first_leaves_the_earlier_one_possible() -> None:
    """The plan gives two tracks their turns on one channel; people may answer in any order."""
    scene = Scene()
    now, then = option(start_s=0.0, closes_s=15.0), option(start_s=30.0, closes_s=50.0)
    scene.propose(proposal(7, now), proposal(8, then, rank=2))
    scene.at(0)
    scene.decide(1, "8-Gun 1-1")
    assert (scene.left("Gun 1").free, scene.left("Gun 1").ready_s) == (1, 0.0)
    scene.decide(2, FIRST)
    assert [each.t_start for each in scene.adviser.advised.engagements] == [T + 32 * NS, T + 4 * NS]
    scene.propose()
    for s, free in ((9, 0), (10, 1), (21, 1), (22, 0), (37, 0), (38, 1)):  # kept for it in good time
        scene.at(s)
        assert scene.left("Gun 1").free == free, s


def test_an_option_whose_last_start_has_passed_cannot_be_accepted(scene: Scene) -> None:
    with pytest.raises(ServiceError, match="The last useful start of Gun 1 against track 7 was at"):
        scene.decide(40.1, FIRST)
    scene.propose(proposal(7, option(), option("Jammer", closes_s=3.0, shots=1)))
    scene.at(1)
    with pytest.raises(ServiceError, match="The last useful start of Jammer"):
        scene.decide(5, FIRST, effector="Jammer")


def test_a_decision_without_proof_is_none(scene: Scene) -> None:
    with pytest.raises(ServiceError, match="proved who they are"):
        scene.decide(1, FIRST, proof="")
    assert scene.card(FIRST).history == ()


# --- declined, held


def test_what_was_declined_is_told_to_the_planner_while_its_track_lives(scene: Scene) -> None:
    scene.decide(1, FIRST, "decline", note="over the village")
    assert scene.card(FIRST).history[-1].note == "over the village"
    scene.at(2)
    assert scene.planner.asked[-1]["declined"] == {(7, "Gun 1")}
    scene.present.discard(7)
    scene.at(3)
    scene.at(4)
    assert scene.planner.asked[-1]["declined"] == frozenset()


def test_held_advice_stays_and_comes_back_to_notice(scene: Scene) -> None:
    scene.decide(1, FIRST, "hold", note="wait for the camera")
    for s, state in ((2, AdviceState.HELD), (30, AdviceState.HELD), (31, AdviceState.OPEN)):
        scene.propose(proposal(7, option(closes_s=60.0)))
        scene.at(s)
        assert states(scene) == {FIRST: state}
    assert scene.decide(32, FIRST).advice.state is AdviceState.ACCEPTED
    assert [said.answer for said in scene.card(FIRST).history] == [Answer.HOLD, Answer.ACCEPT]


def test_a_reason_must_be_given_unless_it_is_accepted() -> None:
    for answer in ("decline", "hold"):
        with pytest.raises(ValueError, match=f"say in `note` why you {answer}"):
            acts.Decide(advice=FIRST, answer=answer, by="otto", note=" ")


# --- two people


@pytest.mark.parametrize(
    ("first", "second"), [("accept", "decline"), ("decline", "accept"), ("accept", "accept")]
)
def test_the_first_decision_holds_and_the_second_is_shown(scene: Scene, first: str, second: str) -> None:
    scene.decide(1, FIRST, first)
    before = scene.adviser.advised
    done = scene.decide(2, FIRST, second, by="ada", note="no!")
    word = {"accept": "accepted", "decline": "declined"}[first]
    assert done.refusal == f"otto has {word} Gun 1 already, at 08:53:21 UTC; the first decision holds."
    assert done.changed  # so that it is recorded
    card = scene.card(FIRST)
    assert card.state.value == word
    assert [(said.by, said.note) for said in card.history][1:] == [
        ("ada", f"too late: otto had {word} Gun 1. no!")
    ]
    assert scene.adviser.advised.engagements == before.engagements
    assert scene.left("Gun 1").rounds == (6 if first == "accept" else 8)
    assert scene.adviser.counters["late"] == 1
    again = scene.decide(3, FIRST, second, by="ada", note="no!!")
    assert (again.changed, len(scene.card(FIRST).history)) == (False, 2)
    assert again.refusal == done.refusal


def test_nobody_fills_a_card_with_late_answers(scene: Scene) -> None:
    scene.decide(1, FIRST)
    for n in range(200):
        assert scene.decide(2, FIRST, "decline", by=f"nobody {n}").refusal
    history = scene.card(FIRST).history
    assert len(history) == 50
    assert history[0].by == "otto"


# --- what is left


def test_rounds_come_back_a_lot_at_a_time(scene: Scene) -> None:
    scene.stock(0.5, "Gun 1", 1)
    assert scene.left("Gun 1").rounds == 1
    for s, rounds in ((20, 1), (21, 5), (41, 5), (90, 5)):
        scene.at(s)
        assert scene.left("Gun 1").rounds == rounds, s
    scene.stock(100, "Gun 1", 0)
    gun = scene.left("Gun 1")
    assert (gun.ready_s, gun.detail) == (20.0, "no rounds left, 4 more in 20 s")
    scene.at(141)
    assert scene.left("Gun 1").rounds == 8


def test_a_magazine_that_nothing_is_put_into_is_never_ready_again(scene: Scene) -> None:
    done = scene.stock(1, "Drone", 0)
    assert done.text == "set the rounds of Drone from 2 to 0"
    assert (scene.left("Drone").ready_s, scene.left("Drone").detail) == (None, "no rounds left")


def test_what_was_sent_out_keeps_its_channel_until_it_is_back() -> None:
    scene = Scene()
    scene.propose(proposal(7, option("Drone", shots=1)))
    scene.at(0)
    scene.decide(1, "7-Drone-1")
    assert scene.left("Drone").ready_s == 13 + 90 - 1
    scene.present.discard(7)
    scene.propose()
    for s in (20, 102):  # the engagement is called, and over, long before
        scene.at(s)
        assert scene.left("Drone").free == 0
    scene.at(103)
    assert scene.left("Drone").free == 1


@pytest.mark.parametrize(
    ("effector", "rounds", "refusal"),
    [
        ("Gun 1", 9, r"Gun 1 holds 8 rounds at most; give a number up to that\."),
        ("Gun 1", 1_000_000, "holds 8 rounds at most"),
        ("Jammer", 3, "The rounds of Jammer are not counted"),
        ("Cannon", 3, "There is no effector Cannon; name one of Gun 1, Jammer, Drone"),
    ],
)
def test_absurd_rounds_are_refused(scene: Scene, effector: str, rounds: int, refusal: str) -> None:
    with pytest.raises(ServiceError, match=refusal):
        scene.stock(1, effector, rounds)
    assert scene.left("Gun 1").rounds == 8


def test_the_same_number_again_changes_nothing(scene: Scene) -> None:
    assert not scene.stock(1, "Gun 1", 8).changed


# --- what comes of it


def test_an_engagement_is_judged_and_forgotten_a_minute_later(scene: Scene) -> None:
    """Without a sensor that looks nothing is seen, and at the end of the look that is what is said."""
    scene.decide(0, FIRST)
    scene.propose()
    calls = {}
    for s in range(1, 90):
        scene.at(s)
        calls[s] = [each.call for each in scene.adviser.advised.engagements]
    assert calls[12] == [Call.UNDER_WAY]
    assert calls[14] == [Call.LOOKING]
    over = next(s for s in calls if calls[s] == [Call.NOT_STOPPED])
    assert 16 <= over <= 19
    assert (calls[over + 59], calls[over + 60]) == ([Call.NOT_STOPPED], [])
    assert scene.adviser.counters["not_stopped"] == 1


@pytest.mark.parametrize(
    ("facts", "also", "why"),
    [
        ({"affiliation": ("friend", "site file", 0)}, (), "it is called friend by the site file"),
        ({"remote_id": ("UAV1", "rid", -600)}, (), "it calls itself UAV1, and nobody has called it hostile"),
        ({}, (8,), "it flies where, and as, track 8 does, which is own or cooperative"),
        ({"affiliation": ("hostile", "operator otto", 0), "callsign": ("UAV1", "rid", 0)}, (8,), ""),
        ({}, (), ""),
    ],
)
def test_what_was_engaged_may_turn_out_a_friend(
    scene: Scene, facts: dict[str, tuple[str, str, int]], also: tuple[int, ...], why: str
) -> None:
    """By a word, by its name however long ago that was said, by whom it flies with; not what is hostile."""
    scene.decide(0, FIRST)
    scene.present = {7, *also}
    scene.says = {7: facts, **{number: {"icao24": ("3c6444", "adsb", 0)} for number in also}}
    told = []
    for s in (1, 2):
        scene.at(s)
        told += scene.adviser.mistaken
    (engagement,) = scene.adviser.advised.engagements
    assert (engagement.friend, engagement.t_friend) == (why, T + NS if why else 0)
    assert len(told) == bool(why)
    scene.present = set()
    scene.at(3)  # of what is gone nothing new is known
    assert scene.adviser.advised.engagements[0].friend == why


# --- over a restart, and back


def test_a_restart_keeps_rounds_engagements_and_what_was_declined(scene: Scene) -> None:
    scene.propose(proposal(), proposal(8, option("Jammer", shots=1), rank=2))
    scene.at(1)
    scene.decide(2, FIRST)
    scene.decide(3, "8-Jammer-1", "decline")
    kept = Operations(**scene.adviser.operations())
    again = Scene()
    again.adviser.restore(T + 5 * NS, kept)
    assert again.adviser.operations() == scene.adviser.operations()
    assert (again.left("Gun 1").rounds, again.left("Gun 1").free) == (6, 0)
    again.present = {21, 22}
    again.at(5, lost={7, 8})
    assert again.planner.asked[-1]["declined"] == {(8, "Jammer")}
    again.adviser.carry_over(7, 21)
    again.adviser.carry_over(8, 22)
    again.at(5.2)
    assert again.planner.asked[-1]["declined"] == {(22, "Jammer")}
    assert [each.track for each in again.adviser.advised.engagements] == [21]


@pytest.mark.parametrize(
    ("s", "rounds", "ready"), [(10, 0, 11.0), (21, 2, 8.0), (40.9, 2, 0.0), (41, 6, 0.0), (500, 6, 0.0)]
)
def test_a_lot_that_is_being_put_in_is_in_over_a_restart_when_it_would_have_been(
    scene: Scene, s: float, rounds: int, ready: float
) -> None:
    """Two of it are promised already and fired then; it is in at 21 s, and the next one 20 s later."""
    scene.stock(1, "Gun 1", 0)
    scene.decide(2, FIRST)
    kept = Operations(**scene.adviser.operations())
    assert (kept.stock["Gun 1"], kept.reloads["Gun 1"]) == (-2, T + 21 * NS)
    again = Scene()
    again.adviser.restore(T + round(s * NS), kept)
    gun = again.left("Gun 1")
    assert (gun.rounds, gun.ready_s) == (rounds, ready)


def test_rounds_that_were_promised_of_what_is_not_put_in_any_more_are_none(scene: Scene) -> None:
    scene.stock(1, "Gun 1", 0)
    scene.decide(2, FIRST)
    other = Scene(like(GUN, reload_s=None, reload_lot=None))
    other.adviser.restore(T + 3 * NS, Operations(**scene.adviser.operations()))
    assert (other.left("Gun 1").rounds, other.left("Gun 1").ready_s) == (0, None)
    assert other.adviser.operations()["stock"] == {"Gun 1": 0}


def test_nothing_is_concluded_from_a_track_that_is_still_sought(scene: Scene) -> None:
    scene.decide(0, FIRST)
    again = Scene()
    again.adviser.restore(T, Operations(**scene.adviser.operations()))
    again.present = {21}
    for s in range(1, 60):
        again.at(s, lost={7})
    assert [each.call for each in again.adviser.advised.engagements] == [Call.UNDER_WAY]


def test_effectors_that_are_gone_are_left_out(scene: Scene) -> None:
    scene.decide(0, FIRST)
    kept = Operations(**scene.adviser.operations())
    other = Scene(like(GUN, name="Gun 2", magazine=4))
    other.adviser.restore(T, replace(kept, stock={**kept.stock, "Gun 2": 9}))
    assert other.adviser.advised.engagements == ()
    assert other.left("Gun 2").rounds == 4


def test_a_copy_goes_its_own_way_and_equal_acts_give_equal_advice(scene: Scene) -> None:
    other = copy.deepcopy(scene)
    scene.decide(1, FIRST)
    assert states(other) == {FIRST: AdviceState.OPEN}
    other.decide(1, FIRST)
    scene.at(2)
    other.at(2)
    assert scene.adviser.advised == other.adviser.advised
    assert scene.adviser.counters == other.adviser.counters
