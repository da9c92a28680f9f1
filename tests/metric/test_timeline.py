"""Where a threat's time went, on hand-made lives whose answer can be read off, and on arbitrary ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.clock import NS, seconds
from vedette.metric.timeline import Cause, End, Engaged, Life, Stage, Timeline, timeline

S, C = Stage, Cause


def told(**events: Any) -> Timeline:
    """A life in whole seconds: begin 0, first report 10, track 14, alert 20, advice 21 to 40; arrival 300."""
    given_ = {"begin": 0, "end": 400, "first_plot": 10, "confirmed": 14, "alert": 20, "asked": ((21, 40),),
              "arrival": 300, "last_start": 250} | events  # fmt: skip
    times = {key: value * NS for key, value in given_.items() if isinstance(value, int)}
    others = {key: value for key, value in given_.items() if not isinstance(value, int)}
    others["called"] = tuple(t * NS for t in given_.get("called", ()))
    others["asked"] = tuple((a * NS, b * NS) for a, b in given_["asked"])
    return timeline(Life(**(others | times)))


def engaged(decided: int, shot: int, intercept: int, end: End | None) -> Engaged:
    """Started as soon as it was decided."""
    return Engaged(
        decided=decided * NS, start=decided * NS, shot=shot * NS, intercept=intercept * NS, end=end
    )


def test_one_shot_that_kills() -> None:
    found = told(engaged=(engaged(40, 46, 60, End.KILLED),))
    assert (found.end, found.outcome, found.cause) == (End.KILLED, 60 * NS, None)
    assert [(stage, a // NS, b // NS) for stage, a, b in found.spans] == [
        (S.CONFIRMING, 10, 14), (S.ALERTING, 14, 20), (S.ADVISING, 20, 21), (S.DECIDING, 21, 40),
        (S.STARTING, 40, 46), (S.FLYING, 46, 60),
    ]  # fmt: skip
    assert found.binding is S.DECIDING
    assert found.seconds == {
        S.CONFIRMING: 4.0, S.ALERTING: 6.0, S.ADVISING: 1.0, S.DECIDING: 19.0, S.STARTING: 6.0, S.FLYING: 14.0
    }  # fmt: skip


def test_shoot_look_shoot_counts_the_look_and_the_second_decision() -> None:
    """A miss at 60, new advice at 70, killed at 120; the second round adds to the same stages."""
    rounds = (engaged(40, 46, 60, End.MISSED), engaged(90, 100, 120, End.KILLED))
    found = told(asked=((21, 40), (70, 90)), engaged=rounds)
    assert found.seconds[S.LOOKING] == 10.0
    assert found.seconds[S.DECIDING] == 39.0
    assert found.seconds[S.FLYING] == 34.0
    assert sum(found.seconds.values()) == 110.0


def test_waiting_for_it_to_come_within_reach_is_no_delay() -> None:
    """Decided at 40, to be started at 200: the longest stage, and not the binding one."""
    waits = Engaged(decided=40 * NS, start=200 * NS, shot=206 * NS, intercept=220 * NS, end=End.KILLED)
    found = told(engaged=(waits,))
    assert found.seconds[S.WAITING] == 160.0
    assert found.seconds[S.STARTING] == 6.0
    assert found.binding is S.DECIDING


def test_two_shots_on_their_way_are_counted_once() -> None:
    rounds = (engaged(40, 46, 60, End.MISSED), engaged(40, 50, 80, End.KILLED))
    found = told(engaged=rounds)
    assert found.seconds[S.FLYING] == 34.0
    assert sum(found.seconds.values()) == 70.0


MISS, HURT = (engaged(40, 46, 60, End.MISSED),), (engaged(40, 46, 60, End.DAMAGED),)


@pytest.mark.parametrize(
    ("events", "end", "binding", "cause"),
    [
        ({"first_plot": None, "alert": None, "asked": ()}, End.UNENGAGED, S.SEEING, C.UNSEEN),
        ({"last_start": 5}, End.UNENGAGED, S.SEEING, C.SEEN_LATE),
        ({"last_start": 12}, End.UNENGAGED, S.CONFIRMING, C.NOT_CONFIRMED),
        ({"last_start": 17}, End.UNENGAGED, S.ALERTING, C.ID_HOLD),
        ({"last_start": 30}, End.UNENGAGED, S.DECIDING, C.HUMAN_DELAY),
        ({"last_start": 60}, End.UNENGAGED, S.ADVISING, C.NO_OPTION),
        ({"last_start": 60, "declined": 40}, End.UNENGAGED, S.ADVISING, C.DECLINED),
        ({"last_start": 60, "declined": 80}, End.UNENGAGED, S.ADVISING, C.NO_OPTION),
        ({"last_start": 60, "lapsed": 40}, End.UNENGAGED, S.ADVISING, C.HUMAN_DELAY),
        ({"last_start": 60, "lapsed": 80}, End.UNENGAGED, S.ADVISING, C.NO_OPTION),
        ({"last_start": 60, "hindrance": C.NO_MAGAZINE}, End.UNENGAGED, S.ADVISING, C.NO_MAGAZINE),
        ({"last_start": None, "asked": (), "hindrance": C.NO_FIRE}, End.UNENGAGED, S.ADVISING, C.NO_FIRE),
        ({"last_start": None, "asked": ()}, End.UNENGAGED, S.ADVISING, C.NO_OPTION),
        ({"last_start": 43, "engaged": MISS}, End.MISSED, S.STARTING, C.SHOTS_MISSED),
        ({"last_start": 50, "engaged": HURT}, End.DAMAGED, S.FLYING, C.SHOTS_MISSED),
        ({"last_start": 99, "engaged": MISS}, End.MISSED, S.LOOKING, C.SHOTS_MISSED),
        ({"last_start": 99, "called": (70,), "engaged": MISS}, End.MISSED, S.LOOKING, C.WRONG_CALL),
    ],
)  # fmt: skip
def test_the_binding_delay_of_one_that_got_through(
    events: dict[str, Any], end: End, binding: Stage, cause: Cause
) -> None:
    """It is the stage in which the last useful start passed, however long the others took."""
    found = told(**events)
    assert (found.end, found.binding, found.cause) == (end, binding, cause)
    assert found.outcome == 300 * NS


def test_a_wrong_call_that_was_put_right_is_no_cause() -> None:
    """Called stopped after the first shots, advised again all the same, missed again, and then no call."""
    rounds = (engaged(40, 46, 60, End.MISSED), engaged(90, 95, 110, End.MISSED))
    again = ((21, 40), (80, 90))
    assert told(asked=again, engaged=rounds, called=(65,), last_start=115).cause is C.SHOTS_MISSED
    assert told(asked=again, engaged=rounds, called=(65, 112), last_start=115).cause is C.WRONG_CALL


def test_what_is_no_leak_has_no_cause() -> None:
    assert told(arrival=None).end is End.PASSED
    assert told(arrival=500).end is End.IN_FLIGHT
    diverted = told(arrival=None, engaged=(engaged(40, 46, 60, End.DIVERTED),))
    assert (diverted.end, diverted.outcome) == (End.DIVERTED, 60 * NS)
    assert told(arrival=None).cause is told(arrival=500).cause is diverted.cause is None


def test_what_is_stopped_too_late_has_got_through() -> None:
    late = told(engaged=(engaged(290, 295, 301, End.KILLED),))
    assert (late.end, late.outcome) == (End.MISSED, 300 * NS)
    ordered = told(engaged=(engaged(290, 300, 310, End.KILLED),))
    assert ordered.end is End.UNENGAGED


def test_what_is_turned_and_arrives_elsewhere_has_got_through() -> None:
    turned = told(engaged=(engaged(40, 46, 60, End.DIVERTED), engaged(90, 95, 110, End.MISSED)))
    assert (turned.end, turned.outcome) == (End.TURNED, 300 * NS)
    assert turned.cause is not None
    hurt = told(engaged=(engaged(40, 46, 60, End.DIVERTED), engaged(90, 95, 110, End.DAMAGED)))
    assert hurt.end is End.DAMAGED


@pytest.mark.parametrize("end", [End.KILLED, End.DIVERTED, End.DAMAGED, End.MISSED, None])
@pytest.mark.parametrize("last", [242, 260])
def test_a_shot_that_is_still_flying_when_it_arrives_was_too_late(last: int, end: End | None) -> None:
    """Ordered at 240, shot at 250, would meet at 310: shot at, and no miss of any shot."""
    found = told(engaged=(engaged(240, 250, 310, end),), last_start=last)
    assert (found.end, found.cause) == (End.MISSED, C.SHOTS_LATE)
    again = (engaged(40, 46, 60, End.MISSED), engaged(240, 250, 310, end))
    assert told(engaged=again, last_start=last).cause is C.SHOTS_MISSED


def test_a_shot_that_has_not_left_when_it_arrives_was_too_late() -> None:
    found = told(engaged=(engaged(240, 302, 310, End.KILLED),), last_start=250)
    assert (found.end, found.cause) == (End.UNENGAGED, C.SHOTS_LATE)


times = st.integers(0, 400 * NS)
maybe = st.none() | times


@st.composite
def lives(draw: st.DrawFn) -> Life:
    def ordered(n: int) -> list[int]:
        return sorted(draw(st.lists(times, min_size=n, max_size=n)))

    ends = st.sampled_from([End.KILLED, End.DIVERTED, End.DAMAGED, End.MISSED, None])
    rounds = [
        Engaged(decided=a, start=b, shot=c, intercept=d, end=draw(ends))
        for a, b, c, d in (ordered(4) for _ in range(draw(st.integers(0, 4))))
    ]
    spans = [tuple(ordered(2)) for _ in range(draw(st.integers(0, 4)))]
    return Life(
        begin=0, end=draw(times), first_plot=draw(maybe), confirmed=draw(maybe), alert=draw(maybe),
        asked=tuple((a, b) for a, b in spans), engaged=tuple(rounds),
        declined=draw(maybe),
        called=tuple(draw(st.lists(times, max_size=3))), arrival=draw(maybe), last_start=draw(maybe),
    )  # fmt: skip


@given(lives())
def test_every_nanosecond_belongs_to_one_stage(life: Life) -> None:
    """Whatever happened in whatever order: no gap, no overlap, and the sum is the whole, exactly."""
    found = timeline(life)
    if life.first_plot is None or life.first_plot >= found.outcome:
        assert found.spans == ()
        return
    assert found.spans[0][1] == life.first_plot
    assert found.spans[-1][2] == found.outcome
    assert all(b == c for (_, _, b), (_, c, _) in zip(found.spans, found.spans[1:], strict=False))
    assert all(a < b for _, a, b in found.spans)
    assert sum(b - a for _, a, b in found.spans) == found.outcome - life.first_plot
    whole = seconds(found.outcome - life.first_plot)
    assert sum(found.seconds.values()) == pytest.approx(whole, abs=1e-6)


@pytest.mark.slow
@given(lives())
def test_a_leak_has_a_cause_and_nothing_else_has(life: Life) -> None:
    found = timeline(life)
    leaked = found.end in (End.UNENGAGED, End.MISSED, End.DAMAGED, End.TURNED)
    assert (found.cause is not None) == leaked
    if leaked:
        assert life.arrival is not None
        assert found.outcome == life.arrival <= life.end
