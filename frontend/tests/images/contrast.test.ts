import { expect, it } from "vitest";

import { type Colour, PALETTE } from "../../src/images/colours";
import { contrast, seenOn } from "../../src/images/contrast";
import { scatter } from "../../src/images/scatter";

const GROUNDS: Colour[] = [[255, 255, 255], [241, 245, 245], [16, 24, 26], [27, 38, 40], [0, 0, 0]];

it("knows the contrast of colours", () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
  expect(contrast([118, 118, 118], [255, 255, 255])).toBeCloseTo(4.54, 2);
  expect(contrast(PALETTE[9], [255, 255, 255])).toBeLessThan(1.6);
});

it("makes each class be seen on the ground of each theme, and leaves what is seen anyhow", () => {
  for (const ground of GROUNDS) {
    for (const colour of PALETTE) {
      const seen = seenOn(ground, colour);
      expect(contrast(seen, ground)).toBeGreaterThanOrEqual(3);
      if (contrast(colour, ground) > 3.2) expect(seen).toEqual(colour);
    }
  }
});

it("gives dots a rim that is seen, also where the colour of their class is not", () => {
  for (const ground of GROUNDS) {
    const picture = { data: new Uint8ClampedArray(4 * 81), width: 9, height: 9 } as ImageData;
    const box = { left: 0, right: 9, bottom: 0, top: 9 };
    scatter(
      picture, Float32Array.of(4, 5), [9], box, new Set([9]), 2.5, 0.75, null, () => PALETTE[9], ground);
    const pixels = Array.from({ length: 81 }, (_, i) => picture.data.slice(4 * i, 4 * i + 4));
    const best = Math.max(...pixels.filter((pixel) => pixel[3] > 200)
      .map(([r, g, b]) => contrast([r, g, b], ground)));
    expect(best).toBeGreaterThanOrEqual(3);
  }
});
