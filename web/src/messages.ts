/** The JSON messages of docs/reference/wire.md. Numbers that the server may not know are `null`. */

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
  center?: [number, number];
  radius?: number;
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
}

export interface Hello extends Layout {
  type: "hello";
  version: number;
  site: Site;
  mode: string;
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

export interface AlertStep {
  state: string;
  t_s: number;
  by: string;
  note: string;
}

export interface Alert {
  id: string;
  track: number;
  zone: string;
  rule: string;
  severity: SeverityName;
  state: "new" | "acknowledged" | "closed";
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
}

export interface Replay {
  t_begin_s: number;
  t_end_s: number;
  playing: boolean;
  speed: number;
  marks_s: number[];
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
  | { type: "ack"; alert: string; by: string }
  | ({ type: "replay" } & ReplayCommand);
