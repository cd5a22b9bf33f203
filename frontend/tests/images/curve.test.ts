import { expect, it } from "vitest";

import { alongCurve } from "../../src/images/curve";

it("gives every row once, and neighbours on the map to the same part", () => {
  const places = Float32Array.from({ length: 2 * 32 * 32 }, (_, i) =>
    i % 2 ? Math.floor((i - 1) / 64) : (i / 2) % 32);
  const order = alongCurve(places);
  expect([...order].sort((a, b) => a - b)).toEqual([...Array(1024).keys()]);
  for (let part = 0; part < 1024; part += 64) {
    const rows = [...order.subarray(part, part + 64)];
    const reach = (start: number) => {
      const values = rows.map((row) => places[2 * row + start]);
      return Math.max(...values) - Math.min(...values);
    };
    expect(reach(0) + reach(1)).toBeLessThan(31);
  }
});
