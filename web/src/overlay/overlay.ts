/** The canvases over the basemap: what stays, where tracks have been, and what moves. */

import { FLAG_NAMES_ITSELF, Status } from "../frame";
import type { Site } from "../messages";
import type { View } from "../map/view";
import type { CountryName } from "../map/world";
import { readPalette, type Palette } from "../palette";
import { Cover } from "./cover";
import { FONT, Ground } from "./ground";
import { LINE, placeLabels, type LabelLevel, type Placed, type Spot } from "./labels";
import { AirPicture, type Plotted } from "./picture";
import { Symbols } from "./symbols";
import { drawTrails, type TrailMode } from "./trails";

type G = CanvasRenderingContext2D;

export interface Options {
  labels: LabelLevel;
  trails: TrailMode;
  selected: number | null;
}

/** A velocity line reaches where the track will be after this many seconds. */
const VECTOR_S = 60;
const ELLIPSE_SIGMAS = 2;
const CLICK_PX = 16;
/** Redraw when the fastest track has moved this far, and never spend more than a third of the time on it. */
const VISIBLE_PX = 0.35;
const MOST_SHARE = 1 / 3;
const SLOWEST_MS = 250;
const RAD = Math.PI / 180;

function layer(container: HTMLElement, name: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.className = `overlay overlay-${name}`;
  canvas.setAttribute("aria-hidden", "true");
  container.append(canvas);
  return canvas;
}

export class Overlay {
  readonly picture = new AirPicture();
  readonly cover: Cover;
  /** How often the moving layer was drawn and what the last time cost, for the tests and the curious. */
  readonly cost = { draws: 0, lastMs: 0 };
  private readonly layers: { ground: HTMLCanvasElement; trails: HTMLCanvasElement; live: HTMLCanvasElement };
  private palette: Palette = readPalette();
  private symbols = new Symbols(this.palette, window.devicePixelRatio);
  private ground: Ground;
  private labels: Placed[] = [];
  private readonly widths = new Map<string, number>();
  private dueAt = 0;
  private stale = { view: true, frame: true };
  private trailSecond = 0;

