import { expect, it } from "vitest";

import { codesOfCurve, curveThrough } from "../../src/codes/curves";

const there = (codes: number[][]) =>
  codesOfCurve(curveThrough(codes.map((z) => Float32Array.from(z))), codes[0].length);

it.each([
  ["an arc", [[0, 1, 0, 2], [1, 1, 1, 2], [2, 1, 1.5, 2], [3, 1, 0.5, 2]]],
  ["one that ends where it begins", [[1, 1], [2, 3], [4, 2], [1, 1]]],
  ["a straight one", [[0, 0, 0], [1, 1, 2], [2, 2, 4]]],
  ["of one number", [[0], [2], [1]]],
  ["one place", [[3, 3], [3, 3]]],
])("a curve comes back from its numbers: %s", (_, codes) => {
  there(codes).forEach((z, at) =>
    z.forEach((value, i) => expect(value).toBeCloseTo(codes[at][i], 5)));
  expect(there(codes)).toHaveLength(codes.length);
});

it("has the shares of three codes, however many numbers these have", () => {
  const codes = [[0, 0, 0], [1, 0, 1], [4, 0, 0]].map((z) => Float32Array.from(z));
  const { walk, curve } = curveThrough(codes);
  expect(walk).toEqual([0, 0, 0, 4, 0, 0, 1, 0, 1]);
  expect(curve).toEqual([0, 0, 0, 1, 1, 0]);
  expect(codesOfCurve({ walk: walk.slice(3), curve }, 3)).toEqual([]);
});
