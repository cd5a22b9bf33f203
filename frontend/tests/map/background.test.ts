import { afterEach, expect, it, vi } from "vitest";

import * as counting from "../../src/codes/densities";
import { Background, explained, isPossible } from "../../src/map/background";
import type { Board } from "../../src/map/board";
import type { WorkerClient } from "../../src/models/worker_client";
import { model } from "../codes/small_model";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("offers regions only where a classifier knows these images, density only where there are classes", () => {
  const known = { classifier: "/live-classifiers/c/00" };
  expect(isPossible("regions", model(known))).toBe(true);
  expect(isPossible("regions", model())).toBe(false);
  expect(isPossible("density", model())).toBe(true);
  expect(isPossible("density", model({ classes: ["0"] }))).toBe(false);
  // A line has no places beside it.
  expect(isPossible("regions", model({ ...known, free: 1 }))).toBe(false);
  expect(isPossible("density", model({ free: 1 }))).toBe(false);
});

it("says what else of a code the regions depend on", () => {
  expect(explained("regions", model())).toContain("the plane through the present code");
  const flat = explained("regions", model({ free: 2, dim: 2 }));
  expect(flat).toContain("each place;");
  expect(explained("regions", model({ free: 2 }))).toContain("for the chosen class");
  expect(explained("codes", model())).toBe("");
});

it("computes the density anew only where codes, classes or map are others", () => {
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("ImageData", class { data = new Uint8ClampedArray(4 * counting.CELLS ** 2); });
  const pen = { putImageData() {} };
  vi.stubGlobal("document", { createElement: () => ({ append() {}, getContext: () => pen }) });
  const count = vi.spyOn(counting, "densities");
  const board = {
    places: Float32Array.of(0, 0, 1, 1), labels: [0, 1], shown: new Set([0, 1]), backdrop: "density",
    home: { left: -2, right: 2, bottom: -2, top: 2 }, sheet: null as unknown,
    lay: (image: unknown) => (board.sheet = image && { image }),
  };
  const background = new Background({} as WorkerClient, board as unknown as Board, model());
  const plane = {} as Parameters<typeof background.order>[0];
  const rest = (backdrop = "density") => {
    board.backdrop = backdrop;
    background.order(plane, new Float32Array(3), 20, 0);
    vi.runAllTimers();
    return count.mock.calls.length;
  };
  expect(rest()).toBe(1);
  const first = board.sheet;
  expect(rest()).toBe(1);
  expect(board.sheet).toBe(first);
  // Away and back: it lies there again.
  rest("codes");
  expect(board.sheet).toBeNull();
  expect(rest()).toBe(1);
  expect(board.sheet).toEqual(first);
  board.shown.delete(1);
  expect(rest()).toBe(2);
  expect(board.sheet).not.toEqual(first);
  board.places = board.places.slice();
  expect(rest()).toBe(3);
  board.labels = [1, 0];
  expect(rest()).toBe(4);
  board.home = { ...board.home, left: -3 };
  expect(rest()).toBe(5);
  expect(rest()).toBe(5);
});
