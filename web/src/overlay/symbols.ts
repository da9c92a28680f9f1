/**
 * Our own track symbols. Shape says what colour says, so that they read in red light and to a colour-blind eye.
 *
 *   clover   confirmed, says nothing of itself     dart    names itself, and points along its course
 *   ring     tentative                             broken  coasting: the outline is dashed and empty
 *   cross    dropped                               square  simulated, small, at the lower right
 *   frame    an alert: corner brackets advisory, diamond warning, double diamond critical
 */

import { FLAG_NAMES_ITSELF, FLAG_SIMULATED, Status, type TrackRecord } from "../frame";
import { severityColour, type Palette } from "../palette";

const SIZE = 44;
const HEADINGS = 72;

export class Symbols {
  private readonly sprites = new Map<string, HTMLCanvasElement>();

  constructor(
    private readonly palette: Palette,
    private readonly ratio: number,
  ) {}

  /** Draw a track's symbol centred on a pixel. */
  draw(g: CanvasRenderingContext2D, record: TrackRecord, x: number, y: number): void {
    g.drawImage(this.sprite(record), x - SIZE / 2, y - SIZE / 2, SIZE, SIZE);
  }

  private sprite(record: TrackRecord): HTMLCanvasElement {
    const dart = (record.flags & FLAG_NAMES_ITSELF) !== 0 && record.status !== Status.dropped;
    const heading = dart ? Math.round((record.course / 360) * HEADINGS) % HEADINGS : -1;
    const key = `${record.status},${record.flags & 3},${record.severity},${heading}`;
    let sprite = this.sprites.get(key);
    if (!sprite) {
      sprite = paint(this.palette, this.ratio, record, (heading / HEADINGS) * 2 * Math.PI, dart);
      this.sprites.set(key, sprite);
    }
    return sprite;
  }
}

/** A canvas with one symbol, also used by the legend of the help page. */
export function paint(
  palette: Palette,
  ratio: number,
  record: Pick<TrackRecord, "status" | "flags" | "severity">,
  heading: number,
  dart: boolean,
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil(SIZE * ratio);
  const g = canvas.getContext("2d");
  if (!g) return canvas;
  g.scale(ratio, ratio);
  g.translate(SIZE / 2, SIZE / 2);
  const colour = inkOf(palette, record, dart);
  g.save();
  g.rotate(dart ? heading : 0);
  body(g, record.status, dart, colour);
  g.restore();
  frame(g, record.severity, severityColour(palette, record.severity));
  if (record.flags & FLAG_SIMULATED) square(g, palette.label, palette.land);
  return canvas;
}

function inkOf(palette: Palette, record: Pick<TrackRecord, "status" | "severity">, dart: boolean): string {
  if (record.status === Status.dropped) return palette.lost;
  if (record.severity > 0) return severityColour(palette, record.severity);
  if (record.status === Status.tentative) return palette.tentative;
  return dart ? palette.cooperative : palette.unknown;
}

function body(g: CanvasRenderingContext2D, status: number, dart: boolean, colour: string): void {
  g.strokeStyle = g.fillStyle = colour;
  g.lineWidth = 1.8;
  g.lineJoin = "round";
  if (status === Status.dropped) return cross(g);
  if (status === Status.tentative && !dart) return ring(g);
  const path = dart ? dartPath() : cloverPath();
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
