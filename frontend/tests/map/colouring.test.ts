import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ENDS, PALETTE } from "../../src/images/colours";
import type { Board } from "../../src/map/board";
import { Colouring } from "../../src/map/colouring";
import { model } from "../codes/small_model";

const shape = { id: "shape", name: "shape", values: ["a", "b"], low: 0, high: 1, unit: "" };
const hue = { id: "hue", name: "hue", values: [], low: 0, high: 240, unit: "°" };

/** Four images: their shapes and hues. */
const KNOWN = Float32Array.of(0, 0, 1, 240, 1, 0, 0, 240);

class Element {
  style = { setProperty() {} };
  children: unknown[] = [];
  hidden = false;
  textContent = "";
  append(...children: unknown[]) { this.children.push(...children); }
  replaceChildren(...children: unknown[]) { this.children = children; }
  setAttribute() {}
}

let asked = 0;
let board: Board;

/** Addresses are asked for once: each test has its own. */
const known = () => model({ factors: { address: `/live-factors/s/${asked++}/4`, each: [shape, hue] } });

beforeEach(() => {
  vi.stubGlobal("document", { createElement: () => new Element() });
  vi.stubGlobal("fetch", () => Promise.resolve({ ok: true, arrayBuffer: () => KNOWN.buffer }));
  board = { colourOf: null, redraw: vi.fn() } as unknown as Board;
});

afterEach(() => vi.unstubAllGlobals());

it("colours rows by an amount, and by their classes again", async () => {
  const colouring = new Colouring(known(), board);
  const changed = vi.spyOn(colouring, "changed");
  colouring.factor = "hue";
  await vi.waitUntil(() => board.colourOf);
  expect([0, 1, 2, 3].map(board.colourOf!)).toEqual([ENDS[0], ENDS[1], ENDS[0], ENDS[1]]);
  expect(colouring.scale.hidden).toBe(false);
  colouring.factor = "";
  expect(board.colourOf).toBeNull();
  expect(colouring.scale.hidden).toBe(true);
  expect(changed).toHaveBeenCalledTimes(2);
});

it("colours rows by one of some values", async () => {
  const colouring = new Colouring(known(), board);
  colouring.factor = "shape";
  await vi.waitUntil(() => board.colourOf);
  expect([0, 1].map(board.colourOf!)).toEqual([PALETTE[0], PALETTE[1]]);
});

it("takes what is not known of these images for the classes", () => {
  for (const each of [known(), model()]) {
    const colouring = new Colouring(each, board);
    colouring.factor = "smell";
    expect(colouring.factor).toBe("");
  }
  expect(new Colouring(model(), board).picker(() => {})).toBeNull();
});

it("says where a factor cannot be loaded", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve({ ok: false, status: 404 }));
  const colouring = new Colouring(known(), board);
  colouring.factor = "hue";
  await vi.waitUntil(() => !colouring.scale.hidden);
  expect(board.colourOf).toBeNull();
  const [, said] = (colouring.scale as unknown as Element).children as Element[];
  expect(said.textContent).toContain("could not be loaded");
});
