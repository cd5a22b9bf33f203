// Adam and Muon under a schedule and a guard, as `ae_core/training/optimisers.py` has them.

import type { Place } from "./kernels";
import type { Model, Part } from "./model";
import { Muon } from "./muon";

/** What a recipe says of steps, by the names in `ae_core/recipes.py`. */
export interface Recipe {
  optimizer: "adam" | "muon";
  muon_learning_rate: number;
  momentum: number;
  learning_rate: number;
  beta2: number;
  epsilon: number;
  schedule: "constant" | "linear";
  guard: boolean;
}

const BETA1 = 0.9;
const WARM_UP = 0.05;

/** The share of the full rate: up for a twentieth of the steps, then down to zero. */
export function linear(step: number, steps: number): number {
  const rise = Math.max(1, Math.round(WARM_UP * steps));
  return Math.min((step + 1) / rise, Math.max(0, (steps - step) / Math.max(1, steps - rise)));
}

/** The same where a run takes a time: `done` is the share of it that has passed. */
export function linearInTime(done: number): number {
  return Math.max(0, Math.min((done + 1e-3) / WARM_UP, (1 - done) / (1 - WARM_UP)));
}

/** Muon takes matrices with no side as long as an image. */
const isInner = ({ pixels }: Model) => ({ layer }: Part) =>
  layer.inputs !== pixels && layer.outputs !== pixels;

export class Optimiser {
  skipped = 0;
  private taken = 0;
  private usualLength = 0;
  private readonly means: Place;
  private readonly meanSquares: Place;

  private readonly muon: Muon | null;
  /** Stretches of numbers that Adam takes: where they begin, and how many they are. */
  private readonly stretches: [from: number, count: number][] = [];

  constructor(private readonly model: Model, readonly recipe: Recipe) {
    this.means = model.place.floats(model.count);
    this.meanSquares = model.place.floats(model.count);
    const inner = recipe.optimizer === "muon" ? model.parts.filter(isInner(model)) : [];
    this.muon = inner.length ? new Muon(model, inner, this.means, recipe.momentum) : null;
    let from = 0;
    for (const { offset, inputs, outputs } of inner) {
      this.stretches.push([from, offset - from]);
      from = offset + inputs * outputs;
    }
    this.stretches.push([from, model.count - from]);
  }

  /** A step along the model's gradients, at a share of the full rates. */
  step(share: number): void {
    const scale = this.recipe.guard ? this.accepted() : 1;
    if (scale === null) {
      this.skipped++;
      return;
    }
    const { model, recipe } = this;
    this.taken++;
    const rate = (share * recipe.learning_rate) / (1 - BETA1 ** this.taken);
    const spread = 1 / Math.sqrt(1 - recipe.beta2 ** this.taken);
    for (const [from, count] of this.stretches) {
      model.place.kernels.adam(
        model.weights + 4 * from, model.gradients + 4 * from, this.means + 4 * from,
        this.meanSquares + 4 * from, count, scale, rate, BETA1, recipe.beta2, spread, recipe.epsilon,
      );
    }
    this.muon?.step(scale, share * recipe.muon_learning_rate);
  }

  /** By what to scale the gradient, clipped at twice its usual length; null where it is broken. */
  private accepted(): number | null {
    const { model } = this;
    const length = Math.sqrt(model.place.kernels.squares(model.gradients, model.count));
    if (!Number.isFinite(length)) return null;
    const limit = 2 * this.usualLength;
    const clipped = limit > 0 ? Math.min(limit, length) : length;
    this.usualLength += (clipped - this.usualLength) * (this.usualLength ? 0.05 : 1);
    return length > clipped ? clipped / length : 1;
  }
}
