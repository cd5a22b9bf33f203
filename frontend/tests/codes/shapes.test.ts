import { expect, it } from "vitest";

import { MOST_CORNERS, boxBetween, circleOf, holds, outline, rounded, rowsIn, strip } from "../../src/codes/shapes";

const places = Float32Array.of(0, 0, 1, 0, 0, 2, 3, 3, 5, 0);
const labels = [0, 1, 0, 1, 0];
const all = new Set([0, 1]);

it.each([
  ["circle", [0, 0, 1], [0, 1]],
  ["box", [-1, -1, 1, 2], [0, 1, 2]],
  ["triangle", [-1, -1, 4, -1, -1, 4], [0, 1, 2]],
  ["bow that crosses itself", [-1, -1, 6, 4, 6, -1, -1, 4], [0, 2, 4]],
  ["box of nothing", [8, 8, 9, 9], []],
])("finds the places in a %s", (_, shape, rows) => {
  expect(rowsIn(shape, places, labels, all)).toEqual(rows);
});

it("leaves hidden classes out", () => {
  expect(rowsIn([-9, -9, 9, 9], places, labels, new Set([1]))).toEqual([1, 3]);
  expect(rowsIn(circleOf(1, [0, 0], places, labels, new Set([1])), places, labels, new Set([1]))).toEqual([1]);
});

it("draws a circle about so many", () => {
  for (const count of [1, 2, 3, 5, 50]) {
    const circle = rounded(circleOf(count, [0.1, 0], places, labels, all));
    expect(rowsIn(circle, places, labels, all).length).toBe(Math.min(count, 5));
  }
  expect(circleOf(3, [0, 0], places, labels, new Set())).toEqual([]);
});

it("makes an outline of few corners that holds the same", () => {
  const line = Array.from({ length: 300 }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / 300;
    return [2 * Math.cos(angle), 2 * Math.sin(angle)];
  });
  const shape = outline(line);
  expect(shape.length).toBe(2 * MOST_CORNERS);
  for (const radius of [0, 1, 1.85]) expect(holds(shape, 0, radius)).toBe(true);
  expect(holds(shape, 0, 2.1)).toBe(false);
});

it("makes none of a mere point or a line there and back", () => {
  expect(outline([[1, 1], [1, 1], [1, 1]])).toEqual([]);
  expect(outline([[1, 1], [2, 2]])).toEqual([]);
});

it("takes corners in any order, and a strip of a map of one number", () => {
  expect(boxBetween([3, 1], [1, 2])).toEqual([1, 1, 3, 2]);
  expect(strip([0, 0, 2], 100)).toEqual([-2, -100, 2, 100]);
  expect(strip([], 100)).toEqual([]);
});
