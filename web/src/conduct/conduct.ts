/** All that panels and keys can ask of the page: one part per file. */

import { acts } from "./acts";
import { coverage } from "./coverage";
import { look } from "./look";
import type { Page } from "./page";
import { replaying } from "./replay";
import { selection } from "./selection";
import { travel } from "./travel";

export function conduct(page: Page) {
  const parts = {
    ...acts(page),
    ...coverage(page),
    ...look(page),
    ...replaying(page),
    ...selection(page),
    ...travel(page),
  };
  return {
    ...parts,

    escape(): void {
      if (page.store.state.help) parts.help(false);
      else parts.select(null);
    },
  };
}

export type Commands = ReturnType<typeof conduct>;
