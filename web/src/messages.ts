/** The JSON messages of docs/reference/wire.md. Numbers that the server may not know are `null`. */

import type { Advised, EffectorPlace } from "./advised";
import type { Layout } from "./frame";

export type SeverityName = "advisory" | "warning" | "critical";
export type Maybe = number | null;

export interface Asset {
  name: string;
  latitude: number;
  longitude: number;
  radius: Maybe;
}

export interface Zone {
  name: string;
  severity: SeverityName;
  floor: Maybe;
  ceiling: Maybe;
  polygon: [number, number][];
  center?: [number, number] | null;
  radius?: Maybe;
  /** Who made it: the site file, or an operator on this page. */
  source?: "site" | "operator";
  on?: boolean;
  corridor?: [number, number][] | null;
  width?: Maybe;
  datum?: "site" | "agl" | "msl";
  /** Class → least probability. */
  klass?: Record<string, number>;
  speed_from?: Maybe;
  speed_to?: Maybe;
  hours?: string | null;
  time_zone?: string;
  /** This and the rest: null is as the site's [alert] and the posture have it. */
  existence?: Maybe;
  probability?: Maybe;
  clear?: Maybe;
  within_s?: Maybe;
  confirm_s?: Maybe;
  remind_s?: Maybe;
  expire_s?: Maybe;
  /** false: an alert stays until a person closes it. */
  clears?: boolean;
}

/** A level of readiness that the site defines; the higher its rank, the more ready. */
export interface PostureLevel {
  name: string;
  rank: number;
  meaning: string;
}

export interface SensorPlace {
  name: string;
  kind: string;
  latitude: number;
  longitude: number;
  height: Maybe;
  range: Maybe;
}

export interface Site {
  name: string;
  fictional: boolean;
  latitude: number;
  longitude: number;
  height: number;
  assets: Asset[];
  zones: Zone[];
  sensors: SensorPlace[];
  rings: number[];
  postures?: PostureLevel[];
  effectors?: EffectorPlace[];
}

export type Role = "viewer" | "operator" | "admin";

/** Who is signed in. */
export interface Account {
  name: string;
  role: Role;
}

export interface Hello extends Layout {
  type: "hello";
  version: number;
  site: Site;
  mode: string;
  /** null: no accounts, anybody types a name. */
  account?: Account | null;
}

export type FeedState = "connecting" | "up" | "stale" | "down" | "ended";

export interface SensorHealth {
  sensor: string;
  kind: string;
  state: FeedState;
  age_s: Maybe;
  rate: number;
  detections: number;
  counters: Record<string, number>;
  detail: string;
  origin: string;
  bias: Bias | null;
}

export interface Bias {
  range_m: number;
  range_sigma_m: number;
  azimuth_deg: number;
  azimuth_sigma_deg: number;
  elevation_deg: number;
  elevation_sigma_deg: number;
  time_s: number;
  time_sigma_s: number;
  pairs: number;
  relative_to: string;
}

export type AlertStateName = "new" | "acknowledged" | "assigned" | "closed";

export interface AlertStep {
  state: string;
  t_s: number;
  /** "vedette" where no person took it. */
  by: string;
  note: string;
  /** To whom it was assigned, else "". */
  to?: string;
}

/** What an alert rested on when it was raised. */
export type Raised = Pick<
  Alert,
  | "time_to_go_s"
  | "probability"
  | "distance_m"
  | "speed_mps"
  | "height_m"
  | "existence"
  | "sensors"
  | "sentence"
>;

export interface Alert {
  id: string;
  track: number;
  zone: string;
  rule: string;
  severity: SeverityName;
  state: AlertStateName;
  t_raised_s: number;
  time_to_go_s: Maybe;
  time_to_go_low_s: Maybe;
  time_to_go_high_s: Maybe;
  probability: Maybe;
  distance_m: Maybe;
  closest_approach_m: Maybe;
  speed_mps: Maybe;
  height_m: Maybe;
  existence: Maybe;
  sensors: string[];
  sentence: string;
  history: AlertStep[];
  /** Probability of being in the zone now. */
  inside?: Maybe;
  /** Of the track state that these numbers rest on; times left count from here. */
  t_evidence_s?: number;
  raised?: Raised;
  /** The asset that it would reach, or "". */
  asset?: string;
  /** Whom it is given to, or "". */
  assigned_to?: string;
  /** Until it arrives at the asset. */
  warning_left_s?: Maybe;
  warning_left_low_s?: Maybe;
  warning_left_high_s?: Maybe;
  /** Sentences: what would change the judgement. */
  would_change?: string[];
  /** Back because nobody acknowledged it in time. */
  ignored?: boolean;
  /** From before a restart. */
  restored?: boolean;
}

