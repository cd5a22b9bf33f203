import { expect, it } from "vitest";

import { apart, fewRowsIn, roomFor, sideOf } from "../../src/images/thumbnails";

const box = { left: 0, right: 10, bottom: 0, top: 10 };
const places = Float32Array.of(5, 5, 50, 5, 1, 9, 2, 2);
const labels = [0, 0, 1, 2];

it("finds the shown places in view", () => {
  expect(fewRowsIn(box, places, labels, new Set([0, 1]), 3)).toEqual([0, 2]);
});

it("finds none where too many are in view", () => {
  expect(fewRowsIn(box, places, labels, new Set([0, 1, 2]), 3)).toEqual([0, 2, 3]);
  expect(fewRowsIn(box, places, labels, new Set([0, 1, 2]), 2)).toEqual([]);
});

it("finds the places that lie by themselves", () => {
  const near = [0, 0, 5, 5, 30, 30, -40, 9, 30, 39.9, 100, -100];
  expect(apart(near, 10)).toEqual([3, 5]);
  expect(apart(near, 5)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(apart([], 5)).toEqual([]);
});

it("draws as many as there is room for, larger where they are fewer", () => {
  expect(roomFor(500, 500, 1)).toBe(111);
  expect(roomFor(1000, 1000, 2)).toBe(111);
  expect(sideOf(111, 28, 500, 500, 1)).toBe(28);
  expect(sideOf(10, 28, 500, 500, 1)).toBe(84);
});

it("enlarges pixels by whole numbers", () => {
  for (const count of [1, 20, 60, 111]) expect(sideOf(count, 28, 1000, 1000, 2) % 28).toBe(0);
  expect(sideOf(111, 64, 500, 500, 1)).toBe(28);
});
