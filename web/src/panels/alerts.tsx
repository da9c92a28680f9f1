import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { clock } from "../format";
import type { Alert } from "../messages";
import { barred } from "../desk/act";
import {
  byPerson,
  closedOnes,
  grouped,
  isNew,
  isOpen,
  rank,
  settled,
  wasMissed,
  type Group,
} from "../desk/order";
import type { State } from "../store";
import { Account } from "./account";
import { Card } from "./card";
import type { Commands } from "./commands";
import { useAnchor, useHold } from "./hold";
import { SoundBar } from "./soundbar";

interface Props {
  state: State;
  now: number;
  commands: Commands;
}

export function Alerts({ state, now, commands }: Props) {
  const alerts = state.status?.alerts ?? [];
  const open = alerts.filter(isOpen);
  const fresh = open.filter(isNew).length;
  return (
    <section
      class={`panel alerts ${open.length > 0 ? "" : "quiet"}`}
      aria-labelledby="alerts-title"
      onKeyDown={walk}
    >
      <div class="panel-head">
        <h2 id="alerts-title">Alerts</h2>
        <span class="count">
          {open.length > 0 && `${open.length} open`}
          {fresh > 0 && <b class="fresh">{`, ${fresh} new`}</b>}
        </span>
        <Account state={state} commands={commands} />
      </div>
      <SoundBar state={state} commands={commands} />
      {open.length === 0 && <p class="empty">{nothing(state)}</p>}
      {open.length > 0 && barred(state) && <p class="barred">{barred(state)}</p>}
      <Open state={state} now={now} commands={commands} />
      <Closed alerts={closedOnes(alerts)} utc={state.utc} commands={commands} />
    </section>
  );
}

/** Arrows go from card to card; Enter, as on every button, presses the one that has the focus. */
function walk(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const target = event.target as HTMLElement;
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.matches("input, select, textarea")) return;
  const section = event.currentTarget as HTMLElement;
  const cards = [...section.querySelectorAll<HTMLElement>(".alert-main")];
  const at = cards.findIndex((card) => card.closest(".alert")?.contains(target));
  const next = cards[at < 0 ? (step > 0 ? 0 : cards.length - 1) : at + step];
  event.preventDefault();
  event.stopPropagation(); // else the map would move
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function nothing(state: State): string {
  if (!state.status || !state.site) return "Waiting for the server.";
  const zones = state.site.zones.filter(({ on }) => on !== false).length;
  if (zones === 0) {
    return state.site.zones.length === 0
      ? "No alerts, and none can come: no zone is defined."
      : "No alerts, and none can come: every rule is switched off.";
  }
  const { tracks } = state.status;
  return `No alerts. ${tracks} track${tracks === 1 ? " is" : "s are"} watched against ${zones} zone${zones === 1 ? "" : "s"}.`;
}

/** The list of what is open. It keeps the order it was shown in, so that nothing flickers from place to place. */
function Open({ state, now, commands }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const order = useRef<number[]>([]);
  const heldRank = useRef<{ key: string; rank: number } | null>(null);
  const { held, on } = useHold();
  const groups = grouped(state.status?.alerts ?? []);
  const mine = groups.find(({ track }) => String(track) === held);
  if (!held || !mine) heldRank.current = null;
  else if (heldRank.current?.key !== held) {
    heldRank.current = { key: held, rank: Math.min(...mine.alerts.map(rank)) };
  }
  const hold = heldRank.current && mine ? { track: mine.track, rank: heldRank.current.rank } : null;
  const shown = settled(groups, order.current, hold);
  order.current = shown.map(({ track }) => track);
  useAnchor(list, held);
  const above = useAbove(list);
  return (
    <>
      {above > 0 && (
        <button class="above" onClick={() => list.current?.firstElementChild?.scrollIntoView()}>
          ▲ {above} new {above === 1 ? "alert" : "alerts"} above
        </button>
      )}
      <ol class="alert-list" ref={list} hidden={shown.length === 0}>
        {shown.map((group) => (
          <li
            key={group.track}
            class="alert-group"
            data-hold={group.track}
            data-track={group.track}
            {...on(String(group.track))}
          >
            {group.alerts.map((alert, index) => (
              <Card
                key={alert.id}
                alert={alert}
                lesser={index > 0}
                state={state}
                now={now}
                commands={commands}
              />
            ))}
            <All group={group} state={state} commands={commands} />
          </li>
        ))}
      </ol>
    </>
  );
}

/** How many new alerts have been scrolled out of sight upwards. */
function useAbove(list: RefObject<HTMLElement | null>): number {
  const [above, setAbove] = useState(0);
  useLayoutEffect(() => {
    const panel = list.current?.closest(".panel");
    const head = panel?.querySelector(".panel-head");
    if (!list.current || !head) return;
    const line = head.getBoundingClientRect().bottom;
    const hidden = [...list.current.querySelectorAll(".alert.new")].filter(
      (card) => card.getBoundingClientRect().bottom < line + 30,
    );
    setAbove(hidden.length);
  });
  return above;
}

/** One button for several new alerts of one track. */
function All({ group, state, commands }: { group: Group; state: State; commands: Commands }) {
  const fresh = group.alerts.filter(isNew);
  if (fresh.length < 2 || barred(state)) return null;
  return (
    <button
      class="ack-all"
      onClick={() => fresh.forEach(({ id }) => commands.perform({ act: "acknowledge", alert: id }))}
    >
      Acknowledge all {fresh.length} of T{group.track}
    </button>
  );
}

function Closed({ alerts, utc, commands }: { alerts: Alert[]; utc: boolean; commands: Commands }) {
  if (alerts.length === 0) return null;
  return (
    <details class="closed-list">
      <summary>
        {alerts.length} closed{" "}
        {alerts.some(wasMissed) && (
          <span class="dim">({alerts.filter(wasMissed).length} never acknowledged)</span>
        )}
      </summary>
      <ol>
        {alerts.map((alert) => (
          <ClosedOne key={alert.id} alert={alert} utc={utc} commands={commands} />
        ))}
      </ol>
    </details>
  );
}

function ClosedOne({ alert, utc, commands }: { alert: Alert; utc: boolean; commands: Commands }) {
  const end = alert.history.at(-1);
  const seen = alert.history.find(({ state }) => state === "acknowledged");
  return (
    <li class={`alert closed ${alert.severity}`} data-alert={alert.id}>
      <button class="alert-main" onClick={() => commands.select(alert.track, true)}>
        <span class="alert-what">
          {alert.severity} T{alert.track} <span class="dim">→</span> {alert.zone}
        </span>
      </button>
      <p class="alert-foot">
        Raised at {clock(alert.t_raised_s, utc)}.{" "}
        {seen
          ? `Acknowledged by ${seen.by} at ${clock(seen.t_s, utc)}. `
          : wasMissed(alert) && "Nobody acknowledged it. "}
        {end &&
          `Closed ${byPerson(end) ? `by ${end.by} ` : ""}at ${clock(end.t_s, utc)}${end.note ? `: ${end.note}` : ""}.`}
      </p>
    </li>
  );
}
