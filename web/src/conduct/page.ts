/** What one part of the page's conduct may use of the rest. Each part is a set of functions that need no `this`. */

import type { Drawing } from "../desk/drawing";
import type { MapView } from "../map/mapview";
import type { ClientMessage } from "../messages";
import type { Store } from "../store";
import type { SoundKeeper } from "./sound";

export interface Page {
  readonly store: Store;
  readonly map: MapView;
  readonly sound: SoundKeeper;
  readonly drawing: Drawing;
  /** Whether the map is drawn. */
  readonly ready: boolean;
  /** Say in a sentence, for some seconds, what could not be done. */
  failed(sentence: string): void;
  /** false: not connected, and nothing was sent. */
  send(message: ClientMessage): boolean;
}
