/** What is advised, decided and under way, as docs/reference/wire.md has it. Keys in `_s` are Unix seconds. */

import type { Maybe } from "./messages";

export type EffectorKind = "gun" | "missile" | "drone" | "jammer" | "energy";
export type AdviceStateName = "open" | "held" | "accepted" | "declined" | "expired" | "withdrawn";
export type AnswerName = "accept" | "decline" | "hold" | "none";
export type CallName = "under way" | "looking" | "stopped" | "not stopped";

/** How urgent a track is; rank 1 is the most urgent. */
export interface Threat {
  track: number;
  rank: number;
  /** The last useful start of anything against it; null: nothing can be done at all. */
  slack_until_s: Maybe;
  /** Which it threatens first, or "". */
  asset: string;
  value: number;
  /** Probability that it comes to an asset within the horizon. */
  arrives: number;
  arrival_low_s: Maybe;
  arrival_s: Maybe;
  arrival_high_s: Maybe;
  existence: number;
  klass: Record<string, number>;
  sentence: string;
}

/** One way to act against a track. */
export interface Option {
  effector: string;
  kind: EffectorKind;
  shots: number;
  /** The earliest and the latest useful start, and the best one between. */
  opens_s: number;
  closes_s: number;
  start_s: number;
  intercept_low_s: number;
  intercept_s: number;
  intercept_high_s: number;
  latitude: number;
  longitude: number;
  height_m: number;
  /** That all its shots together stop the track: 10 % quantile, expectation, 90 % quantile. */
  kill_low: number;
  kill: number;
  kill_high: number;
  /** After these; null: rounds are not counted. */
  rounds_left: Maybe;
  cost: number;
}

/** An effector that is not advised, and why, in a word and in a sentence. */
export interface Refused {
  effector: string;
  why: string;
  sentence: string;
}

/** What the card of a status leaves out, asked for while somebody reads it. */
export interface Choices {
  /** What could be done instead, the best first. */
  others: Option[];
  /** Every effector but the advised one, and why not. */
  refused: Refused[];
}

export interface Decision {
  t_s: number;
  answer: AnswerName;
  effector: string;
  /** "": nobody answered. */
  by: string;
  /** How they had proved who they are: "password", "none", or "model" for the human model of an exercise. */
  proof: string;
  note: string;
}

export interface AdviceCard {
  id: string;
  track: number;
  state: AdviceStateName;
  t_made_s: number;
  t_closes_s: number;
  sentence: string;
  option: Option;
  /** Tracks that nothing is left for if this is done. */
  uncovered: number[];
  history: Decision[];
}

/** What a person has accepted, as it is taken to go. */
export interface Engagement {
  advice: string;
  track: number;
  effector: string;
  shots: number;
  t_start_s: number;
  t_intercept_s: number;
  latitude: number;
  longitude: number;
  height_m: number;
  /** Probability that it stops the track, before anybody has looked, and with what the sensors saw since. */
  expected: number;
  stopped: number;
  call: CallName;
  /** Why its track is, or may be, a friend after all; "": nothing says so. */
  friend: string;
  /** Since when something has said so first. */
  friend_since_s: Maybe;
}

/** What is left of an effector, as far as acceptances and people's corrections tell. */
export interface EffectorState {
  effector: string;
  kind: EffectorKind;
  /** null: not counted. */
  rounds: Maybe;
  magazine: Maybe;
  channels: number;
  free: number;
  /** When it can start again; null: never. */
  ready_s: Maybe;
  detail: string;
}

export interface Advised {
  t_s: number;
  /** Of the assignment behind it: what it is expected to cost, what none can be below, and what might be saved. */
  objective: number;
  bound: number;
  gap: number;
  threats: Threat[];
  cards: AdviceCard[];
  engagements: Engagement[];
  effectors: EffectorState[];
}

/** Where an effector of the site stands and how far it acts; heights of the envelope count from its foot. */
export interface EffectorPlace {
  name: string;
  kind: EffectorKind;
  latitude: number;
  longitude: number;
  height_m: number;
  range_min_m: number;
  range_max_m: number;
  height_min_m: number;
  height_max_m: number;
  /** Bearings from and to, clockwise; null: all round. */
  sector: [number, number] | null;
  /** Polygons of [latitude, longitude] over which it never acts. */
  no_fire: [number, number][][];
  notional: boolean;
}
