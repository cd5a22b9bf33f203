import { describe, expect, it } from "vitest";

import { nearest, vote, voters } from "../../src/codes/neighbours";
import { codes } from "./small_model";

describe("neighbours", () => {
  it("come nearest first, with their distances", () => {
    expect(nearest(codes, [0, 1.5, 0], 3)).toEqual([
      { row: 2, distance: 0.5 }, { row: 0, distance: 1.5 },
      { row: 1, distance: Math.sqrt(3.25) },
    ]);
  });

  it("are of the classes that are shown", () => {
    expect(nearest(codes, [0, 1.5, 0], 3, new Set([0])).map(({ row }) => row)).toEqual([0, 3]);
    expect(nearest(codes, [0, 1.5, 0], 3, new Set())).toEqual([]);
  });

  it("are as many as there are", () => {
    expect(nearest(codes, [0, 0, 0], 9)).toHaveLength(4);
  });

  it("vote for the commonest class, and for the nearest where two are as common", () => {
    expect(vote(nearest(codes, [0, 1.5, 0], 3), codes.labels)).toBe(1);
    expect(vote(nearest(codes, [0, 0, 0], 2), codes.labels)).toBe(0);
  });

  it("are few of few codes, so that a small class is not always outvoted", () => {
    expect([1, 2, 13, 100, 250, 10_000].map((count) => voters(count))).toEqual([1, 1, 3, 10, 15, 15]);
  });
});
