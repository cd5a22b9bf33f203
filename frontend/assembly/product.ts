// The product of two matrices, in which a step spends almost all of its time.
//
// It is made of tiles of 6 x 8 numbers, as many as fit into the processor's registers together with
// what they are made of. What a tile reads is first copied next to each other, `DEPTH` deep, so that
// it stays in the nearest cache.

import { multiplyAdd } from "./maths";

const DEPTH: i32 = 256;

/**
 * c (m, n) += a (m, k) b (k, n).
 *
 * Entries of a and b lie so many numbers apart along a row and along a column, so either may be
 * transposed; rows of c lie next to each other. m is a multiple of 4, n of 8. `room` is for
 * (m + 8) * 256 numbers.
 */
export function addProduct(
  m: i32, n: i32, k: i32,
  a: usize, aDown: i32, aAcross: i32,
  b: usize, bDown: i32, bAcross: i32,
  c: usize, room: usize,
): void {
  for (let from = 0; from < k; from += DEPTH) {
    const depth = min(DEPTH, k - from);
    const strip = room + ((m * depth) << 2);
    copyTiles(m, depth, a + ((from * aAcross) << 2), aDown, aAcross, room);
    for (let column = 0; column < n; column += 8) {
      copyStrip(depth, b + ((from * bDown + column * bAcross) << 2), bDown, bAcross, strip);
      let tile = room;
      let row = 0;
      while (row < m) {
        const place = c + ((row * n + column) << 2);
        if (isSix(m - row)) {
          tile6(depth, tile, strip, place, n << 2);
          row += 6;
          tile += (6 * depth) << 2;
        } else {
          tile4(depth, tile, strip, place, n << 2);
          row += 4;
          tile += (4 * depth) << 2;
        }
      }
    }
  }
}

/** Whether the next tile of so many rows has six of them: a multiple of 4 is made of sixes and fours. */
// @ts-ignore: decorator
@inline function isSix(left: i32): bool {
  return left == 6 || left >= 10;
}

/** Copies the rows of a, so that a tile finds its next column right after the last. */
function copyTiles(m: i32, depth: i32, a: usize, down: i32, across: i32, to: usize): void {
  let row = 0;
  while (row < m) {
    const rows = isSix(m - row) ? 6 : 4;
    let from = a + ((row * down) << 2);
    row += rows;
    if (down == 1) {
      for (let step = 0; step < depth; step++, from += across << 2, to += rows << 2) {
        v128.store(to, v128.load(from));
        if (rows == 6) v128.store64_lane(to, v128.load64_zero(from, 16), 0, 16);
      }
      continue;
    }
    for (let each = 0; each < rows; each++, from += down << 2) {
      let read = from;
      let write = to + (each << 2);
      for (let step = 0; step < depth; step++, read += across << 2, write += rows << 2) {
        store<f32>(write, load<f32>(read));
      }
    }
    to += (rows * depth) << 2;
  }
}

/** Copies eight columns of b, row after row. */
function copyStrip(depth: i32, b: usize, down: i32, across: i32, to: usize): void {
  if (across == 1) {
    for (let step = 0; step < depth; step++, b += down << 2, to += 32) {
      v128.store(to, v128.load(b));
      v128.store(to, v128.load(b, 16), 16);
    }
    return;
  }
  for (let each = 0; each < 8; each++, b += across << 2) {
    let read = b;
    let write = to + (each << 2);
    for (let step = 0; step < depth; step++, read += down << 2, write += 32) {
      store<f32>(write, load<f32>(read));
    }
  }
}

function tile6(depth: i32, a: usize, b: usize, c: usize, down: usize): void {
  const row1 = c + down;
  const row2 = row1 + down;
  const row3 = row2 + down;
  const row4 = row3 + down;
  const row5 = row4 + down;
  let left0 = v128.load(c);
  let right0 = v128.load(c, 16);
  let left1 = v128.load(row1);
  let right1 = v128.load(row1, 16);
  let left2 = v128.load(row2);
  let right2 = v128.load(row2, 16);
  let left3 = v128.load(row3);
  let right3 = v128.load(row3, 16);
  let left4 = v128.load(row4);
  let right4 = v128.load(row4, 16);
  let left5 = v128.load(row5);
  let right5 = v128.load(row5, 16);
  for (const end = b + (depth << 5); b < end; b += 32, a += 24) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let one = v128.load32_splat(a);
    left0 = multiplyAdd(one, left, left0);
    right0 = multiplyAdd(one, right, right0);
    one = v128.load32_splat(a, 4);
    left1 = multiplyAdd(one, left, left1);
    right1 = multiplyAdd(one, right, right1);
    one = v128.load32_splat(a, 8);
    left2 = multiplyAdd(one, left, left2);
    right2 = multiplyAdd(one, right, right2);
    one = v128.load32_splat(a, 12);
    left3 = multiplyAdd(one, left, left3);
    right3 = multiplyAdd(one, right, right3);
    one = v128.load32_splat(a, 16);
    left4 = multiplyAdd(one, left, left4);
    right4 = multiplyAdd(one, right, right4);
    one = v128.load32_splat(a, 20);
    left5 = multiplyAdd(one, left, left5);
    right5 = multiplyAdd(one, right, right5);
  }
  v128.store(c, left0);
  v128.store(c, right0, 16);
  v128.store(row1, left1);
  v128.store(row1, right1, 16);
  v128.store(row2, left2);
  v128.store(row2, right2, 16);
  v128.store(row3, left3);
  v128.store(row3, right3, 16);
  v128.store(row4, left4);
  v128.store(row4, right4, 16);
  v128.store(row5, left5);
  v128.store(row5, right5, 16);
}

function tile4(depth: i32, a: usize, b: usize, c: usize, down: usize): void {
  const row1 = c + down;
  const row2 = row1 + down;
  const row3 = row2 + down;
  let left0 = v128.load(c);
  let right0 = v128.load(c, 16);
  let left1 = v128.load(row1);
  let right1 = v128.load(row1, 16);
  let left2 = v128.load(row2);
  let right2 = v128.load(row2, 16);
  let left3 = v128.load(row3);
  let right3 = v128.load(row3, 16);
  for (const end = b + (depth << 5); b < end; b += 32, a += 16) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let one = v128.load32_splat(a);
    left0 = multiplyAdd(one, left, left0);
    right0 = multiplyAdd(one, right, right0);
    one = v128.load32_splat(a, 4);
    left1 = multiplyAdd(one, left, left1);
    right1 = multiplyAdd(one, right, right1);
    one = v128.load32_splat(a, 8);
    left2 = multiplyAdd(one, left, left2);
    right2 = multiplyAdd(one, right, right2);
    one = v128.load32_splat(a, 12);
    left3 = multiplyAdd(one, left, left3);
    right3 = multiplyAdd(one, right, right3);
  }
  v128.store(c, left0);
  v128.store(c, right0, 16);
  v128.store(row1, left1);
  v128.store(row1, right1, 16);
  v128.store(row2, left2);
  v128.store(row2, right2, 16);
  v128.store(row3, left3);
  v128.store(row3, right3, 16);
}
