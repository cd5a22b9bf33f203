// On the way to another page: what a part tells the server from then on would run a fragment of the
// page before in the place of the next one, which then stays blank.

const LONGEST_MS = 30_000;

let target = "";
let since = -Infinity;
let sending = false;

/** Something is told: Streamlit sends it in a task of its own, after what runs now. */
export function told(): void {
  sending = true;
  setTimeout(() => (sending = false), 0);
}

/** Whether the page at `path` is being left, back or by a link. */
export function isLeft(path: string): boolean {
  const goes = performance.now() - since < LONGEST_MS && target !== path;
  return goes || location.pathname !== path;
}

/** What was told just before is sent after the wish to leave: say that again, so that it is the last. */
function lastWord(repeat: () => void): void {
  if (sending) setTimeout(repeat, 0);
}

/** Note the page that a link leads to; the address changes only once the server has answered. */
function clicked(event: MouseEvent): void {
  const link = event.composedPath().find((each) => each instanceof HTMLAnchorElement);
  const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
  if (!link || elsewhere || link.target || link.origin !== location.origin) return;
  if (link.pathname === location.pathname) return;
  target = link.pathname;
  since = performance.now();
  lastWord(() => link.click());
}

/** Listen for it, once for the page. */
export function watchForLeaving(): void {
  window.addEventListener("click", clicked, true);
  window.addEventListener("popstate", () => {
    since = -Infinity;
    lastWord(() => window.dispatchEvent(new PopStateEvent("popstate", { state: history.state })));
  }, true);
}
