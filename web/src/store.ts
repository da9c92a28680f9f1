/** What the page knows, in one place. Panels draw from it; nothing else writes to the document. */

import type { Chart } from "./coverage/chart";
import type { Doing } from "./desk/act";
import type { Draft } from "./desk/draft";
import type { Entry } from "./desk/log";
import type { Foresight } from "./desk/preview";
import { SOUND, type SoundSettings } from "./desk/watch";
import { LOOK, type Look } from "./look";
import type { MeasureEnd } from "./measure";
import type { Account, Details, Replay, Site, StatusMessage, Zone } from "./messages";

export interface Connection {
  state: "connecting" | "open" | "lost";
  attempt: number;
  /** performance.now() of the last message of any kind. */
  heardAt: number;
  reason: string;
}

export type TabName = "advice" | "track" | "effectors" | "sensors" | "outlook" | "rules" | "log" | "delivery";

/** The part of a replay that is played again and again, Unix seconds; `b` null: its end is not chosen yet. */
export interface Loop {
  a: number;
  b: number | null;
}

export interface State extends Look {
  connection: Connection;
  site: Site | null;
  mode: string;
  status: StatusMessage | null;
  /** performance.now() when the status came. */
  statusAt: number;
  details: Details | null;
  detailsAt: number;
  selected: number | null;
  /** Tracks chosen beside the selected one. */
  marked: ReadonlySet<number>;
  /** Tracks that the filter hides. */
  hidden: ReadonlySet<number>;
  /** Pairs of ends between which range and bearing are shown; the last may still lack its second. */
  measures: readonly (readonly MeasureEnd[])[];
  loop: Loop | null;
  /** The replay's clock counts from the begin of the recording. */
  elapsed: boolean;
  /** performance.now() when a link to this moment was asked for; 0: none is due. */
  linking: number;
  /** The coverage layer: "" is off, else "fused" or a sensor's name. */
  cover: string;
  /** Metres above the ground; only what is seen at or below counts as watched. null: any height. */
  below: number | null;
  chart: Chart | null;
  charting: "no" | "loading" | "failed";
  /** The part of the map that each kind of cell takes, as drawn now. */
  coverShares: readonly number[];
  follow: boolean;
  help: boolean;
  operator: string;
  /** Who is signed in; null: there are no accounts. */
  account: Account | null;
  /** Names to whom something can be given: those seen so far. */
  names: readonly string[];
  /** How acts and orders fare, by what they are about. */
  doing: Readonly<Record<string, Doing>>;
  /** The track whose advice is opened. */
  opened: number | null;
  /** Which tab of the side is open. */
  tab: TabName;
  sound: SoundSettings;
  /** Whether the browser lets the page be heard. */
  soundAllowed: boolean;
  /** Whether the dialog that sets the posture is open. */
  posturing: boolean;
  /** Alerts that ended unseen and were then seen to have. */
  seenMissed: ReadonlySet<string>;
  /** All rules, also those that are off; null before they were asked for. */
  rules: readonly Zone[] | null;
  /** The rule that is being written. */
  draft: Draft | null;
  /** What it would do; null while there is nothing to try. */
  preview: Foresight | null;
  /** The hand-over log, the newest first; null before it was asked for. */
  log: readonly Entry[] | null;
  notice: string;
  /** The pointer on the map, in degrees, or null. */
  cursor: { latitude: number; longitude: number } | null;
  metresPerPixel: number;
  /** Degrees clockwise from north of what is up on the map. */
  bearing: number;
}

export const EMPTY: State = {
  connection: { state: "connecting", attempt: 0, heardAt: 0, reason: "" },
  site: null,
  mode: "",
  status: null,
  statusAt: 0,
  details: null,
  detailsAt: 0,
  selected: null,
  marked: new Set(),
  hidden: new Set(),
  measures: [],
  loop: null,
  elapsed: true,
  linking: 0,
  ...LOOK,
  cover: "",
  below: null,
  chart: null,
  charting: "no",
  coverShares: [],
  follow: false,
  help: false,
  operator: "",
  account: null,
  names: [],
  doing: {},
  opened: null,
  tab: "track",
  sound: SOUND,
  soundAllowed: false,
  posturing: false,
  seenMissed: new Set(),
  rules: null,
  draft: null,
  preview: null,
  log: null,
  notice: "",
  cursor: null,
  metresPerPixel: 0,
  bearing: 0,
};

export class Store {
  private readonly listeners: ((state: State, before: State) => void)[] = [];

  constructor(public state: State) {}

  set(change: Partial<State>): void {
    const before = this.state;
    this.state = { ...before, ...change };
    for (const listener of this.listeners) listener(this.state, before);
  }

  subscribe(listener: (state: State, before: State) => void): void {
    this.listeners.push(listener);
  }
}

/** Seconds of data time per second of ours. */
export function paceOf(replay: Replay | null | undefined): number {
  if (!replay) return 1;
  return replay.playing ? replay.speed : 0;
}

/** Seconds of ours since the last status; stops where a guess would pass for knowledge. */
export function sinceStatus(state: State, now: number): number {
  return Math.min(Math.max(0, now - state.statusAt) / 1000, 2);
}

/** Data time at `now`, Unix seconds, carried on from the last status; null before the first. */
export function dataTime(state: State, now: number): number | null {
  if (!state.status) return null;
  return state.status.t_s + sinceStatus(state, now) * paceOf(state.status.replay);
}

/** Seconds since the newest data of any sensor that is still expected to deliver; null if unknown. */
export function dataAge(state: State, now: number): number | null {
  const ages = (state.status?.sensors ?? []).flatMap((sensor) =>
    sensor.age_s === null ? [] : [sensor.age_s],
  );
  if (ages.length === 0) return null;
  const silent = (now - state.statusAt) / 1000;
  return Math.max(0, Math.min(...ages) + (silent > 1.5 || state.connection.state !== "open" ? silent : 0));
}

/** Sensors whose reports come; none of them while the server itself is not heard. */
export function working(state: State): ReadonlySet<string> {
  if (state.connection.state !== "open") return new Set();
  const up = (state.status?.sensors ?? []).filter((sensor) => sensor.state === "up");
  return new Set(up.map(({ sensor }) => sensor));
}

export type Loss =
  | { kind: "none" }
  | { kind: "connecting" }
  | { kind: "server"; age: number; attempt: number; reason: string }
  | { kind: "feeds"; age: number | null }
  | { kind: "ended" };

/** Whether the picture is current, and if not, why. */
export function lossOf(state: State, now: number): Loss {
  const { connection, status } = state;
  if (connection.state === "connecting" && !status) return { kind: "connecting" };
  if (connection.state !== "open") {
    const age = (now - connection.heardAt) / 1000;
    return { kind: "server", age, attempt: connection.attempt, reason: connection.reason };
  }
  if (!status?.feed_lost) return { kind: "none" };
  const ended = status.sensors.length > 0 && status.sensors.every((sensor) => sensor.state === "ended");
  return ended ? { kind: "ended" } : { kind: "feeds", age: dataAge(state, now) };
}