  constructor(
    container: HTMLElement,
    private readonly viewNow: () => View,
    private options: Options,
    private site: Site | null,
    private readonly names: readonly CountryName[],
  ) {
    this.cover = new Cover(layer(container, "cover"), viewNow, this.palette);
    this.layers = {
      ground: layer(container, "ground"),
      trails: layer(container, "trails"),
      live: layer(container, "live"),
    };
    this.ground = new Ground(site, names);
    const tick = (now: number) => {
      if (now >= this.dueAt || this.stale.view || this.stale.frame) this.draw(performance.now());
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  setSite(site: Site): void {
    this.site = site;
    this.ground = new Ground(this.site, this.names);
    this.stale.view = true;
  }

  setOptions(options: Options): void {
    this.options = options;
    this.stale.view = true;
  }

  /** Read the colours anew, after a change of theme or when the fonts have come. */
  restyle(): void {
    this.palette = readPalette();
    this.symbols = new Symbols(this.palette, window.devicePixelRatio);
    this.widths.clear();
    this.cover.restyle(this.palette);
    this.stale.view = true;
  }

  framed(): void {
    this.stale.frame = true;
  }

  /** The basemap has moved: draw in the same animation frame, so that nothing lags behind it. */
  moved(): void {
    this.stale.view = true;
    this.draw(performance.now());
  }

  /** The track drawn nearest to a pixel, if one is near enough to be meant. */
  pick(x: number, y: number): number | null {
    const now = performance.now();
    let best: { id: number; d: number } | null = null;
    for (const { track, px, py } of this.spots(this.viewNow(), now)) {
      const d = Math.hypot(px - x, py - y);
      if (d <= CLICK_PX && (!best || d < best.d)) best = { id: track.record.id, d };
    }
    return best?.id ?? null;
  }

  /** Where every track is drawn at this moment. */
  spots(view: View, now: number): Spot[] {
    const found: Spot[] = [];
    for (const track of this.picture.tracks.values()) {
      const { x, y } = this.picture.at(track, now);
      const [px, py] = [view.px(x), view.py(y)];
      if (view.contains(px, py, 60)) found.push({ track, px, py });
    }
    return found;
  }

  /** The labels on the screen, as text. */
  written(): string[][] {
    return this.labels.map(({ lines }) => [...lines]);
  }

  private draw(now: number): void {
    const view = this.viewNow();
    if (view.width === 0 || view.height === 0) return;
    const second = Math.floor(this.picture.t);
    if (this.stale.view) this.cover.draw(view);
    if (this.stale.view) this.ground.draw(sized(this.layers.ground, view), view, this.palette);
    if (this.stale.view || (this.stale.frame && second !== this.trailSecond)) {
      this.trailSecond = second;
      this.drawTrails(view);
    }
    const spots = this.spots(view, now);
    const g = sized(this.layers.live, view);
    if (this.stale.view || this.stale.frame) {
      g.font = `12px ${FONT}`;
      const { labels, selected } = this.options;
      this.labels = placeLabels(spots, labels, selected, this.site?.height ?? 0, (text) =>
        this.width(g, text),
      );
    }
    this.stale = { view: false, frame: false };
    this.drawLive(g, view, spots);
    show(this.layers.live, spots.length > 0);
    const spent = performance.now() - now;
    this.cost.draws += 1;
    this.cost.lastMs = spent;
    this.dueAt = now + Math.max(spent / MOST_SHARE, this.pause(view, spots));
  }

  /** Milliseconds until something has visibly moved. */
  private pause(view: View, spots: readonly Spot[]): number {
    let fastest = 0;
    for (const { track } of spots) fastest = Math.max(fastest, Math.abs(track.vx) + Math.abs(track.vy));
    const pixelsPerSecond = fastest * view.scale * this.picture.pace;
    return Math.min(SLOWEST_MS, (1000 * VISIBLE_PX) / Math.max(pixelsPerSecond, 1e-6));
  }

  private drawTrails(view: View): void {
    const g = sized(this.layers.trails, view);
    const { trails, selected } = this.options;
    const tracks = trails === "off" ? [] : [...this.picture.tracks.values()];
    const shown = trails === "all" ? tracks : tracks.filter((track) => track.record.id === selected);
    show(this.layers.trails, shown.length > 0);
    drawTrails(g, view, this.palette, shown, this.picture.t);
  }

  private drawLive(g: G, view: View, spots: readonly Spot[]): void {
    this.ellipses(g, view, spots);
    this.vectors(g, view, spots);
    const pixels = new Map(spots.map((spot) => [spot.track, spot]));
    const chosen = spots.find(({ track }) => track.record.id === this.options.selected);
    // What nobody may overlook lies on top of everything.
    const urgent = (spot: Spot) => spot.track.record.severity > 0 || spot === chosen;
    for (const spot of spots) if (!urgent(spot)) this.symbols.draw(g, spot.track.record, spot.px, spot.py);
    this.writeLabels(g, pixels);
    for (const spot of spots) if (urgent(spot)) this.symbols.draw(g, spot.track.record, spot.px, spot.py);
    if (chosen) ring(g, chosen.px, chosen.py, this.palette.select);
  }

  private ellipses(g: G, view: View, spots: readonly Spot[]): void {
    g.lineWidth = 1;
    for (const { track, px, py } of spots) {
      const { record } = track;
      const selected = record.id === this.options.selected;
      const perMetre = view.pixelsPerMetre(record.latitude) * ELLIPSE_SIGMAS;
      const [major, minor] = [record.sigmaMajor * perMetre, record.sigmaMinor * perMetre];
      if (!(major > (selected ? 3 : 11)) || major > 4000) continue;
      g.beginPath();
      g.ellipse(px, py, major, Math.max(minor, 0.5), (record.sigmaBearing - 90) * RAD, 0, 2 * Math.PI);
      g.strokeStyle = selected ? this.palette.select : this.inkOf(track);
      g.globalAlpha = selected ? 0.9 : 0.45;
      g.stroke();
    }
    g.globalAlpha = 1;
  }

  private vectors(g: G, view: View, spots: readonly Spot[]): void {
    const paths = new Map<string, Path2D>();
    for (const { track, px, py } of spots) {
      const { status } = track.record;
      if (status === Status.tentative || status === Status.dropped) continue;
      const ink = this.inkOf(track);
      const path = paths.get(ink) ?? new Path2D();
      paths.set(ink, path);
      const [x, y] = [px + track.vx * VECTOR_S * view.scale, py + track.vy * VECTOR_S * view.scale];
      path.moveTo(px, py);
      path.lineTo(x, y);
      path.rect(x - 0.75, y - 0.75, 1.5, 1.5); // the end is marked, so that it is not taken for a trail
    }
    g.lineWidth = 1.3;
    g.globalAlpha = 0.8;
    for (const [ink, path] of paths) {
      g.strokeStyle = ink;
      g.stroke(path);
    }
    g.globalAlpha = 1;
  }

  private writeLabels(g: G, pixels: ReadonlyMap<Plotted, Spot>): void {
    g.font = `12px ${FONT}`;
    g.textAlign = "left";
    g.textBaseline = "middle";
    for (const { track, lines, dx, dy, width } of this.labels) {
      const spot = pixels.get(track);
      if (!spot) continue;
      const [x, y] = [Math.round(spot.px + dx), Math.round(spot.py + dy)];
      g.fillStyle = this.palette.plate;
      g.fillRect(x - 3, y - 1, width + 6, lines.length * LINE + 2);
      g.fillStyle = track.record.severity > 0 ? this.inkOf(track) : this.palette.label;
      lines.forEach((line, i) => {
        if (i === 1 && track.record.severity === 0) g.fillStyle = this.palette["label-dim"];
        g.fillText(line, x, y + LINE * (i + 0.5));
      });
    }
  }

  private inkOf({ record }: Plotted): string {
    if (record.severity === 1) return this.palette.advisory;
    if (record.severity === 2) return this.palette.warning;
    if (record.severity >= 3) return this.palette.critical;
    if (record.status === Status.tentative) return this.palette.tentative;
    return record.flags & FLAG_NAMES_ITSELF ? this.palette.cooperative : this.palette.unknown;
  }

  private width(g: G, text: string): number {
    let width = this.widths.get(text);
    if (width === undefined) {
      if (this.widths.size > 20_000) this.widths.clear();
      this.widths.set(text, (width = g.measureText(text).width));
    }
    return width;
  }
}

function ring(g: G, x: number, y: number, colour: string): void {
  g.strokeStyle = colour;
  g.lineWidth = 1.6;
  g.beginPath();
  for (let quarter = 0; quarter < 4; quarter++) {
    const from = (quarter + 0.16) * (Math.PI / 2);
    g.moveTo(x + 24 * Math.cos(from), y + 24 * Math.sin(from));
    g.arc(x, y, 24, from, from + 0.68 * (Math.PI / 2));
  }
  g.stroke();
}

/**
 * Hide a layer on which nothing is drawn. Chromium with accelerated canvases can leave the last symbols on the
 * screen when every further redraw only clears: a track that is gone would still be seen.
 */
function show(canvas: HTMLCanvasElement, something: boolean): void {
  canvas.style.visibility = something ? "visible" : "hidden";
}

/** The layer's context, cleared and as large as the view. */
function sized(canvas: HTMLCanvasElement, view: View): G {
  const ratio = window.devicePixelRatio;
  const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const g = canvas.getContext("2d");
  if (!g) throw new Error("This browser cannot draw on a canvas; use a current one.");
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, view.width, view.height);
  return g;
}
