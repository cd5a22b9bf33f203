import { expect, it } from "vitest";

import { paint } from "../../src/images/pixels";

const blank = (width: number, height: number) =>
  ({ data: new Uint8ClampedArray(4 * width * height), width, height }) as ImageData;

it("paints grey images into a corner of a sheet", () => {
  const sheet = blank(3, 2);
  paint(sheet, [9, 0, 0.5, 1, 0.2], [1, 2, 2], { from: 1, x: 1 });
  expect(Array.from(sheet.data.slice(4, 12))).toEqual([0, 0, 0, 255, 128, 128, 128, 255]);
  expect(Array.from(sheet.data.slice(0, 4))).toEqual([0, 0, 0, 0]);
  expect(Array.from(sheet.data.slice(16, 20))).toEqual([255, 255, 255, 255]);
});

it("paints colours plane by plane", () => {
  const picture = blank(1, 1);
  paint(picture, [1, 0.5, 0], [3, 1, 1]);
  expect(Array.from(picture.data)).toEqual([255, 128, 0, 255]);
});
