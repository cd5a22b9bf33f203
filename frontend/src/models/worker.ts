// The worker, for what takes longer than a frame: rows through networks, and sheets of images.

import { paint } from "../images/pixels";
import type { Shape } from "./model";
import { network } from "./network";

/** A network to go through: the shape of one row, and how many numbers of its result go on. */
export interface Step {
  url: string;
  shape: number[];
  take?: number;
}

/** Rows that go through one network after another; the answer is what each gives. */
export interface Run {
  kind: "run";
  rows: Float32Array;
  count: number;
  steps: Step[];
}

/** A sheet of images, strip by strip; another order for the same board ends it. */
export interface Sheet {
  kind: "sheet";
  board: string;
  url: string;
  codes: Float32Array;
  dim: number;
  shape: Shape;
  columns: number;
}

export type Order = (Run | Sheet) & { id: number; runtime: string };

/** A strip is some rows of a sheet, from the pixel `top` on. */
export type Report =
  | { kind: "strip"; id: number; strip: ImageData; top: number }
  | { kind: "done"; id: number; results: Float32Array[] }
  | { kind: "failed"; id: number; reason: string };

const STRIP_MS = 25;

const latest = new Map<string, number>();

const send = (report: Report, given: Transferable[] = []) => self.postMessage(report, given as never);

/** Lets waiting orders in, so that a newer sheet ends this one. */
const { port1, port2 } = new MessageChannel();
const paused: (() => void)[] = [];
port1.onmessage = () => paused.shift()?.();
const pause = () =>
  new Promise<void>((resolve) => {
    paused.push(resolve);
    port2.postMessage(0);
  });

async function run({ rows, count, steps, runtime }: Run & Order): Promise<Float32Array[]> {
  const results: Float32Array[] = [];
  let given = rows;
  for (const { url, shape, take } of steps) {
    const result = await (await network(url, runtime)).run(given, [count, ...shape]);
    results.push(result);
    const width = result.length / count;
    given = result.filter((_, i) => i % width < (take ?? width));
  }
  return results;
}

async function sheet(order: Sheet & Order): Promise<void> {
  const { id, board, codes, dim, columns, shape } = order;
  const decoder = await network(order.url, order.runtime);
  const [channels, height, width] = shape;
  const rows = codes.length / dim / columns;
  let [row, many] = [0, 1];
  while (row < rows) {
    await pause();
    if (latest.get(board) !== id) return;
    const began = performance.now();
    const count = Math.min(many, rows - row);
    const some = codes.slice(row * columns * dim, (row + count) * columns * dim);
    const pixels = await decoder.run(some, [count * columns, dim]);
    const strip = new ImageData(columns * width, count * height);
    for (let i = 0; i < count * columns; i++) {
      paint(strip, pixels, shape, {
        from: i * channels * height * width,
        x: (i % columns) * width,
        y: Math.floor(i / columns) * height,
      });
    }
    send({ kind: "strip", id, strip, top: row * height }, [strip.data.buffer]);
    // As many rows at once as keep the strips coming.
    const fitting = Math.floor((count * STRIP_MS) / (performance.now() - began));
    many = Math.max(1, Math.min(4 * count, fitting));
    row += count;
  }
}

self.onmessage = async ({ data: order }: MessageEvent<Order>) => {
  const { id } = order;
  if (order.kind === "sheet") latest.set(order.board, id);
  try {
    const results = order.kind === "run" ? await run(order) : (await sheet(order), []);
    send({ kind: "done", id, results });
  } catch (failure) {
    send({ kind: "failed", id, reason: String(failure) });
  }
};
