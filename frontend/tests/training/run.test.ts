import { expect, it } from "vitest";

import { NoisyImages, shares } from "../../src/denoise/noise";
import { padded } from "../../src/training/dense";
import { Room } from "../../src/training/kernels";
import { Model } from "../../src/training/model";
import type { Network } from "../../src/training/network";
import { plain, Spoiler } from "../../src/training/noise";
import { linear, linearInTime } from "../../src/training/optimiser";
import { type Asked, Run } from "../../src/training/run";
import { kernels } from "./kernels";

const [HEIGHT, WIDTH, CODE] = [9, 6, 3];
const PIXELS = HEIGHT * WIDTH;

const layer = (name: string, inputs: number, outputs: number, activation = "linear") =>
  ({ name, inputs, outputs, activation }) as Network["encoder"][number];

const NETWORK: Network = {
  encoder: [layer("encoder.0", PIXELS, 20, "silu")],
  heads: [layer("mean", 20, CODE), layer("log_variance", 20, CODE)],
  decoder: [layer("decoder.0", CODE, 20, "silu"), layer("decoder.2", 20, PIXELS)],
  loss: "bce", beta: 1, sizes: 0, whole_batch: false,
};

const ASKED: Asked = {
  network: NETWORK,
  recipe: {
    optimizer: "adam", muon_learning_rate: 0.04, momentum: 0.95, learning_rate: 0.01, beta2: 0.99, epsilon: 1e-7, schedule: "linear", guard: true,
    batch_size: 30, initialisation: "scaled",
  },
  noise: null, strength: "", height: HEIGHT, width: WIDTH, count: 200, seed: 5, steps: 150, seconds: null,
};

/** Images with one white row and one white column each. */
const IMAGES = Uint8Array.from({ length: 200 * PIXELS }, (_, i) => {
  const [image, place] = [Math.floor(i / PIXELS), i % PIXELS];
  const isWhite = Math.floor(place / WIDTH) === image % HEIGHT || place % WIDTH === image % WIDTH;
  return isWhite ? 255 : 0;
});

async function run(more: Partial<Asked> = {}): Promise<Run> {
  const made = new Run(await kernels(), { ...ASKED, ...more });
  made.add(IMAGES);
  return made;
}

it("lowers the loss, and ends after the steps asked for", async () => {
  const learning = await run();
  learning.learn();
  const total = () => Object.values(learning.standing().losses).reduce((a, b) => a + b);
  const first = total();
  learning.advance(60_000);
  expect(learning.step).toBe(150);
  expect(total()).toBeLessThan(0.8 * first);
  expect(learning.hasDiverged).toBe(false);
});

it("ends after the seconds asked for", async () => {
  const learning = await run({ steps: null, seconds: 0.1 });
  while (!learning.isOver) learning.advance(5);
  expect(learning.seconds).toBeGreaterThan(0.1);
  expect(learning.seconds).toBeLessThan(0.2);
});

it("learns the same from the same seed, and other things from another", async () => {
  const noise = { kind: "gaussian", mean: 0, std: 0.3 };
  const learned = async (seed: number) => {
    const learning = await run({ seed, noise, steps: 5 });
    learning.advance(60_000);
    return learning.weights()["encoder.0.weight"];
  };
  expect(await learned(1)).toEqual(await learned(1));
  expect(await learned(2)).not.toEqual(await learned(1));
});

it("starts with the images that have come, and learns from those that come later", async () => {
  const early = new Run(await kernels(), ASKED);
  expect(early.isReady).toBe(false);
  early.add(IMAGES.subarray(0, 40 * PIXELS));
  for (let step = 0; step < 4; step++) early.learn();
  early.add(IMAGES.subarray(40 * PIXELS));
  early.advance(60_000);
  expect(early.step).toBe(150);
  const codes = early.encode(Float32Array.from(IMAGES, (value) => value / 255));
  expect(codes.length).toBe(200 * CODE);
});

