import { describe, expect, test } from "vitest";
import { destination, rangeAndBearing, wrap } from "../src/geodesy";
import { View, latitudeOf, longitudeOf, worldX, worldY, zoomForRadius } from "../src/map/view";
import { scaleLength } from "../src/panels/tools";

const dms = (d: number, m: number, s: number) => Math.sign(d) * (Math.abs(d) + m / 60 + s / 3600);

// The geodesic published by Geoscience Australia with its Vincenty spreadsheet (there on GRS80, whose flattening
// differs from WGS84's in the tenth digit: less than a tenth of a millimetre here).
const FLINDERS_PEAK = { latitude: dms(-37, 57, 3.7203), longitude: dms(144, 25, 29.5244) };
const BUNINYONG = { latitude: dms(-37, 39, 10.1561), longitude: dms(143, 55, 35.3839) };
const DISTANCE = 54972.271;
const AZIMUTH = dms(306, 52, 5.37);

describe("Vincenty's formulas on the published line from Flinders Peak to Buninyong", () => {
  test("give the distance to a millimetre and the azimuth to a hundredth of a second", () => {
    const line = rangeAndBearing(FLINDERS_PEAK, BUNINYONG);
    expect(Math.abs((line?.range ?? 0) - DISTANCE)).toBeLessThan(0.001);
    expect(Math.abs((line?.bearing ?? 0) - AZIMUTH) * 3600).toBeLessThan(0.01);
  });

  test("arrive at the other end", () => {
    const end = destination(FLINDERS_PEAK, AZIMUTH, DISTANCE);
    expect(end.latitude).toBeCloseTo(BUNINYONG.latitude, 7);
    expect(end.longitude).toBeCloseTo(BUNINYONG.longitude, 7);
  });

  test("know that a quarter of a meridian is 10,001,965.729 m", () => {
    expect(rangeAndBearing({ latitude: 0, longitude: 5 }, { latitude: 90, longitude: 5 })?.range).toBeCloseTo(
      10001965.729,
      2,
    );
  });

  test("give no answer rather than a wrong one between antipodes", () => {
    expect(rangeAndBearing({ latitude: 0, longitude: 0 }, { latitude: 0.3, longitude: 179.7 })).toBeNull();
    expect(rangeAndBearing(BUNINYONG, BUNINYONG)?.range).toBe(0);
  });
});

describe("the map's projection", () => {
  test("puts the corners of the Web Mercator square where EPSG:3857 has them", () => {
    expect(worldY(85.0511287798066)).toBeCloseTo(0, 6);
    expect(worldX(180)).toBe(1);
    expect(worldY(0)).toBe(0.5);
  });

  test("comes back", () => {
    expect(latitudeOf(worldY(33.7856))).toBeCloseTo(33.7856, 10);
    expect(longitudeOf(worldX(-179.5))).toBeCloseTo(-179.5, 10);
    const view = new View(33.7856, 42.4412, 9.3, 1000, 700);
    const { x, y } = view.project(34.1, 42.0);
    const back = view.unproject(x, y);
    expect(back.latitude).toBeCloseTo(34.1, 9);
    expect(back.longitude).toBeCloseTo(42.0, 9);
  });

  test("shows what lies across the date line beside it", () => {
    const view = new View(0, 179.9, 6, 1000, 700);
    expect(view.project(0, -179.9).x).toBeGreaterThan(500);
    expect(view.project(0, -179.9).x).toBeLessThan(700);
    expect(wrap(190)).toBe(-170);
  });

  test("fits a circle into the smaller side", () => {
    const view = new View(33.8, 42.4, zoomForRadius(33.8, 60_000, 1000, 700), 1000, 700);
    expect(60_000 * view.pixelsPerMetre()).toBeCloseTo(0.44 * 700, 6);
  });

  test("has a scale bar of a round length", () => {
    expect(scaleLength(100, 120)).toBe(10_000);
    expect(scaleLength(0.19, 120)).toBe(20);
    expect(scaleLength(450, 120)).toBe(50_000);
  });
});
