/** The canvases over the basemap: what stays, where tracks have been, and what moves. */

import type { Aim } from "../desk/advice";
import { sieve } from "../filter";
import type { Place } from "../geodesy";
import type { Look } from "../look";
import type { View } from "../map/view";
import type { CountryName } from "../map/world";
import type { MeasureEnd } from "../measure";
import type { BearingMessage, Site } from "../messages";
import { readPalette, type Palette } from "../palette";
import { latitudeOf, longitudeOf } from "../map/view";
import { Cover } from "./cover";
import { drawAims, Effectors } from "./effectors";
import { FONT, Ground } from "./ground";
import { Heat } from "./heat";
import { LINE, placeLabels, type LabelStyle, type Placed, type Spot } from "./labels";
import { layer, show, sized, type G } from "./layers";
import { drawEllipses, drawMarked, drawRing, drawVectors, inkOf, RING_PX } from "./marks";
import { AirPicture, type Plotted } from "./picture";
import { drawBearings, drawPlots, type Raw } from "./plots";
import { drawBox, drawRulers, type Box } from "./rulers";
import { Symbols } from "./symbols";
import { drawTrails } from "./trails";

export interface Options extends Look {
  selected: number | null;
  marked: ReadonlySet<number>;
  measures: readonly (readonly MeasureEnd[])[];
}

const CLICK_PX = 16;
/** Redraw when the fastest track has moved this far, and never spend more than a third of the time on it. */
const VISIBLE_PX = 0.35;
const MOST_SHARE = 1 / 3;
const SLOWEST_MS = 250;
/** More symbols than this are put on whole pixels; in such a crowd nobody sees them move by less. */
const CROWD = 300;

