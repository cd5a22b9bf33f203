import { expect, it } from "vitest";

import { ENDS, PALETTE, ofAmounts, ofClasses } from "../../src/images/colours";

it("gives rows the colours of their classes, which repeat after ten", () => {
  const colourOf = ofClasses([3, 13, 0]);
  expect(colourOf(0)).toEqual(PALETTE[3]);
  expect(colourOf(1)).toEqual(PALETTE[3]);
  expect(colourOf(2)).toEqual(PALETTE[0]);
});

it("gives amounts a colour between the ends, and those of the ends beyond", () => {
  const colourOf = ofAmounts(Float32Array.of(10, 20, 15, -99, 99), 10, 20);
  const [from, to] = ENDS;
  expect([0, 1, 3, 4].map(colourOf)).toEqual([from, to, from, to]);
  const halfway = from.map((value, i) => Math.round((value + to[i]) / 2));
  expect(colourOf(2)).toEqual(halfway);
});
