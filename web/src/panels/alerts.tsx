import { clock, countdown, distance, duration, percent } from "../format";
import type { Alert } from "../messages";
import { paceOf, sinceStatus, type State } from "../store";
import type { Commands } from "./commands";

const ANSWER_MS = 4000;
const MARK = { advisory: "!", warning: "!!", critical: "!!!" } as const;
const RANK = { critical: 0, warning: 1, advisory: 2 } as const;
const STATE_RANK = { new: 0, acknowledged: 1, closed: 2 } as const;

/** Open before closed, worst first, soonest first. */
export function sorted(alerts: readonly Alert[]): Alert[] {
  const closed = (alert: Alert) => (alert.state === "closed" ? 1 : 0);
  return [...alerts].sort(
    (a, b) =>
      closed(a) - closed(b) ||
      RANK[a.severity] - RANK[b.severity] ||
      STATE_RANK[a.state] - STATE_RANK[b.state] ||
      (a.time_to_go_s ?? Infinity) - (b.time_to_go_s ?? Infinity) ||
      b.t_raised_s - a.t_raised_s ||
      a.id.localeCompare(b.id),
  );
}

export function Alerts({ state, now, commands }: { state: State; now: number; commands: Commands }) {
  const alerts = sorted(state.status?.alerts ?? []);
  const open = alerts.filter(({ state }) => state !== "closed").length;
  return (
    <section class="panel alerts" aria-labelledby="alerts-title">
      <div class="panel-head">
        <h2 id="alerts-title">Alerts</h2>
        <span class="count">{open > 0 ? `${open} open` : ""}</span>
        <label class="operator">
          <span>Operator</span>
          <input
            id="operator"
            value={state.operator}
            maxLength={40}
            placeholder="your name"
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => commands.operator(event.currentTarget.value)}
          />
        </label>
      </div>
      {alerts.length === 0 ? (
        <p class="empty">{nothing(state)}</p>
      ) : (
        <ol class="alert-list">
          {alerts.map((alert) => (
            <Card key={alert.id} alert={alert} state={state} now={now} commands={commands} />
          ))}
        </ol>
      )}
    </section>
  );
}

function nothing(state: State): string {
  if (!state.status || !state.site) return "Waiting for the server.";
  const zones = state.site.zones.length;
  if (zones === 0) return "No alerts, and none can come: the site file defines no zones.";
  return `No alerts. ${state.status.tracks} tracks are watched against ${zones} zone${zones === 1 ? "" : "s"}.`;
}

interface CardProps {
  alert: Alert;
  state: State;
  now: number;
  commands: Commands;
}

function Card({ alert, state, now, commands }: CardProps) {
  const selected = state.selected === alert.track;
  return (
    <li class={`alert ${alert.severity} ${alert.state} ${selected ? "selected" : ""}`} data-alert={alert.id}>
      <button
        class="alert-main"
        onClick={() => commands.select(alert.track, true)}
        aria-label={`Show track ${alert.track} on the map`}
      >
        <span class="alert-line">
          <span class="severity">
            <span class="mark" aria-hidden="true">
              {MARK[alert.severity]}
            </span>
            {alert.severity.toUpperCase()}
          </span>
          <span class="alert-what">
            T{alert.track} <span class="dim">→</span> {alert.zone}
          </span>
        </span>
        {alert.state !== "closed" && <Numbers alert={alert} state={state} now={now} />}
        <span class="sentence">
          <span class="dim">{clock(alert.t_raised_s, state.utc)}</span> {alert.sentence}
        </span>
      </button>
      <Foot alert={alert} state={state} now={now} commands={commands} />
    </li>
  );
}

/** Time to go counts down between the server's messages; inside the zone it is said in a word. */
function Numbers({ alert, state, now }: { alert: Alert; state: State; now: number }) {
  const passed = sinceStatus(state, now) * paceOf(state.status?.replay);
  const left = (seconds: number | null) => (seconds === null ? null : Math.max(0, seconds - passed));
  const inside = alert.time_to_go_s === 0;
  const [value, unit] = countdown(left(alert.time_to_go_s));
  return (
    <span class="numbers">
      <span class="ttg">
        <b>
          {inside ? "INSIDE" : value} <span class="unit">{!inside && unit}</span>
        </b>
        <small>
          {inside
            ? "the zone"
            : `${duration(left(alert.time_to_go_low_s))} to ${duration(left(alert.time_to_go_high_s))}`}
        </small>
      </span>
      <span>
        <b>{percent(alert.probability)}</b>
        <small>will enter</small>
      </span>
      <span>
        <b>{distance(alert.distance_m)}</b>
        <small>to the zone</small>
      </span>
    </span>
  );
}

/** Either the button to acknowledge, or who did and when. */
function Foot({ alert, state, now, commands }: CardProps) {
  const sent = state.sending[alert.id];
  const waiting = sent !== undefined && now - sent < ANSWER_MS;
  if (alert.state === "new") {
    return (
      <>
        <button class="ack" disabled={waiting} onClick={() => commands.acknowledge(alert.id)}>
          {waiting ? "Sending…" : "Acknowledge"}
        </button>
        {sent !== undefined && !waiting && <p class="alert-foot warn">No answer yet; try again.</p>}
      </>
    );
  }
  const ack = alert.history.findLast((step) => step.state === "acknowledged");
  const end = alert.state === "closed" ? alert.history.at(-1) : undefined;
  return (
    <p class="alert-foot">
      {ack && `Acknowledged by ${ack.by} at ${clock(ack.t_s, state.utc)}. `}
      {end && `Closed at ${clock(end.t_s, state.utc)}${end.note ? `: ${end.note}` : ""}.`}
    </p>
  );
}
