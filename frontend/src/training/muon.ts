// Muon (Jordan et al. 2024): steps whose matrices turn, and stretch nothing.
//
// torch rounds to bfloat16 inside, where here all is float32.

import type { Place } from "./kernels";
import type { Model, Part } from "./model";

const [A, B, C] = [3.4445, -4.775, 2.0315];
const ROUNDS = 3;
const LEAST_LENGTH = 1e-7;

export class Muon {
  private readonly update: Place;
  private readonly next: Place;
  private readonly gram: Place;
  private readonly scaled: Place;
  private readonly mixed: Place;

  /** Takes these weights of a model; `momenta` is a place for as many numbers as that has. */
  constructor(
    private readonly model: Model, private readonly parts: Part[],
    private readonly momenta: Place, private readonly momentum: number,
  ) {
    const most = Math.max(...parts.map(({ inputs, outputs }) => inputs * outputs));
    const side = Math.max(...parts.map(({ inputs, outputs }) => Math.min(inputs, outputs)));
    const { place } = model;
    [this.update, this.next] = [place.floats(most), place.floats(most)];
    this.gram = place.floats(side * side);
    this.scaled = place.floats(side * side);
    this.mixed = place.floats(side * side);
  }

  /** A step along the gradients times `scale`. */
  step(scale: number, rate: number): void {
    const { model, momentum, momenta, update } = this;
    const { kernels } = model.place;
    for (const part of this.parts) {
      const [at, count] = [4 * part.offset, part.inputs * part.outputs];
      const [gradient, kept] = [model.gradients + at, momenta + at];
      kernels.mix(kept, momentum, kept, (1 - momentum) * scale, gradient, count);
      kernels.mix(update, momentum, kept, (1 - momentum) * scale, gradient, count);
      const length = Math.sqrt(kernels.squares(update, count));
      kernels.mix(update, 1 / Math.max(length, LEAST_LENGTH), update, 0, update, count);
      const turned = this.orthogonal(part);
      const wide = Math.sqrt(Math.max(1, part.layer.outputs / part.layer.inputs));
      const weights = model.weights + at;
      kernels.mix(weights, 1, weights, -rate * wide, turned, count);
    }
  }

  /** Newton and Schulz's iteration on the update, towards the nearest orthogonal matrix. */
  private orthogonal({ inputs, outputs }: Part): Place {
    const { gram, scaled, mixed, model } = this;
    const { kernels } = model.place;
    const [side, count] = [Math.min(inputs, outputs), inputs * outputs];
    const isTall = inputs > outputs;
    let [x, next] = [this.update, this.next];
    for (let round = 0; round < ROUNDS; round++) {
      model.place.view(gram, side * side).fill(0);
      const [down, across] = isTall ? [1, outputs] : [outputs, 1];
      kernels.addProduct(
        side, side, isTall ? inputs : outputs, x, down, across, x, across, down, gram, model.room,
      );
      kernels.mix(scaled, C, gram, 0, gram, side * side);
      kernels.mix(mixed, B, gram, 0, gram, side * side);
      kernels.addProduct(side, side, side, scaled, side, 1, gram, side, 1, mixed, model.room);
      kernels.mix(next, A, x, 0, x, count);
      if (isTall) {
        kernels.addProduct(inputs, side, side, x, side, 1, mixed, side, 1, next, model.room);
      } else {
        kernels.addProduct(side, outputs, side, mixed, side, 1, x, outputs, 1, next, model.room);
      }
      [x, next] = [next, x];
    }
    return x;
  }
}
