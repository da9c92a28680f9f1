import { friendsEngaged, friendText, leftText, unanswered } from "../desk/advice";
import { isOpen, wasMissed } from "../desk/order";
import { age, clock, day } from "../format";
import { dataTime, lossOf, type State } from "../store";
import type { Commands } from "./commands";

/** Says at once and in large letters that the picture is not current. */
export function LossBanner({ state, now }: { state: State; now: number }) {
  const loss = lossOf(state, now);
  if (loss.kind === "none") return null;
  if (loss.kind === "connecting")
    return (
      <div class="banner calm" role="status">
        Connecting to the server…
      </div>
    );
  if (loss.kind === "ended") {
    return (
      <div class="banner calm" role="status">
        The recording has been played to its end. <span>The picture shows its last moment.</span>
      </div>
    );
  }
  if (loss.kind === "feeds" && loss.age === null && starting(state))
    return (
      <div class="banner calm" role="status">
        No data yet. <span>Waiting for the first report of a sensor.</span>
      </div>
    );
  const title = loss.kind === "server" ? "CONNECTION TO THE SERVER LOST" : "ALL FEEDS LOST";
  return (
    <div class="banner lost" role="alert" aria-live="off">
      <strong>{title}</strong>
      <span class="lost-age">{loss.age === null ? "no data yet" : `${age(loss.age)} without data`}</span>
      <span>
        The picture is not current.
        {loss.kind === "server" &&
          ` Reconnecting, attempt ${loss.attempt}.${loss.reason ? ` ${loss.reason}` : ""}`}
      </span>
    </div>
  );
}

/** Whether every sensor is still to be heard for the first time, and none has failed. */
function starting({ status }: State): boolean {
  return (status?.sensors ?? []).every((sensor) => sensor.state === "connecting");
}

/** Nobody may take a recording for the present. */
export function ReplayBanner({ state, now }: { state: State; now: number }) {
  const replay = state.status?.replay;
  if (!replay) return null;
  const t = dataTime(state, now);
  return (
    <div class="banner replaying" role="status" aria-live="off">
      <strong>REPLAY</strong>
      <span>
        {day(t, state.utc)} {clock(t, state.utc)} {state.utc ? "UTC" : "local"}
      </span>
      <span>{replay.playing ? `${replay.speed}×` : "paused"}</span>
      <span class="wide">not the present</span>
    </div>
  );
}

/** What people do is not being proved: said on every screen, for as long as it is so. */
export function LogBanner({ state }: { state: State }) {
  const trouble = state.status?.log_trouble;
  if (!trouble) return null;
  return (
    <div class="banner log-trouble" role="status" aria-live="off">
      <strong>The log is in trouble</strong>
      <span>{trouble}</span>
    </div>
  );
}

/** A critical alert may be overlooked for so long before it is said across the map. */
const OVERLOOKED_S = 15;

/**
 * What nobody has acknowledged: open alerts that wait too long, and those that ended unseen. It stays until the
 * last of them is dealt with, and goes by itself then.
 */
export function MissedBanner({ state, now, commands }: { state: State; now: number; commands: Commands }) {
  const { status } = state;
  if (!status || status.replay) return null;
  const t = dataTime(state, now) ?? status.t_s;
  const waiting = status.alerts.filter(
    (alert) =>
      alert.state === "new" &&
      (alert.ignored || (alert.severity === "critical" && t - alert.t_raised_s > OVERLOOKED_S)),
  );
  const ended = status.alerts.filter(
    (alert) => !isOpen(alert) && wasMissed(alert) && !state.seenMissed.has(alert.id),
  );
  if (waiting.length + ended.length === 0) return null;
  const [first = ended[0]] = waiting;
  const count = (n: number, what: string) => `${n} alert${n === 1 ? "" : "s"} ${what}`;
  return (
    <div class={`banner missed ${waiting.length > 0 ? "waiting" : ""}`} role="status" aria-live="off">
      {waiting.length > 0 && <strong>{count(waiting.length, "not acknowledged")}</strong>}
      {ended.length > 0 && <strong>{count(ended.length, "ended unseen")}</strong>}
      {first && (
        <button onClick={() => commands.select(first.track, true)}>
          {first.severity} T{first.track} → {first.zone}
          <span class="wide">, {clock(first.t_raised_s, state.utc)}</span>
        </button>
      )}
      {ended.length > 0 && (
        <button onClick={() => commands.sawMissed(ended.map(({ id }) => id))}>Seen</button>
      )}
    </div>
  );
}

/** What was engaged turns out a friend: in large letters, for as long as the engagement is on the list. */
export function FriendBanner({ state, commands }: { state: State; commands: Commands }) {
  const { status } = state;
  if (!status || status.replay) return null;
  const engaged = friendsEngaged(status.advice);
  if (engaged.length === 0) return null;
  return (
    <div class="banner lost friend-engaged" role="status" aria-live="off">
      <strong>FRIEND ENGAGED</strong>
      {engaged.map((one) => (
        <span key={one.advice}>
          {friendText(one)} <button onClick={() => commands.openAdvice(one.track)}>Show T{one.track}</button>
        </span>
      ))}
      <span>Vedette commands nothing: a person must call it off.</span>
    </div>
  );
}

/** Advice that nobody has answered, while it is not on the screen: how much, and how long the first can wait. */
export function AdviceBanner({ state, now, commands }: { state: State; now: number; commands: Commands }) {
  const { status, tab, kiosk } = state;
  const waiting = unanswered(status?.advice);
  const [first] = waiting;
  const t = dataTime(state, now);
  if (!first || t === null || status?.replay) return null;
  const shown = tab === "advice" && !kiosk; // on a narrow screen it may be out of sight all the same
  return (
    <div class={`banner to-decide ${shown ? "is-shown" : ""}`} role="status" aria-live="off">
      <strong>
        {waiting.length === 1 ? "Advice to decide on" : `${waiting.length} threats to decide on`}
      </strong>
      <span>
        T{first.track}
        <span class="wide">, {first.option.effector}</span>: <b>{leftText(first.t_closes_s, t)}</b> left
      </span>
      <button onClick={() => commands.showAdvice(first.track)}>Show</button>
    </div>
  );
}
