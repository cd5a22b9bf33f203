import { expect, it } from "vitest";

import { PALETTE } from "../../src/images/colours";
import { dotRadius, scatter } from "../../src/images/scatter";

const blank = (width: number, height: number) =>
  ({ data: new Uint8ClampedArray(4 * width * height), width, height }) as ImageData;

const box = { left: 0, right: 10, bottom: 0, top: 10 };

it("draws a point where it lies, in the colour of its class", () => {
  const picture = blank(11, 11);
  scatter(picture, Float32Array.of(5, 8), [2], { ...box, right: 11, top: 11 }, new Set([2]), 0.5, 1);
  const at = 4 * (3 * 11 + 5);
  expect(Array.from(picture.data.slice(at, at + 4))).toEqual([...PALETTE[2], 255]);
});

it("leaves out classes that are switched off, and points outside", () => {
  const picture = blank(10, 10);
  scatter(picture, Float32Array.of(5, 5, 50, 50, -3, 2), [0, 1, 1], box, new Set([1]), 1, 1);
  expect(picture.data.every((value) => value === 0)).toBe(true);
});

it("keeps to the picture at its edge", () => {
  const picture = blank(4, 4);
  scatter(picture, Float32Array.of(0, 10, 10, 0), [0, 0], box, new Set([0]), 3, 0.5);
  expect(picture.data[3]).toBeGreaterThan(0);
});

it("draws larger dots where there are few", () => {
  expect(dotRadius(600, 10_000)).toBeCloseTo(2.1);
  expect(dotRadius(600, 2000)).toBeCloseTo(2.1);
  expect(dotRadius(600, 250)).toBeCloseTo(4.2);
  expect(dotRadius(600, 10)).toBeCloseTo(6.3);
});