export class Overlay {
  readonly picture = new AirPicture();
  readonly cover: Cover;
  readonly heat = new Heat();
  /** How often the moving layer was drawn and what the last time cost, for the tests and the curious. */
  readonly cost = { draws: 0, lastMs: 0 };
  private readonly layers: { ground: HTMLCanvasElement; trails: HTMLCanvasElement; live: HTMLCanvasElement };
  private palette: Palette = readPalette();
  private symbols: Symbols;
  private ground: Ground;
  private effectors: Effectors;
  /** What is advised or under way, drawn from the effector to where they would meet. */
  aims: readonly Aim[] = [];
  private labels: Placed[] = [];
  private readonly widths = new Map<string, number>();
  private dueAt = 0;
  private stale = { view: true, frame: true };
  private trailSecond = 0;
  /** Reports of one sensor as they came, where they are shown. */
  raw: Raw | null = null;
  private bearings: readonly BearingMessage[] = [];
  private cursor: Place | null = null;
  private box: Box | null = null;

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
    this.symbols = this.newSymbols();
    this.ground = this.newGround();
    this.effectors = this.newEffectors();
    this.filter();
    const tick = (now: number) => {
      if (now >= this.dueAt || this.stale.view || this.stale.frame) this.draw(performance.now());
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  setSite(site: Site): void {
    this.site = site;
    this.ground = this.newGround();
    this.effectors = this.newEffectors();
    this.filter();
    this.stale.view = true;
  }

  setOptions(options: Options): void {
    const before = this.options;
    this.options = options;
    const differs = (...names: (keyof Options)[]) => names.some((name) => options[name] !== before[name]);
    if (differs("rings", "units", "labelScale")) {
      this.ground = this.newGround();
      this.effectors = this.newEffectors();
    }
    if (differs("filter")) this.filter();
    if (differs("symbols", "labelScale")) this.symbols = this.newSymbols();
    this.stale.view = true;
  }

  /** Read the colours anew, after a change of theme or when the fonts have come. */
  restyle(): void {
    this.palette = readPalette();
    this.symbols = this.newSymbols();
    this.widths.clear();
    this.cover.restyle(this.palette);
    this.stale.view = true;
  }

  framed(): void {
    if (this.options.heat) this.heat.add(this.picture);
    this.stale.frame = true;
  }

  /** Reports of one sensor as they came, or none. */
  setPlots(raw: Raw | null): void {
    this.raw = raw;
    this.stale.view = true;
  }

  setBearings(bearings: readonly BearingMessage[]): void {
    const none = bearings.length === 0 && this.bearings.length === 0;
    this.bearings = bearings;
    if (!none) this.stale.view = true;
  }

  setAims(aims: readonly Aim[]): void {
    const names = (all: readonly Aim[]) => all.map(({ effector }) => effector).join("|");
    if (names(aims) !== names(this.aims)) this.stale.view = true;
    this.aims = aims;
    this.stale.frame = true;
  }

  /** Where the pointer is, for a measurement that lacks its second end. */
  setCursor(cursor: Place | null): void {
    this.cursor = cursor;
    if (this.options.measures.at(-1)?.length === 1) this.stale.frame = true;
  }

  setBox(box: Box | null): void {
    this.box = box;
    this.stale.frame = true;
  }

  /** The basemap has moved: draw in the same animation frame, so that nothing lags behind it. */
  moved(): void {
    this.stale.view = true;
    this.draw(performance.now());
  }

  /** The track drawn nearest to a pixel, if one is near enough to be meant. */
  pick(x: number, y: number): number | null {
    let best: { id: number; d: number } | null = null;
    for (const { track, px, py } of this.spots(this.viewNow(), performance.now())) {
      const d = Math.hypot(px - x, py - y);
      if (d <= CLICK_PX * this.options.labelScale && (!best || d < best.d)) best = { id: track.record.id, d };
    }
    return best?.id ?? null;
  }

  /** The tracks drawn inside a box. */
  inside({ x0, y0, x1, y1 }: Box): number[] {
    const [left, right, top, bottom] = [
      Math.min(x0, x1),
      Math.max(x0, x1),
      Math.min(y0, y1),
      Math.max(y0, y1),
    ];
    return this.spots(this.viewNow(), performance.now())
      .filter(({ px, py }) => px >= left && px <= right && py >= top && py <= bottom)
      .map(({ track }) => track.record.id);
  }

  /** Where a track is drawn at this moment, in degrees; null when it is gone. */
  placeOf(id: number): Place | null {
    const track = this.picture.tracks.get(id);
    if (!track) return null;
    const { x, y } = this.picture.at(track, performance.now());
    return { latitude: latitudeOf(y), longitude: longitudeOf(x) };
  }

  /** Where every track that is shown is drawn at this moment. */
  spots(view: View, now: number): Spot[] {
    const found: Spot[] = [];
    for (const track of this.picture.tracks.values()) {
      if (track.hidden) continue;
      const { x, y } = this.picture.at(track, now);
      const [px, py] = [view.px(x, y), view.py(x, y)];
      if (view.contains(px, py, 60)) found.push({ track, px, py });
    }
    return found;
  }

  /** The labels on the screen, as text. */
  written(): string[][] {
    return this.labels.map(({ lines }) => [...lines]);
  }

  private newGround(): Ground {
    const { rings, units, labelScale } = this.options;
    const site = this.site && rings ? { ...this.site, rings: [...rings] } : this.site;
    return new Ground(site, this.names, units, labelScale);
  }

  private newEffectors(): Effectors {
    const { units, labelScale } = this.options;
    return new Effectors(this.site?.effectors ?? [], units, labelScale);
  }

  private newSymbols(): Symbols {
    const { symbols, labelScale } = this.options;
    return new Symbols(this.palette, window.devicePixelRatio, symbols, labelScale, () => {
      this.stale.frame = true;
    });
  }

  private filter(): void {
    const sensors = (this.site?.sensors ?? []).map(({ name }) => name);
    this.picture.filter(sieve(this.options.filter, { site: this.site, sensors }));
  }

  private draw(now: number): void {
    const view = this.viewNow();
    if (view.width === 0 || view.height === 0) return;
    const second = Math.floor(this.picture.t);
    if (this.stale.view) this.cover.draw(view);
    if (this.stale.view) this.drawGround(view);
    if (this.stale.view || (this.stale.frame && second !== this.trailSecond)) {
      this.trailSecond = second;
      this.drawPast(view);
    }
    const spots = this.spots(view, now);
    const g = sized(this.layers.live, view);
    if (this.stale.view || this.stale.frame) this.placeLabels(g, spots);
    this.stale = { view: false, frame: false };
    this.drawLive(g, view, spots);
    const others = this.options.measures.length + this.aims.length;
    show(this.layers.live, spots.length + others > 0 || this.box !== null);
    const spent = performance.now() - now;
    this.cost.draws += 1;
    this.cost.lastMs = spent;
    this.dueAt = now + Math.max(spent / MOST_SHARE, this.pause(view, spots));
  }

  private drawGround(view: View): void {
    const g = sized(this.layers.ground, view);
    this.ground.draw(g, view, this.palette);
    const named = new Set(this.aims.map(({ effector }) => effector));
    this.effectors.draw(g, view, this.palette, this.options.envelopes, named);
  }

  private placeLabels(g: G, spots: readonly Spot[]): void {
    const { labels, selected, units, datum, labelScale: scale } = this.options;
    const style: LabelStyle = { ground: this.site?.height ?? 0, units, datum, scale };
    g.font = this.font();
    this.labels = placeLabels(spots, labels, selected, style, (text) => this.width(g, text));
  }

  private font(): string {
    return `${12 * this.options.labelScale}px ${FONT}`;
  }

  /** Milliseconds until something has visibly moved. */
  private pause(view: View, spots: readonly Spot[]): number {
    let fastest = 0;
    for (const { track } of spots) fastest = Math.max(fastest, Math.abs(track.vx) + Math.abs(track.vy));
    const pixelsPerSecond = fastest * view.scale * this.picture.pace;
    return Math.min(SLOWEST_MS, (1000 * VISIBLE_PX) / Math.max(pixelsPerSecond, 1e-6));
  }

  /** Trails, and what changes once a second. */
  private drawPast(view: View): void {
    const g = sized(this.layers.trails, view);
    const { trails, selected, marked, trailSeconds, trailColour, persistence, bearings, heat } = this.options;
    const there = [...this.picture.tracks.values()].filter(({ hidden }) => !hidden);
    const wanted = ({ record: { id } }: Plotted) => trails === "all" || id === selected || marked.has(id);
    const shown = trails === "off" ? [] : there.filter(wanted);
    const gone = persistence && trails === "all" ? this.picture.gone : [];
    const rays = bearings ? this.bearings : [];
    show(this.layers.trails, shown.length + gone.length + rays.length > 0 || this.raw !== null || heat);
    if (heat) this.heat.draw(g, view, this.palette);
    drawBearings(g, view, this.palette, rays, this.site?.sensors ?? []);
    const style = { seconds: trailSeconds, colour: trailColour, ground: this.site?.height ?? 0 };
    drawTrails(g, view, this.palette, [...gone, ...shown], this.picture.t, style);
    if (this.raw) drawPlots(g, view, this.palette, { ...this.raw, t: this.picture.t });
  }

  private drawLive(g: G, view: View, spots: readonly Spot[]): void {
    const { selected, marked, measures, labelScale, units } = this.options;
    drawEllipses(g, view, this.palette, spots, selected);
    drawVectors(g, view, this.palette, spots);
    drawAims(g, view, this.palette, this.aims, this.site?.effectors ?? [], this.picture.t);
    const pixels = new Map(spots.map((spot) => [spot.track, spot]));
    const chosen = spots.find(({ track }) => track.record.id === selected);
    // What nobody may overlook lies on top of everything.
    const urgent = (spot: Spot) => spot.track.record.severity > 0 || spot === chosen;
    const crowd = spots.length > CROWD;
    const symbol = ({ track, px, py }: Spot) =>
      this.symbols.draw(g, track.record, px, py, view.bearing, crowd);
    for (const spot of spots) if (!urgent(spot)) symbol(spot);
    this.writeLabels(g, pixels);
    for (const spot of spots) if (urgent(spot)) symbol(spot);
    const radius = RING_PX * labelScale;
    if (marked.size > 0) {
      const others = spots.filter(({ track }) => marked.has(track.record.id));
      drawMarked(g, others, this.palette.select, radius * 0.8);
    }
    if (chosen) drawRing(g, chosen.px, chosen.py, this.palette.select, radius);
    if (measures.length > 0) {
      drawRulers(g, view, this.palette, measures, this.cursor, (id) => this.placeOf(id), units);
    }
    if (this.box) drawBox(g, this.palette, this.box);
  }

  private writeLabels(g: G, pixels: ReadonlyMap<Plotted, Spot>): void {
    g.font = this.font();
    g.textAlign = "left";
    g.textBaseline = "middle";
    const line = LINE * this.options.labelScale;
    for (const { track, lines, dx, dy, width } of this.labels) {
      const spot = pixels.get(track);
      if (!spot) continue;
      const [x, y] = [Math.round(spot.px + dx), Math.round(spot.py + dy)];
      g.fillStyle = this.palette.plate;
      g.fillRect(x - 3, y - 1, width + 6, lines.length * line + 2);
      g.fillStyle = track.record.severity > 0 ? inkOf(this.palette, track.record) : this.palette.label;
      lines.forEach((text, i) => {
        if (i === 1 && track.record.severity === 0) g.fillStyle = this.palette["label-dim"];
        g.fillText(text, x, y + line * (i + 0.5));
      });
    }
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
