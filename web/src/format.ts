/** How numbers are written for people. SI inside; the page shows metric units. */

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

export function distance(metres: Maybe): string {
  if (!known(metres)) return DASH;
  if (Math.abs(metres) < 1000) return `${number(metres)} m`;
  return `${number(metres / 1000, Math.abs(metres) < 100_000 ? 1 : 0)} km`;
}

/** Heights to 10 m beyond a kilometre: their uncertainty is not smaller. */
export function height(metres: Maybe): string {
  if (!known(metres)) return DASH;
  return `${number(Math.abs(metres) < 1000 ? metres : Math.round(metres / 10) * 10)} m`;
}

export function speed(metresPerSecond: Maybe): string {
  return known(metresPerSecond) ? `${number(metresPerSecond)} m/s` : DASH;
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
export function bearingText(range: number, bearing: number): string {
  return `${course(bearing)} ${distance(range)}`;
}
