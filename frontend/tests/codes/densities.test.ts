import { expect, it } from "vitest";

import { CELLS, densities } from "../../src/codes/densities";

const box = { left: 0, right: CELLS, bottom: 0, top: CELLS };
const places = Float32Array.of(20.5, 100.5, 20.5, 100.5, 20.5, 100.5, 21.5, 100.5, 100.5, 20.5);
const labels = [0, 0, 0, 1, 1];
const cell = (u: number, v: number) => (CELLS - 1 - v) * CELLS + u;

it("gives the densest class of each place, most at its densest place, none far from all codes", () => {
  const found = densities(places, labels, [0, 1], box);
  expect(found[cell(20, 100)]).toEqual({ label: 0, share: 1 });
  expect(found[cell(100, 20)]).toEqual({ label: 1, share: 1 });
  const [near, nearer] = [found[cell(96, 20)]!.share, found[cell(98, 20)]!.share];
  expect(near).toBeLessThan(nearer);
  expect(nearer).toBeLessThan(1);
  expect(found[cell(64, 64)]).toBeNull();
});

it("counts only the classes that are shown", () => {
  expect(densities(places, labels, [1], box)[cell(20, 100)]!.label).toBe(1);
});

it("counts codes at and beyond the edge as far as they reach", () => {
  const found = densities(Float32Array.of(-1.5, 64.5), [0], [0], box);
  expect(found[cell(0, 64)]!.label).toBe(0);
  expect(densities(Float32Array.of(-90, 64), [0], [0], box).every((each) => each === null)).toBe(true);
});

it("goes through the codes once, however many classes have none", () => {
  let reads = 0;
  const counted = new Proxy(labels, {
    get(target, name) {
      if (name !== "length") reads++;
      return Reflect.get(target, name);
    },
  });
  expect(densities(places, counted, Array(1000).keys(), box)).toEqual(densities(places, labels, [0, 1], box));
  expect(reads).toBe(labels.length);
});