export interface Posture {
  level: string;
  rank: number;
  /** "": nobody has set it; it is where the site begins. */
  by: string;
  t_s: Maybe;
  note: string;
}

/** What sampled futures bring to one asset; times count from the status that carries it. */
export interface Outlook {
  asset: string;
  futures: number;
  horizon_s: number;
  /** How many of the picture's tracks were followed. */
  tracks: number;
  /** Of the picture that the futures were sampled from. */
  age_s: number;
  /** That at least one target arrives within the horizon. */
  probability: number;
  arrivals_expected: number;
  arrival_s: Maybe;
  arrival_low_s: Maybe;
  arrival_high_s: Maybe;
  warning_s: Maybe;
  warning_low_s: Maybe;
  warning_high_s: Maybe;
}

export type DeliveryState = "ok" | "idle" | "trying" | "failed" | "off";

/** One way by which alerts leave this screen. */
export interface Delivery {
  channel: string;
  kind?: string;
  state: DeliveryState;
  last_s: Maybe;
  waiting: number;
  sent: number;
  failed: number;
  detail: string;
}

export interface Replay {
  t_begin_s: number;
  t_end_s: number;
  playing: boolean;
  speed: number;
  marks_s: number[];
  density: number[];
}

/** A direction in which a sensor has something that no track explains. */
export interface BearingMessage {
  sensor: string;
  bearing_deg: number;
  elevation_deg: Maybe;
  sigma_deg: number;
  existence: number;
}

/** One report as it came. */
export interface Plot {
  t_s: number;
  latitude: Maybe;
  longitude: Maybe;
  height_m: Maybe;
  bearing_deg: Maybe;
  snr_db: Maybe;
}

export interface StatusMessage {
  type: "status";
  t: string;
  t_s: number;
  mode: string;
  feed_lost: boolean;
  sensors: SensorHealth[];
  counters: Record<string, number>;
  replay: Replay | null;
  alerts: Alert[];
  tracks: number;
  tentative: number;
  /** null: none was set. */
  posture?: Posture | null;
  outlook?: Outlook[];
  deliveries?: Delivery[];
  /** How often the rules have been changed. */
  rules?: number;
  /** null: the site has nothing to advise with. */
  advice?: Advised | null;
  bearings: BearingMessage[];
  /** Why the log of who did what is not whole or cannot be written; "" when all is well. */
  log_trouble?: string;
}

export interface Fact {
  value: string | number | boolean;
  source: string;
  age_s: Maybe;
}

export interface Details {
  type: "details";
  id: number;
  status: string | number;
  existence: number;
  identity: Record<string, Fact>;
  klass: Record<string, number>;
  contributors: Record<string, number>;
  t_born_s: number;
  t_updated_s: number;
  hits: number;
  latitude: number;
  longitude: number;
  height_m: Maybe;
  speed_mps: Maybe;
  course_deg: Maybe;
  climb_mps: Maybe;
  sigma_major_m: Maybe;
  sigma_minor_m: Maybe;
  sigma_up_m: Maybe;
  range_m: Maybe;
  bearing_deg: Maybe;
  height_msl_m: Maybe;
  height_agl_m: Maybe;
  affiliation: string;
  /** Latitude and longitude of whoever flies it. */
  operator: [number, number] | null;
  operator_range_m: Maybe;
}

export interface Bye {
  type: "bye";
  reason: string;
}

export interface Refusal {
  type: "error";
  message: string;
}

export type ServerMessage = Hello | StatusMessage | Details | Bye | Refusal;

export type ReplayCommand =
  | { action: "play" | "pause" | "live" }
  | { action: "seek"; t_s: number }
  | { action: "speed"; speed: number };

export type ClientMessage =
  | { type: "select"; id: number | null }
  | { type: "seen"; sequence: number }
  | ({ type: "replay" } & ReplayCommand);
