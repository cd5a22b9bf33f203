// Where the app lies, which some hosting services put under a path of theirs.

import { isEmbedded } from "./embedded";

/** The address of a path of the app: this very file lies in its `/live/`. */
export function ofApp(path: string): string {
  if (isEmbedded(path)) return path;
  return new URL(`..${path}`, import.meta.url).href;
}
