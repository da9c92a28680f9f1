/** Natural Earth land, borders and names, from the npm package world-atlas (TopoJSON, public domain data). */

import type { FeatureCollection, MultiLineString, MultiPolygon, Polygon } from "geojson";
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import atlasUrl from "world-atlas/countries-50m.json?url";

export interface CountryName {
  name: string;
  latitude: number;
  longitude: number;
  /** Extent of the largest polygon in degrees of longitude, to choose which names fit. */
  width: number;
}

export interface World {
  land: FeatureCollection<Polygon | MultiPolygon>;
  borders: MultiLineString;
  coast: MultiLineString;
  names: CountryName[];
}

type Atlas = Topology<{ countries: GeometryCollection<{ name: string }>; land: GeometryCollection }>;

export async function loadWorld(): Promise<World> {
  const response = await fetch(atlasUrl);
  if (!response.ok) throw new Error(`The basemap could not be loaded (HTTP ${response.status}).`);
  const atlas = (await response.json()) as Atlas;
  const { countries, land } = atlas.objects;
  const shapes = feature(atlas, countries) as FeatureCollection<Polygon | MultiPolygon, { name: string }>;
  return {
    land: feature(atlas, land) as FeatureCollection<Polygon | MultiPolygon>,
    borders: mesh(atlas, countries, (a, b) => a !== b),
    coast: mesh(atlas, countries, (a, b) => a === b),
    names: shapes.features.map((country) => placeName(country.properties.name, country.geometry)),
  };
}

/** A name stands at the centroid of the country's largest polygon. */
function placeName(name: string, geometry: Polygon | MultiPolygon): CountryName {
  const outlines =
    geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map((p) => p[0]);
  let best: CountryName & { area: number } = { name, latitude: 0, longitude: 0, width: 0, area: 0 };
  for (const ring of outlines) {
    if (!ring) continue;
    const { area, x, y, width } = centroid(ring);
    if (area > best.area) best = { name, latitude: y, longitude: x, width, area };
  }
  return best;
}

function centroid(ring: number[][]): { area: number; x: number; y: number; width: number } {
  let [twice, sx, sy, west, east] = [0, 0, 0, Infinity, -Infinity];
  for (let i = 0; i + 1 < ring.length; i++) {
    const [x0 = 0, y0 = 0] = ring[i] ?? [];
    const [x1 = 0, y1 = 0] = ring[i + 1] ?? [];
    const cross = x0 * y1 - x1 * y0;
    twice += cross;
    sx += (x0 + x1) * cross;
    sy += (y0 + y1) * cross;
    west = Math.min(west, x0);
    east = Math.max(east, x0);
  }
  if (twice === 0) return { area: 0, x: 0, y: 0, width: 0 };
  return { area: Math.abs(twice / 2), x: sx / (3 * twice), y: sy / (3 * twice), width: east - west };
}

/** Meridians and parallels every `step` degrees. */
export function graticule(step: number): MultiLineString {
  const lines: [number, number][][] = [];
  for (let lon = -180; lon <= 180; lon += step)
    lines.push([
      [lon, -85],
      [lon, 85],
    ]);
  for (let lat = -80; lat <= 80; lat += step)
    lines.push([
      [-180, lat],
      [180, lat],
    ]);
  return { type: "MultiLineString", coordinates: lines };
}
