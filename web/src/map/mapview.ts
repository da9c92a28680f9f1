/** The map as the page uses it: one basemap, the overlay on it, and what the pointer does there. */

import { Overlay, type Options } from "../overlay/overlay";
import type { Site } from "../messages";
import { openBasemap } from "./open";
import { View, zoomForRadius, type Basemap, type Camera } from "./view";
import { loadWorld } from "./world";

export interface MapEvents {
  picked(id: number | null): void;
  dragged(): void;
  pointed(place: { latitude: number; longitude: number } | null): void;
  viewed(view: View): void;
}

const WHOLE_WORLD: Camera = { latitude: 30, longitude: 20, zoom: 1.5 };
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
    const { latitude, longitude, zoom } = this.basemap.view();
    return { latitude, longitude, zoom };
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

  private listen(): void {
    let pressed: { x: number; y: number } | null = null;
    const place = (event: MouseEvent) => {
      const box = this.element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    const travelled = (at: { x: number; y: number }) =>
      pressed ? Math.hypot(at.x - pressed.x, at.y - pressed.y) : Infinity;
    this.element.addEventListener("pointerdown", (event) => (pressed = place(event)), true);
    this.element.addEventListener("pointermove", (event) => {
      const at = place(event);
      if (event.buttons && pressed && travelled(at) > CLICK_SLACK_PX) this.events.dragged();
      if (event.pointerType === "mouse") this.events.pointed(this.view().unproject(at.x, at.y));
    });
    this.element.addEventListener("pointerleave", () => this.events.pointed(null));
    this.element.addEventListener("click", (event) => {
      const at = place(event);
      if (travelled(at) <= CLICK_SLACK_PX) this.events.picked(this.overlay.pick(at.x, at.y));
    });
  }
}
