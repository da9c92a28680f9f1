/** The tracks as drawn: the newest frame, carried on between frames by speed and course. */

import { Status, type Frame, type TrackRecord } from "../frame";
import { worldPerMetre, worldX, worldY } from "../map/view";
import { LONGEST_S, Trail } from "./trails";

/** Beyond this a track without news stands still: a guess must not pass for a report. */
const LONGEST_GUESS_S = 1;
/** A jump at a new frame is worn off with this time constant, so that symbols glide. */
const GLIDE_S = 0.12;
/** A data time that moves by more than this between frames is a seek: nothing may glide or leave a trail. */
const SEEK_S = 30;
const RAD = Math.PI / 180;

export interface Plotted {
  record: TrackRecord;
  /** World coordinates at the frame, and their change per second of data time. */
  x: number;
  y: number;
  vx: number;
  vy: number;
  /** What was drawn minus what the frame says, worn off over GLIDE_S. */
  slipX: number;
  slipY: number;
  trail: Trail;
  /** The last label slot taken, so that a label stays where the eye found it; −1 before the first. */
  slot: number;
  /** Whether the filter hides it. */
  hidden: boolean;
}

/** Tracks that are gone and still remembered, at most. */
const MOST_GONE = 2000;

export class AirPicture {
  readonly tracks = new Map<number, Plotted>();
  t = 0;
  arrivedAt = 0;
  /** Seconds of data time per second of ours: 1 live, the replay's speed in a replay, 0 when paused. */
  pace = 1;
  /** Tracks that are gone, for as long as a trail lasts. */
  gone: Plotted[] = [];
  /** How many tracks the filter hides. */
  hiding = 0;
  private hides: ((record: TrackRecord) => boolean) | null = null;

  /** Take in a frame that arrived at `now` (performance.now(), ms). */
  apply(frame: Frame, now: number): void {
    const seek = Math.abs(frame.t - this.t) > SEEK_S * Math.max(1, this.pace) || frame.t < this.t;
    const seen = new Set<number>();
    for (const record of frame.tracks) {
      seen.add(record.id);
      this.place(record, frame.t, now, seek);
    }
    if (seek) this.gone = [];
    for (const [id, track] of this.tracks) {
      if (seen.has(id)) continue;
      this.tracks.delete(id);
      if (!seek) this.gone.push(track);
    }
    this.gone = this.gone
      .filter(({ trail }) => frame.t - (trail.t.at(-1) ?? 0) < LONGEST_S)
      .slice(-MOST_GONE);
    this.t = frame.t;
    this.arrivedAt = now;
    this.sift();
  }

  /** Hide what `hides` says, from now on; null shows all. */
  filter(hides: ((record: TrackRecord) => boolean) | null): void {
    this.hides = hides;
    this.sift();
  }

  private sift(): void {
    this.hiding = 0;
    for (const track of this.tracks.values()) {
      track.hidden = this.hides !== null && this.hides(track.record);
      if (track.hidden) this.hiding += 1;
    }
  }

  clear(): void {
    this.tracks.clear();
    this.gone = [];
    this.t = 0;
  }

  /** Seconds of data time to carry the tracks on at `now`. */
  lead(now: number): number {
    return Math.min(Math.max(0, now - this.arrivedAt) / 1000, LONGEST_GUESS_S) * this.pace;
  }

  /** The share of the slip still left at `now`. */
  slipLeft(now: number): number {
    return Math.exp(-Math.max(0, now - this.arrivedAt) / 1000 / GLIDE_S);
  }

  /** World coordinates at which a track is drawn at `now`. */
  at(track: Plotted, now: number): { x: number; y: number } {
    const lead = this.lead(now);
    const left = this.slipLeft(now);
    return {
      x: track.x + track.vx * lead + track.slipX * left,
      y: track.y + track.vy * lead + track.slipY * left,
    };
  }

  private place(record: TrackRecord, t: number, now: number, seek: boolean): void {
    const x = worldX(record.longitude);
    const y = worldY(record.latitude);
    const perMetre = worldPerMetre(record.latitude) * (record.status === Status.dropped ? 0 : record.speed);
    const vx = perMetre * Math.sin(record.course * RAD);
    const vy = -perMetre * Math.cos(record.course * RAD);
    const old = this.tracks.get(record.id);
    if (!old || seek) {
      const trail = new Trail();
      trail.add(x, y, t, record.height, record.speed, record.status === Status.coasting);
      const slot = old?.slot ?? -1;
      this.tracks.set(record.id, { record, x, y, vx, vy, slipX: 0, slipY: 0, trail, slot, hidden: false });
      return;
    }
    const drawn = this.at(old, now);
    Object.assign(old, { record, x, y, vx, vy, slipX: drawn.x - x, slipY: drawn.y - y });
    old.trail.add(x, y, t, record.height, record.speed, record.status === Status.coasting);
  }
}
