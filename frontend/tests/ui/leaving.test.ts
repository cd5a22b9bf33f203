import { afterEach, beforeEach, expect, it, vi } from "vitest";

const heard: Record<string, (event: unknown) => void> = {};
const sent: string[] = [];

class Link {
  target = "";
  origin = "http://here";
  clicks = 0;
  constructor(public pathname: string) {}
  click() {
    this.clicks += 1;
  }
}

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  sent.length = 0;
  vi.stubGlobal("HTMLAnchorElement", Link);
  vi.stubGlobal("PopStateEvent", class { constructor(public type: string) {} });
  vi.stubGlobal("history", { state: null });
  vi.stubGlobal("location", { pathname: "/denoise", origin: "http://here" });
  vi.stubGlobal("window", {
    addEventListener: (name: string, hear: (event: unknown) => void) => (heard[name] = hear),
    dispatchEvent: (event: { type: string }) => sent.push(event.type),
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const click = (link: Link, keys = {}) => heard.click({ composedPath: () => [link], button: 0, ...keys });

it("knows that a page is left back, by a link, and not by a link in another tab", async () => {
  const { isLeft, watchForLeaving } = await import("../../src/ui/leaving");
  watchForLeaving();
  expect(isLeft("/denoise")).toBe(false);
  click(new Link("/compare"), { ctrlKey: true });
  click(new Link("/denoise"));
  expect(isLeft("/denoise")).toBe(false);
  click(new Link("/compare"));
  expect(isLeft("/denoise")).toBe(true);
  expect(isLeft("/compare")).toBe(true); // which is not there yet
  vi.stubGlobal("location", { pathname: "/compare", origin: "http://here" });
  expect(isLeft("/compare")).toBe(false);
  vi.stubGlobal("location", { pathname: "/reconstruct", origin: "http://here" });
  expect(isLeft("/compare")).toBe(true);
});

it("leaves once more after what was told just before, and else once", async () => {
  const { told, watchForLeaving } = await import("../../src/ui/leaving");
  watchForLeaving();
  const link = new Link("/compare");
  click(link);
  heard.popstate({});
  vi.runAllTimers();
  expect([link.clicks, sent]).toEqual([0, []]);
  told();
  click(link);
  vi.runAllTimers();
  expect(link.clicks).toBe(1);
  told();
  heard.popstate({});
  vi.runAllTimers();
  expect(sent).toEqual(["popstate"]);
});
