// What a run sends to the server: weights as a safetensors file, and the curve on the way there.

import { layersOf, type Network, type Tensors } from "./network";
import type { Standing } from "./run";

/** Points of a curve that are kept, as `CURVE_POINTS` in `ae_core/training/runs.py`. */
export const POINTS = 60;

type Point = [step: number, losses: Record<string, number>];

/** Losses by step, thinned out as they become many. */
export class Curve {
  private kept: Point[] = [];
  private latest: Point | null = null;
  private apart = 1;

  add({ step, losses }: Standing): void {
    if (!Object.keys(losses).length) return;
    this.latest = [step, losses];
    const last = this.kept.length ? this.kept[this.kept.length - 1][0] : 0;
    if (step < last + this.apart) return;
    this.kept.push(this.latest);
    if (this.kept.length < 2 * POINTS) return;
    this.kept = everyOther(this.kept);
    this.apart = step / POINTS;
  }

  get points(): Point[] {
    const last = this.kept[this.kept.length - 1];
    const all = this.latest && this.latest[0] > last[0] ? [...this.kept, this.latest] : this.kept;
    return all.length > POINTS ? everyOther(all) : all;
  }
}

/** Every other one, the last among them. */
function everyOther(points: Point[]): Point[] {
  return points.filter((_, i) => (points.length - 1 - i) % 2 === 0);
}

/** The file, as `ae_core/training/received.py` reads it. */
export function resultFile(
  network: Network, weights: Tensors, { step, seconds }: Standing, curve: Point[],
): Uint8Array<ArrayBuffer> {
  const run = JSON.stringify({ steps: step, seconds, curve });
  const header: Record<string, unknown> = { __metadata__: { run } };
  const parts: Float32Array[] = [];
  let end = 0;
  const put = (name: string, shape: number[]) => {
    const from = end;
    end += weights[name].byteLength;
    parts.push(weights[name]);
    header[name] = { dtype: "F32", shape, data_offsets: [from, end] };
  };
  for (const { name, inputs, outputs } of layersOf(network)) {
    put(`${name}.weight`, [outputs, inputs]);
    put(`${name}.bias`, [outputs]);
  }
  const unpadded = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(unpadded.length / 8) * 8;
  const file = new Uint8Array(8 + length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.fill(0x20, 8, 8 + length).set(unpadded, 8);
  let at = 8 + length;
  for (const part of parts) {
    file.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return file;
}
