/** The same basemap drawn on a plain canvas, for machines without WebGL. */

import type { Position } from "geojson";
import { readPalette } from "../palette";
import { Gestures } from "./gestures";
import { wrap } from "../geodesy";
import { MAX_ZOOM, MIN_ZOOM, View, worldX, worldY, type Basemap, type Camera } from "./view";
import { graticule, type World } from "./world";

/** A line in world coordinates with its bounds, so that what is out of sight costs nothing. */
interface Outline {
  points: Float64Array;
  west: number;
  east: number;
  north: number;
  south: number;
}

function outline(positions: Position[]): Outline {
  const points = new Float64Array(positions.length * 2);
  const line: Outline = { points, west: 1, east: 0, north: 1, south: 0 };
  positions.forEach(([lon = 0, lat = 0], i) => {
    const x = worldX(lon);
    const y = worldY(lat);
    points[2 * i] = x;
    points[2 * i + 1] = y;
    line.west = Math.min(line.west, x);
    line.east = Math.max(line.east, x);
    line.north = Math.min(line.north, y);
    line.south = Math.max(line.south, y);
  });
  return line;
}

export class CanvasBasemap implements Basemap {
  readonly kind = "canvas";
  private readonly canvas = document.createElement("canvas");
  private readonly land: Outline[];
  private readonly coast: Outline[];
  private readonly borders: Outline[];
  private readonly grids: { from: number; to: number; lines: Outline[] }[];
  private readonly listeners: (() => void)[] = [];
  private readonly observer = new ResizeObserver(() => this.changed());
  private readonly gestures: Gestures;
  private flight = 0;
  private pending = 0;

  constructor(
    private readonly container: HTMLElement,
    world: World,
    private camera: Camera,
  ) {
    this.land = world.land.features.flatMap(({ geometry }) =>
      (geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat()).map(outline),
    );
    this.coast = world.coast.coordinates.map(outline);
    this.borders = world.borders.coordinates.map(outline);
    this.grids = [
      { from: 0, to: 6, lines: graticule(10).coordinates.map(outline) },
      { from: 6, to: 99, lines: graticule(1).coordinates.map(outline) },
    ];
    this.canvas.className = "basemap-canvas";
    container.append(this.canvas);
    this.gestures = new Gestures(container, {
      pan: (dx, dy) => this.move(dx, dy),
      zoom: (levels, x, y) => this.zoomAround(levels, x, y),
    });
    this.observer.observe(container);
    this.changed();
  }

  view(): View {
    const { latitude, longitude, zoom, bearing } = this.camera;
    const { clientWidth, clientHeight } = this.container;
    return new View(latitude, longitude, zoom, clientWidth, clientHeight, bearing);
  }

  jump(camera: Camera): void {
    cancelAnimationFrame(this.flight);
    this.camera = { ...camera, bearing: camera.bearing ?? this.camera.bearing ?? 0 };
    this.changed();
  }

  fly(target: Camera): void {
    cancelAnimationFrame(this.flight);
    const start = { bearing: 0, ...this.camera };
    const turn = wrap((target.bearing ?? start.bearing) - start.bearing);
    const begun = performance.now();
    const step = (now: number) => {
      const u = Math.min(1, Math.max(0, (now - begun) / 500));
      const s = u * u * (3 - 2 * u);
      const blend = (a: number, b: number) => a + (b - a) * s;
      this.camera = {
        latitude: blend(start.latitude, target.latitude),
        longitude: blend(start.longitude, target.longitude),
        zoom: blend(start.zoom, target.zoom),
        bearing: wrap(start.bearing + turn * s),
      };
      this.changed();
      if (u < 1) this.flight = requestAnimationFrame(step);
    };
    this.flight = requestAnimationFrame(step);
  }

  panBy(dx: number, dy: number): void {
    this.move(-dx, -dy);
  }

  zoomBy(levels: number): void {
    this.fly({ ...this.camera, zoom: clampZoom(this.camera.zoom + levels) });
  }

