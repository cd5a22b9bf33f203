import { expect, it } from "vitest";

import { fewRowsIn } from "../../src/images/thumbnails";

const box = { left: 0, right: 10, bottom: 0, top: 10 };
const places = Float32Array.of(5, 5, 50, 5, 1, 9, 2, 2);
const labels = [0, 0, 1, 2];

it("finds the shown places in view", () => {
  expect(fewRowsIn(box, places, labels, new Set([0, 1]), 3)).toEqual([0, 2]);
});

it("finds none where too many are in view", () => {
  expect(fewRowsIn(box, places, labels, new Set([0, 1, 2]), 3)).toEqual([0, 2, 3]);
  expect(fewRowsIn(box, places, labels, new Set([0, 1, 2]), 2)).toEqual([]);
});
