/** The map as the page uses it: one basemap, the overlay on it, and what the pointer does there. */

import { Overlay, type Options } from "../overlay/overlay";
import type { Place } from "../geodesy";
import type { Site } from "../messages";
import type { Box } from "../overlay/rulers";
import { openBasemap } from "./open";
import { View, zoomForRadius, type Basemap, type Camera } from "./view";
import { loadWorld } from "./world";

export interface MapEvents {
  /** A click, on a track or on the ground; `more`: with Shift, to choose one more. */
  picked(id: number | null, place: Place, more: boolean): void;
  /** A box was drawn about these. */
  boxed(ids: number[]): void;
  dragged(): void;
  pointed(place: Place | null): void;
  viewed(view: View): void;
}

const WHOLE_WORLD: Camera = { latitude: 30, longitude: 20, zoom: 1.5 };
interface Pixel {
  x: number;
  y: number;
}

/** A press that moves less than this is a click. */
const CLICK_SLACK_PX = 5;

export class MapView {
  readonly element = document.createElement("div");
  overlay!: Overlay;
  private basemap!: Basemap;
  private readonly ground = document.createElement("div");

  constructor(private readonly events: MapEvents) {
    this.element.className = "map";
    this.ground.className = "map-ground";
    this.element.append(this.ground);
  }

  /** Load the world and start drawing; the element must be in the document. */
  async open(camera: Camera | undefined, site: () => Site | null, options: Options): Promise<void> {
    const world = await loadWorld();
    const known = site();
    const start = camera ?? (known ? this.cameraFor(known) : WHOLE_WORLD);
    this.basemap = await openBasemap(this.ground, world, start, (basemap) => this.adopt(basemap));
    this.overlay = new Overlay(this.element, () => this.basemap.view(), options, site(), world.names);
    this.adopt(this.basemap);
    this.listen();
  }

  get kind(): "webgl" | "canvas" {
    return this.basemap.kind;
  }

  view(): View {
    return this.basemap.view();
  }

  camera(): Camera {
    const { latitude, longitude, zoom, bearing } = this.basemap.view();
    return { latitude, longitude, zoom, bearing };
  }

  /** The whole site: out to a little more than the largest ring. */
  cameraFor(site: Site): Camera {
    const { clientWidth: width, clientHeight: height } = this.element;
    const radius = Math.max(
      ...site.rings,
      ...site.sensors.map((s) => s.range ?? 0).filter((r) => r < 100_000),
      5_000,
    );
    const { latitude, longitude } = site;
    return { latitude, longitude, zoom: zoomForRadius(latitude, radius * 1.06, width, height) };
  }

  fly(camera: Partial<Camera>): void {
    this.basemap.fly({ ...this.camera(), ...camera });
  }

  jump(camera: Camera): void {
    this.basemap.jump(camera);
  }

  panBy(dx: number, dy: number): void {
    this.basemap.panBy(dx, dy);
  }

  zoomBy(levels: number): void {
    this.basemap.zoomBy(levels);
  }

  restyle(): void {
    this.basemap.repaint();
    this.overlay.restyle();
  }

  /** Bring a place back to the middle when it nears the edge, so that the map rests most of the time. */
  keepInSight(latitude: number, longitude: number): void {
    const view = this.view();
    const { x, y } = view.project(latitude, longitude);
    const [offX, offY] = [Math.abs(x / view.width - 0.5), Math.abs(y / view.height - 0.5)];
    if (offX > 0.22 || offY > 0.22) this.fly({ latitude, longitude });
  }

  private adopt(basemap: Basemap): void {
    this.basemap = basemap;
    basemap.onView(() => {
      this.overlay.moved();
      this.events.viewed(basemap.view());
    });
    this.overlay.moved();
    this.events.viewed(basemap.view());
  }

  private at(event: MouseEvent): Pixel {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private listen(): void {
    let pressed: Pixel | null = null;
    const travelled = (at: Pixel) => (pressed ? Math.hypot(at.x - pressed.x, at.y - pressed.y) : Infinity);
    this.element.addEventListener("pointerdown", (event) => (pressed = this.at(event)), true);
    this.element.addEventListener("pointermove", (event) => {
      const at = this.at(event);
      const moved = event.buttons !== 0 && pressed !== null && travelled(at) > CLICK_SLACK_PX;
      if (moved && !event.shiftKey) this.events.dragged();
      if (event.pointerType === "mouse") this.events.pointed(this.view().unproject(at.x, at.y));
    });
    this.element.addEventListener("pointerleave", () => this.events.pointed(null));
    this.element.addEventListener("click", (event) => {
      const at = this.at(event);
      if (travelled(at) > CLICK_SLACK_PX) return;
      const place = this.view().unproject(at.x, at.y);
      this.events.picked(this.overlay.pick(at.x, at.y), place, event.shiftKey);
    });
    this.listenForBox();
  }

  /** Shift with a drag draws a box; the basemap must not see it, or it would move. */
  private listenForBox(): void {
    let box: Box | null = null;
    const keep = (event: Event) => event.stopPropagation();
    const begin = (event: PointerEvent) => {
      if (!event.shiftKey || event.button !== 0 || event.target instanceof HTMLButtonElement) return;
      const { x, y } = this.at(event);
      box = { x0: x, y0: y, x1: x, y1: y };
      this.element.setPointerCapture(event.pointerId);
      keep(event);
    };
    const draw = (event: PointerEvent) => {
      if (!box) return;
      const { x, y } = this.at(event);
      box = { ...box, x1: x, y1: y };
      this.overlay.setBox(box);
      keep(event);
    };
    const end = (event: PointerEvent) => {
      if (!box) return;
      const drawn = box;
      box = null;
      this.overlay.setBox(null);
      keep(event);
      const size = Math.hypot(drawn.x1 - drawn.x0, drawn.y1 - drawn.y0);
      if (event.type === "pointerup" && size > CLICK_SLACK_PX) this.events.boxed(this.overlay.inside(drawn));
    };
    this.element.addEventListener("pointerdown", begin, true);
    this.element.addEventListener("pointermove", draw, true);
    this.element.addEventListener("pointerup", end, true);
    this.element.addEventListener("pointercancel", end, true);
    // MapLibre listens to the mouse, not to the pointer.
    this.element.addEventListener("mousedown", (event) => event.shiftKey && keep(event), true);
  }
}
