/** What stays: the site, its range rings and bearings, zones, assets, sensors, names of countries. */

import { destination, type Place } from "../geodesy";
import { distance, type Units } from "../format";
import type { Site, Zone } from "../messages";
import type { View } from "../map/view";
import type { CountryName } from "../map/world";
import type { Palette } from "../palette";

type G = CanvasRenderingContext2D;
export const FONT = '"Noto Sans", system-ui, sans-serif';
const RING_CORNERS = 120;
/** Ring distances stand between the bearings that are written out. */
const LABEL_BEARING = 45;
/** A site whose largest ring is smaller than this on the screen is drawn as a point with its name. */
const SMALLEST_RING_PX = 70;
/** Assets and sensors stand some hundred metres apart: named only where 1 km is at least this wide. */
const NAMES_PX_PER_KM = 55;

/** Points of a circle of `radius` metres, from north clockwise. */
function circle(centre: Place, radius: number, corners = RING_CORNERS): Place[] {
  return Array.from({ length: corners }, (_, i) => destination(centre, (360 * i) / corners, radius));
}

/** The site's circles, worked out once: Vincenty's formula is too slow for every redraw. */
export class Ground {
  private readonly rings: { radius: number; points: Place[]; label: Place }[] = [];
  private readonly ranges: Place[][] = [];
  private readonly assets: Place[][] = [];
  private readonly ticks: { inner: Place; outer: Place; text: Place; bearing: number }[] = [];

  constructor(
    private readonly site: Site | null,
    private readonly names: readonly CountryName[],
    private readonly units: Units,
    private readonly scale = 1,
  ) {
    if (!site) return;
    const rings = [...site.rings].sort((a, b) => a - b);
    this.rings = rings.map((radius) => ({
      radius,
      points: circle(site, radius),
      label: destination(site, LABEL_BEARING, radius),
    }));
    this.ranges = site.sensors.flatMap((s) => (s.range && s.range > 0 ? [circle(s, s.range)] : []));
    this.assets = site.assets.map((a) => (a.radius && a.radius > 0 ? circle(a, a.radius, 60) : []));
    const last = rings.at(-1);
    if (last) this.ticks = bearings(site, last);
  }

  draw(g: G, view: View, palette: Palette): void {
    this.countries(g, view, palette);
    if (!this.site) return;
    if (this.isPoint(view)) {
      drawPoint(g, view, palette, this.site, this.scale);
      return;
    }
    for (const zone of this.site.zones) drawZone(g, view, palette, zone);
    this.sensorRanges(g, view, palette);
    this.drawRings(g, view, palette);
    this.site.sensors.forEach((sensor) => drawSensor(g, view, palette, sensor, this.scale));
    this.site.assets.forEach((asset, i) => {
      outline(g, view, this.assets[i] ?? []);
      g.strokeStyle = palette.asset;
      g.lineWidth = 1;
      g.setLineDash([2, 3]);
      g.stroke();
      g.setLineDash([]);
      drawAsset(g, view, palette, asset, this.scale);
    });
    for (const zone of this.site.zones) nameZone(g, view, palette, zone, this.scale);
    drawCentre(g, view, palette, this.site);
  }

  private isPoint(view: View): boolean {
    const radius = this.rings.at(-1)?.radius ?? 20_000;
    return radius * view.pixelsPerMetre() < SMALLEST_RING_PX;
  }

  private countries(g: G, view: View, palette: Palette): void {
    const { scale } = this;
    g.font = `600 ${11 * scale}px ${FONT}`;
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.fillStyle = palette.place;
    for (const country of this.names) {
      const text = country.name.toUpperCase();
      if ((country.width / 360) * view.scale < text.length * 9) continue;
      const { x, y } = view.project(country.latitude, country.longitude);
      if (view.contains(x, y, 100)) g.fillText(text, x, y);
    }
  }

  private sensorRanges(g: G, view: View, palette: Palette): void {
    g.strokeStyle = palette.sensor;
    g.globalAlpha = 0.4;
    g.lineWidth = 1;
    g.setLineDash([1, 5]);
    for (const range of this.ranges) {
      outline(g, view, range);
      g.stroke();
    }
    g.setLineDash([]);
    g.globalAlpha = 1;
  }

  private drawRings(g: G, view: View, palette: Palette): void {
    const { scale } = this;
    g.strokeStyle = palette.ring;
    g.lineWidth = 1;
    for (const ring of this.rings) {
      outline(g, view, ring.points);
      g.stroke();
    }
    g.beginPath();
    for (const { inner, outer } of this.ticks) {
      const a = view.project(inner.latitude, inner.longitude);
      const b = view.project(outer.latitude, outer.longitude);
      g.moveTo(a.x, a.y);
      g.lineTo(b.x, b.y);
    }
    g.stroke();
    g.font = `${11 * scale}px ${FONT}`;
    g.textAlign = "center";
    g.textBaseline = "middle";
    for (const { text, bearing } of this.ticks) {
      if (bearing % 30 !== 0) continue;
      const { x, y } = view.project(text.latitude, text.longitude);
      plate(g, palette, String(bearing).padStart(3, "0"), x, y, palette["ring-text"]);
    }
    this.nameRings(g, view, palette);
  }

