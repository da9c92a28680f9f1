/** Draws a rule on the map: clicks set points, the map can still be moved. Its own canvas, its own listeners. */

import { rangeAndBearing, type Place } from "../geodesy";
import type { MapView } from "../map/mapview";
import type { Store } from "../store";
import { outline, places, written, type Draft } from "./draft";

/** A press that moves less than this is a click; the rest moves the map. */
const CLICK_SLACK_PX = 5;

export class Drawing {
  private readonly canvas = document.createElement("canvas");
  private pointer: Place | null = null;
  private pressed: { x: number; y: number } | null = null;
  private frame = 0;

  constructor(
    private readonly map: MapView,
    private readonly store: Store,
  ) {
    this.canvas.className = "overlay drawing";
    const { element } = map;
    // In the capturing phase, so that a click that sets a point selects no track below it.
    element.addEventListener(
      "pointerdown",
      (event) => (this.pressed = { x: event.clientX, y: event.clientY }),
      true,
    );
    element.addEventListener("pointermove", (event) => this.moved(event), true);
    element.addEventListener("click", (event) => this.clicked(event), true);
    element.addEventListener("dblclick", (event) => this.active && this.finish(event), true);
    store.subscribe(({ draft }, before) => draft !== before.draft && this.show());
  }

  private get draft(): Draft | null {
    return this.store.state.draft;
  }

  private get active(): boolean {
    return this.draft?.drawing ?? false;
  }

  /** Take the last point back. */
  back(): void {
    const { draft } = this;
    if (draft) this.change({ points: written(places(draft.points).slice(0, -1)) });
  }

  private change(change: Partial<Draft>): void {
    if (this.draft) this.store.set({ draft: { ...this.draft, ...change } });
  }

  private place(event: MouseEvent): Place {
    const box = this.map.element.getBoundingClientRect();
    return this.map.view().unproject(event.clientX - box.left, event.clientY - box.top);
  }

  private moved(event: PointerEvent): void {
    if (this.active && event.pointerType === "mouse") this.pointer = this.place(event);
  }

  private clicked(event: MouseEvent): void {
    const { draft, pressed } = this;
    if (!draft || !this.active) return;
    const travelled = pressed ? Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) : Infinity;
    event.stopPropagation();
    if (travelled > CLICK_SLACK_PX || event.detail > 1) return;
    const at = this.place(event);
    if (draft.shape !== "circle") this.change({ points: written([...places(draft.points), at]) });
    else this.circle(draft, at);
  }

  /** The first click is the centre, the second says how far it reaches. */
  private circle(draft: Draft, at: Place): void {
    const [centre] = places(draft.points);
    if (!centre || draft.size) this.change({ points: written([at]), size: "" });
    else {
      const range = rangeAndBearing(centre, at)?.range ?? 0;
      if (range >= 1) this.change({ size: String(Math.round(range)), drawing: false });
    }
  }

  /** A double click ends a line; its first click has set the last point. */
  private finish(event: MouseEvent): void {
    event.preventDefault();
    event.stopPropagation();
    this.change({ drawing: false });
  }

  private show(): void {
    const { draft } = this;
    this.map.element.classList.toggle("is-drawing", this.active);
    if (!draft) {
      this.canvas.remove();
      cancelAnimationFrame(this.frame);
      this.frame = 0;
      this.pointer = null;
      return;
    }
    if (!this.canvas.isConnected) this.map.element.append(this.canvas);
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    this.frame = requestAnimationFrame(() => this.draw());
    const { draft, canvas } = this;
    const g = canvas.getContext("2d");
    if (!draft || !g) return;
    const { width, height } = this.map.view();
    const ratio = window.devicePixelRatio;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    this.paint(g, draft);
  }

  private paint(g: CanvasRenderingContext2D, draft: Draft): void {
    const view = this.map.view();
    const colour = getComputedStyle(document.documentElement).getPropertyValue(`--map-${draft.severity}`);
    const spot = (place: Place) => view.project(place.latitude, place.longitude);
    const line = outline(draft, this.active ? this.pointer : null).map(spot);
    g.strokeStyle = g.fillStyle = colour;
    g.lineWidth = 2;
    g.lineJoin = g.lineCap = "round";
    g.beginPath();
    line.forEach(({ x, y }, i) => (i === 0 ? g.moveTo(x, y) : g.lineTo(x, y)));
    if (draft.shape !== "corridor") g.closePath();
    const width = Number(draft.size) * view.pixelsPerMetre();
    if (draft.shape === "corridor" && width > 2) {
      g.globalAlpha = 0.25;
      g.lineWidth = width;
      g.stroke();
      g.lineWidth = 2;
    } else if (draft.shape !== "corridor") {
      g.globalAlpha = 0.15;
      g.fill();
    }
    g.globalAlpha = 1;
    g.setLineDash(this.active ? [6, 5] : []);
    g.stroke();
    g.setLineDash([]);
    for (const { x, y } of places(draft.points).map(spot)) g.fillRect(x - 4, y - 4, 8, 8);
  }
}
