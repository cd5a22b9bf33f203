// How near restored images are to the clean ones, as in `ae_core/evaluation/metrics.py`; and which
// restorer wins, in the words of `ae_core/evaluation/denoising.py`.

import type { Shape } from "../models/model";
import { decimals } from "../ui/numbers";
import { _ } from "../ui/texts";

const WINDOW = 7;
const REACH = 3;
const TIE_DB = 0.1;

/** Of some images: `each` image's PSNR in dB, and the means of all three. */
export interface Scores {
  each: number[];
  psnr: number;
  ssim: number;
  mse: number;
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of `count` images, one after another, against the clean ones. */
export function scores(x: Float32Array, clean: Float32Array, count: number, shape: Shape): Scores {
  const size = shape[0] * shape[1] * shape[2];
  const errors = Array.from({ length: count }, (__, image) => {
    let sum = 0;
    for (let i = image * size; i < (image + 1) * size; i++) sum += (x[i] - clean[i]) ** 2;
    return sum / size;
  });
  const each = errors.map((error) => -10 * Math.log10(Math.max(error, 1e-10)));
  return { each, psnr: mean(each), ssim: ssim(x, clean, shape), mse: mean(errors) };
}

/** Mean structural similarity: an even 7 x 7 window, edges mirrored (Wang et al. 2004). */
export function ssim(x: Float32Array, clean: Float32Array, [, height, width]: Shape): number {
  const plane = height * width;
  const maps = Array.from({ length: 4 }, () => new Float64Array(plane));
  let total = 0;
  for (let from = 0; from < x.length; from += plane) {
    for (let i = 0; i < plane; i++) {
      const [a, b] = [x[from + i], clean[from + i]];
      maps[0][i] = a;
      maps[1][i] = b;
      maps[2][i] = a * a + b * b;
      maps[3][i] = a * b;
    }
    for (const map of maps) windowMeans(map, height, width);
    const [first, second, squares, product] = maps;
    for (let i = 0; i < plane; i++) {
      const means = first[i] * second[i];
      const meanSquares = first[i] ** 2 + second[i] ** 2;
      const variances = Math.max(0, squares[i] - meanSquares);
      const luminance = (2 * means + 1e-4) / (meanSquares + 1e-4);
      total += (luminance * (2 * (product[i] - means) + 9e-4)) / (variances + 9e-4);
    }
  }
  return total / x.length;
}

/** Each place gets the mean of the window around it, in place. */
function windowMeans(map: Float64Array, height: number, width: number): void {
  const line = new Float64Array(Math.max(height, width));
  for (let y = 0; y < height; y++) slide(map, line, y * width, 1, width);
  for (let x = 0; x < width; x++) slide(map, line, x, width, height);
}

function slide(map: Float64Array, line: Float64Array, from: number, step: number, size: number): void {
  const last = size - 1;
  for (let i = 0; i < size; i++) line[i] = map[from + i * step];
  const at = (i: number) => line[last - Math.abs(last - Math.abs(i))];
  let sum = 0;
  for (let i = -REACH; i <= REACH; i++) sum += at(i);
  for (let i = 0; i < size; i++) {
    map[from + i * step] = sum / WINDOW;
    sum += at(i + REACH + 1) - at(i - REACH);
  }
}

/** Which restores best, by mean PSNR, and by how much; `names` says how each is called. */
export function verdict(psnr: Record<string, number>, names: Record<string, string>): string {
  const best = (some: string[]) => some.reduce((a, b) => (psnr[b] > psnr[a] ? b : a));
  // A model whose training diverged may give NaN.
  const all = Object.keys(psnr).filter((name) => Number.isFinite(psnr[name]));
  const first = best(all);
  if (psnr[first] - psnr.noisy < TIE_DB) {
    return _("Nothing helps here: the noisy images are as near to the clean ones as anything, at {psnr} dB.",
      { psnr: decimals(psnr.noisy, 1) });
  }
  const name = names[first];
  const others = all.filter((each) => each !== first && each !== "noisy");
  const second = others.length ? best(others) : "noisy";
  const gap = psnr[first] - psnr[second];
  const values = {
    best: `${name[0].toUpperCase()}${name.slice(1)}`, psnr: decimals(psnr[first], 1), gap: decimals(gap, 1),
    second: names[second],
  };
  if (!others.length) {
    return _("{best} restores best here: {psnr} dB, {gap} dB better than the noisy images.", values);
  }
  return gap < TIE_DB
    ? _("{best} restores best here: {psnr} dB, and {second} is as good.", values)
    : _("{best} restores best here: {psnr} dB, {gap} dB better than {second}.", values);
}
