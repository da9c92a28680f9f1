/** Tracks with what the page has seen of their past, in the formats that other programs read. */

import { affiliationOf } from "./filter";
import type { TrackRecord } from "./frame";
import { latitudeOf, longitudeOf } from "./map/view";
import { nameOf } from "./overlay/labels";
import type { Plotted } from "./overlay/picture";

export const FORMATS = ["geojson", "kml", "gpx", "csv"] as const;
export type Format = (typeof FORMATS)[number];

export const MEDIA: Record<Format, string> = {
  geojson: "application/geo+json",
  kml: "application/vnd.google-earth.kml+xml",
  gpx: "application/gpx+xml",
  csv: "text/csv",
};

/** One place in the past: degrees, metres above the ellipsoid and above the sea, Unix seconds. */
interface Point {
  latitude: number;
  longitude: number;
  ellipsoid: number;
  sea: number;
  speed: number;
  t: number;
  coasted: boolean;
}

/** Where it was, oldest first, ending with where it is. */
function points({ trail, record, x, y }: Plotted, t: number): Point[] {
  const past = trail.t.map((then, i) =>
    pointOf(record, trail.x[i] ?? 0, trail.y[i] ?? 0, {
      t: then,
      height: trail.height[i] ?? 0,
      speed: trail.speed[i] ?? 0,
      coasted: trail.coasted[i] ?? false,
    }),
  );
  if ((trail.t.at(-1) ?? -1) < t) {
    const { height, speed, status } = record;
    past.push(pointOf(record, x, y, { t, height, speed, coasted: status === 2 }));
  }
  return past;
}

function pointOf(
  { undulation }: TrackRecord,
  x: number,
  y: number,
  { t, height, speed, coasted }: { t: number; height: number; speed: number; coasted: boolean },
): Point {
  const place = { latitude: rounded(latitudeOf(y), 7), longitude: rounded(longitudeOf(x), 7) };
  return { ...place, ellipsoid: rounded(height, 1), sea: rounded(height - undulation, 1), speed, t, coasted };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function iso(t: number): string {
  return new Date(t * 1000).toISOString();
}

/** All of `tracks` at data time `t` (Unix seconds) as one file. */
export function exported(format: Format, tracks: readonly Plotted[], t: number): string {
  return { geojson, kml, gpx, csv }[format](tracks, t);
}

function properties({ record }: Plotted) {
  return {
    id: record.id,
    name: nameOf(record),
    class: record.klass || null,
    affiliation: affiliationOf(record),
    existence: rounded(record.existence, 3),
  };
}

/** RFC 7946: longitude, latitude, height above the ellipsoid. */
function geojson(tracks: readonly Plotted[], t: number): string {
  const features = tracks.map((track) => {
    const past = points(track, t);
    const coordinates = past.map((p) => [p.longitude, p.latitude, p.ellipsoid]);
    const geometry =
      coordinates.length > 1
        ? { type: "LineString", coordinates }
        : { type: "Point", coordinates: coordinates[0] ?? [] };
    const times = past.map((p) => iso(p.t));
    return { type: "Feature", id: track.record.id, properties: { ...properties(track), times }, geometry };
  });
  return JSON.stringify({ type: "FeatureCollection", features }, null, 1);
}

/** OGC KML 2.2 with gx:Track; its absolute heights are above the sea, and a height that is not known is 0 on the ground. */
function kml(tracks: readonly Plotted[], t: number): string {
  const placemarks = tracks.map((track) => {
    const past = points(track, t);
    const known = past.every(({ sea }) => Number.isFinite(sea));
    const whens = past.map((p) => `<when>${iso(p.t)}</when>`);
    const coords = past.map((p) => `<gx:coord>${p.longitude} ${p.latitude} ${known ? p.sea : 0}</gx:coord>`);
    const { class: klass, affiliation } = properties(track);
    return `<Placemark><name>${xml(nameOf(track.record))}</name>
<description>${xml([`T${track.record.id}`, klass, affiliation].filter(Boolean).join(", "))}</description>
<gx:Track><altitudeMode>${known ? "absolute" : "clampToGround"}</altitudeMode>
${whens.join("\n")}
${coords.join("\n")}
</gx:Track></Placemark>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
<name>Vedette</name>
${placemarks.join("\n")}
</Document></kml>
`;
}

/** GPX 1.1; its heights are above the sea. */
function gpx(tracks: readonly Plotted[], t: number): string {
  const trks = tracks.map((track) => {
    const trkpts = points(track, t).map((p) => {
      const ele = Number.isFinite(p.sea) ? `<ele>${p.sea}</ele>` : "";
      return `<trkpt lat="${p.latitude}" lon="${p.longitude}">${ele}<time>${iso(p.t)}</time></trkpt>`;
    });
    return `<trk><name>${xml(nameOf(track.record))}</name><trkseg>\n${trkpts.join("\n")}\n</trkseg></trk>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Vedette" xmlns="http://www.topografix.com/GPX/1/1">
${trks.join("\n")}
</gpx>
`;
}

const HEAD = [
  "time",
  "track",
  "name",
  "class",
  "affiliation",
  "latitude_deg",
  "longitude_deg",
  "height_wgs84_m",
  "height_msl_m",
  "speed_mps",
  "coasted",
];

/** RFC 4180: one line a place. */
function csv(tracks: readonly Plotted[], t: number): string {
  const lines = tracks.flatMap((track) => {
    const { id, name, class: klass, affiliation } = properties(track);
    return points(track, t).map((p) =>
      [
        iso(p.t),
        id,
        cell(name),
        cell(klass ?? ""),
        affiliation,
        p.latitude,
        p.longitude,
        p.ellipsoid,
        Number.isFinite(p.sea) ? p.sea : "",
        rounded(p.speed, 1),
        p.coasted ? 1 : 0,
      ].join(","),
    );
  });
  return [HEAD.join(","), ...lines].join("\r\n") + "\r\n";
}

/** Names come from feeds: quoted, and none may become a formula in a spreadsheet. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function xml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
