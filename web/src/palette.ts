/** The colours the canvases draw with, read from the style sheet so that a theme is written in one place. */

const NAMES = [
  "water",
  "land",
  "coast",
  "border",
  "grid",
  "place",
  "ring",
  "ring-text",
  "asset",
  "sensor",
  "effector",
  "no-fire",
  "aim",
  "unknown",
  "cooperative",
  "tentative",
  "lost",
  "select",
  "advisory",
  "warning",
  "critical",
  "label",
  "label-dim",
  "plate",
  "cover-1",
  "cover-2",
  "cover-3",
  "cover-4",
  "cover-5",
  "cover-none",
  "cover-lost",
  "friend",
  "neutral",
  "hostile",
  "measure",
  "plot",
  "bearing",
  "ramp-1",
  "ramp-2",
  "ramp-3",
  "ramp-4",
  "ramp-5",
] as const;

export type Colour = (typeof NAMES)[number];
export type Palette = Readonly<Record<Colour, string>>;
export const THEMES = ["dark", "night", "day"] as const;
export type Theme = (typeof THEMES)[number];

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const entries = NAMES.map((name) => [name, style.getPropertyValue(`--map-${name}`).trim()]);
  return Object.fromEntries(entries) as Palette;
}

export const SEVERITIES = ["none", "advisory", "warning", "critical"] as const;

export function severityColour(palette: Palette, severity: number): string {
  const name = SEVERITIES[severity];
  return name && name !== "none" ? palette[name] : palette.unknown;
}