it("goes on from weights that it is given", async () => {
  const learned = await run();
  learned.advance(60_000);
  const weights = learned.weights();
  const again = await run({ start: { weights, step: 120, seconds: 1, changes: ["60:beta=4"] } });
  expect(again.weights()).toEqual(weights);
  again.advance(60_000);
  expect(again.step).toBe(150);
});

it("follows what is changed on the way, and goes on with it", async () => {
  const [changed, same] = [await run(), await run()];
  for (const each of [changed, same]) for (let step = 0; step < 20; step++) each.learn();
  const weights = same.weights();
  changed.change("rate", 0);
  changed.change("beta", 4);
  changed.learn();
  expect(changed.weights()).toEqual(weights);
  expect(changed.changes).toEqual(["20:rate=0", "20:beta=4"]);
  const again = await run({ start: { weights, step: 20, seconds: 1, changes: changed.changes } });
  again.learn();
  expect(again.weights()).toEqual(weights);
  expect(again.asked.network.beta).toBe(4);
  expect(ASKED.network.beta).toBe(1);
});

it("makes the noise stronger on the way", async () => {
  const noise = { kind: "gaussian", mean: 0, std: 0 };
  const clean = await run({ noise, strength: "std" });
  const noisy = await run({ noise, strength: "std" });
  noisy.change("noise", 1);
  for (const each of [clean, noisy]) each.learn();
  const seen = (each: Run) => [...each.model.place.view(each.model.seen, 500)];
  expect(Math.max(...seen(clean))).toBeLessThanOrEqual(1);
  expect(seen(noisy)).not.toEqual(seen(clean));
});

it("measures images as they are, whatever was learned from last", async () => {
  const learned = await run();
  learned.advance(60_000);
  const images = Float32Array.from(IMAGES, (value) => value / 255);
  const { bce, kl } = learned.measure(images);
  const half = learned.measure(images.subarray(0, images.length / 2));
  expect(kl).toBeGreaterThan(0);
  expect(bce / half.bce).toBeCloseTo(1, 1);
  expect(learned.measure(images).kl).toBeCloseTo(kl, 4);
});

it("says that it has diverged, where a weight is infinite", async () => {
  const broken = await run({ recipe: { ...ASKED.recipe, learning_rate: 1e38, guard: false } });
  broken.advance(60_000);
  expect(broken.hasDiverged).toBe(true);
  expect(broken.step).toBeLessThan(151);
});

it("draws the mean image before it has learned", async () => {
  const fresh = await run();
  const drawn = fresh.decode(new Float32Array(CODE));
  const mean = (place: number) => {
    let sum = 0;
    for (let i = place; i < IMAGES.length; i += PIXELS) sum += IMAGES[i] / 255 / 200;
    return sum;
  };
  [0, 7, PIXELS - 1].forEach((place) => expect(drawn[place]).toBeCloseTo(mean(place), 5));
});

// As `linear` in `ae_core/training/optimisers.py` has it, of 100 steps.
it("has Python's schedule", () => {
  [[0, 0.2], [4, 1], [5, 1], [52, 48 / 95], [99, 1 / 95]].forEach(([step, share]) =>
    expect(linear(step, 100)).toBeCloseTo(share, 6));
  expect(linearInTime(0.05)).toBeCloseTo(1, 6);
  expect(linearInTime(1)).toBe(0);
});

async function spoilt(noise: Parameters<Spoiler["spoil"]>[0], rows = 20) {
  const model = new Model(NETWORK, new Room(await kernels()), rows);
  const state = model.place.floats(16);
  model.place.view(state, 16).fill(0.7).forEach((_, i, all) => (all[i] = Math.sin(i + 1)));
  const clean = Float32Array.from({ length: rows * PIXELS }, (_, i) => ((i * 53) % 101) / 100);
  const width = padded(PIXELS);
  for (let row = 0; row < rows; row++) {
    model.place.view(model.clean, rows * width)
      .set(clean.subarray(row * PIXELS, (row + 1) * PIXELS), row * width);
  }
  new Spoiler(model, HEIGHT, WIDTH, state, shares(3)).spoil(noise, rows);
  const seen = model.place.view(model.seen, rows * width);
  expect(seen.filter((_, i) => i % width >= PIXELS).every((value) => value === 0)).toBe(true);
  return { clean, seen: seen.filter((_, i) => i % width < PIXELS) };
}

