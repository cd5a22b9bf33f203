import { expect, it } from "vitest";

import { inWords, likeliest } from "../../src/models/likeliest";

it("finds the likeliest class of each image, and none of an image of NaN", () => {
  const shares = Float32Array.of(0.25, 0.75, NaN, NaN, 1, 0);
  expect(likeliest(shares, 2)).toEqual([{ label: 1, share: 0.75 }, null, { label: 0, share: 1 }]);
});

it("names a class with its probability", () => {
  expect(inWords({ label: 2, share: 0.98 }, ["birch", "elm", "oak"])).toBe("oak, 98%");
  expect(inWords({ label: 0, share: 0.9999 }, ["0", "1"])).toBe("0, 100%");
  expect(inWords(null, ["0", "1"])).toBe("");
});