  /** Distances, left out where they would touch. */
  private nameRings(g: G, view: View, palette: Palette): void {
    let last = { x: Infinity, y: Infinity };
    for (const ring of this.rings) {
      const at = view.project(ring.label.latitude, ring.label.longitude);
      if (Math.hypot(last.x - at.x, last.y - at.y) < 30 * this.scale) continue;
      last = at;
      plate(
        g,
        palette,
        distance(ring.radius, this.units).replace(".0 ", " "),
        at.x,
        at.y,
        palette["ring-text"],
      );
    }
  }
}

function bearings(
  site: Place,
  radius: number,
): { inner: Place; outer: Place; text: Place; bearing: number }[] {
  return Array.from({ length: 36 }, (_, i) => {
    const bearing = 10 * i;
    const size = bearing % 30 === 0 ? 0.025 : 0.012;
    return {
      bearing,
      inner: destination(site, bearing, radius),
      outer: destination(site, bearing, radius * (1 + size)),
      text: destination(site, bearing, radius * 1.055),
    };
  });
}

function outline(g: G, view: View, points: readonly Place[]): void {
  g.beginPath();
  for (const point of points) {
    const { x, y } = view.project(point.latitude, point.longitude);
    g.lineTo(x, y);
  }
  g.closePath();
}

/** Text on a piece of the ground's own colour, so that a line below does not cross it out. */
function plate(g: G, palette: Palette, text: string, x: number, y: number, colour: string): void {
  const width = g.measureText(text).width;
  const half = 0.7 * parseFloat(g.font.replace(/^\D*600 /, ""));
  g.fillStyle = palette.plate;
  g.fillRect(x - width / 2 - 3, y - half, width + 6, 2 * half);
  g.fillStyle = colour;
  g.fillText(text, x, y + 0.5);
}

const ZONE_DASH = { advisory: [2, 4], warning: [9, 4], critical: [] } as const;

function drawZone(g: G, view: View, palette: Palette, zone: Zone): void {
  outline(
    g,
    view,
    zone.polygon.map(([latitude, longitude]) => ({ latitude, longitude })),
  );
  g.fillStyle = g.strokeStyle = palette[zone.severity];
  g.globalAlpha = 0.07;
  g.fill();
  g.globalAlpha = 0.75;
  g.lineWidth = zone.severity === "critical" ? 1.8 : 1.3;
  g.setLineDash([...ZONE_DASH[zone.severity]]);
  g.stroke();
  g.setLineDash([]);
  g.globalAlpha = 1;
}

function nameZone(g: G, view: View, palette: Palette, zone: Zone, scale: number): void {
  const south = zone.polygon.reduce((best, p) => (p[0] < best[0] ? p : best), zone.polygon[0] ?? [0, 0]);
  const { x, y } = view.project(south[0], south[1]);
  const [a, b] = [view.project(...(zone.polygon[0] ?? [0, 0])), { x, y }];
  if (Math.hypot(a.x - b.x, a.y - b.y) < 60) return;
  g.font = `600 ${11 * scale}px ${FONT}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  plate(g, palette, zone.name, x, y, palette[zone.severity]);
}

function drawAsset(g: G, view: View, palette: Palette, asset: { name: string } & Place, scale: number): void {
  const { x, y } = view.project(asset.latitude, asset.longitude);
  if (!view.contains(x, y, 40)) return;
  g.fillStyle = palette.plate;
  g.strokeStyle = palette.asset;
  g.lineWidth = 1.6;
  g.fillRect(x - 4.5, y - 4.5, 9, 9);
  g.strokeRect(x - 4.5, y - 4.5, 9, 9);
  if (view.pixelsPerMetre() * 1000 < NAMES_PX_PER_KM) return;
  g.font = `${12 * scale}px ${FONT}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  plate(g, palette, asset.name, x, y + 5 + 12 * scale, palette.asset);
}

function drawSensor(
  g: G,
  view: View,
  palette: Palette,
  sensor: { name: string } & Place,
  scale: number,
): void {
  const { x, y } = view.project(sensor.latitude, sensor.longitude);
  if (!view.contains(x, y, 40)) return;
  g.strokeStyle = palette.sensor;
  g.lineWidth = 1.6;
  g.fillStyle = palette.plate;
  const triangle = new Path2D(`M${x - 5.5} ${y - 4} H${x + 5.5} L${x} ${y + 6} Z`);
  g.fill(triangle);
  g.stroke(triangle);
  if (view.pixelsPerMetre() * 1000 < NAMES_PX_PER_KM) return;
  g.font = `${12 * scale}px ${FONT}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  plate(g, palette, sensor.name, x, y - 3 - 12 * scale, palette.sensor);
}

function drawPoint(g: G, view: View, palette: Palette, site: Site, scale: number): void {
  drawCentre(g, view, palette, site);
  const { x, y } = view.project(site.latitude, site.longitude);
  g.font = `${12 * scale}px ${FONT}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  plate(g, palette, site.name, x, y + 20, palette.asset);
}

function drawCentre(g: G, view: View, palette: Palette, site: Place): void {
  const { x, y } = view.project(site.latitude, site.longitude);
  g.strokeStyle = palette["ring-text"];
  g.lineWidth = 1;
  g.stroke(new Path2D(`M${x - 7} ${y} H${x + 7} M${x} ${y - 7} V${y + 7}`));
}
