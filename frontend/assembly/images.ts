// Batches of images, and the noise that is put on them, as in `ae_core/noise.py`.

import { all, multiplyAdd } from "./maths";

/** Each image that is chosen, from bytes to numbers in [0, 1], in a row of its own. */
export function gather(
  images: usize, chosen: usize, to: usize, rows: i32, width: i32, pixels: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let from = images + load<u32>(chosen + (row << 2)) * pixels;
    const next = to + (width << 2);
    for (const whole = to + ((pixels & ~7) << 2); to < whole; to += 32, from += 8) {
      const bytes = v128.load64_zero(from);
      const short = i16x8.extend_low_i8x16_u(bytes);
      v128.store(to, toShare(i32x4.extend_low_i16x8_u(short)));
      v128.store(to, toShare(i32x4.extend_high_i16x8_u(short)), 16);
    }
    for (let rest = pixels & 7; rest > 0; rest--, to += 4, from++) {
      store<f32>(to, <f32>load<u8>(from) / 255);
    }
    memory.fill(to, 0, next - to);
    to = next;
  }
}

// @ts-ignore: decorator
@inline function toShare(bytes: v128): v128 {
  return f32x4.div(f32x4.convert_i32x4_u(bytes), all(255));
}

// @ts-ignore: decorator
@inline function inside(x: v128): v128 {
  return f32x4.min(f32x4.max(x, all(0)), all(1));
}

/** to = x + draws. */
export function addNoise(x: usize, draws: usize, to: usize, count: i32): void {
  for (let at: usize = 0, end: usize = count << 2; at < end; at += 16) {
    v128.store(to + at, inside(f32x4.add(v128.load(x + at), v128.load(draws + at))));
  }
}

/** Where a share is below half the amount a pixel is white, and else below the amount black. */
export function saltAndPepper(x: usize, shares: usize, to: usize, count: i32, amount: f32): void {
  for (let at: usize = 0, end: usize = count << 2; at < end; at += 16) {
    const share = v128.load(shares + at);
    const kept = v128.and(v128.load(x + at), f32x4.ge(share, all(amount)));
    const white = v128.and(all(1), f32x4.lt(share, all(amount / 2)));
    v128.store(to + at, v128.or(kept, white));
  }
}

/** Where a share is below the amount a pixel is black. */
export function mask(x: usize, shares: usize, to: usize, count: i32, amount: f32): void {
  for (let at: usize = 0, end: usize = count << 2; at < end; at += 16) {
    const kept = f32x4.ge(v128.load(shares + at), all(amount));
    v128.store(to + at, v128.and(v128.load(x + at), kept));
  }
}

/** to = x (1 - lost) + lost / 2. */
export function fade(x: usize, to: usize, count: i32, lost: f32): void {
  for (let at: usize = 0, end: usize = count << 2; at < end; at += 16) {
    const value = v128.load(x + at);
    v128.store(to + at, f32x4.add(value, f32x4.mul(f32x4.sub(all(0.5), value), all(lost))));
  }
}

/**
 * to = down x across, for each image of `height` rows and `width` columns, which is 4 or more.
 * Four columns at a time; the last four may overlap those before. `room` is for one image.
 */
export function blend(
  x: usize, to: usize, rows: i32, stride: i32, height: i32, width: i32, down: usize, across: usize,
  room: usize,
): void {
  for (let row = 0; row < rows; row++, x += stride << 2, to += stride << 2) {
    between(down, x, room, height, height, width);
    between(room, across, to, height, width, width);
  }
}

/** c (m, n) = a (m, k) b (k, n), in [0, 1]. */
function between(a: usize, b: usize, c: usize, m: i32, k: i32, n: i32): void {
  for (let row = 0; row < m; row++, a += k << 2, c += n << 2) {
    for (let four = 0; four < n; four += 4) {
      const column = <usize>(min(four, n - 4) << 2);
      let total = all(0);
      let from = b + column;
      for (let each = a, end = a + (k << 2); each < end; each += 4, from += n << 2) {
        total = multiplyAdd(v128.load32_splat(each), v128.load(from), total);
      }
      v128.store(c + column, inside(total));
    }
  }
}
