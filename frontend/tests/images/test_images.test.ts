import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { TestImages } from "../../src/images/test_images";
import type { Shape } from "../../src/models/model";
import { model } from "../codes/small_model";

let size: number;

/** `count` images, each of its own number throughout, on a line of
 * codes. */
function set(count: number, arrived = () => {}, shape: Shape = [3, 64, 64]) {
  size = shape[0] * shape[1] * shape[2];
  const codes = Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 ? 0 : (7 * i) % count));
  const labels = new Int16Array(count);
  const own = model({ images: "/live-images/s/1", dim: 2, free: 2, shape, centre: [0, 0] });
  return new TestImages(own, { codes, labels }, arrived);
}

let asked: number[][];
let sent: number;

beforeEach(() => {
  [asked, sent] = [[], 0];
  vi.stubGlobal("fetch", async (url: string) => {
    const rows = url.split("/").at(-1)!.split(",").map(Number);
    asked.push(rows);
    const pixels = new Uint8Array(rows.length * size);
    rows.forEach((row, i) => pixels.fill(row % 251, i * size, (i + 1) * size));
    sent += pixels.length;
    return new Response(pixels);
  });
});
afterEach(() => void vi.unstubAllGlobals());

const settled = () => vi.waitFor(async () => {
  const before = asked.length;
  await new Promise((done) => setTimeout(done, 20));
  expect(asked.length).toBe(before);
});

it("fetches what is looked at, and not the rest of a large set", async () => {
  let arrivals = 0;
  const images = set(2000, () => arrivals++);
  expect(asked).toEqual([]);
  expect(images.at(1234)).toBeNull();
  expect(images.at(1234)).toBeNull();
  await settled();
  expect([asked.length, arrivals]).toEqual([1, 1]);
  expect(sent).toBeLessThan(2 ** 17 + 1);
  expect(images.at(1234)).toEqual(new Uint8Array(size).fill(1234 % 251));
  expect(images.at(asked[0][0])?.[0]).toBe(asked[0][0] % 251);
});

it("fetches small images to the last one, each once", async () => {
  set(3000, () => {}, [1, 28, 28]).at(0);
  await settled();
  expect(asked.flat().sort((a, b) => a - b)).toEqual([...Array(3000).keys()]);
});

it("keeps what was looked at last, within bounds", async () => {
  const images = set(2000);
  for (let turn = 0; turn < 20; turn++) {
    for (let row = 100 * turn; row < 100 * (turn + 1); row++) images.at(row);
    await settled();
  }
  const kept = [...Array(2000).keys()].filter((row) => images.at(row));
  expect(kept.length * size).toBeLessThanOrEqual(128 * 2 ** 17);
  expect(kept).toContain(1999);
  images.stop();
});

it("asks again, a while after a failure, and not at every look", async () => {
  vi.useFakeTimers();
  const answer = globalThis.fetch;
  vi.stubGlobal("fetch", async (url: string) => {
    await answer(url);
    return new Response("", { status: 503 });
  });
  const images = set(2000);
  for (let look = 0; look < 5; look++) {
    images.at(7);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(asked.length).toBe(1);
  await vi.advanceTimersByTimeAsync(5000);
  images.at(7);
  expect(asked.length).toBe(2);
  vi.useRealTimers();
});
