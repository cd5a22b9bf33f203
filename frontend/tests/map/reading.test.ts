import { expect, it, vi } from "vitest";

import { Reading } from "../../src/map/reading";
import type { WorkerClient } from "../../src/models/worker_client";
import { model } from "../codes/small_model";

/** A classifier of four pixels and two classes: sure of class 1 by the first pixel. */
const run = vi.fn(async ({ rows, count }: { rows: Float32Array; count: number }) => [
  Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 ? rows[2 * (i - 1)] : 1 - rows[2 * i])),
]);
const worker = { run } as unknown as WorkerClient;

it("reads many images a few at once, so that the worker can answer in between", async () => {
  const pixels = new Float32Array(4 * 20);
  pixels[4 * 17] = 1;
  const found = await new Promise<unknown>((done, failed) =>
    new Reading(model({ classifier: "/c" }), worker, done, failed).send(pixels));
  const none = { label: 0, share: 1 };
  expect(found).toEqual([...Array(17).fill(none), { label: 1, share: 1 }, none, none]);
  expect(run.mock.calls.map(([{ count }]) => count)).toEqual([8, 8, 4]);
});

it("asks nothing where there is no classifier", () => {
  run.mockClear();
  new Reading(model(), worker, () => {}, () => {}).send(new Float32Array(4));
  expect(run).not.toHaveBeenCalled();
});
