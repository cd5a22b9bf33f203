// What the server gives out under an address that never changes.

import { ofApp } from "./address";
import { embeddedAt, isEmbedded } from "./embedded";

/**
 * `load` for as long as the page is open: each address is loaded once, and again only if that failed.
 */
export function once<Result, More extends unknown[]>(
  load: (url: string, ...more: More) => Promise<Result>,
): (url: string, ...more: More) => Promise<Result> {
  const loaded = new Map<string, Promise<Result>>();
  return (url, ...more) => {
    let found = loaded.get(url);
    if (!found) {
      loaded.set(url, (found = load(url, ...more)));
      found.catch(() => loaded.delete(url));
    }
    return found;
  };
}

/** The bytes at an address. */
export async function bytesAt(url: string): Promise<ArrayBuffer> {
  if (isEmbedded(url)) return embeddedAt(url);
  const answer = await fetch(ofApp(url));
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.arrayBuffer();
}
