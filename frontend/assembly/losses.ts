// The parts of the losses of `ae_core/models/`: their slopes at every step, their values where a
// person sees them. A row of logits is wider than an image where that is no multiple of 8; what is
// over stays out.

import { all, exp, logOnePlus, multiplyAdd, sigmoid, sum } from "./maths";

/** Log-variances are clamped to these, as in `ae_core/models/variational.py`. */
const LOWEST: f32 = -12;
const HIGHEST: f32 = 6;

/** slopes = (sigmoid(logits) - clean) times `scale`, for the cross-entropy. */
export function crossEntropySlope(
  logits: usize, clean: usize, slopes: usize, rows: i32, width: i32, pixels: i32, scale: f32,
): void {
  for (let at: usize = 0, end: usize = (rows * width) << 2; at < end; at += 16) {
    const wrong = f32x4.sub(sigmoid(v128.load(logits + at)), v128.load(clean + at));
    v128.store(slopes + at, f32x4.mul(wrong, all(scale)));
  }
  clearRest(slopes, rows, width, pixels);
}

/** The same for the squared error of the sigmoid. */
export function squaredErrorSlope(
  logits: usize, clean: usize, slopes: usize, rows: i32, width: i32, pixels: i32, scale: f32,
): void {
  for (let at: usize = 0, end: usize = (rows * width) << 2; at < end; at += 16) {
    const drawn = sigmoid(v128.load(logits + at));
    const wrong = f32x4.mul(f32x4.sub(drawn, v128.load(clean + at)), all(2 * scale));
    v128.store(slopes + at, f32x4.mul(wrong, f32x4.mul(drawn, f32x4.sub(all(1), drawn))));
  }
  clearRest(slopes, rows, width, pixels);
}

function clearRest(slopes: usize, rows: i32, width: i32, pixels: i32): void {
  if (pixels == width) return;
  for (let row = 0; row < rows; row++) {
    memory.fill(slopes + ((row * width + pixels) << 2), 0, (width - pixels) << 2);
  }
}

/** The sum over all pixels of the cross-entropy. */
export function crossEntropy(
  logits: usize, clean: usize, rows: i32, width: i32, pixels: i32,
): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    for (let place = 0; place < pixels; place += 4) {
      const at = <usize>((row * width + place) << 2);
      const logit = v128.load(logits + at);
      const rest = logOnePlus(exp(f32x4.neg(f32x4.abs(logit))));
      const target = v128.load(clean + at);
      const lost = f32x4.sub(f32x4.max(logit, all(0)), f32x4.mul(logit, target));
      total += sum(v128.and(f32x4.add(lost, rest), isImage(place, pixels)));
    }
  }
  return total;
}

/** The sum over all pixels of the squared error of the sigmoid. */
export function squaredError(
  logits: usize, clean: usize, rows: i32, width: i32, pixels: i32,
): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    for (let place = 0; place < pixels; place += 4) {
      const at = <usize>((row * width + place) << 2);
      const wrong = f32x4.sub(sigmoid(v128.load(logits + at)), v128.load(clean + at));
      total += sum(v128.and(f32x4.mul(wrong, wrong), isImage(place, pixels)));
    }
  }
  return total;
}

// @ts-ignore: decorator
@inline function isImage(place: i32, pixels: i32): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(place), i32x4(0, 1, 2, 3)), i32x4.splat(pixels));
}

// @ts-ignore: decorator
@inline function clamped(logVariance: v128): v128 {
  return f32x4.min(f32x4.max(logVariance, all(LOWEST)), all(HIGHEST));
}

/** codes = mean + draws e^(log-variance / 2). */
export function sample(
  mean: usize, logVariance: usize, draws: usize, codes: usize, count: i32,
): void {
  for (let at: usize = 0, end: usize = count << 2; at < end; at += 16) {
    const spread = exp(f32x4.mul(clamped(v128.load(logVariance + at)), all(0.5)));
    v128.store(codes + at, multiplyAdd(v128.load(draws + at), spread, v128.load(mean + at)));
  }
}

/**
 * From the slope of each code to those of mean and log-variance, with those of the KL divergence
 * times `pull`. `slopes` becomes the mean's.
 */
export function posteriorSlope(
  mean: usize, logVariance: usize, draws: usize, slopes: usize, logSlopes: usize, count: i32,
  pull: f32,
): void {
  for (let at: usize = 0, end: usize = count << 2; at < end; at += 16) {
    const given = v128.load(logVariance + at);
    const inside = clamped(given);
    const spread = exp(f32x4.mul(inside, all(0.5)));
    const slope = v128.load(slopes + at);
    const ofKl = f32x4.mul(f32x4.sub(f32x4.mul(spread, spread), all(1)), all(0.5 * pull));
    const drawn = f32x4.mul(f32x4.mul(slope, v128.load(draws + at)), f32x4.mul(spread, all(0.5)));
    v128.store(logSlopes + at, v128.and(f32x4.add(drawn, ofKl), f32x4.eq(given, inside)));
    v128.store(slopes + at, multiplyAdd(v128.load(mean + at), all(pull), slope));
  }
}

/** The sum over all codes of the KL divergence from N(0, 1). */
export function divergence(mean: usize, logVariance: usize, count: i32): f64 {
  let total: f64 = 0;
  for (let at: usize = 0, end: usize = count << 2; at < end; at += 16) {
    const inside = clamped(v128.load(logVariance + at));
    const centre = v128.load(mean + at);
    const wide = f32x4.sub(f32x4.sub(exp(inside), all(1)), inside);
    total += 0.5 * sum(multiplyAdd(centre, centre, wide));
  }
  return total;
}

/** slopes += the slope of the sum of sizes, times `weight`. */
export function addSizeSlope(codes: usize, slopes: usize, count: i32, weight: f32): void {
  for (let at: usize = 0, end: usize = count << 2; at < end; at += 16) {
    const code = v128.load(codes + at);
    const up = v128.and(all(weight), f32x4.gt(code, all(0)));
    const down = v128.and(all(weight), f32x4.lt(code, all(0)));
    v128.store(slopes + at, f32x4.add(v128.load(slopes + at), f32x4.sub(up, down)));
  }
}

/** The sum of the sizes of all numbers. */
export function sizes(codes: usize, count: i32): f64 {
  let total: f64 = 0;
  for (const end = codes + (count << 2); codes < end; codes += 16) {
    total += sum(f32x4.abs(v128.load(codes)));
  }
  return total;
}

/** logits become images in [0, 1]. */
export function draw(logits: usize, count: i32): void {
  for (const end = logits + (count << 2); logits < end; logits += 16) {
    v128.store(logits, sigmoid(v128.load(logits)));
  }
}
