"""What an operator does, in a real browser against the real program: alerts, posture, rules, log, sound."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.console import Console
from tests.browser.program import Program, vedette

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SCRIPT = "<img src=x onerror=alert(1)>"
WATCH = "Sgt Example"
# What the browser itself writes about an answer that is a refusal: what some tests provoke.
REFUSED = "the server responded with a status of 4"


@pytest.fixture(scope="module")
def night(built: None) -> Iterator[Program]:
    """A demo for the tests of this file, which leave it changed."""
    with vedette("demo", "--port", "0", "--no-browser") as program:
        yield program


@pytest.fixture(scope="module")
def shown(night: Program, browser: Browser) -> Iterator[Console]:
    """One page for most tests: opening it takes longer than what they do.

    What needs no alert stands behind the test that closes one: the next comes some seconds later.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    console = Console(context.new_page(), night.url).open()
    console.page.locator(".alert").first.wait_for(timeout=120_000)
    yield console
    context.close()


@pytest.fixture
def desk(shown: Console) -> Iterator[Console]:
    """That page, with a name entered; fails the test for anything the page must not do."""
    shown.page.locator("#operator").fill(WATCH)
    shown.page.keyboard.press("Enter")
    yield shown
    faults, shown.faults[:] = list(shown.faults), []
    assert not faults, "\n".join(faults)


@pytest.fixture
def open_given(night: Program, browser: Browser) -> Iterator[Callable[..., Console]]:
    """Opens a page that is told of these alerts and this account in the place of the real ones."""
    opened: list[Console] = []

    def open_one(*alerts: dict[str, Any], account: dict[str, str] | None = None) -> Console:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_init_script(f"({REWRITE})({json.dumps(alerts)}, {json.dumps(account)})")
        opened.append(Console(context.new_page(), night.url))
        return opened[-1].open()

    yield open_one
    faults = [fault for console in opened for fault in console.faults]
    for console in opened:
        console.page.context.close()
    assert not faults, "\n".join(faults)


def alert(page: Page, state: str = "") -> Locator:
    """The first open alert, held to by its id: its state will change."""
    found = page.locator(f".alert-list .alert{state}").first
    return page.locator(f'[data-alert="{found.get_attribute("data-alert")}"]')


def open_tab(page: Page, name: str) -> Locator:
    page.get_by_role("tab", name=name).click()
    return page.get_by_role("tabpanel")


def test_an_alert_says_why_and_the_arrows_walk_from_card_to_card(desk: Console) -> None:
    page = desk.page
    one = alert(page)
    one.get_by_role("button", name="Why").click()
    for words in ("raised", "now", "will enter", "sensors", "Its life"):
        expect(one.locator(".why")).to_contain_text(words)
    cards = page.locator(".alert-main:visible")
    before = desk.camera()
    cards.first.focus()
    for _ in range(cards.count() - 1):
        page.keyboard.press("ArrowDown")
    expect(cards.last).to_be_focused()
    page.keyboard.press("ArrowUp")
    assert desk.camera() == before, "the arrows moved the map as well"
    page.keyboard.press("Enter")
    expect(page.locator("#detail-title")).to_contain_text("Track T")


def test_an_alert_is_acknowledged_by_key_assigned_and_closed_by_people(desk: Console) -> None:
    page = desk.page
    page.locator("#operator").fill("")
    page.keyboard.press("Enter")
    page.keyboard.press("k")
    expect(page.locator(".notice")).to_contain_text("name")  # whatever is done is signed
    expect(page.locator("#operator")).to_be_focused()
    page.locator("#operator").fill(SCRIPT)
    page.keyboard.press("Enter")
    fresh = page.locator(".alert.new").count()
    page.keyboard.press("k")
    expect(page.locator(".alert.new")).to_have_count(fresh - 1)
    one = alert(page, ".acknowledged")
    expect(one).to_contain_text(f"Acknowledged by {SCRIPT}")

    one.get_by_role("button", name="Assign").click()
    one.get_by_label("To", exact=True).fill("Cpl Second")
    one.get_by_label("Note").fill(SCRIPT)
    page.keyboard.press("Enter")
    expect(one).to_contain_text("Assigned to Cpl Second")
    expect(one.locator("q")).to_have_text(SCRIPT)
    expect(one).to_have_class(re.compile("assigned"))

    one.get_by_role("button", name="Close").click()
    assert one.locator("form").is_visible()
    one.get_by_role("button", name="false alarm").click()
    one.get_by_role("button", name="Close the alert").click()
    expect(page.locator(".closed-list summary")).to_contain_text("closed")
    page.locator(".closed-list summary").click()
    expect(one).to_contain_text("false alarm")
    assert page.locator("#app img").count() == 0


