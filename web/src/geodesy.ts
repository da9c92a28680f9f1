/** Positions on the WGS84 ellipsoid: Vincenty's formulas (Survey Review XXIII, 176, 1975). Degrees and metres. */

const A = 6_378_137;
const F = 1 / 298.257223563;
const B = A * (1 - F);
const RAD = Math.PI / 180;

export interface Place {
  latitude: number;
  longitude: number;
}

interface Series {
  a: number;
  b: number;
}

/** Vincenty's A and B as functions of u² = cos²α (a² − b²) / b². */
function series(cos2Alpha: number): Series {
  const u2 = (cos2Alpha * (A * A - B * B)) / (B * B);
  return {
    a: 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2))),
    b: (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2))),
  };
}

function deltaSigma(b: number, sigma: number, cos2m: number): number {
  const s = Math.sin(sigma);
  const inner =
    Math.cos(sigma) * (2 * cos2m * cos2m - 1) - (b / 6) * cos2m * (4 * s * s - 3) * (4 * cos2m * cos2m - 3);
  return b * s * (cos2m + (b / 4) * inner);
}

function longitudeTerm(cos2Alpha: number): number {
  return (F / 16) * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha));
}

/** Where one arrives going `distance` metres from `from` on the initial `bearing`. */
export function destination(from: Place, bearing: number, distance: number): Place {
  const alpha1 = bearing * RAD;
  const tanU1 = (1 - F) * Math.tan(from.latitude * RAD);
  const cosU1 = 1 / Math.sqrt(1 + tanU1 * tanU1);
  const sinU1 = tanU1 * cosU1;
  const sigma1 = Math.atan2(tanU1, Math.cos(alpha1));
  const sinAlpha = cosU1 * Math.sin(alpha1);
  const cos2Alpha = 1 - sinAlpha * sinAlpha;
  const { a, b } = series(cos2Alpha);
  let sigma = distance / (B * a);
  let cos2m = Math.cos(2 * sigma1 + sigma);
  for (let i = 0; i < 20; i++) {
    const next = distance / (B * a) + deltaSigma(b, sigma, cos2m);
    const done = Math.abs(next - sigma) < 1e-13;
    sigma = next;
    cos2m = Math.cos(2 * sigma1 + sigma);
    if (done) break;
  }
  const sinS = Math.sin(sigma);
  const cosS = Math.cos(sigma);
  const x = sinU1 * sinS - cosU1 * cosS * Math.cos(alpha1);
  const latitude = Math.atan2(
    sinU1 * cosS + cosU1 * sinS * Math.cos(alpha1),
    (1 - F) * Math.hypot(sinAlpha, x),
  );
  const lambda = Math.atan2(sinS * Math.sin(alpha1), cosU1 * cosS - sinU1 * sinS * Math.cos(alpha1));
  const c = longitudeTerm(cos2Alpha);
  const l =
    lambda - (1 - c) * F * sinAlpha * (sigma + c * sinS * (cos2m + c * cosS * (2 * cos2m * cos2m - 1)));
  return { latitude: latitude / RAD, longitude: wrap(from.longitude + l / RAD) };
}

/** Distance in metres and initial bearing in degrees; null for the few nearly antipodal pairs. */
export function rangeAndBearing(from: Place, to: Place): { range: number; bearing: number } | null {
  const l = wrap(to.longitude - from.longitude) * RAD;
  const u1 = Math.atan((1 - F) * Math.tan(from.latitude * RAD));
  const u2 = Math.atan((1 - F) * Math.tan(to.latitude * RAD));
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = l;
  for (let i = 0; i < 100; i++) {
    const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
    const sinS = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
    if (sinS === 0) return { range: 0, bearing: 0 };
    const cosS = s1 * s2 + c1 * c2 * cl;
    const sigma = Math.atan2(sinS, cosS);
    const sinAlpha = (c1 * c2 * sl) / sinS;
    const cos2Alpha = 1 - sinAlpha * sinAlpha;
    const cos2m = cos2Alpha === 0 ? 0 : cosS - (2 * s1 * s2) / cos2Alpha;
    const c = longitudeTerm(cos2Alpha);
    const next =
      l + (1 - c) * F * sinAlpha * (sigma + c * sinS * (cos2m + c * cosS * (2 * cos2m * cos2m - 1)));
    if (Math.abs(next - lambda) < 1e-12) {
      const { a, b } = series(cos2Alpha);
      const bearing = Math.atan2(c2 * sl, c1 * s2 - s1 * c2 * cl) / RAD;
      return { range: B * a * (sigma - deltaSigma(b, sigma, cos2m)), bearing: (bearing + 360) % 360 };
    }
    lambda = next;
  }
  return null;
}

/** A longitude or difference of longitudes brought into −180…180°. */
export function wrap(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}