  repaint(): void {
    this.changed();
  }

  onView(listener: () => void): void {
    this.listeners.push(listener);
  }

  remove(): void {
    cancelAnimationFrame(this.flight);
    cancelAnimationFrame(this.pending);
    this.observer.disconnect();
    this.gestures.remove();
    this.canvas.remove();
  }

  /** Drag the ground by so many pixels. */
  private move(dx: number, dy: number): void {
    const view = this.view();
    const { latitude, longitude } = view.unproject(view.width / 2 - dx, view.height / 2 - dy);
    this.jump({ latitude: Math.max(-84, Math.min(84, latitude)), longitude, zoom: view.zoom });
  }

  /** Zoom so that the ground under the pixel (x, y) stays there. */
  private zoomAround(levels: number, x: number, y: number): void {
    const before = this.view();
    const zoom = clampZoom(before.zoom + levels);
    const gain = 1 - 2 ** (before.zoom - zoom);
    const [right, down] = [(x - before.width / 2) * gain, (y - before.height / 2) * gain];
    this.jump({ ...before.unproject(before.width / 2 + right, before.height / 2 + down), zoom });
  }

  private changed(): void {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.draw();
      for (const listener of this.listeners) listener();
    });
  }

  private draw(): void {
    const view = this.view();
    const ratio = window.devicePixelRatio;
    this.canvas.width = Math.round(view.width * ratio);
    this.canvas.height = Math.round(view.height * ratio);
    const g = this.canvas.getContext("2d");
    if (!g) return;
    const palette = readPalette();
    g.scale(ratio, ratio);
    g.fillStyle = palette.water;
    g.fillRect(0, 0, view.width, view.height);
    trace(g, view, this.land, true);
    g.fillStyle = palette.land;
    g.fill("evenodd");
    g.lineWidth = 1;
    for (const grid of this.grids) {
      if (view.zoom >= grid.from && view.zoom < grid.to) stroke(g, view, grid.lines, palette.grid);
    }
    stroke(g, view, this.coast, palette.coast);
    g.setLineDash([5, 3]);
    stroke(g, view, this.borders, palette.border);
  }
}

function clampZoom(zoom: number): number {
  return Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, zoom));
}

function stroke(g: CanvasRenderingContext2D, view: View, lines: Outline[], colour: string): void {
  trace(g, view, lines, false);
  g.strokeStyle = colour;
  g.stroke();
}

/** Put into the current path what of `lines` is in sight, in each copy of the world that is. */
function trace(g: CanvasRenderingContext2D, view: View, lines: Outline[], closed: boolean): void {
  const diagonal = Math.hypot(view.width, view.height) / 2 / view.scale;
  const halfW = view.bearing ? diagonal : view.width / 2 / view.scale;
  const halfH = view.bearing ? diagonal : view.height / 2 / view.scale;
  g.beginPath();
  for (const copy of [-1, 0, 1]) {
    const cx = view.cx - copy;
    for (const line of lines) {
      if (line.east < cx - halfW || line.west > cx + halfW) continue;
      if (line.south < view.cy - halfH || line.north > view.cy + halfH) continue;
      path(g, line.points, cx, view, closed);
    }
  }
}

function path(
  g: CanvasRenderingContext2D,
  points: Float64Array,
  cx: number,
  view: View,
  closed: boolean,
): void {
  let [lastX, lastY] = [Infinity, Infinity];
  const n = points.length;
  for (let i = 0; i < n; i += 2) {
    const [right, down] = view.turned((points[i] ?? 0) - cx, (points[i + 1] ?? 0) - view.cy);
    const [x, y] = [right + view.width / 2, down + view.height / 2];
    if (i === 0) g.moveTo(x, y);
    else if (i === n - 2 || Math.abs(x - lastX) + Math.abs(y - lastY) > 0.7) g.lineTo(x, y);
    else continue;
    [lastX, lastY] = [x, y];
  }
  if (closed) g.closePath();
}
