import { expect, it } from "vitest";

import { leastSure } from "../../src/codes/walk_reading";

it("finds the step that is read with the least confidence, past images of NaN", () => {
  const found = [null, { label: 3, share: 0.9 }, { label: 8, share: 0.4 }, { label: 5, share: 0.8 }];
  expect(leastSure(found)).toBe(2);
});
