/** Web Mercator, turned as one likes: one small projection shared by both basemaps and the overlay. */

import { wrap } from "../geodesy";

/** Half the circumference of the ellipsoid's equator is 20,037,508 m; a world unit is the whole of it. */
export const EQUATOR = 2 * Math.PI * 6_378_137;
const TILE = 512; // MapLibre's zoom 0 shows the world in 512 px
const RAD = Math.PI / 180;
/** Where the Web Mercator square ends. */
const LAST_LATITUDE = 85.0511287798066;
export const MIN_ZOOM = 1;
export const MAX_ZOOM = 17;

/** World coordinates: x and y from 0 to 1, from the north-west corner. */
export function worldX(longitude: number): number {
  return longitude / 360 + 0.5;
}

export function worldY(latitude: number): number {
  const clipped = Math.max(-LAST_LATITUDE, Math.min(LAST_LATITUDE, latitude));
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + (clipped * RAD) / 2)) / (2 * Math.PI);
}

export function latitudeOf(y: number): number {
  return (2 * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - Math.PI / 2) / RAD;
}

export function longitudeOf(x: number): number {
  return wrap((x - 0.5) * 360);
}

/** World units per metre on the ground at a latitude. */
export function worldPerMetre(latitude: number): number {
  return 1 / (EQUATOR * Math.cos(latitude * RAD));
}

/** What part of the world the map shows, and the way from there to pixels. */
export class View {
  readonly scale: number;
  readonly cx: number;
  readonly cy: number;
  private readonly cos: number;
  private readonly sin: number;

  constructor(
    readonly latitude: number,
    readonly longitude: number,
    readonly zoom: number,
    readonly width: number,
    readonly height: number,
    /** Degrees clockwise from north of what is up on the screen. */
    readonly bearing = 0,
  ) {
    this.scale = TILE * 2 ** zoom;
    this.cx = worldX(longitude);
    this.cy = worldY(latitude);
    this.cos = Math.cos(bearing * RAD);
    this.sin = Math.sin(bearing * RAD);
  }

  /** Pixel of a world place; the copy of the world nearest to the centre is meant. */
  px(x: number, y: number): number {
    const dx = x - this.cx;
    return ((dx - Math.round(dx)) * this.cos + (y - this.cy) * this.sin) * this.scale + this.width / 2;
  }

  py(x: number, y: number): number {
    const dx = x - this.cx;
    return ((y - this.cy) * this.cos - (dx - Math.round(dx)) * this.sin) * this.scale + this.height / 2;
  }

  project(latitude: number, longitude: number): { x: number; y: number } {
    const [x, y] = [worldX(longitude), worldY(latitude)];
    return { x: this.px(x, y), y: this.py(x, y) };
  }

  /** World coordinates of a pixel. */
  world(px: number, py: number): { x: number; y: number } {
    const [right, down] = [(px - this.width / 2) / this.scale, (py - this.height / 2) / this.scale];
    return {
      x: this.cx + right * this.cos - down * this.sin,
      y: this.cy + right * this.sin + down * this.cos,
    };
  }

  unproject(px: number, py: number): { latitude: number; longitude: number } {
    const { x, y } = this.world(px, py);
    return { latitude: latitudeOf(y), longitude: longitudeOf(x) };
  }

  /** A step in world coordinates, as pixels right and down. */
  turned(dx: number, dy: number): [number, number] {
    return [(dx * this.cos + dy * this.sin) * this.scale, (dy * this.cos - dx * this.sin) * this.scale];
  }

  pixelsPerMetre(latitude: number = this.latitude): number {
    return this.scale * worldPerMetre(latitude);
  }

  contains(x: number, y: number, margin = 0): boolean {
    return x >= -margin && y >= -margin && x <= this.width + margin && y <= this.height + margin;
  }
}

/** The zoom at which a circle of `radius` metres fills the smaller side of the screen. */
export function zoomForRadius(latitude: number, radius: number, width: number, height: number): number {
  const pixels = 0.44 * Math.min(width, height);
  const zoom = Math.log2(pixels / (radius * worldPerMetre(latitude) * TILE));
  return Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, zoom));
}

export interface Camera {
  latitude: number;
  longitude: number;
  zoom: number;
  bearing?: number;
}

/** What the page needs of a basemap, whichever draws it. */
export interface Basemap {
  readonly kind: "webgl" | "canvas";
  view(): View;
  jump(camera: Camera): void;
  fly(camera: Camera): void;
  panBy(dx: number, dy: number): void;
  zoomBy(levels: number): void;
  repaint(): void;
  /** Called in the same animation frame in which the basemap draws a changed view. */
  onView(listener: () => void): void;
  remove(): void;
}
