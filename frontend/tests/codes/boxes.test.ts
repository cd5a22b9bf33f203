import { describe, expect, it } from "vitest";

import { boxOf, byClass, moved, rowUnder, zoomed } from "../../src/codes/boxes";

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
});

it("keeps a place where it is while zooming", () => {
  const box = zoomed({ left: 0, right: 4, bottom: 0, top: 2 }, 0.5, 1, 1);
  expect(box).toEqual({ left: 0.5, right: 2.5, bottom: 0.5, top: 1.5 });
  expect(moved(box, 1, -1)).toEqual({ left: 1.5, right: 3.5, bottom: -0.5, top: 0.5 });
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
