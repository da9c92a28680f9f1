/** What the panels can ask of the page. */

export type { Commands } from "../conduct/conduct";