it.each([
  ["blur", "sigma", 1.3], ["blur", "sigma", 0.05], ["low_resolution", "factor", 3],
  ["contrast", "lost", 0.8],
])("spoils by %s as the page does (%s %d)", async (kind, option, strength) => {
  const { clean, seen } = await spoilt({ kind, [option]: strength });
  const noisy = new NoisyImages(clean, 20, [1, HEIGHT, WIDTH])
    .corrupted({ kind, strength, mean: 0, seed: 1 });
  noisy.forEach((value, i) => expect(seen[i]).toBeCloseTo(value, 5));
});

it("draws normals of the mean and the spread asked for, which do not repeat", async () => {
  const some = await kernels();
  const place = new Room(some);
  const [state, to] = [place.floats(16), place.floats(80_000)];
  new Uint32Array(some.memory.buffer, state, 16).forEach((_, i, all) => (all[i] = 0x9e3779b9 * (i + 1)));
  some.drawNormals(state, to, 80_000, 0.4, 0.2);
  const drawn = place.view(to, 80_000);
  const mean = drawn.reduce((a, b) => a + b) / 80_000;
  const moment = (power: number) =>
    drawn.reduce((sum, x) => sum + ((x - mean) / 0.2) ** power, 0) / 80_000;
  expect(mean).toBeCloseTo(0.4, 2);
  expect(moment(2)).toBeCloseTo(1, 1);
  expect(moment(3)).toBeCloseTo(0, 1);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15);
  expect(new Set(drawn).size).toBeGreaterThan(70_000);
});

it("whitens, blackens or keeps each pixel by its share", async () => {
  const masked = await spoilt({ kind: "masking", amount: 0.4 }, 100);
  const isGone = (value: number, i: number) => value === 0 && masked.clean[i] > 0;
  expect(masked.seen.filter(isGone).length / masked.seen.length).toBeCloseTo(0.4, 1);
  const salted = await spoilt({ kind: "salt_and_pepper", amount: 0.4 }, 100);
  const whitened = salted.seen.filter((value, i) => value === 1 && salted.clean[i] < 1);
  expect(whitened.length / salted.seen.length).toBeCloseTo(0.2, 1);
});

it("draws every plain kind of noise, within its reach", () => {
  const share = shares(1);
  const kinds = Array.from({ length: 100 }, () => plain(0.5, share));
  expect(new Set(kinds.map(({ kind }) => kind)).size).toBe(6);
  for (const { kind, sigma } of kinds) if (kind === "blur") expect(sigma).toBeLessThanOrEqual(2);
});

it.each([[20, 16, 300], [8, 8, 1], [44, 24, 257]])(
  "multiplies matrices of %d x %d, each way round", async (m, n, k) => {
    const some = await kernels();
    const place = new Room(some);
    const [a, b, c, room] = [m * k, k * n, m * n, (m + 8) * 256].map((count) => place.floats(count));
    const [left, right] = [place.view(a, m * k), place.view(b, k * n)];
    left.forEach((_, i) => (left[i] = Math.sin(i)));
    right.forEach((_, i) => (right[i] = Math.cos(i)));
    for (const [aDown, aAcross] of [[k, 1], [1, m]]) {
      for (const [bDown, bAcross] of [[n, 1], [1, k]]) {
        place.view(c, m * n).fill(0.5);
        some.addProduct(m, n, k, a, aDown, aAcross, b, bDown, bAcross, c, room);
        for (const [row, column] of [[0, 0], [m - 1, n - 1], [5, 3]]) {
          let sum = 0.5;
          for (let i = 0; i < k; i++) {
            sum += left[row * aDown + i * aAcross] * right[i * bDown + column * bAcross];
          }
          expect(place.view(c, m * n)[row * n + column]).toBeCloseTo(sum, 3);
        }
      }
    }
  },
);
