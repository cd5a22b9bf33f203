// What a network learns with, as WebAssembly: `frontend/assembly/`, with its memory.

/** A place in the memory of the kernels, in bytes. */
export type Place = number;

/** Counts are of numbers, places of bytes. What each does stands in `frontend/assembly/`. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  free(): Place;
  addProduct(
    m: number, n: number, k: number,
    a: Place, aDown: number, aAcross: number,
    b: Place, bDown: number, bAcross: number,
    c: Place, room: Place,
  ): void;
  fillRows(bias: Place, to: Place, rows: number, width: number): void;
  addRows(from: Place, sums: Place, rows: number, width: number): void;
  activate(kind: number, x: Place, y: Place, count: number): void;
  backward(kind: number, x: Place, y: Place, slopes: Place, count: number): void;
  crossEntropySlope: SlopeOfImages;
  squaredErrorSlope: SlopeOfImages;
  crossEntropy: LossOfImages;
  squaredError: LossOfImages;
  sample(mean: Place, logVariance: Place, draws: Place, codes: Place, count: number): void;
  posteriorSlope(
    mean: Place, logVariance: Place, draws: Place, slopes: Place, logSlopes: Place, count: number,
    pull: number,
  ): void;
  divergence(mean: Place, logVariance: Place, count: number): number;
  addSizeSlope(codes: Place, slopes: Place, count: number, weight: number): void;
  sizes(codes: Place, count: number): number;
  draw(logits: Place, count: number): void;
  squares(x: Place, count: number): number;
  adam(
    weights: Place, gradients: Place, means: Place, meanSquares: Place, count: number,
    scale: number, rate: number, beta1: number, beta2: number, spread: number, epsilon: number,
  ): void;
  mix(to: Place, a: number, x: Place, b: number, y: Place, count: number): void;
  drawShares(state: Place, to: Place, count: number): void;
  drawNormals(state: Place, to: Place, count: number, mean: number, deviation: number): void;
  gather(
    images: Place, chosen: Place, to: Place, rows: number, width: number, pixels: number,
  ): void;
  addNoise(x: Place, draws: Place, to: Place, count: number): void;
  saltAndPepper(x: Place, shares: Place, to: Place, count: number, amount: number): void;
  mask(x: Place, shares: Place, to: Place, count: number, amount: number): void;
  fade(x: Place, to: Place, count: number, lost: number): void;
  blend(
    x: Place, to: Place, rows: number, stride: number, height: number, width: number,
    down: Place, across: Place, room: Place,
  ): void;
}

type SlopeOfImages = (
  logits: Place, clean: Place, slopes: Place, rows: number, width: number, pixels: number,
  scale: number,
) => void;

type LossOfImages = (
  logits: Place, clean: Place, rows: number, width: number, pixels: number,
) => number;

/** The smallest module with a relaxed instruction: what it says is whether this browser has them. */
const RELAXED = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253,
  15, 65, 2, 253, 15, 253, 128, 2, 11,
);

export const hasRelaxedSimd = () => WebAssembly.validate(RELAXED);

/** A module with memory of its own. */
export async function instantiate(module: WebAssembly.Module): Promise<Kernels> {
  const abort = () => {
    throw new Error("a kernel ended");
  };
  const { exports } = await WebAssembly.instantiate(module, { env: { abort } });
  return exports as unknown as Kernels;
}

const PAGE = 65_536;

/** Gives out the memory of the kernels from its free end, before anything looks into it. */
export class Room {
  private next: Place;

  constructor(readonly kernels: Kernels) {
    this.next = kernels.free();
  }

  /** A place for so many numbers, all zero. */
  floats(count: number): Place {
    return this.bytes(4 * count);
  }

  bytes(count: number): Place {
    const place = this.next;
    this.next = (place + count + 63) & ~63;
    const { memory } = this.kernels;
    const lacking = this.next - memory.buffer.byteLength;
    if (lacking > 0) memory.grow(Math.ceil(lacking / PAGE));
    return place;
  }

  /** The numbers at a place. A view of them is gone once memory has grown. */
  view(place: Place, count: number): Float32Array {
    return new Float32Array(this.kernels.memory.buffer, place, count);
  }
}