def test_posture_is_set_with_a_reason_and_shown_on_every_screen(desk: Console, open_page: Open) -> None:
    page = desk.page
    page.locator(".posture").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="raised").click()
    order = dialog.get_by_role("button", name="Set raised")
    expect(order).to_be_disabled()
    dialog.get_by_label("Reason").fill(f"drones seen {SCRIPT}")
    order.click()
    expect(dialog.get_by_role("alert")).to_contain_text("recorded with your name")
    dialog.get_by_role("button", name="Yes, set raised").click()
    expect(dialog).to_have_count(0)

    other = open_page(Program(None, desk.url), width=420)  # type: ignore[arg-type]  # the same server
    for screen in (page, other.page):
        shown = screen.locator(".posture")
        expect(shown).to_have_class(re.compile("raised"))
        expect(shown).to_contain_text("raised")
        expect(shown).to_contain_text(f"{WATCH}, since")
        expect(shown).to_contain_text(SCRIPT)


def draw(page: Page, *spots: tuple[float, float]) -> None:
    """Click places of the map, given as parts of its width and height."""
    box = page.locator(".map").bounding_box()
    assert box is not None
    for x, y in spots:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def test_a_rule_is_drawn_alarms_and_is_switched_off_for_a_reason(desk: Console) -> None:
    page = desk.page
    page.keyboard.press("h")  # to the whole site, which the drawing then covers
    desk.until(lambda: desk.camera() == pytest.approx(desk.start, abs=0.01), "H did not go back to the site")
    open_tab(page, "Rules").get_by_role("button", name="New rule").click()
    form = page.get_by_role("form", name="New rule")
    form.get_by_label("Name").fill("Wadi")
    form.get_by_role("button", name="Add the rule").click()
    expect(form.get_by_role("alert")).to_contain_text("needs a centre")
    form.get_by_role("radio", name="polygon").click()  # starts drawing
    expect(form.get_by_role("status")).to_contain_text("corner")
    draw(page, (0.05, 0.1), (0.95, 0.1), (0.95, 0.8), (0.05, 0.8))
    assert page.get_by_role("tab", name="Rules").get_attribute("aria-selected") == "true"  # no track selected
    form.get_by_role("button", name="Stop drawing").click()
    assert len(form.get_by_label("Points").input_value().split("\n")) == 4
    form.get_by_role("button", name="Last point back").click()
    expect(form.get_by_label("Points")).to_have_value(re.compile(r"^[^\n]+\n[^\n]+\n[^\n]+$"))
    preview = form.get_by_role("region", name="What it would do now")
    expect(preview).to_have_attribute("aria-busy", "false", timeout=10_000)  # of these three corners
    expect(preview).to_contain_text(re.compile(r"would call \d+ of \d+ tracks"), timeout=10_000)
    expect(preview).to_contain_text(re.compile(r"T\d+.*Track \d+ .*(enters|is inside) Wadi"), timeout=20_000)
    called = preview.locator(".calls button").first.inner_text()
    form.get_by_role("button", name="Add the rule").click()
    rule = page.locator('[data-rule="Wadi"]')
    expect(rule).to_contain_text("polygon, 3 corners")
    alarming = page.locator(f'.alert-group[data-track="{called[1:]}"]')
    expect(alarming).to_contain_text("Wadi", timeout=20_000)  # as it was said

    rule.get_by_role("button", name="Switch off").click()
    rule.get_by_label("Reason").fill("a test")
    rule.get_by_role("button", name="Switch off").click()
    expect(rule).to_contain_text("OFF")
    expect(page.get_by_role("tab", name="Rules")).to_contain_text("1 off")
    expect(page.locator(".alert-list .alert", has_text="Wadi")).to_have_count(0, timeout=20_000)


def test_a_rule_that_is_none_is_refused_in_the_servers_words(desk: Console) -> None:
    page = desk.page
    open_tab(page, "Rules").get_by_role("button", name="New rule").click()
    form = page.get_by_role("form", name="New rule")
    form.get_by_label("Name").fill("Inner")  # the site file's own
    form.get_by_label("Centre").fill("33.8, 42.4")
    form.get_by_label("Radius").fill("500")
    form.get_by_label("From, m").first.fill("900")
    form.get_by_role("textbox", name="To, m", exact=True).fill("100")
    preview = form.get_by_role("region", name="What it would do now")
    expect(preview).to_contain_text("floor must lie below ceiling")
    form.get_by_role("button", name="Add the rule").click()
    expect(form.get_by_role("alert")).to_have_text(re.compile(r"\w+ \w+ .*\."))
    assert form.get_by_label("Name").input_value() == "Inner", "what was written was lost"
    form.get_by_role("button", name="Discard").click()
    desk.faults[:] = [fault for fault in desk.faults if REFUSED not in fault]


