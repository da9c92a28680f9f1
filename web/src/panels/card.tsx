import { useState } from "preact/hooks";
import { clock, countdown, distance, duration, height, percent, speed, type Units } from "../format";
import type { Alert } from "../messages";
import { barred } from "../desk/act";
import { byPerson } from "../desk/order";
import { dataTime, type State } from "../store";
import { AssignForm, CloseForm } from "./alert_forms";
import type { Commands } from "./commands";
import { Why } from "./why";

const MARK = { advisory: "!", warning: "!!", critical: "!!!" } as const;

export interface CardProps {
  alert: Alert;
  /** Not the worst of its track: shown smaller, below the worst. */
  lesser: boolean;
  state: State;
  now: number;
  commands: Commands;
}

type Form = "" | "assign" | "close" | "why";

/** One open alert: what, how soon, how sure, who has it, and what can be done. */
export function Card({ alert, lesser, state, now, commands }: CardProps) {
  const [form, setForm] = useState<Form>("");
  const selected = state.selected === alert.track;
  const marks = [
    alert.severity,
    alert.state,
    selected && "selected",
    lesser && "lesser",
    alert.ignored && "ignored",
  ];
  const toggle = (which: Form) => setForm(form === which ? "" : which);
  const done = () => setForm("");
  return (
    <article
      class={`alert ${marks.filter(Boolean).join(" ")}`}
      data-alert={alert.id}
      aria-label={title(alert)}
    >
      <button
        class="alert-main"
        onClick={() => commands.select(alert.track, true)}
        title={`Show track ${alert.track} on the map`}
      >
        <Head alert={alert} />
        <Numbers alert={alert} state={state} now={now} />
        {!lesser && (alert.state === "new" || selected) ? (
          <span class="sentence">{alert.sentence}</span>
        ) : (
          <Basis alert={alert} units={state.units} />
        )}
        <Old alert={alert} state={state} now={now} />
      </button>
      <Standing alert={alert} state={state} now={now} />
      <Doings alert={alert} state={state} commands={commands} form={form} toggle={toggle} />
      {form === "assign" && <AssignForm alert={alert} state={state} commands={commands} done={done} />}
      {form === "close" && <CloseForm alert={alert} commands={commands} done={done} />}
      {form === "why" && <Why alert={alert} utc={state.utc} units={state.units} />}
    </article>
  );
}

function title({ severity, track, zone, state }: Alert): string {
  return `${severity} alert, track ${track}, zone ${zone}, ${state}`;
}

function Head({ alert }: { alert: Alert }) {
  return (
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
      {alert.ignored && <span class="tag loud">IGNORED</span>}
      {alert.restored && (
        <span class="tag" title="It was open when the server last stopped.">
          from before the restart
        </span>
      )}
    </span>
  );
}

/** Beyond this the numbers are said to be old: its track has not been seen since. */
const OLD_S = 15;

export function isInside({ inside, time_to_go_s }: Alert): boolean {
  return inside === undefined || inside === null ? time_to_go_s === 0 : inside >= 0.5;
}

/** Times count down between the server's messages; inside the zone it is said in a word. */
function Numbers({ alert, state, now }: { alert: Alert; state: State; now: number }) {
  const t = dataTime(state, now) ?? 0;
  const passed = Math.max(0, t - (alert.t_evidence_s ?? state.status?.t_s ?? t));
  const left = (seconds: number | null | undefined) =>
    seconds === null || seconds === undefined ? null : Math.max(0, seconds - passed);
  const span = (low: number | null | undefined, high: number | null | undefined) =>
    `${duration(left(low))} to ${duration(left(high))}`;
  const inside = isInside(alert);
  const [value, unit] = countdown(left(alert.time_to_go_s));
  const [warning, warningUnit] = countdown(left(alert.warning_left_s));
  const warned = alert.warning_left_s !== null && alert.warning_left_s !== undefined;
  return (
    <span class="numbers">
      <span class="ttg">
        <b>
          {inside ? "INSIDE" : value} <span class="unit">{!inside && unit}</span>
        </b>
        <small>{inside ? "the zone" : span(alert.time_to_go_low_s, alert.time_to_go_high_s)}</small>
      </span>
      {warned ? (
        <span class="warning-left" title={`Until it arrives at ${alert.asset || "the asset"}`}>
          <b>
            {warning} <span class="unit">{warningUnit}</span>
          </b>
          <small>to {alert.asset || "the asset"}</small>
          <small>{span(alert.warning_left_low_s, alert.warning_left_high_s)}</small>
        </span>
      ) : (
        <span>
          <b>{distance(alert.distance_m, state.units)}</b>
          <small>to the zone</small>
        </span>
      )}
      <span>
        <b>{percent(alert.probability)}</b>
        <small>will enter</small>
      </span>
    </span>
  );
}

