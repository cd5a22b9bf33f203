// From gradients to steps, as `ae_core/training/optimisers.py` has it.

import { all, multiplyAdd, sum } from "./maths";

/**
 * Smaller numbers become zero. A memory that decays into denormal numbers, for which WebAssembly
 * has no switch, makes a step several times as long.
 */
const SMALLEST: f32 = 1e-30;
const SMALLEST_GRADIENT: f32 = 1e-18;

/** The sum of the squares of all numbers; not a number or infinite where one of them is. */
export function squares(x: usize, count: i32): f64 {
  let total: f64 = 0;
  while (count > 0) {
    let part = all(0);
    for (const end = x + (min(count, 1024) << 2); x < end; x += 16) {
      const value = v128.load(x);
      part = multiplyAdd(value, value, part);
    }
    total += sum(part);
    count -= 1024;
  }
  return total;
}

// @ts-ignore: decorator
@inline function flushed(x: v128, smallest: f32): v128 {
  return v128.and(x, f32x4.gt(f32x4.abs(x), all(smallest)));
}

/**
 * One step of Adam (Kingma and Ba 2015), along the gradients times `scale`. `rate` is already
 * divided by the correction of the mean, and `spread` one over the root of that of the squares.
 */
export function adam(
  weights: usize, gradients: usize, means: usize, meanSquares: usize, count: i32,
  scale: f32, rate: f32, beta1: f64, beta2: f64, spread: f32, epsilon: f32,
): void {
  for (let at: usize = 0, end: usize = count << 2; at < end; at += 16) {
    const gradient = flushed(f32x4.mul(v128.load(gradients + at), all(scale)), SMALLEST_GRADIENT);
    const newer = f32x4.mul(gradient, all(<f32>(1 - beta1)));
    const mean = flushed(multiplyAdd(v128.load(means + at), all(<f32>beta1), newer), SMALLEST);
    const squared = f32x4.mul(f32x4.mul(gradient, gradient), all(<f32>(1 - beta2)));
    const square = multiplyAdd(v128.load(meanSquares + at), all(<f32>beta2), squared);
    const meanSquare = flushed(square, SMALLEST);
    const length = multiplyAdd(f32x4.sqrt(meanSquare), all(spread), all(epsilon));
    const step = f32x4.div(f32x4.mul(mean, all(rate)), length);
    v128.store(means + at, mean);
    v128.store(meanSquares + at, meanSquare);
    v128.store(weights + at, f32x4.sub(v128.load(weights + at), step));
  }
}

/** to = a x + b y. */
export function mix(to: usize, a: f32, x: usize, b: f32, y: usize, count: i32): void {
  for (let at: usize = 0, end: usize = count << 2; at < end; at += 16) {
    const rest = f32x4.mul(v128.load(y + at), all(b));
    v128.store(to + at, multiplyAdd(v128.load(x + at), all(a), rest));
  }
}
