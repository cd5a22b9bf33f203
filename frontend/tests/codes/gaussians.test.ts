import { describe, expect, it } from "vitest";

import { nearerDraws, shadow } from "../../src/codes/gaussians";
import { planeOf } from "../../src/codes/planes";
import { model } from "./small_model";

describe("the share of the prior that is nearer", () => {
  it("is exact for two numbers", () => {
    for (const r of [0.1, 1, 2.5]) {
      expect(nearerDraws([r, 0])).toBeCloseTo(1 - Math.exp((-r * r) / 2), 10);
    }
  });

  it("is that of the normal distribution for one number, and of the chi-square beyond", () => {
    expect(nearerDraws([1])).toBeCloseTo(0.6826894921, 9);
    expect(nearerDraws(new Array(10).fill(1))).toBeCloseTo(0.5595067149, 9);
  });

  it("goes from none to all", () => {
    expect(nearerDraws([0, 0])).toBe(0);
    expect(nearerDraws([100, 0])).toBe(1);
  });
});

describe("a cloud's shadow on the map", () => {
  it("is as wide as its deviations, and upright where the directions are its own", () => {
    const found = shadow(planeOf(model(), [0, 1]), [1, 2, 3], [Math.log(4), 0, 5]);
    expect([found.u, found.v]).toEqual([1, 2]);
    expect(found.major).toBeCloseTo(2, 6);
    expect(found.minor).toBeCloseTo(1, 6);
    expect(found.angle).toBeCloseTo(0, 6);
  });

  it("turns with the map's directions", () => {
    const half = Math.SQRT1_2;
    const turned = model({ principal: [[half, half, 0], [half, -half, 0]], centre: [0, 0, 0] });
    const found = shadow(planeOf(turned, "principal"), [0, 0, 0], [Math.log(9), 0, 0]);
    expect(found.major).toBeCloseTo(3, 5);
    expect(Math.abs(found.angle)).toBeCloseTo(Math.PI / 4, 5);
  });
});
