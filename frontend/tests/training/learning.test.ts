import { expect, it } from "vitest";

import { isSlow } from "../../src/training/learning";
import type { Asked, Standing } from "../../src/training/run";

const LONGEST = 120;

/** Of 60,000 images, after three seconds. */
const slow = (asked: Partial<Asked>, stands: Partial<Standing>) =>
  isSlow({ count: 60_000, seconds: null, ...asked } as Asked, { seconds: 3, ...stands } as Standing, LONGEST);

it("is slow where it sees its images less than twice in the time", () => {
  expect(slow({ seconds: 10 }, { imagesPerSecond: 11_900 })).toBe(true);
  expect(slow({ seconds: 10 }, { imagesPerSecond: 12_100 })).toBe(false);
});

it("is slow where its steps take longer than they may on the server", () => {
  expect(slow({}, { done: 3 / 121, imagesPerSecond: 1 })).toBe(true);
  expect(slow({}, { done: 3 / 119, imagesPerSecond: 1 })).toBe(false);
});

it("is not said to be slow before it has begun", () => {
  expect(slow({ seconds: 10 }, { seconds: 0, imagesPerSecond: 0 })).toBe(false);
});
