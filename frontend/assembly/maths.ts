// Four numbers at a time: multiply and add, exponential, logarithm, sine and cosine.

/** a b + c: one instruction, rounded once, where the build has relaxed SIMD. */
// @ts-ignore: decorator
@inline export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline export function all(value: f32): v128 {
  return f32x4.splat(value);
}

/** e^x, to about one unit in the last place; x beyond what a float holds is clamped. */
// @ts-ignore: decorator
@inline export function exp(x: v128): v128 {
  const inside = f32x4.min(f32x4.max(x, all(-87.0)), all(88.0));
  const twos = f32x4.nearest(f32x4.mul(inside, all(1.44269504089)));
  let rest = f32x4.sub(inside, f32x4.mul(twos, all(0.693359375)));
  rest = f32x4.sub(rest, f32x4.mul(twos, all(-2.12194440e-4)));
  let series = all(1.0 / 5040.0);
  series = multiplyAdd(series, rest, all(1.0 / 720.0));
  series = multiplyAdd(series, rest, all(1.0 / 120.0));
  series = multiplyAdd(series, rest, all(1.0 / 24.0));
  series = multiplyAdd(series, rest, all(1.0 / 6.0));
  series = multiplyAdd(series, rest, all(0.5));
  series = multiplyAdd(series, rest, all(1.0));
  series = multiplyAdd(series, rest, all(1.0));
  return i32x4.add(series, i32x4.shl(i32x4.trunc_sat_f32x4_s(twos), 23));
}

// @ts-ignore: decorator
@inline export function sigmoid(x: v128): v128 {
  return f32x4.div(all(1.0), f32x4.add(all(1.0), exp(f32x4.neg(x))));
}

/** log(1 + x) for x in [0, 1], as 2 artanh(x / (x + 2)). */
// @ts-ignore: decorator
@inline export function logOnePlus(x: v128): v128 {
  const ratio = f32x4.div(x, f32x4.add(x, all(2.0)));
  const square = f32x4.mul(ratio, ratio);
  let series = all(2.0 / 15.0);
  series = multiplyAdd(series, square, all(2.0 / 13.0));
  series = multiplyAdd(series, square, all(2.0 / 11.0));
  series = multiplyAdd(series, square, all(2.0 / 9.0));
  series = multiplyAdd(series, square, all(2.0 / 7.0));
  series = multiplyAdd(series, square, all(2.0 / 5.0));
  series = multiplyAdd(series, square, all(2.0 / 3.0));
  series = multiplyAdd(series, square, all(2.0));
  return f32x4.mul(series, ratio);
}

/** log(x) for x above zero. */
// @ts-ignore: decorator
@inline export function log(x: v128): v128 {
  const twos = i32x4.sub(i32x4.shr_s(x, 23), i32x4.splat(127));
  const fraction = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f800000));
  const rest = logOnePlus(f32x4.sub(fraction, all(1.0)));
  return multiplyAdd(f32x4.convert_i32x4_s(twos), all(0.69314718056), rest);
}

/** sin(2 pi x) for x in [-1/4, 1/4]. */
// @ts-ignore: decorator
@inline export function sineOfQuarterTurn(x: v128): v128 {
  const angle = f32x4.mul(x, all(6.28318530718));
  const square = f32x4.mul(angle, angle);
  let series = all(-1.0 / 39916800.0);
  series = multiplyAdd(series, square, all(1.0 / 362880.0));
  series = multiplyAdd(series, square, all(-1.0 / 5040.0));
  series = multiplyAdd(series, square, all(1.0 / 120.0));
  series = multiplyAdd(series, square, all(-1.0 / 6.0));
  series = multiplyAdd(series, square, all(1.0));
  return f32x4.mul(series, angle);
}

/** sin(2 pi x) for any x: a turn has two quarters that go up and two that go down. */
// @ts-ignore: decorator
@inline export function sineOfTurn(x: v128): v128 {
  const near = f32x4.sub(x, f32x4.nearest(x));
  const mirrored = f32x4.sub(v128.or(v128.and(near, i32x4.splat(0x80000000)), all(0.5)), near);
  const folded = f32x4.gt(f32x4.abs(near), all(0.25));
  return sineOfQuarterTurn(v128.bitselect(mirrored, near, folded));
}

// @ts-ignore: decorator
@inline export function sum(x: v128): f64 {
  return (
    <f64>f32x4.extract_lane(x, 0) + <f64>f32x4.extract_lane(x, 1) +
    <f64>f32x4.extract_lane(x, 2) + <f64>f32x4.extract_lane(x, 3)
  );
}