def test_the_log_takes_remarks_finds_them_and_hands_them_over(desk: Console, tmp_path: Path) -> None:
    page = desk.page
    panel = open_tab(page, "Log")
    remark = f'=1+1, "wind" from the north {SCRIPT}'
    panel.get_by_label("Remark for the next watch").fill(remark)
    panel.get_by_role("button", name="Add").click()
    expect(panel.locator(".entry").first).to_contain_text(remark)
    expect(panel.locator(".entry").first).to_contain_text(WATCH)
    panel.get_by_label("Words").fill("WIND")
    expect(panel.locator(".entry")).to_have_count(1)
    with page.expect_download() as download:
        panel.get_by_role("button", name="Export CSV").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    rows = list(csv.reader(saved.open(encoding="utf-8-sig", newline="")))
    assert rows[0] == ["time", "kind", "person", "text", "note"]
    assert rows[1][1:4] == ["remark", WATCH, f"'{remark}"]  # no formula for a spreadsheet
    assert page.locator("#app img").count() == 0


def test_a_failed_act_says_so_on_its_card_and_can_be_repeated(desk: Console) -> None:
    page = desk.page
    one = alert(page)
    page.route("**/api/acts", lambda route: route.abort())
    one.get_by_role("button", name="Close").click()
    one.get_by_role("button", name="Close the alert").click()
    expect(one.get_by_role("status")).to_contain_text("could not be reached")
    page.unroute("**/api/acts")
    one.get_by_role("button", name="Assign").click()
    one.get_by_label("To", exact=True).fill("Cpl Second")
    one.locator("form .go").click()
    expect(one).to_contain_text("Assigned to Cpl Second")
    expect(one.get_by_role("status")).to_have_count(0)
    desk.faults[:] = [fault for fault in desk.faults if "api/acts" not in fault and "ERR_FAILED" not in fault]


def test_a_friend_no_longer_alarms(desk: Console) -> None:
    page = desk.page
    one = alert(page)
    track = one.locator("xpath=..").get_attribute("data-track")
    one.locator(".alert-main").click()
    identity = page.get_by_role("form", name="Identity")
    identity.get_by_role("button", name="friend").click()
    expect(identity).to_contain_text("never alarms")
    identity.get_by_label("Note").fill("our courier")
    identity.get_by_role("button", name=f"T{track} is friend").click()
    expect(identity.locator(".identity-now")).to_contain_text("friend", timeout=10_000)
    expect(identity.locator(".identity-now")).to_contain_text(WATCH)
    expect(page.locator(f'.alert-group[data-track="{track}"]')).to_have_count(0, timeout=20_000)

    identity.get_by_role("button", name="unknown").click()
    identity.get_by_role("button", name=f"T{track} is unknown").click()
    expect(page.locator(f'.alert-group[data-track="{track}"]')).to_have_count(1, timeout=60_000)


def test_sound_is_off_until_it_is_allowed_and_mute_counts_down(night: Program, open_page: Open) -> None:
    console = open_page(night)
    page = console.page
    line = page.locator(".sound-state")
    expect(line).to_contain_text("Sound is off until you allow it")
    assert console.hook("sounds") == []
    page.get_by_role("button", name="Allow sound").click()
    expect(line).to_contain_text("Sound on, 70 %")
    page.locator(".sound").get_by_role("button", name="Set").click()
    page.get_by_role("button", name="advisory", exact=True).click()
    console.until(lambda: "advisory" in console.hook("sounds"), "the advisory's tones were not played")
    page.get_by_role("button", name="15 min", exact=True).click()
    expect(line).to_contain_text(re.compile(r"muted, 14:5\d left"))
    page.reload()
    expect(line).to_contain_text("Sound is off")  # the browser wants a click again
    page.get_by_role("button", name="Allow sound").click()
    expect(line).to_contain_text(re.compile(r"muted, 14:\d\d left"))
    page.get_by_role("button", name="Unmute").click()
    expect(line).to_contain_text("Sound on")


