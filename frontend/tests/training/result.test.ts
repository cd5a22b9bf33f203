import { expect, it } from "vitest";

import type { Network } from "../../src/training/network";
import { Curve, learnedIn, POINTS, resultFile } from "../../src/training/result";
import type { Standing } from "../../src/training/run";

const standing = (step: number): Standing =>
  ({ step, done: 0, seconds: 1.5, imagesPerSecond: 0, skipped: 0, losses: { bce: 1 / step } });

it("keeps a curve of few points, with the first steps and the last", () => {
  const curve = new Curve();
  for (let step = 1; step <= 1000; step++) curve.add(standing(step));
  curve.add(standing(1000));
  const steps = curve.points.map(([step]) => step);
  expect(steps.length).toBeLessThanOrEqual(POINTS);
  expect(steps.length).toBeGreaterThanOrEqual(POINTS / 2);
  expect(steps[0]).toBeLessThan(100);
  expect(steps[steps.length - 1]).toBe(1000);
  expect([...steps].sort((a, b) => a - b)).toEqual(steps);
});

it("keeps what was measured on test images", () => {
  const curve = new Curve();
  for (let step = 1; step <= 40; step++) curve.add(standing(step), step === 33 ? { bce: 9 } : null);
  expect(curve.points.find(([, , , tested]) => tested)).toEqual([33, 1.5, { bce: 1 / 33 }, { bce: 9 }]);
});

it("has a safetensors file of the weights, by name and shape", () => {
  const layer = { name: "encoder.0", inputs: 2, outputs: 3, activation: "relu" } as const;
  const network = { encoder: [layer], heads: null, decoder: [] } as unknown as Network;
  const weights = {
    "encoder.0.weight": Float32Array.of(1, 2, 3, 4, 5, 6), "encoder.0.bias": Float32Array.of(7, 8, 9),
  };
  const file = resultFile(network, weights, standing(5), [[5, 1.5, { bce: 0.2 }, null]], "{}");
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  expect(header["encoder.0.weight"].shape).toEqual([3, 2]);
  const [from, to] = header["encoder.0.bias"].data_offsets;
  expect([...new Float32Array(file.slice(8 + length).buffer, from, (to - from) / 4)]).toEqual([7, 8, 9]);
  expect(JSON.parse(header.__metadata__.run)).toEqual(
    { steps: 5, seconds: 1.5, curve: [[5, 1.5, { bce: 0.2 }, null]] },
  );
  expect(header.__metadata__.spec).toBe("{}");
  expect(learnedIn(file)).toEqual({ weights, step: 5, seconds: 1.5, changes: [], curve: [[5, 1.5, { bce: 0.2 }, null]] });
});
