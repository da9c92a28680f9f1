/** Symbols after MIL-STD-2525 and APP-6, drawn by milsymbol, which is fetched when they are first wanted. */

import { affiliationOf, type Affiliation } from "../filter";
import { FLAG_NAMES_ITSELF, Status } from "../frame";
import type { Palette } from "../palette";
import { inkOf } from "./marks";
import type { Shown } from "./symbols";

type Library = typeof import("milsymbol");

/** The standard identity, third and fourth digit of a symbol's code. */
const IDENTITY: Record<Affiliation, string> = { unknown: "01", friend: "03", neutral: "04", hostile: "06" };
/** Entities of the air: what a class is drawn as. Others get the bare frame. */
const ENTITY: readonly (readonly [RegExp, string])[] = [
  [/copter|drone|uav|uas|rotor|multi/i, "110300"],
  [/attack|loiter|fixed.?wing|one-way/i, "110300"],
  [/heli/i, "120200"],
  [/cooperative|airliner|aircraft|jet|plane|light|heavy/i, "120100"],
  [/balloon|airship/i, "120400"],
];
const BARE = "000000";

let library: Library | null = null;
let loading: Promise<void> | null = null;

/** Symbol code of a track: 30 digits' head of version 10, reality, identity, the air, present or assessed. */
export function symbolCode(record: Shown): string {
  const [, entity] = ENTITY.find(([pattern]) => pattern.test(record.klass)) ?? [null, BARE];
  const civil = record.flags & FLAG_NAMES_ITSELF && entity === BARE ? "120000" : entity;
  const status = record.status === Status.confirmed ? "0" : "1"; // 1: planned or suspect, drawn dashed
  return `10${IDENTITY[affiliationOf(record)]}01${status}000${civil}0000`;
}

/** The symbol as a square canvas; null until the library has come, which `come` then tells. */
export function militaryGlyph(
  record: Shown,
  palette: Palette,
  ratio: number,
  come: () => void,
): HTMLCanvasElement | null {
  if (record.status === Status.dropped) return null;
  if (!library) {
    loading ??= import("milsymbol").then((module) => void (library = module));
    loading.then(come, () => (loading = null));
    return null;
  }
  const ink = inkOf(palette, record);
  const symbol = new library.default.Symbol(symbolCode(record), {
    size: 18 * ratio,
    fill: true,
    fillOpacity: 0.25,
    colorMode: mode(ink),
    frameColor: mode(ink),
    iconColor: ink,
    strokeWidth: 9,
  });
  return centred(symbol.asCanvas(), symbol.getAnchor(), 28 * ratio);
}

function mode(colour: string) {
  return {
    Civilian: colour,
    Friend: colour,
    Hostile: colour,
    Neutral: colour,
    Unknown: colour,
    Suspect: colour,
  };
}

/** The drawn symbol put so that its anchor lies in the middle. */
function centred(
  drawn: HTMLCanvasElement,
  anchor: { x: number; y: number },
  side: number,
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil(side);
  canvas.getContext("2d")?.drawImage(drawn, side / 2 - anchor.x, side / 2 - anchor.y);
  return canvas;
}