STATUS: dict[str, Any] = {
    "zone": "Z",
    "rule": "Z",
    "state": "new",
    "distance_m": 1.0,
    "probability": 0.9,
    "sensors": [],
    "history": [{"state": "new", "t_s": 0, "by": "vedette", "note": ""}],
}
REWRITE = """
(given, account) => {
  // Alerts and an account of the test's own in the real server's messages: numbers that jump on demand.
  window.given = given;
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    set onmessage(listener) {
      super.onmessage = (event) => {
        if (typeof event.data !== "string") return listener(event);
        const message = JSON.parse(event.data);
        if (message.type === "hello" && account) message.account = account;
        if (message.type === "status") message.alerts = window.given.map((alert) => (
          { ...alert, t_raised_s: message.t_s - 1, t_evidence_s: message.t_s }));
        listener(new MessageEvent("message", { data: JSON.stringify(message) }));
      };
    }
  };
}
"""


def place(card: Locator) -> float:
    """Where it stands on the screen."""
    box = card.bounding_box()
    assert box is not None
    return box["y"]


def made(track: int, severity: str, seconds: float, **change: Any) -> dict[str, Any]:
    own = {"id": f"{track}-Z-1", "track": track, "severity": severity, "time_to_go_s": seconds}
    return STATUS | own | {"sentence": f"Track {track} comes."} | change


def test_the_card_under_the_pointer_does_not_move_and_the_banner_goes_with_the_last(
    open_given: Callable[..., Console],
) -> None:
    page = open_given(*[made(n, "warning", 100.0 * n) for n in range(1, 9)]).page

    def give(*alerts: dict[str, Any]) -> None:
        page.evaluate("(alerts) => { window.given = alerts; }", list(alerts))

    card = page.locator('[data-track="3"]')
    card.locator(".alert-main").hover()
    place_held = place(card)
    worse = [made(n, "critical", 5.0) for n in (20, 21)]
    give(*worse, *[made(n, "warning", 900.0 - 100.0 * n) for n in range(1, 9)])
    expect(page.locator(".alert-group")).to_have_count(10)
    page.wait_for_timeout(1200)
    assert place(card) == pytest.approx(place_held, abs=1)
    expect(page.get_by_role("button", name=re.compile("new alerts? above"))).to_be_visible()
    give(made(3, "warning", 10.0), made(2, "warning", 10.0, ignored=True))
    expect(page.locator(".alert-group")).to_have_count(2)
    page.wait_for_timeout(1200)
    assert place(card) == pytest.approx(place_held, abs=1)
    page.mouse.move(300, 300)
    expect(page.locator(".alert-group").first).to_have_attribute("data-track", "2")
    expect(page.locator('[data-track="2"]')).to_contain_text("IGNORED")
    expect(page.locator(".banner.missed")).to_contain_text("1 alert not acknowledged")
    give(made(2, "warning", 10.0, state="closed"))
    expect(page.locator(".banner.missed")).to_contain_text("1 alert ended unseen")
    page.locator(".banner.missed").get_by_role("button", name="Seen").click()
    expect(page.locator(".banner.missed")).to_have_count(0)
    give()
    expect(page.locator(".alerts .empty")).to_contain_text("No alerts.")


def test_a_critical_alert_is_heard_read_out_and_in_the_title(open_given: Callable[..., Console]) -> None:
    page = (console := open_given(account={"name": "Capt Account", "role": "operator"})).page
    expect(page.locator(".account")).to_contain_text("Capt Account")
    expect(page.locator("#operator")).to_have_count(0)  # nobody types a name where people sign in
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    page.get_by_role("button", name="Allow sound").click()
    expect(page.locator(".sound-state")).to_contain_text("Sound on")
    page.evaluate("(alerts) => { window.given = alerts; }", [made(1, "critical", 60.0)])
    console.until(lambda: console.hook("sounds") == ["critical"], "it was not heard", 16.0)
    words = page.get_by_role("alert").filter(has_text="critical: Track 1 comes.")
    expect(words).to_have_attribute("aria-live", "assertive")
    expect(page).to_have_title("(1) CRITICAL – Vedette")
    page.evaluate("(alerts) => { window.given = alerts; }", [made(1, "critical", 60.0, state="acknowledged")])
    expect(page).to_have_title("Vedette")


def test_a_viewer_sees_and_is_offered_nothing_to_do(open_given: Callable[..., Console]) -> None:
    page = open_given(made(1, "critical", 60.0), account={"name": "Vi", "role": "viewer"}).page
    card = page.locator(".alert").first
    expect(card.get_by_role("button", name="Why")).to_be_visible()
    for act in ("Acknowledge", "Assign", "Close"):
        expect(card.get_by_role("button", name=act)).to_have_count(0)
    expect(page.locator(".barred").first).to_contain_text("may watch, not act")
    page.keyboard.press("k")
    expect(page.locator(".notice")).to_contain_text("may watch, not act")
