import { expect, it } from "vitest";

import { maskOf, runsOf } from "../../src/denoise/runs";

it.each([
  [[0, 0, 1, 1, 1, 0], [2, 3, 1]], [[1, 0, 1], [0, 1, 1, 1]], [[0, 0, 1], [2, 1]], [[1, 1], [0, 2]],
  [[0, 0, 0], []],
])("a mask %j has the runs %j and comes back from them", (bits, runs) => {
  const mask = Uint8Array.from(bits);
  expect(runsOf(mask)).toEqual(runs);
  expect(maskOf(runs, mask.length)).toEqual(mask);
});
