// From a drawing to MNIST's form: 20 pixels long, its mass in the middle of 28 x 28. As in
// `ae_core/images/digit_form.py`, for drawings, whose ink is white on black already.

const FRAME = 28;
const BOX = 20;
const EDGE = 3;

/** The form that models of digits take, (28 x 28) in [0, 1]; null where nothing is drawn. */
export function formOf(ink: ArrayLike<number>, width: number, height: number): Float32Array | null {
  const found = bounds(ink, width, height);
  if (!found) return null;
  const { left, top, right, bottom } = found;
  const longer = Math.max(right - left, bottom - top);
  const w = Math.max(1, Math.round(((right - left) * BOX) / longer));
  const h = Math.max(1, Math.round(((bottom - top) * BOX) / longer));
  const small = shrunk(ink, width, found, w, h);
  const [x0, y0] = [start(small, w, h, true), start(small, w, h, false)];
  const form = new Float32Array(FRAME * FRAME);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) form[(y0 + y) * FRAME + x0 + x] = small[y * w + x];
  }
  return form;
}

interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function bounds(ink: ArrayLike<number>, width: number, height: number): Bounds | null {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x] < 0.1) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
  }
  if (right <= left) return null;
  // With the soft edge that the server finds around a drawing.
  const edge = Math.round((EDGE * Math.max(width, height)) / 280);
  return { left: left - edge, top: top - edge, right: right + edge, bottom: bottom + edge };
}

/** A piece of the drawing at a smaller size: each new pixel is the mean of what it covers. */
function shrunk(
  ink: ArrayLike<number>, width: number, { left, top, right, bottom }: Bounds, w: number, h: number,
): Float32Array {
  const at = (x: number, y: number) => (x >= 0 && x < width ? (ink[y * width + x] ?? 0) : 0);
  const small = new Float32Array(w * h);
  const [stepX, stepY] = [(right - left) / w, (bottom - top) / h];
  let most = 0;
  for (let row = 0; row < h; row++) {
    for (let column = 0; column < w; column++) {
      const [x0, y0] = [left + column * stepX, top + row * stepY];
      let sum = 0;
      for (let y = Math.floor(y0); y < y0 + stepY; y++) {
        const high = Math.min(y + 1, y0 + stepY) - Math.max(y, y0);
        for (let x = Math.floor(x0); x < x0 + stepX; x++) {
          const wide = Math.min(x + 1, x0 + stepX) - Math.max(x, x0);
          sum += high * wide * at(x, y);
        }
      }
      most = Math.max(most, (small[row * w + column] = sum / (stepX * stepY)));
    }
  }
  return small.map((value) => value / (most || 1));
}

/** Where in the frame the digit begins, so that the middle of its mass is in the frame's. */
function start(small: Float32Array, w: number, h: number, across: boolean): number {
  let [mass, moment] = [0, 0];
  small.forEach((value, i) => {
    mass += value;
    moment += value * (across ? i % w : Math.floor(i / w));
  });
  const length = across ? w : h;
  return Math.max(0, Math.min(FRAME - length, Math.round(FRAME / 2 - moment / (mass || 1))));
}
