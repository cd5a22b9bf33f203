import { describe, expect, it } from "vitest";

import { FRONT, boxOfSpace, depths, turned } from "../../src/codes/turned_views";
import { model } from "./small_model";

describe("a cloud in space", () => {
  it("is seen along right angles, however it is turned", () => {
    const view = turned(turned(FRONT(), 0.7, -0.3), 2, 1);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) expect(dot(view[i], view[j])).toBeCloseTo(Number(i === j), 5);
    }
  });

  it("comes back after a whole turn", () => {
    const [right] = turned(FRONT(), 2 * Math.PI, 0);
    expect(right[0]).toBeCloseTo(1, 5);
  });

  it("is nearer to the eye or farther", () => {
    const cloud = { codes: Float32Array.of(0, 0, -2, 0, 0, 0, 0, 0, 2), labels: new Int16Array(3) };
    expect(Array.from(depths(cloud, FRONT()))).toEqual([0, 0.5, 1]);
  });

  it("stays on the map from every side", () => {
    expect(boxOfSpace(model({ low: [-1, -2, -1], high: [1, 2, 1] })).right).toBe(2.5);
  });
});
