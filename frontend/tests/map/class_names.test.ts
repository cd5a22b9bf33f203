import { expect, it } from "vitest";

import { middles } from "../../src/map/class_names";

it("finds the point in the middle of each class that is shown", () => {
  const places = Float32Array.of(0, 0, 1, 0, 2, 0, 10, 10, 5, 5);
  expect(middles(places, [0, 0, 0, 1, 2], new Set([0, 1]))).toEqual(
    new Map([[0, [1, 0]], [1, [10, 10]]]));
});
