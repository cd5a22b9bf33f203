import { describe, expect, it } from "vitest";

import {
  firstAxes, gridCodes, lift, nearestPossible, planeOf, project, projectAll,
} from "../../src/codes/planes";
import { codes, model } from "./small_model";

describe("a map's directions", () => {
  it("are two numbers of the code", () => {
    const plane = planeOf(model(), [0, 2]);
    expect(project(plane, [5, 6, 7])).toEqual([5, 7]);
    expect(plane.names).toEqual(["z[0]", "z[2]"]);
  });

  it("or the two principal axes, seen from the middle of the codes", () => {
    const plane = planeOf(model(), "principal");
    expect(project(plane, [5, 6, 7])).toEqual([6, 7]);
    expect(plane.names[0]).toBe("principal axis 1 (60% of the spread)");
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
});

describe("the possible codes", () => {
  it("stand on levels where the model has such", () => {
    const found = nearestPossible(model({ levels: 3 }), [0.4, 0.6, -7]);
    expect(Array.from(found)).toEqual([0, 1, -1]);
  });

  it("name one class", () => {
    const found = nearestPossible(model({ dim: 4, free: 2 }), [0.5, 0.25, 0.3, 0.4]);
    expect(Array.from(found)).toEqual([0.5, 0.25, 0, 1]);
  });

  it("are all others", () => {
    expect(Array.from(nearestPossible(model(), [0.5, 7, -9]))).toEqual([0.5, 7, -9]);
  });
});

describe("the whole map", () => {
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
