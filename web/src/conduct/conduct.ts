/** All that panels and keys can ask of the page: one part per file. */

import { acts } from "./acts";
import { coverage } from "./coverage";
import { desk } from "./desk";
import { look } from "./look";
import type { Page } from "./page";
import { replaying } from "./replay";
import { selection } from "./selection";
import { sounding } from "./sound";
import { travel } from "./travel";

export function conduct(page: Page) {
  const parts = {
    ...acts(page),
    ...coverage(page),
    ...desk(page),
    ...look(page),
    ...replaying(page),
    ...selection(page),
    ...sounding(page, page.sound),
    ...travel(page),
  };
  return {
    ...parts,

    escape(): void {
      const { help, draft } = page.store.state;
      if (help) parts.help(false);
      else if (draft?.drawing) parts.draft({ drawing: false });
      else parts.select(null);
    },
  };
}

export type Commands = ReturnType<typeof conduct>;
