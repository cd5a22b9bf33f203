import { expect, it } from "vitest";

import { formOf } from "../../src/drawing/digit";

/** A drawing with a bar of ink. */
function drawing(x0: number, y0: number, x1: number, y1: number): Float32Array {
  const ink = new Float32Array(100 * 100);
  for (let y = y0; y < y1; y++) ink.fill(1, y * 100 + x0, y * 100 + x1);
  return ink;
}

const middle = (form: Float32Array, across: boolean) => {
  let [mass, moment] = [0, 0];
  form.forEach((value, i) => {
    mass += value;
    moment += value * (across ? i % 28 : Math.floor(i / 28));
  });
  return moment / mass;
};

it("makes a digit 20 pixels long, wherever and however large it was drawn", () => {
  for (const [x, y, long] of [[5, 5, 90], [60, 40, 30]]) {
    const form = formOf(drawing(x, y, x + long / 3, y + long), 100, 100)!;
    const rows = Array.from({ length: 28 }, (_, row) => Math.max(...form.slice(28 * row, 28 * row + 28)));
    expect(rows.filter((value) => value > 0.3)).toHaveLength(20);
    expect(Math.max(...form)).toBe(1);
  }
});

it("puts the middle of the ink into the middle of the frame", () => {
  const form = formOf(drawing(70, 10, 80, 60), 100, 100)!;
  expect(Math.abs(middle(form, true) - 14)).toBeLessThanOrEqual(0.5);
  expect(Math.abs(middle(form, false) - 14)).toBeLessThanOrEqual(0.5);
});

it("keeps half tones at soft edges, and full ink inside", () => {
  const form = formOf(drawing(10, 10, 41, 97), 100, 100)!;
  expect(form.every((value) => value >= 0 && value <= 1)).toBe(true);
  expect(form.some((value) => value > 0.1 && value < 0.9)).toBe(true);
  expect(form.filter((value) => value === 1).length).toBeGreaterThan(80);
});

it("takes a drawing that touches the edge of the pad", () => {
  const form = formOf(drawing(0, 0, 100, 30), 100, 100)!;
  const other = formOf(drawing(0, 35, 100, 65), 100, 100)!;
  expect(Array.from(form)).toEqual(Array.from(other));
});

it("finds nothing on an empty pad", () => {
  expect(formOf(new Float32Array(100 * 100), 100, 100)).toBeNull();
});
