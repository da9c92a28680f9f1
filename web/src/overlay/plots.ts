/** Reports as they came, and directions that no track explains. */

import { destination } from "../geodesy";
import type { View } from "../map/view";
import type { BearingMessage, Plot, SensorPlace } from "../messages";
import type { Palette } from "../palette";
import { FONT } from "./ground";
import type { G } from "./layers";

/** A bearing is drawn this far, or to the sensor's range where that is less. */
const RAY_M = 40_000;
const RAY_SIGMAS = 2;
/** Plots older than this are gone; those half as old are fainter. */
const PLOT_S = 30;

export interface Raw {
  sensor: SensorPlace;
  t: number;
  plots: readonly Plot[];
}

/** Small crosses where a sensor reported something; thin rays for directions. */
export function drawPlots(g: G, view: View, palette: Palette, { sensor, t, plots }: Raw): void {
  const from = view.project(sensor.latitude, sensor.longitude);
  g.strokeStyle = palette.plot;
  g.lineWidth = 1.2;
  for (const [young, alpha] of [
    [false, 0.4],
    [true, 0.95],
  ] as const) {
    const path = new Path2D();
    for (const plot of plots) {
      if (t - plot.t_s > PLOT_S || t - plot.t_s < PLOT_S / 3 !== young) continue;
      if (plot.latitude !== null && plot.longitude !== null) {
        const { x, y } = view.project(plot.latitude, plot.longitude);
        if (view.contains(x, y, 5)) path.addPath(cross(x, y));
      } else if (plot.bearing_deg !== null) {
        const end = destination(sensor, plot.bearing_deg, sensor.range ?? RAY_M);
        const to = view.project(end.latitude, end.longitude);
        path.moveTo(from.x, from.y);
        path.lineTo(to.x, to.y);
      }
    }
    g.globalAlpha = alpha;
    g.stroke(path);
  }
  g.globalAlpha = 1;
}

function cross(x: number, y: number): Path2D {
  return new Path2D(`M${x - 3} ${y - 3}L${x + 3} ${y + 3}M${x + 3} ${y - 3}L${x - 3} ${y + 3}`);
}

/** A wedge of ± 2σ from the sensor, its middle dashed, its end named. */
export function drawBearings(
  g: G,
  view: View,
  palette: Palette,
  bearings: readonly BearingMessage[],
  sensors: readonly SensorPlace[],
): void {
  for (const bearing of bearings) {
    const sensor = sensors.find(({ name }) => name === bearing.sensor);
    if (sensor) drawBearing(g, view, palette, bearing, sensor);
  }
  g.globalAlpha = 1;
  g.setLineDash([]);
}

function drawBearing(
  g: G,
  view: View,
  palette: Palette,
  { bearing_deg: bearing, sigma_deg: sigma, existence }: BearingMessage,
  sensor: SensorPlace,
): void {
  const length = Math.min(sensor.range ?? RAY_M, RAY_M);
  const half = Math.min(RAY_SIGMAS * sigma, 90);
  const at = (angle: number, part = 1) => {
    const { latitude, longitude } = destination(sensor, angle, length * part);
    return view.project(latitude, longitude);
  };
  const from = view.project(sensor.latitude, sensor.longitude);
  g.fillStyle = g.strokeStyle = palette.bearing;
  g.globalAlpha = 0.1 + 0.14 * existence;
  g.beginPath();
  g.moveTo(from.x, from.y);
  for (let i = 0; i <= 8; i++) {
    const { x, y } = at(bearing - half + (half * i) / 4);
    g.lineTo(x, y);
  }
  g.closePath();
  g.fill();
  g.globalAlpha = 0.9;
  g.lineWidth = 1.3;
  g.setLineDash([10, 5]);
  const end = at(bearing);
  g.beginPath();
  g.moveTo(from.x, from.y);
  g.lineTo(end.x, end.y);
  g.stroke();
  const { x, y } = at(bearing, 0.55);
  const text = `${String(Math.round(bearing) % 360).padStart(3, "0")}° ${sensor.name}`;
  g.font = `11px ${FONT}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  const wide = g.measureText(text).width / 2 + 3;
  g.fillStyle = palette.plate;
  g.fillRect(x - wide, y - 8, 2 * wide, 16);
  g.fillStyle = palette.bearing;
  g.fillText(text, x, y + 0.5);
}
