import { describe, expect, it } from "vitest";

import { alongData, arc, resampled, straight } from "../../src/codes/paths";

const z = (...numbers: number[]) => Float32Array.from(numbers);
const length = (code: Float32Array) => Math.hypot(...code);

describe("a way between two codes", () => {
  it("is straight, ends included", () => {
    expect(straight(z(0, 2), z(4, 0), 3).map((code) => Array.from(code))).toEqual([
      [0, 2], [2, 1], [4, 0],
    ]);
  });

  it("or an arc that keeps its distance from the origin", () => {
    const way = arc(z(2, 0), z(0, 2), 5);
    for (const code of way) expect(length(code)).toBeCloseTo(2, 5);
    expect(Array.from(way[2])[0]).toBeCloseTo(Math.SQRT2, 5);
  });

  it("whose length changes evenly", () => {
    expect(arc(z(1, 0), z(0, 3), 3).map(length)[1]).toBeCloseTo(2, 5);
  });

  it("is straight where there is no single arc", () => {
    expect(arc(z(1, 0), z(-1, 0), 3).map((code) => Array.from(code))[1]).toEqual([0, 0]);
    expect(arc(z(0, 0), z(2, 0), 3).map((code) => Array.from(code))[1]).toEqual([1, 0]);
  });
});

describe("a way along the data", () => {
  it("goes round where no image lies", () => {
    const half = Array.from({ length: 60 }, (_, i) => [
      Math.cos((Math.PI * i) / 59), Math.sin((Math.PI * i) / 59),
    ]);
    const codes = { codes: Float32Array.from(half.flat()), labels: new Int16Array(60) };
    const way = alongData(codes, z(1, 0), z(-1, 0), 30);
    expect(way).toHaveLength(30);
    expect(Array.from(way[0])).toEqual([1, 0]);
    expect(way[29][0]).toBeCloseTo(-1, 4);
    for (const code of way) expect(length(code)).toBeGreaterThan(0.95);
  });

  it("leaps where there is no other way", () => {
    const islands = [...Array(9)].flatMap((_, i) => [[i / 100, 0], [9 + i / 100, 0]]);
    const codes = { codes: Float32Array.from(islands.flat()), labels: new Int16Array(18) };
    const way = alongData(codes, z(0, 0), z(9, 0), 5);
    expect(way[4][0]).toBe(9);
  });
});

it("steps are equally long along a bent way", () => {
  const way = resampled([z(0, 0), z(1, 0), z(1, 3)], 5);
  expect(way.map((code) => Array.from(code))).toEqual([[0, 0], [1, 0], [1, 1], [1, 2], [1, 3]]);
});

it("a way of one place stays there", () => {
  expect(resampled([z(1, 2)], 2).map((code) => Array.from(code))).toEqual([[1, 2], [1, 2]]);
});
