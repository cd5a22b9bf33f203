// The two directions in which codes differ most, followed while they move: the map does not turn over.

/** Milliseconds after which the directions are found anew. */
const EVERY_MS = 200;
const ROUNDS = 3;

export class PrincipalAxes {
  private centre: Float64Array;
  private axes: [Float64Array, Float64Array];
  private found = -Infinity;

  constructor(readonly dim: number) {
    const unit = (at: number) => Float64Array.from({ length: dim }, (_, i) => (i === at ? 1 : 0));
    this.centre = new Float64Array(dim);
    this.axes = [unit(0), unit(1)];
  }

  /** Finds the directions of these codes, beginning with those before. Two numbers are their own. */
  follow(codes: Float32Array): void {
    const now = performance.now();
    if (this.dim <= 2 || now - this.found < EVERY_MS) return;
    const isFirst = this.found === -Infinity;
    this.found = now;
    const { dim } = this;
    const count = codes.length / dim;
    this.centre = new Float64Array(dim);
    codes.forEach((value, i) => (this.centre[i % dim] += value / count));
    // A first step from all directions at once finds the longest ones sooner.
    if (isFirst) this.axes = [this.axes[0].map((_, i) => 1 + (i % 3)), this.axes[1].map((_, i) => (i % 2 ? 1 : -1))];
    for (let round = 0; round < (isFirst ? 10 * ROUNDS : ROUNDS); round++) {
      const [first, second] = this.axes.map((axis) => this.applied(codes, axis));
      const along = unit(first) ?? this.axes[0];
      const share = dot(second, along);
      this.axes = [along, unit(second.map((value, i) => value - share * along[i])) ?? this.axes[1]];
    }
  }

  /** The covariance of the codes times an axis. */
  private applied(codes: Float32Array, axis: Float64Array): Float64Array {
    const { dim, centre } = this;
    const found = new Float64Array(dim);
    for (let from = 0; from < codes.length; from += dim) {
      let along = 0;
      for (let i = 0; i < dim; i++) along += (codes[from + i] - centre[i]) * axis[i];
      for (let i = 0; i < dim; i++) found[i] += along * (codes[from + i] - centre[i]);
    }
    return found;
  }

  /** Where the codes lie in these directions, (u, v) one after another. */
  places(codes: Float32Array): Float32Array {
    const { dim, centre, axes } = this;
    if (dim === 2) return codes;
    const found = new Float32Array((2 * codes.length) / dim);
    for (let row = 0; row < codes.length / dim; row++) {
      for (let i = 0; i < dim; i++) {
        const value = codes[row * dim + i] - centre[i];
        found[2 * row] += value * axes[0][i];
        found[2 * row + 1] += value * axes[1][i];
      }
    }
    return found;
  }

  /** The code at a place. */
  code(u: number, v: number): Float32Array {
    const { dim, centre, axes } = this;
    return Float32Array.from({ length: dim }, (_, i) => centre[i] + u * axes[0][i] + v * axes[1][i]);
  }
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);

function unit(axis: Float64Array): Float64Array | null {
  const length = Math.sqrt(dot(axis, axis));
  return length > 0 && Number.isFinite(length) ? axis.map((value) => value / length) : null;
}
