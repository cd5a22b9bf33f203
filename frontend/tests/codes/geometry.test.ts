import { describe, expect, it } from "vitest";

import {
  FRONT, boxOf, boxOfSpace, byClass, depths, firstAxes, gridCodes, lift, moved, nearerDraws, nearest, planeOf, possible, project,
  projectAll, rowUnder, shadow, turned, vote, zoomed,
} from "../../src/codes/geometry";
import type { Model } from "../../src/models/model";

const model = (changes: Partial<Model> = {}): Model => ({
  name: "m", title: "M", decoder: "", encoder: "", codes: "", images: null, count: 4, dim: 3,
  free: 3, levels: null, shape: [1, 2, 2], low: [-1, -1, -1], high: [1, 1, 1],
  centre: [1, 0, 0], principal: [[0, 1, 0], [0, 0, 1]], shares: [0.6, 0.3], usual: 1, mse: 0.1,
  classes: ["a", "b"], variational: false, ...changes,
});

const codes = {
  codes: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3),
  labels: Int16Array.of(0, 1, 1, 0),
};

describe("a map's directions", () => {
  it("are two numbers of the code", () => {
    const plane = planeOf(model(), [0, 2]);
    expect(project(plane, [5, 6, 7])).toEqual([5, 7]);
    expect(plane.names).toEqual(["z[0]", "z[2]"]);
  });

  it("or the two principal axes, seen from the middle of the codes", () => {
    const plane = planeOf(model(), "principal");
    expect(project(plane, [5, 6, 7])).toEqual([6, 7]);
    expect(plane.names[0]).toBe("principal axis 1 (60 % of the spread)");
  });

  it("open with the numbers themselves up to three, beyond with the principal axes", () => {
    expect(firstAxes(model())).toEqual([0, 1]);
    expect(firstAxes(model({ dim: 16, free: 16 }))).toBe("principal");
  });

  it("leave a code of one number alone upwards", () => {
    const plane = planeOf(model({ dim: 1, free: 1 }), [0, 1]);
    expect(Array.from(lift(plane, [3], 5, 9))).toEqual([5]);
    expect(plane.names).toEqual(["z[0]", ""]);
  });
});

describe("a place of the map", () => {
  it("is a code that keeps everything else", () => {
    expect(Array.from(lift(planeOf(model(), [0, 1]), [1, 2, 9], 4, 5))).toEqual([4, 5, 9]);
  });

  it("is where its code lies", () => {
    const plane = planeOf(model(), "principal");
    const [u, v] = project(plane, lift(plane, [1, 2, 3], 0.25, -0.5));
    expect([u, v]).toEqual([0.25, -0.5]);
  });

  it("stays under the hand while zooming", () => {
    const box = zoomed({ left: 0, right: 4, bottom: 0, top: 2 }, 0.5, 1, 1);
    expect(box).toEqual({ left: 0.5, right: 2.5, bottom: 0.5, top: 1.5 });
    expect(moved(box, 1, -1)).toEqual({ left: 1.5, right: 3.5, bottom: -0.5, top: 0.5 });
  });
});

describe("the possible codes", () => {
  it("stand on levels where the model has such", () => {
    const found = possible(model({ levels: 3 }), [0.4, 0.6, -7]);
    expect(Array.from(found)).toEqual([0, 1, -1]);
  });

  it("name one class", () => {
    const found = possible(model({ dim: 4, free: 2 }), [0.5, 0.25, 0.3, 0.4]);
    expect(Array.from(found)).toEqual([0.5, 0.25, 0, 1]);
  });

  it("are all others", () => {
    expect(Array.from(possible(model(), [0.5, 7, -9]))).toEqual([0.5, 7, -9]);
  });
});

describe("neighbours", () => {
  it("come nearest first, with their distances", () => {
    expect(nearest(codes, [0, 1.5, 0], 3)).toEqual([
      { row: 2, distance: 0.5 }, { row: 0, distance: 1.5 },
      { row: 1, distance: Math.sqrt(3.25) },
    ]);
  });

  it("are as many as there are", () => {
    expect(nearest(codes, [0, 0, 0], 9)).toHaveLength(4);
  });

  it("vote for the commonest class, and for the nearest where two are as common", () => {
    expect(vote(nearest(codes, [0, 1.5, 0], 3), codes.labels)).toBe(1);
    expect(vote(nearest(codes, [0, 0, 0], 2), codes.labels)).toBe(0);
  });
});

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

describe("the whole map", () => {
  it("holds almost all codes, with a margin", () => {
    const places = new Float32Array(2002);
    for (let i = 0; i < 1001; i++) places.set([i, -i], 2 * i);
    places.set([1e6, 1e6], 0);
    const box = boxOf(places);
    expect(box.right).toBeLessThan(1200);
    expect(box.left).toBeLessThan(5);
    expect(box.top).toBeLessThan(200);
  });

  it("is never empty", () => {
    expect(boxOf(Float32Array.of(2, 3))).toEqual({ left: 1.5, right: 2.5, bottom: 2.5, top: 3.5 });
  });

  it("has a grid whose first row is the top", () => {
    const plane = planeOf(model(), [0, 1]);
    const box = { left: 0, right: 2, bottom: 0, top: 2 };
    expect(Array.from(gridCodes(plane, [0, 0, 7], model(), box, 2, 2))).toEqual([
      0.5, 1.5, 7, 1.5, 1.5, 7, 0.5, 0.5, 7, 1.5, 0.5, 7,
    ]);
  });

  it("shows every code", () => {
    const plane = planeOf(model(), [0, 1]);
    expect(Array.from(projectAll(plane, codes))).toEqual([0, 0, 1, 0, 0, 2, 0, 0]);
  });
});

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

it("lays codes of one number on a line for each class, and their images under all of them", () => {
  const box = { left: 0, right: 4, bottom: -0.5, top: 0.5 };
  const places = byClass(Float32Array.of(1, 0, 2, 0, 3, 0), [0, 1, 2], box);
  expect([places[0], places[2], places[4]]).toEqual([1, 2, 3]);
  expect(places[1]).toBeGreaterThan(places[3]);
  expect(places[3]).toBeGreaterThan(places[5]);
  expect(places[5]).toBeGreaterThan(0);
  expect(places[1]).toBeLessThan(0.5);
  const row = rowUnder(box, 10);
  expect(row.top).toBeLessThan(0);
  expect(row.top - row.bottom).toBeCloseTo(0.1);
});
