// Random numbers, four streams of them side by side (xorshift128, Marsaglia 2003).

import { all, log, multiplyAdd, sineOfTurn } from "./maths";

/** Four numbers in [0, 1), of 24 bits each; `state` is 64 bytes. */
// @ts-ignore: decorator
@inline function next(state: usize): v128 {
  const oldest = v128.load(state);
  const newest = v128.load(state, 48);
  const shifted = v128.xor(oldest, i32x4.shl(oldest, 11));
  const mixed = v128.xor(v128.xor(newest, i32x4.shr_u(newest, 19)), v128.xor(shifted, i32x4.shr_u(shifted, 8)));
  v128.store(state, v128.load(state, 16));
  v128.store(state, v128.load(state, 32), 16);
  v128.store(state, newest, 32);
  v128.store(state, mixed, 48);
  return f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(mixed, 8)), all(1.0 / 16777216.0));
}

/** Fills with shares, evenly spread over [0, 1). */
export function drawShares(state: usize, to: usize, count: i32): void {
  for (const end = to + (count << 2); to < end; to += 16) v128.store(to, next(state));
}

/** Fills with draws from N(mean, deviation^2) (Box and Muller 1958); `count` is a multiple of 8. */
export function drawNormals(state: usize, to: usize, count: i32, mean: f32, deviation: f32): void {
  for (const end = to + (count << 2); to < end; to += 32) {
    const length = f32x4.sqrt(f32x4.mul(log(f32x4.sub(all(1), next(state))), all(-2)));
    const scaled = f32x4.mul(length, all(deviation));
    const turn = next(state);
    v128.store(to, multiplyAdd(scaled, sineOfTurn(turn), all(mean)));
    v128.store(to, multiplyAdd(scaled, sineOfTurn(f32x4.add(turn, all(0.25))), all(mean)), 16);
  }
}
