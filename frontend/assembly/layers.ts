// What stands between two products: biases, activations and their slopes. Rows lie next to each
// other, and their width is a multiple of 8.

import { all, exp, multiplyAdd, sigmoid } from "./maths";

const RELU: i32 = 1;
const SILU: i32 = 2;
const TANH: i32 = 3;

/** Each row becomes the bias. */
export function fillRows(bias: usize, to: usize, rows: i32, width: i32): void {
  for (let row = 0; row < rows; row++, to += width << 2) memory.copy(to, bias, width << 2);
}

/** sums += each row. */
export function addRows(from: usize, sums: usize, rows: i32, width: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let to = sums, end = sums + (width << 2); to < end; to += 16, from += 16) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    }
  }
}

export function activate(kind: i32, x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) {
    const value = v128.load(x);
    if (kind == RELU) v128.store(y, f32x4.max(value, all(0)));
    else if (kind == SILU) v128.store(y, f32x4.mul(value, sigmoid(value)));
    else if (kind == TANH) v128.store(y, tanh(value));
    else v128.store(y, value);
  }
}

/** slopes *= the slope of the activation at x, where it gave y. */
export function backward(kind: i32, x: usize, y: usize, slopes: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16, slopes += 16) {
    const given = v128.load(slopes);
    if (kind == RELU) {
      v128.store(slopes, v128.and(given, f32x4.gt(v128.load(x), all(0))));
    } else if (kind == SILU) {
      const value = v128.load(x);
      const share = sigmoid(value);
      const slope = multiplyAdd(f32x4.mul(value, share), f32x4.sub(all(1), share), share);
      v128.store(slopes, f32x4.mul(given, slope));
    } else if (kind == TANH) {
      const value = v128.load(y);
      v128.store(slopes, f32x4.mul(given, f32x4.sub(all(1), f32x4.mul(value, value))));
    }
  }
}

/** Near zero a series, since (e^2x - 1) / (e^2x + 1) loses its digits there. */
// @ts-ignore: decorator
@inline function tanh(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let series = all(-17.0 / 315.0);
  series = multiplyAdd(series, square, all(2.0 / 15.0));
  series = multiplyAdd(series, square, all(-1.0 / 3.0));
  const near = multiplyAdd(f32x4.mul(series, square), x, x);
  const far = f32x4.sub(all(1), f32x4.div(all(2), f32x4.add(exp(f32x4.add(x, x)), all(1))));
  return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), all(0.1)));
}
