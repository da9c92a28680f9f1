/**
 * Our own track symbols. Shape says what colour says, so that they read in red light and to a colour-blind eye.
 *
 *   clover   says nothing of itself                dart    names itself, and points along its course
 *   dome     a friend                              tent    hostile               box   neutral: as somebody said
 *   ring     tentative                             broken  coasting: the outline is dashed and empty
 *   cross    dropped                               square  simulated, small, at the lower right
 *   frame    an alert: corner brackets advisory, diamond warning, double diamond critical
 */

import { affiliationOf } from "../filter";
import { FLAG_NAMES_ITSELF, FLAG_SIMULATED, Status, type TrackRecord } from "../frame";
import type { SymbolSet } from "../look";
import { severityColour, type Palette } from "../palette";
import { inkOf } from "./marks";
import { militaryGlyph } from "./military";

/** Pixels of the largest symbol, one with the frame of a critical alert. */
export const SIZE = 44;
/** Of one without a frame, and of the military ones; what need not be copied costs nothing. */
const BARE = 26;
const MILITARY = 32;
const HEADINGS = 72;

/** What a symbol shows of a track. */
export type Shown = Pick<TrackRecord, "status" | "flags" | "severity" | "affiliation" | "klass">;

export class Symbols {
  private readonly sprites = new Map<string, HTMLCanvasElement>();

  /** `come`: called when the military symbols have been loaded; until then ours are drawn. */
  constructor(
    private readonly palette: Palette,
    private readonly ratio: number,
    private readonly set: SymbolSet,
    private readonly scale: number,
    private readonly come: () => void,
  ) {}

  /**
   * Draw a track's symbol centred on a pixel; `up` is the bearing that is up on the screen. `snap`: on whole
   * pixels of the screen, where it is copied as it is: without a graphics card in a quarter of the time.
   */
  draw(
    g: CanvasRenderingContext2D,
    record: TrackRecord,
    x: number,
    y: number,
    up: number,
    snap: boolean,
  ): void {
    const { ratio } = this;
    const sprite = this.sprite(record, up);
    const size = sprite.width / ratio;
    const placed = (middle: number) =>
      snap ? Math.round((middle - size / 2) * ratio) / ratio : middle - size / 2;
    g.drawImage(sprite, placed(x), placed(y), size, size);
  }

  private sprite(record: TrackRecord, up: number): HTMLCanvasElement {
    const dart = points(record) && this.set === "simple";
    const turns = ((record.course - up + 720) % 360) / 360;
    const heading = dart ? Math.round(turns * HEADINGS) % HEADINGS : -1;
    const { status, flags, severity, affiliation } = record;
    const klass = this.set === "military" ? record.klass : "";
    const key = `${status},${flags & 3},${severity},${affiliation},${heading},${klass}`;
    let sprite = this.sprites.get(key);
    if (!sprite) {
      const glyph =
        this.set === "military" ? militaryGlyph(record, this.palette, this.ratio, () => this.loaded()) : null;
      sprite = paint(
        this.palette,
        this.ratio * this.scale,
        record,
        (heading / HEADINGS) * 2 * Math.PI,
        glyph,
        severity > 0 ? SIZE : this.set === "military" ? MILITARY : BARE,
      );
      this.sprites.set(key, sprite);
    }
    return sprite;
  }

  private loaded(): void {
    this.sprites.clear();
    this.come();
  }
}

/** A dart points along its course; whoever's side is known has its frame instead. */
function points(record: Pick<TrackRecord, "flags" | "status" | "affiliation">): boolean {
  const named = (record.flags & FLAG_NAMES_ITSELF) !== 0;
  return named && record.status !== Status.dropped && record.affiliation === 0;
}

