import { expect, it } from "vitest";

import { explained, isPossible } from "../../src/map/background";
import { model } from "../codes/small_model";

it("offers regions only where a classifier knows these images, density only where there are classes", () => {
  const known = { classifier: "/live-classifiers/c/00" };
  expect(isPossible("regions", model(known))).toBe(true);
  expect(isPossible("regions", model())).toBe(false);
  expect(isPossible("density", model())).toBe(true);
  expect(isPossible("density", model({ classes: ["0"] }))).toBe(false);
  // A line has no places beside it.
  expect(isPossible("regions", model({ ...known, free: 1 }))).toBe(false);
  expect(isPossible("density", model({ free: 1 }))).toBe(false);
});

it("says what else of a code the regions depend on", () => {
  expect(explained("regions", model())).toContain("the plane through the present code");
  const flat = explained("regions", model({ free: 2, dim: 2 }));
  expect(flat).toContain("each place;");
  expect(explained("regions", model({ free: 2 }))).toContain("for the chosen class");
  expect(explained("codes", model())).toBe("");
});
