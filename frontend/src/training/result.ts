// What a run sends to the server: weights as a safetensors file, and the curve on the way there.

import { layersOf, type Network, type Tensors } from "./network";
import type { Learned, Standing } from "./run";

/** Points of a curve that are kept, as `CURVE_POINTS` in `ae_core/training/runs.py`. */
export const POINTS = 60;

type Losses = Record<string, number>;

/** A moment of a run; the losses over test images are there where they were measured. */
export type Point = [step: number, seconds: number, losses: Losses, tested: Losses | null];

/** Losses by step, thinned out as they become many. */
export class Curve {
  private kept: Point[] = [];
  private latest: Point | null = null;
  private apart = 1;

  constructor(before: Point[] = []) {
    this.kept = before;
    this.apart = before.length ? before[before.length - 1][0] / POINTS : 1;
  }

  add({ step, seconds, losses }: Standing, tested: Losses | null = null): void {
    if (!Object.keys(losses).length) return;
    this.latest = [step, seconds, losses, tested];
    const last = this.kept.length ? this.kept[this.kept.length - 1][0] : 0;
    if (step <= last || (step < last + this.apart && !tested)) return;
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

/** The file, as `ae_core/training/received.py` reads it; `spec` is what was asked for, as JSON. */
export function resultFile(
  network: Network, weights: Tensors, { step, seconds }: Standing, curve: Point[], spec: string,
): Uint8Array<ArrayBuffer> {
  const run = JSON.stringify({ steps: step, seconds, curve });
  const header: Record<string, unknown> = { __metadata__: { run, spec } };
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

/** What such a file holds, to go on with it. */
export function learnedIn(file: Uint8Array<ArrayBuffer>): Learned & { curve: Point[] } {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const { __metadata__, ...tensors } = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const { steps, seconds, curve } = JSON.parse(__metadata__.run);
  const { changes = [] } = JSON.parse(__metadata__.spec);
  const weights: Tensors = {};
  for (const [name, { data_offsets: [from, to] }] of Object.entries<Stored>(tensors)) {
    weights[name] = new Float32Array(file.buffer, 8 + length + from, (to - from) / 4);
  }
  return { weights, step: steps, seconds, changes, curve };
}

/** Where a tensor lies in a file, from the end of its header on. */
interface Stored {
  data_offsets: [from: number, to: number];
}