/** A canvas with one symbol, also used by the legend of the help page. */
export function paint(
  palette: Palette,
  ratio: number,
  record: Shown,
  heading: number,
  glyph: HTMLCanvasElement | null = null,
  size = SIZE,
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil(size * ratio);
  const g = canvas.getContext("2d");
  if (!g) return canvas;
  g.scale(ratio, ratio);
  g.translate(size / 2, size / 2);
  if (glyph) g.drawImage(glyph, -14, -14, 28, 28);
  else {
    const dart = points(record);
    g.save();
    g.rotate(dart ? heading : 0);
    body(g, record, dart, inkOf(palette, record));
    g.restore();
  }
  frame(g, record.severity, severityColour(palette, record.severity));
  if (record.flags & FLAG_SIMULATED) square(g, palette.label, palette.land);
  return canvas;
}

function body(g: CanvasRenderingContext2D, record: Shown, dart: boolean, colour: string): void {
  const { status } = record;
  g.strokeStyle = g.fillStyle = colour;
  g.lineWidth = 1.8;
  g.lineJoin = "round";
  if (status === Status.dropped) return cross(g);
  if (status === Status.tentative && !dart && record.affiliation === 0) return ring(g);
  const path = dart ? dartPath() : sidePath(record);
  if (status === Status.coasting) g.setLineDash([2.6, 2.4]);
  else {
    g.globalAlpha = status === Status.tentative ? 0 : 0.32;
    g.fill(path);
    g.globalAlpha = 1;
  }
  g.stroke(path);
  g.setLineDash([]);
  if (!dart && status === Status.confirmed) disc(g, 1.6);
}

/** The frames of things in the air in the usual symbol sets, all open below. */
function sidePath(record: Shown): Path2D {
  const side = affiliationOf(record);
  if (side === "friend") return new Path2D("M-8 7 V-1 A8 8 0 0 1 8 -1 V7");
  if (side === "hostile") return new Path2D("M-8 7 V-2 L0 -10 L8 -2 V7");
  if (side === "neutral") return new Path2D("M-7.5 7 V-8 H7.5 V7");
  return cloverPath();
}

/** Four lobes, as the frame of an unknown in the usual symbol sets. */
function cloverPath(): Path2D {
  const path = new Path2D();
  const r = 3.9;
  path.arc(0, -r, r, Math.PI, 2 * Math.PI);
  path.arc(r, 0, r, 1.5 * Math.PI, 0.5 * Math.PI);
  path.arc(0, r, r, 0, Math.PI);
  path.arc(-r, 0, r, 0.5 * Math.PI, 1.5 * Math.PI);
  path.closePath();
  return path;
}

function dartPath(): Path2D {
  return new Path2D("M0 -9 L6 7 L0 3.6 L-6 7 Z");
}

function ring(g: CanvasRenderingContext2D): void {
  g.beginPath();
  g.arc(0, 0, 4, 0, 2 * Math.PI);
  g.stroke();
}

function cross(g: CanvasRenderingContext2D): void {
  g.stroke(new Path2D("M-5 -5 L5 5 M5 -5 L-5 5"));
}

function disc(g: CanvasRenderingContext2D, radius: number): void {
  g.beginPath();
  g.arc(0, 0, radius, 0, 2 * Math.PI);
  g.fill();
}

function frame(g: CanvasRenderingContext2D, severity: number, colour: string): void {
  if (severity === 0) return;
  g.strokeStyle = colour;
  g.lineWidth = 2;
  const r = 15;
  if (severity === 1) g.stroke(new Path2D("M-13 -7 V-13 H-7 M7 -13 H13 V-7 M13 7 V13 H7 M-7 13 H-13 V7"));
  if (severity >= 2) g.stroke(new Path2D(`M0 ${-r} L${r} 0 L0 ${r} L${-r} 0 Z`));
  if (severity >= 3) g.stroke(new Path2D(`M0 ${-r - 5} L${r + 5} 0 L0 ${r + 5} L${-r - 5} 0 Z`));
}

function square(g: CanvasRenderingContext2D, colour: string, edge: string): void {
  g.fillStyle = edge;
  g.fillRect(5, 5, 6.5, 6.5);
  g.fillStyle = colour;
  g.fillRect(6, 6, 4.5, 4.5);
}
