import { expect, it } from "vitest";

import { paintCells } from "../../src/images/cells";
import { PALETTE } from "../../src/images/colours";

it("paints the colour of the class, more opaque where its share is larger, nothing where none is", () => {
  const picture = { data: new Uint8ClampedArray(12), width: 3, height: 1 } as ImageData;
  paintCells(picture, [{ label: 12, share: 1 }, null, { label: 1, share: 0.5 }]);
  const [strong, none, weak] = [0, 4, 8].map((at) => Array.from(picture.data.slice(at, at + 4)));
  expect(strong.slice(0, 3)).toEqual(PALETTE[2]);
  expect(weak.slice(0, 3)).toEqual(PALETTE[1]);
  expect(strong[3]).toBeCloseTo(2 * weak[3], -1);
  expect(none[3]).toBe(0);
});
