"""Advice in a real browser: it is read, a person decides, and nothing is decided by accident."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.advised import Deciders, deciding, engaged
from tests.browser.axe import issues
from tests.browser.conftest import Open
from tests.browser.console import Console
from tests.browser.program import Program
from tests.server.by_hand import T
from vedette.clock import NS
from vedette.types import AdviceState, Call, Mode, ReplayState, acts

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
WHO = "Sgt Example"
REFUSED = "the server responded with a status of 409"
Watch = Callable[..., Console]


@pytest.fixture
def desk() -> Deciders:
    return Deciders()


@pytest.fixture
def watch(built: None, desk: Deciders, open_page: Open) -> Iterator[Watch]:
    """Opens a page on the raid, with a name entered."""
    with deciding(desk) as server:

        def open_one(location: str = "?gl=off", **size: int) -> Console:
            console = open_page(Program(None, f"{server.url}/"), location, **size)  # type: ignore[arg-type]
            console.page.locator(".threat-row").first.wait_for()
            if console.page.locator("#operator:visible").count():
                console.page.locator("#operator").fill(WHO)
                console.page.keyboard.press("Enter")
            return console

        yield open_one


def card(page: Page, track: int = 7) -> Locator:
    return page.locator(f'[data-threat="{track}"] .advice-card')


def press(within: Locator, name: str) -> None:
    """As a person does: once the button has stood there for a moment."""
    within.page.wait_for_timeout(800)
    within.get_by_role("button", name=name, exact=True).click()


def double_click(button: Locator) -> None:
    """With the mouse itself: a locator would wait until the button can be pressed."""
    box = button.bounding_box()
    assert box is not None
    button.page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def decisions(desk: Deciders) -> list[acts.Decide]:
    return [act for act in desk.taken if isinstance(act, acts.Decide)]


def test_advice_is_read_accepted_and_followed_to_the_sensors_call(watch: Watch, desk: Deciders) -> None:
    console = watch()
    page, one = console.page, card(console.page)
    rows = page.locator(".threat-row")
    assert [rows.nth(i).locator("b").first.inner_text()[:3].strip() for i in range(5)] == [
        "T7",
        "T8",
        "T9",
        "T10",
        "T11",
    ]
    expect(rows.first).to_contain_text("Quarters")
    expect(rows.first).to_contain_text("arrives 90 %")
    expect(one.locator(".window-left")).to_have_text(re.compile(r"0:4[01]"))
    for words in (
        "78 %",
        "61 % to 88 %",
        "leaves 6 rounds",
        "cost 0.02",
        "Then nothing is left against",
        "T10",
    ):
        expect(one).to_contain_text(words)
    one.locator(".why-not summary").click()
    expect(one.locator('[data-refused="Gun 2"]')).to_contain_text("What falls would fall on the village.")
    expect(one.locator('[data-refused="Drone 1"]')).to_contain_text("late")
    panel = page.get_by_role("tabpanel")
    expect(panel).to_contain_text("At most 1.4 % could still be saved by another plan")
    expect(panel).to_contain_text("A person decides; Vedette advises and commands nothing.")
    expect(panel).to_contain_text("in exercises only")

    desk.move(20)
    expect(one.locator(".window-left")).to_have_text(re.compile(r"0:2[01]"))
    press(one, "Accept Gun 1")
    expect(one).to_contain_text(re.compile(f"Accepted Gun 1 by {WHO} at 23:41:07, no account"))
    expect(one.get_by_role("button", name="Accept")).to_have_count(0)
    (said,) = decisions(desk)
    assert (said.advice, said.answer, said.effector, said.by, said.proof) == (
        "7-Gun 1-1",
        "accept",
        "",
        WHO,
        "none",
    )
    under_way = page.locator('[data-engagement="7-Gun 1-1"]')
    expect(under_way).to_contain_text("Under way.")
    expect(under_way.locator("b").last).to_have_text(re.compile(r"0:0\d"))
    assert {"effector": "Gun 1", "track": 7, "accepted": True} in console.hook("advice")["aims"]

    over = [
        replace(engaged(7, Call.NOT_STOPPED, 0.08, 5.0), advice="7-Gun 1-1"),
        engaged(9, Call.STOPPED, 0.92),
    ]
    desk.advise(replace(desk.advised, engagements=tuple(over)))
    desk.move(6)
    expect(under_way).to_contain_text("The sensors say: not stopped, 92 % sure.")
    expect(page.locator('[data-engagement="9-Gun 1-1"]')).to_contain_text("stopped, 92 % sure")
    expect(page.locator(".announce-advice")).to_contain_text("Track 7: The sensors say: not stopped")

    ours = replace(over[1], friend="it is called friend by the operator Ana", t_friend=T)
    desk.advise(replace(desk.advised, engagements=(over[0], ours)))
    desk.move(1)
    said = "Track 9 was engaged, and now it is called friend by the operator Ana."
    expect(page.locator(".engagement").first).to_contain_text(f"FRIEND ENGAGED {said} Known since 23:41:07")
    expect(page.locator(".banner.friend-engaged")).to_contain_text(said)
    expect(page.locator(".announce-closing")).to_contain_text(f"{said} A person must call it off.")


def test_declining_and_holding_need_a_reason(watch: Watch, desk: Deciders) -> None:
    page = watch().page
    one = card(page)
    press(one, "Hold")
    form = one.get_by_role("form", name="Hold the advice")
    expect(form.get_by_label("Reason", exact=True)).to_be_focused()
    expect(form.get_by_role("button", name="Hold", exact=True)).to_be_disabled()
    form.get_by_role("button", name="identify it first").click()
    form.get_by_role("button", name="Hold", exact=True).click()
    expect(one.locator(".window")).to_contain_text("HELD")
    expect(one.locator(".answers")).to_contain_text(f"Held by {WHO}")

    press(one, "Decline")
    form = one.get_by_role("form", name="Decline the advice")
    page.keyboard.type("   ")
    page.keyboard.press("Enter")
    assert len(decisions(desk)) == 1
    page.keyboard.type("our courier")
    page.keyboard.press("Enter")
    expect(one.locator(".answer-decline q")).to_have_text("our courier")
    assert [(act.answer, act.note) for act in decisions(desk)] == [
        ("hold", "identify it first"),
        ("decline", "our courier"),
    ]


def test_another_option_is_asked_once_more_and_a_double_click_accepts_nothing(
    watch: Watch, desk: Deciders
) -> None:
    page = watch().page
    one = card(page)
    one.locator('[data-option="Missile 1"]').click()
    double_click(one.locator(".accept"))  # it has not stood there long enough
    expect(one.locator(".instead")).to_have_count(0)
    page.wait_for_timeout(800)
    double_click(one.locator(".accept"))
    expect(one.locator(".instead")).to_contain_text(
        "Missile 1 stops it with 93 %, the advised Gun 1 with 78 %."
    )
    page.wait_for_timeout(300)
    assert decisions(desk) == []
    one.locator(".instead").get_by_role("button", name="Back").click()
    press(one, "Accept Missile 1 …")
    press(one, "Yes, accept Missile 1")
    expect(one).to_contain_text(f"Accepted Missile 1 by {WHO}")
    assert [act.effector for act in decisions(desk)] == ["Missile 1"]


def test_what_another_option_takes_from_others_is_said_beside_it(watch: Watch, desk: Deciders) -> None:
    """That the advised one takes nothing is said of the advised one only."""
    page = watch().page
    page.locator("#threat-8").click()
    one = card(page, 8)
    expect(one).to_contain_text("Takes nothing from another threat.")
    one.locator('[data-option="Missile 1"]').click()
    expect(one.locator(".against")).to_have_text("Missile 1 does more good against track 8.")
    expect(one).not_to_contain_text("Takes nothing from another threat.")
    one.locator('[data-option="Gun 1"]').click()
    expect(one).to_contain_text("Takes nothing from another threat.")


def test_a_card_that_is_closed_says_what_was_accepted_and_when_that_meets(
    watch: Watch, desk: Deciders
) -> None:
    page = watch().page
    one = card(page)
    one.locator('[data-option="Missile 1"]').click()
    press(one, "Accept Missile 1 …")
    press(one, "Yes, accept Missile 1")
    expect(one).to_contain_text(f"Accepted Missile 1 by {WHO}")
    expect(one).not_to_contain_text("Gun 1 stops track 7 with 78 %")
    desk.move(20)
    details = one.locator(".option-details")
    expect(details).to_contain_text("at 23:41:06")
    expect(details).to_contain_text("at 23:41:31")
    expect(details).not_to_contain_text("from now")
    expect(one).to_have_attribute("aria-label", "Advice on track 7: Missile 1, accepted")


def test_withdrawn_advice_says_why(watch: Watch, desk: Deciders) -> None:
    page = watch().page
    cards = desk.advised.advice
    gone = replace(
        cards[4], id="6-Gun 1-1", state=AdviceState.WITHDRAWN, sentence="Withdrawn: track 6 is gone."
    )
    desk.advise(replace(desk.advised, advice=(*cards, replace(gone, track=6, history=()))))
    desk.move(1)
    page.locator(".advice-over summary").click()
    expect(page.locator('[data-advice="6-Gun 1-1"]')).to_contain_text("Withdrawn: track 6 is gone.")


def test_an_acceptance_counts_only_for_as_many_shots_as_have_stood_there(
    watch: Watch, desk: Deciders
) -> None:
    """Every change of the button is written down, so that none can be missed."""
    page = watch().page
    accept = card(page).locator(".accept")
    expect(accept).to_have_attribute("aria-disabled", "false")
    page.evaluate(
        """() => {
            const button = document.querySelector(".accept");
            window.changes = [];
            new MutationObserver(() => window.changes.push(button.getAttribute("aria-disabled")))
                .observe(button, {attributeFilter: ["aria-disabled"]});
        }"""
    )
    first, *others = desk.advised.advice
    more = replace(first, option=replace(first.option, shots=first.option.shots + 1))
    desk.advise(replace(desk.advised, advice=(more, *others)))
    desk.move(1)
    page.wait_for_function("() => window.changes.length >= 2")
    assert page.evaluate("() => window.changes") == ["true", "false"]


def test_whoever_comes_second_is_told_on_the_card(watch: Watch, desk: Deciders) -> None:
    console = watch()
    one = card(console.page)
    desk.elsewhere["7-Gun 1-1"] = "Cpl First accepted Gun 1 at 23:41:05; the first answer counts."
    press(one, "Accept Gun 1")
    expect(one.get_by_role("alert")).to_have_text(
        "Your answer does not count: Cpl First accepted Gun 1 at 23:41:05; the first answer counts."
    )
    console.faults[:] = [fault for fault in console.faults if REFUSED not in fault]


def test_what_cannot_be_done_and_what_nobody_answered_are_said(watch: Watch, desk: Deciders) -> None:
    page = watch().page
    page.locator(".advice-sieve").get_by_role("button", name="Nothing can be done 1").click()
    hopeless = page.locator('[data-threat="11"]')
    expect(hopeless.locator(".threat-slack")).to_have_text(re.compile("none.*nothing can be done", re.DOTALL))
    hopeless.locator(".threat-row").click()
    expect(hopeless.locator(".advice-nothing")).to_contain_text("of 2 effectors 1 declined, 1 too late")
    expect(hopeless).to_contain_text("Nothing can be done against T11 now.")
    expect(hopeless).not_to_contain_text("with the effectors of this site")
    expect(page.locator(".announce-advice")).to_contain_text(
        "1 too late. Nothing can be done against track 11 now."
    )
    page.locator(".advice-over summary").click()
    expect(page.locator('[data-advice="9-Gun 1-0"]')).to_contain_text("Nobody answered before")
    page.locator(".advice-sieve").get_by_role("button", name="All").click()
    expect(page.locator(".threat-row")).to_have_count(5)

    page.get_by_role("tab", name="Log").click()
    expect(page.locator(".banner.to-decide")).to_contain_text("2 threats to decide on")
    page.keyboard.press("r")
    expect(page.locator("#threat-7")).to_be_focused()  # the most urgent, and then the next
    page.keyboard.press("r")
    expect(page.locator("#threat-8")).to_be_focused()
    expect(card(page, 8)).to_be_visible()
    page.keyboard.press("y")
    expect(page.locator(".notice")).to_have_text("Envelopes: of all effectors.")
    page.wait_for_url("**envelopes=all**")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#threat-9")).to_be_focused()
    page.locator(
        '[data-alert="7-Inner-1"] .alert-main'
    ).click()  # an alert leads to its track, and that to its advice
    page.locator(".detail").get_by_role("button", name="Advice").click()
    expect(card(page)).to_be_visible()
    assert decisions(desk) == []


def test_advice_that_closes_unanswered_is_heard_once(watch: Watch, desk: Deciders) -> None:
    console = watch()
    page = console.page
    desk.show(replace(desk.shown, alerts=(), t=T + 30 * NS, t_made=T + 30 * NS))
    console.until(lambda: "closing" in console.hook("sounds"), "it was not heard")
    expect(page.locator(".announce-closing")).to_contain_text("Nobody has answered the advice on track 7")
    page.wait_for_timeout(1500)
    assert console.hook("sounds").count("closing") == 1


def test_a_replay_and_a_live_site_without_accounts_offer_no_decision(watch: Watch, desk: Deciders) -> None:
    desk.shown = replace(desk.shown, mode=Mode.LIVE)
    page = watch().page
    expect(page.get_by_role("tabpanel")).to_contain_text(
        "without one decisions are possible in exercises only"
    )
    expect(card(page)).to_contain_text("78 %")
    for name in ("Accept", "Hold", "Decline"):
        expect(card(page).get_by_role("button", name=name)).to_have_count(0)
    playing = ReplayState(
        t_begin=T - 60 * NS, t_end=T + 60 * NS, playing=False, speed=1.0, marks=(), density=()
    )
    desk.show(replace(desk.shown, mode=Mode.REPLAY, replay=playing))
    expect(page.get_by_role("tabpanel")).to_contain_text("This is a replay")
    expect(card(page).get_by_role("button", name="Accept")).to_have_count(0)
    expect(card(page).locator(".window-left")).to_have_text(re.compile(r"0:4\d"))


def test_rounds_are_corrected_with_a_reason(watch: Watch, desk: Deciders) -> None:
    page = watch().page
    page.get_by_role("tab", name="Effectors").click()
    expect(page.get_by_role("tab", name="Effectors")).to_contain_text("✕ 1")
    gun = page.locator('[data-effector="Gun 1"]')
    for words in ("96", "of 240 rounds", "1 of 2", "in 0:0", "one channel is busy with track 9"):
        expect(gun).to_contain_text(words)
    expect(page.locator('[data-effector="Jammer"]').get_by_role("button")).to_have_count(0)  # not counted
    gun.get_by_role("button", name="Correct the rounds").click()
    form = gun.get_by_role("form")
    form.get_by_label("Rounds").fill("a few")
    form.get_by_label("Reason", exact=True).fill("counted by hand")
    expect(form.get_by_role("button", name="Set the rounds")).to_be_disabled()
    form.get_by_label("Rounds").fill("80")
    form.get_by_role("button", name="Set the rounds").click()
    expect(form).to_have_count(0)
    expect(gun).to_contain_text("80")
    (act,) = desk.taken
    assert act == acts.Stock(effector="Gun 1", rounds=80, note="counted by hand", by=WHO)


def test_no_button_moves_under_the_pointer(watch: Watch, desk: Deciders) -> None:
    """Ranks change and a new threat comes on top, while somebody is about to accept."""
    page = watch().page
    one = card(page)
    button = one.get_by_role("button", name="Accept Gun 1")
    button.scroll_into_view_if_needed()
    button.hover()
    before = button.bounding_box()
    ranks = {7: 5, 8: 1, 9: 2, 10: 3, 11: 4}
    threats = tuple(replace(threat, rank=ranks[threat.track]) for threat in desk.advised.threats)
    fresh = replace(threats[0], track=12, rank=1)
    desk.advise(replace(desk.advised, threats=(*threats, fresh)))
    desk.move(1)
    expect(page.locator(".threat-row")).to_have_count(6)
    page.wait_for_timeout(600)
    assert button.bounding_box() == before
    page.mouse.move(200, 400)
    expect(page.locator(".threat-row").last).to_contain_text("T7")


@pytest.mark.parametrize("theme", ["dark", "night", "day"])
def test_everybody_can_read_it(watch: Watch, desk: Deciders, theme: str) -> None:
    cards = list(desk.advised.advice)
    held = replace(cards[1], state=AdviceState.HELD)
    desk.advise(replace(desk.advised, advice=(cards[0], held, *cards[2:])))
    page = watch(f"?gl=off#theme={theme}").page
    one = card(page)
    one.locator('[data-option="Jammer"]').click()
    one.locator(".why-not summary").click()
    press(one, "Accept Jammer …")
    page.locator(".advice-over summary").click()
    found = {"advice": issues(page, ".side")}
    page.get_by_role("tab", name="Effectors").click()
    page.get_by_role("button", name="Correct the rounds").first.click()
    page.wait_for_timeout(300)
    found["effectors"] = issues(page, ".side")
    found["banner"] = issues(page, ".banners")
    assert {name: some for name, some in found.items() if some} == {}


@pytest.mark.parametrize("size", [(420, 900), (720, 450)])
def test_on_a_small_screen_nothing_is_lost(watch: Watch, size: tuple[int, int]) -> None:
    page = watch(width=size[0], height=size[1]).page
    page.locator(".banner.to-decide").get_by_role("button", name="Show").click()
    expect(page.locator("#threat-7")).to_be_in_viewport()
    accept = card(page).get_by_role("button", name="Accept Gun 1")
    accept.scroll_into_view_if_needed()
    expect(accept).to_be_in_viewport()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size[0]
