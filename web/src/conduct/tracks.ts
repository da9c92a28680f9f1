/** What panels ask about tracks: the table, the group, and files of them. */

import { exported, MEDIA, type Format } from "../export";
import type { TrackRecord } from "../frame";
import type { Place } from "../geodesy";
import type { Plotted } from "../overlay/picture";
import { list, type Listed, type Order } from "../tracklist";
import type { Page } from "./page";

export function tracks(page: Page) {
  const { store, map } = page;
  const all = () => (page.ready ? [...map.overlay.picture.tracks.values()] : []);

  /** What the filter leaves, and what of it is on the screen if only that is wanted. */
  function left(): TrackRecord[] {
    const { filter } = store.state;
    const records: TrackRecord[] = [];
    const view = page.ready ? map.view() : null;
    for (const { record, hidden, x, y } of all()) {
      if (hidden) continue;
      if (filter.inView && view && record.severity === 0 && !view.contains(view.px(x, y), view.py(x, y)))
        continue;
      records.push(record);
    }
    return records;
  }

  function chosen(): Plotted[] {
    const { selected, marked } = store.state;
    return all().filter(({ record }) => record.id === selected || marked.has(record.id));
  }

  return {
    listTracks(order: Order, search: string, limit: number): Listed {
      return list(left(), store.state.site, order, search, limit);
    },

    /** Where a track is drawn now; null when it is gone. */
    placeOf(id: number): Place | null {
      return page.ready ? map.overlay.placeOf(id) : null;
    },

    /** Classes that some track has now. */
    classesNow(): string[] {
      return [...new Set(all().map(({ record }) => record.klass))].filter(Boolean).sort();
    },

    chosenTracks(): TrackRecord[] {
      return chosen().map(({ record }) => record);
    },

    /** Heights of a track over the time its trail reaches back: t in s before now, metres above the ellipsoid. */
    profile(id: number): { t: number; height: number }[] {
      const track = page.ready ? map.overlay.picture.tracks.get(id) : undefined;
      if (!track) return [];
      const now = map.overlay.picture.t;
      return track.trail.t.map((then, i) => ({ t: then - now, height: track.trail.height[i] ?? 0 }));
    },

    /** Hand over a file of the chosen tracks, or of all that the filter leaves. */
    save(format: Format, which: "chosen" | "all"): void {
      const wanted = which === "chosen" ? chosen() : all().filter(({ hidden }) => !hidden);
      if (wanted.length === 0) return page.failed("There is no track to save.");
      const { t } = map.overlay.picture;
      const blob = new Blob([exported(format, wanted, t)], { type: MEDIA[format] });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `tracks-${new Date(t * 1000).toISOString().slice(0, 19).replaceAll(":", "")}Z.${format}`;
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    },
  };
}
