// A dense layer in the memory of the kernels: forward, and backward to its gradients.

import type { Kernels, Place, Room } from "./kernels";
import { ACTIVATIONS, type Layer } from "./network";

/** Widths in memory are multiples of 8; what is over is zero, and stays it. */
export const padded = (width: number) => Math.ceil(width / 8) * 8;

/** A batch in memory has a multiple of 4 rows; what stands in those that are over counts nowhere. */
export const paddedRows = (rows: number) => Math.ceil(rows / 4) * 4;

/** Numbers that a layer has in memory: its weights (inputs, outputs), then its bias. */
export const sizeOf = ({ inputs, outputs }: Layer) => (padded(inputs) + 1) * padded(outputs);

export class Dense {
  readonly width: number;
  /** What the activation gives, its slopes, and what it is given. */
  readonly output: Place;
  readonly slopes: Place;
  private readonly before: Place;
  private readonly inputs: number;
  private readonly kind: number;
  private readonly kernels: Kernels;

  /** `weights` and `gradients` are where the numbers of this layer lie; `room` is of a product. */
  constructor(
    readonly layer: Layer, place: Room, rows: number,
    private readonly weights: Place, private readonly gradients: Place, private readonly room: Place,
  ) {
    this.kernels = place.kernels;
    this.inputs = padded(layer.inputs);
    this.width = padded(layer.outputs);
    this.kind = ACTIVATIONS.indexOf(layer.activation);
    const count = paddedRows(rows) * this.width;
    this.before = place.floats(count);
    this.output = this.kind ? place.floats(count) : this.before;
    this.slopes = place.floats(count);
  }

  private get bias(): number {
    return 4 * this.inputs * this.width;
  }

  forward(x: Place, rows: number): void {
    const { kernels, inputs, width, weights } = this;
    const all = paddedRows(rows);
    kernels.fillRows(weights + this.bias, this.before, all, width);
    kernels.addProduct(
      all, width, inputs, x, inputs, 1, weights, width, 1, this.before, this.room,
    );
    if (this.kind) kernels.activate(this.kind, this.before, this.output, all * width);
  }

  /** Adds to the gradients; the slopes of x are added to `xSlopes`, unless that is 0. */
  backward(x: Place, xSlopes: Place, rows: number): void {
    const { kernels, inputs, width, weights, gradients, slopes } = this;
    const all = paddedRows(rows);
    kernels.backward(this.kind, this.before, this.output, slopes, all * width);
    kernels.addProduct(inputs, width, rows, x, 1, inputs, slopes, width, 1, gradients, this.room);
    kernels.addRows(slopes, gradients + this.bias, rows, width);
    if (!xSlopes) return;
    kernels.addProduct(all, inputs, width, slopes, width, 1, weights, 1, width, xSlopes, this.room);
  }
}
