import { expect, it } from "vitest";

import { inWords } from "../../src/map/reading";

it("names the likeliest class with its probability", () => {
  expect(inWords(Float32Array.of(0.015, 0.005, 0.98), ["birch", "elm", "oak"])).toBe("oak, 98%");
  expect(inWords(Float32Array.of(0.9999, 0.0001), ["0", "1"])).toBe("0, 100%");
  expect(inWords(Float32Array.of(NaN, NaN), ["0", "1"])).toBe("");
});
