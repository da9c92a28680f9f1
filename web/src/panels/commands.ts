/** What the panels can ask of the page. */

import type { ReplayCommand } from "../messages";

export interface Commands {
  select(id: number | null, zoom?: boolean): void;
  acknowledge(alert: string): void;
  operator(name: string): void;
  replay(command: ReplayCommand): void;
  cycleLabels(): void;
  cycleTrails(): void;
  cover(layer: string): void;
  below(metres: number | null): void;
  toggleTheme(): void;
  toggleClock(): void;
  toggleFollow(): void;
  help(open: boolean): void;
  home(): void;
  zoom(levels: number): void;
}
