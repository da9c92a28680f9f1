/** All that panels and keys can ask of the page: one part per file. */

import { acts } from "./acts";
import { advising } from "./advice";
import { coverage } from "./coverage";
import { desk } from "./desk";
import { look } from "./look";
import { measuring } from "./measuring";
import type { Page } from "./page";
import { replaying } from "./replay";
import { selection } from "./selection";
import { sounding } from "./sound";
import { tracks } from "./tracks";
import { travel } from "./travel";

export function conduct(page: Page) {
  const parts = {
    ...acts(page),
    ...advising(page),
    ...coverage(page),
    ...desk(page),
    ...look(page),
    ...measuring(page),
    ...replaying(page),
    ...selection(page),
    ...sounding(page, page.sound),
    ...tracks(page),
    ...travel(page),
  };
  return {
    ...parts,

    /** Close what lies on top, else end what was begun, else clear the selection. */
    escape(): void {
      const { help, sheet, measures, marked, selected, draft } = page.store.state;
      if (help) parts.help(false);
      else if (draft?.drawing) parts.draft({ drawing: false });
      else if (measures.at(-1)?.length === 1) parts.unmeasure(measures.length - 1);
      else if (sheet) parts.sheet("");
      else if (selected !== null || marked.size > 0) parts.select(null);
      else parts.clearMeasures();
    },
  };
}

export type Commands = ReturnType<typeof conduct>;