/** What it rests on, in one line. */
function Basis({ alert, units }: { alert: Alert; units: Units }) {
  return (
    <span class="basis">
      {alert.sensors.length > 0 ? alert.sensors.join(", ") : "no sensor"} · {speed(alert.speed_mps, units)} at{" "}
      {height(alert.height_m, units)} · {distance(alert.distance_m, units)} from the zone
    </span>
  );
}

/** Numbers that are no longer renewed say so. */
function Old({ alert, state, now }: { alert: Alert; state: State; now: number }) {
  const t = dataTime(state, now);
  if (t === null || alert.t_evidence_s === undefined || t - alert.t_evidence_s <= OLD_S) return null;
  return <b class="warn">Its track is not seen; this is as of {clock(alert.t_evidence_s, state.utc)}.</b>;
}

/** In whose hands it is, and since when. */
function Standing({ alert, state, now }: { alert: Alert; state: State; now: number }) {
  const t = dataTime(state, now) ?? alert.t_raised_s;
  const raised = `Raised at ${clock(alert.t_raised_s, state.utc)}`;
  if (alert.state === "new") {
    const waits = duration(t - alert.t_raised_s);
    return (
      <p class={`alert-foot ${alert.ignored ? "warn" : ""}`}>
        {alert.ignored ? `${raised}, not acknowledged for ${waits}.` : `${raised}, new for ${waits}.`}
      </p>
    );
  }
  const ack = alert.history.findLast((step) => step.state === "acknowledged" && byPerson(step));
  const given = alert.history.findLast((step) => step.state === "assigned" && byPerson(step));
  const note = (given ?? ack)?.note;
  return (
    <p class="alert-foot">
      {given && alert.assigned_to && (
        <>
          <b>Assigned to {alert.assigned_to}</b>
          {` by ${given.by} at ${clock(given.t_s, state.utc)}. `}
        </>
      )}
      {ack && `Acknowledged by ${ack.by} at ${clock(ack.t_s, state.utc)}. `}
      {note && <q>{note}</q>}
    </p>
  );
}

interface DoingsProps {
  alert: Alert;
  state: State;
  commands: Commands;
  form: Form;
  toggle(form: Form): void;
}

/** The buttons, and how the last order fares. */
function Doings({ alert, state, commands, form, toggle }: DoingsProps) {
  const doing = state.doing[`alert ${alert.id}`];
  const busy = doing !== undefined && doing.state !== "failed";
  return (
    <>
      <div class="doings">
        {!barred(state) && (
          <>
            {alert.state === "new" && (
              <button
                class="ack"
                disabled={busy}
                onClick={() => commands.perform({ act: "acknowledge", alert: alert.id })}
                title="Acknowledge (K: the first new one)"
              >
                {busy ? "Sending…" : "Acknowledge"}
              </button>
            )}
            <button disabled={busy} aria-expanded={form === "assign"} onClick={() => toggle("assign")}>
              Assign
            </button>
            <button disabled={busy} aria-expanded={form === "close"} onClick={() => toggle("close")}>
              Close
            </button>
          </>
        )}
        <button class="why-button" aria-expanded={form === "why"} onClick={() => toggle("why")}>
          Why
        </button>
      </div>
      {doing?.state === "failed" && (
        <p class="alert-foot warn" role="status">
          {doing.why}
        </p>
      )}
    </>
  );
}
