import { expect, it } from "vitest";

import { corners } from "../../src/codes/corners";
import { type Stroke, fromNumbers, toNumbers } from "../../src/drawing/strokes";

it("comes back from its numbers", () => {
  const strokes: Stroke[] = [
    { width: 26, points: [[10, 20], [30, 15], [-5, 300]] }, { width: 36, points: [[0, 0]] },
  ];
  expect(toNumbers(strokes)).toEqual([26, 3, 10, 20, 20, -5, -35, 285, 36, 1, 0, 0]);
  expect(fromNumbers(toNumbers(strokes))).toEqual(strokes);
  expect(fromNumbers([])).toEqual([]);
});

it("keeps the corners of a curve, and no point is farther away than is allowed", () => {
  const wave = Array.from({ length: 200 }, (_, i): [number, number] => [i, 40 * Math.sin(i / 20)]);
  const kept = corners(wave, 1);
  expect(kept.length).toBeLessThan(30);
  expect([kept[0], kept.at(-1)]).toEqual([wave[0], wave[199]]);
  for (const [x, y] of wave) {
    const after = Math.max(1, kept.findIndex(([at]) => at >= x));
    const [[a, b], [c, d]] = [kept[after - 1], kept[after]];
    expect(Math.abs(b + ((x - a) * (d - b)) / (c - a) - y)).toBeLessThan(3);
  }
  expect(corners([[0, 0], [5, 0.2], [10, 0]], 1)).toEqual([[0, 0], [10, 0]]);
  expect(corners([[0, 0], [9, 9], [0, 0]], 1)).toEqual([[0, 0], [9, 9], [0, 0]]);
});
