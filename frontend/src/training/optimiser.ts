// Adam under a schedule and a guard, as `ae_core/training/optimisers.py` has them.

import type { Place } from "./kernels";
import type { Model } from "./model";

/** What a recipe says of steps, by the names in `ae_core/recipes.py`. */
export interface Recipe {
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

export class Optimiser {
  skipped = 0;
  private taken = 0;
  private usualLength = 0;
  private readonly means: Place;
  private readonly meanSquares: Place;

  constructor(private readonly model: Model, readonly recipe: Recipe) {
    this.means = model.place.floats(model.count);
    this.meanSquares = model.place.floats(model.count);
  }

  /** A step along the model's gradients, at a share of the full rate. */
  step(share: number): void {
    const scale = this.recipe.guard ? this.accepted() : 1;
    if (scale === null) {
      this.skipped++;
      return;
    }
    const { model, recipe } = this;
    this.taken++;
    model.place.kernels.adam(
      model.weights, model.gradients, this.means, this.meanSquares, model.count, scale,
      (share * recipe.learning_rate) / (1 - BETA1 ** this.taken), BETA1, recipe.beta2,
      1 / Math.sqrt(1 - recipe.beta2 ** this.taken), recipe.epsilon,
    );
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
