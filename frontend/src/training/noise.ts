// Noise on what the encoder sees, a new draw for each batch, as in `ae_core/noise.py`.

import { blockWeights, blurWeights } from "../denoise/noise";
import { paddedRows } from "./dense";
import type { Place } from "./kernels";
import type { Model } from "./model";

/** A kind with its options by their names, as a card has it. */
export type Noise = { kind: string } & Record<string, number | string>;

/** The lowest and the highest of each option of the kinds that "varied" draws from. */
const PLAIN: [kind: string, options: Record<string, [low: number, high: number]>][] = [
  ["gaussian", { mean: [0, 1], std: [0, 1] }],
  ["salt_and_pepper", { amount: [0, 1] }],
  ["masking", { amount: [0, 1] }],
  ["blur", { sigma: [0, 4] }],
  ["low_resolution", { factor: [1, 10] }],
  ["contrast", { lost: [0, 1] }],
];

/** Below it a blur does nothing, in pixels. */
const LEAST_BLUR = 0.1;

/** One of the plain kinds, and each of its options up to `reach` of the way to its highest. */
export function plain(reach: number, share: () => number): Noise {
  const [kind, options] = PLAIN[Math.floor(share() * PLAIN.length)];
  const chosen = Object.entries(options).map(
    ([name, [low, high]]) => [name, low + share() * reach * (high - low)],
  );
  return { kind, ...Object.fromEntries(chosen) };
}

export class Spoiler {
  private readonly draws: Place;
  private readonly down: Place;
  private readonly across: Place;
  private readonly between: Place;

  /** For images of one channel; `state` is that of the draws. */
  constructor(
    private readonly model: Model, private readonly height: number, private readonly width: number,
    private readonly state: Place, private readonly share: () => number,
  ) {
    const { place, pixelsWidth, rows } = model;
    this.draws = place.floats(paddedRows(rows) * pixelsWidth);
    this.down = place.floats(height * height);
    this.across = place.floats(width * width);
    this.between = place.floats(height * width);
  }

  /** Spoils so many clean images into what is seen. */
  spoil(noise: Noise, rows: number): void {
    const { model, draws, state } = this;
    const { clean, seen, pixelsWidth, place } = model;
    const { kernels } = place;
    const count = rows * pixelsWidth;
    const given = noise.kind === "varied" ? plain(Number(noise.reach), this.share) : noise;
    const of = (option: string) => Number(given[option]);
    if (given.kind === "gaussian") {
      kernels.drawNormals(state, draws, count, of("mean"), of("std"));
      kernels.addNoise(clean, draws, seen, count);
    } else if (given.kind === "contrast") {
      kernels.fade(clean, seen, count, of("lost"));
    } else if (given.kind === "blur" && of("sigma") < LEAST_BLUR) {
      kernels.fade(clean, seen, count, 0);
    } else if (given.kind === "blur") {
      this.blend((size) => blurWeights(size, of("sigma")), rows);
    } else if (given.kind === "low_resolution") {
      this.blend((size) => blockWeights(size, of("factor")), rows);
    } else {
      kernels.drawShares(state, draws, count);
      const spoilt = given.kind === "masking" ? kernels.mask : kernels.saltAndPepper;
      spoilt(clean, draws, seen, count, of("amount"));
    }
    this.clearRest(rows);
  }

  /** Each image between two matrices: one for its columns, one for its rows. */
  private blend(weights: (size: number) => Float32Array, rows: number): void {
    const { model, height, width, down, across } = this;
    const turned = weights(width);
    model.place.view(down, height * height).set(weights(height));
    model.place.view(across, width * width)
      .set(turned.map((_, i) => turned[(i % width) * width + Math.floor(i / width)]));
    model.place.kernels.blend(
      model.clean, model.seen, rows, model.pixelsWidth, height, width, down, across, this.between,
    );
  }

  /** What a row has beyond its image stays zero. */
  private clearRest(rows: number): void {
    const { pixels, pixelsWidth, place, seen } = this.model;
    if (pixels === pixelsWidth) return;
    const view = place.view(seen, rows * pixelsWidth);
    for (let row = 1; row <= rows; row++) view.fill(0, row * pixelsWidth - pixelsWidth + pixels, row * pixelsWidth);
  }
}
