/** How numbers are written for people: SI inside, the units that were chosen outside. */

const DASH = "–";
const MINUS = "−";
type Maybe = number | null | undefined;

function known(value: Maybe): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** Thin spaces between thousands, a real minus sign. */
export function number(value: Maybe, digits = 0): string {
  if (!known(value)) return DASH;
  const text = Math.abs(value).toFixed(digits);
  const [whole = "", rest] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u2009");
  const sign = value < 0 && Number(text) !== 0 ? MINUS : "";
  return sign + grouped + (rest ? `.${rest}` : "");
}

export const UNITS = ["metric", "aviation", "imperial"] as const;
export type Units = (typeof UNITS)[number];

interface Unit {
  name: string;
  /** Metres, or metres per second, in one of it. */
  size: number;
}

/** Exact by definition: foot 0.3048 m, nautical mile 1,852 m, statute mile 1,609.344 m. */
const FOOT: Unit = { name: "ft", size: 0.3048 };
const METRE: Unit = { name: "m", size: 1 };
const LONG: Record<Units, Unit> = {
  metric: { name: "km", size: 1000 },
  aviation: { name: "NM", size: 1852 },
  imperial: { name: "mi", size: 1609.344 },
};
const SHORT: Record<Units, Unit> = { metric: METRE, aviation: FOOT, imperial: FOOT };
const SPEED: Record<Units, Unit> = {
  metric: { name: "m/s", size: 1 },
  aviation: { name: "kt", size: 1852 / 3600 },
  imperial: { name: "mph", size: 1609.344 / 3600 },
};
const CLIMB: Record<Units, Unit> = {
  metric: SPEED.metric,
  aviation: { name: "ft/min", size: 0.3048 / 60 },
  imperial: { name: "ft/min", size: 0.3048 / 60 },
};
/** Distances below this are written in the short unit. */
const SHORT_UNTIL: Record<Units, number> = { metric: 1000, aviation: 926, imperial: 804.672 };

export function longUnit(units: Units): Readonly<Unit> {
  return LONG[units];
}

export function shortUnit(units: Units): Readonly<Unit> {
  return SHORT[units];
}

export function distance(metres: Maybe, units: Units = "metric"): string {
  if (!known(metres)) return DASH;
  const long = Math.abs(metres) >= SHORT_UNTIL[units];
  const { name, size } = long ? LONG[units] : SHORT[units];
  return `${number(metres / size, long && Math.abs(metres) < 100 * size ? 1 : 0)} ${name}`;
}

/** Heights to 10 beyond a thousand: their uncertainty is not smaller. */
export function height(metres: Maybe, units: Units = "metric"): string {
  if (!known(metres)) return DASH;
  const { name, size } = SHORT[units];
  const value = metres / size;
  return `${number(Math.abs(value) < 1000 ? value : Math.round(value / 10) * 10)} ${name}`;
}

export function speed(metresPerSecond: Maybe, units: Units = "metric"): string {
  if (!known(metresPerSecond)) return DASH;
  return `${number(metresPerSecond / SPEED[units].size)} ${SPEED[units].name}`;
}

/** A rate of climb: to 10 ft/min, which is all that anybody can fly. */
export function climbRate(metresPerSecond: Maybe, units: Units = "metric"): string {
  if (!known(metresPerSecond)) return DASH;
  const { name, size } = CLIMB[units];
  const value = metresPerSecond / size;
  return `${number(units === "metric" ? value : Math.round(value / 10) * 10, 0)} ${name}`;
}

export function course(degrees: Maybe): string {
  if (!known(degrees)) return DASH;
  return `${String(((Math.round(degrees) % 360) + 360) % 360).padStart(3, "0")}°`;
}

export function percent(share: Maybe): string {
  return known(share) ? `${Math.round(share * 100)} %` : DASH;
}

/** Time left, with its unit apart: 48 s, 2:35 min, 1:02:35 h. */
export function countdown(seconds: Maybe): [value: string, unit: string] {
  if (!known(seconds)) return [DASH, ""];
  if (seconds < 59.5) return [number(Math.max(0, seconds)), "s"];
  return [duration(seconds), seconds < 3599.5 ? "min" : "h"];
}

/** A duration as 0:48, 2:35 or 1:02:35. */
export function duration(seconds: Maybe): string {
  if (!known(seconds)) return DASH;
  const s = Math.max(0, Math.round(seconds));
  const pad = (n: number) => String(n).padStart(2, "0");
  if (s < 3600) return `${Math.floor(s / 60)}:${pad(s % 60)}`;
  return `${Math.floor(s / 3600)}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}`;
}

/** An age in words short enough for a table. */
export function age(seconds: Maybe): string {
  if (!known(seconds)) return DASH;
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds / 60) % 60)} min`;
}

export function clock(unixSeconds: Maybe, utc: boolean): string {
  if (!known(unixSeconds)) return "--:--:--";
  const date = new Date(unixSeconds * 1000);
  const parts = utc
    ? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    : [date.getHours(), date.getMinutes(), date.getSeconds()];
  return parts.map((n) => String(n).padStart(2, "0")).join(":");
}

export function day(unixSeconds: Maybe, utc: boolean): string {
  if (!known(unixSeconds)) return "";
  const date = new Date(unixSeconds * 1000);
  const parts = utc
    ? [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
    : [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((n) => String(n).padStart(2, "0")).join("-");
}

export function latitude(degrees: Maybe): string {
  return known(degrees) ? `${Math.abs(degrees).toFixed(4)}° ${degrees < 0 ? "S" : "N"}` : DASH;
}

export function longitude(degrees: Maybe): string {
  return known(degrees) ? `${Math.abs(degrees).toFixed(4)}° ${degrees < 0 ? "W" : "E"}` : DASH;
}

/** A place as seen from the site: bearing, then range. */
export function bearingText(range: number, bearing: number, units: Units = "metric"): string {
  return `${course(bearing)} ${distance(range, units)}`;
}
