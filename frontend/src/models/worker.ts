// The worker, for what takes longer than a frame: rows through networks, and sheets of images.

import { paintCells } from "../images/cells";
import { paint } from "../images/pixels";
import { likeliest } from "./likeliest";
import type { Shape } from "./model";
import { ofApp } from "./address";
import { embed } from "./embedded";
import { type Network, network } from "./network";
import { taken } from "./runtime";

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

/**
 * A sheet of decoded images, strip by strip; another order for the same board ends it. With a
 * classifier as `reader` each image is one pixel, which says what it is read as.
 */
export interface Sheet {
  kind: "sheet";
  board: string;
  url: string;
  reader?: string;
  codes: Float32Array;
  dim: number;
  shape: Shape;
  columns: number;
}

/** What the page holds in itself, before anything is ordered. */
export interface Embedded {
  kind: "embedded";
  parts: Map<string, ArrayBuffer>;
}

export type Order = (Run | Sheet) & {
  id: number;
  runtime: string;
  module: WebAssembly.Module | null;
};

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

function images(pixels: Float32Array, { columns, shape }: Sheet): ImageData {
  const [channels, height, width] = shape;
  const size = channels * height * width;
  const count = pixels.length / size;
  const strip = new ImageData(columns * width, (count / columns) * height);
  for (let i = 0; i < count; i++) {
    const [x, y] = [(i % columns) * width, Math.floor(i / columns) * height];
    paint(strip, pixels, shape, { from: i * size, x, y });
  }
  return strip;
}

async function readings(
  reader: Network, pixels: Float32Array, { columns, shape }: Sheet,
): Promise<ImageData> {
  const count = pixels.length / (shape[0] * shape[1] * shape[2]);
  const shares = await reader.run(pixels, [count, ...shape]);
  const strip = new ImageData(columns, count / columns);
  paintCells(strip, likeliest(shares, shares.length / count));
  return strip;
}

async function sheet(order: Sheet & Order): Promise<void> {
  const { id, board, codes, dim, columns } = order;
  const decoder = await network(order.url, order.runtime);
  const reader = order.reader ? await network(order.reader, order.runtime) : null;
  const rows = codes.length / dim / columns;
  let [row, many] = [0, 1];
  while (row < rows) {
    await pause();
    if (latest.get(board) !== id) return;
    const began = performance.now();
    const count = Math.min(many, rows - row);
    const some = codes.slice(row * columns * dim, (row + count) * columns * dim);
    const pixels = await decoder.run(some, [count * columns, dim]);
    const strip = await (reader ? readings(reader, pixels, order) : images(pixels, order));
    const top = (row * strip.height) / count;
    send({ kind: "strip", id, strip, top }, [strip.data.buffer]);
    // As many rows at once as keep the strips coming.
    const fitting = Math.floor((count * STRIP_MS) / (performance.now() - began));
    many = Math.max(1, Math.min(4 * count, fitting));
    row += count;
  }
}

self.onmessage = async ({ data: order }: MessageEvent<Order | Embedded>) => {
  if (order.kind === "embedded") return embed(order.parts);
  const { id } = order;
  taken(ofApp(order.runtime), order.module);
  if (order.kind === "sheet") latest.set(order.board, id);
  try {
    const results = order.kind === "run" ? await run(order) : (await sheet(order), []);
    send({ kind: "done", id, results });
  } catch (failure) {
    send({ kind: "failed", id, reason: String(failure) });
  }
};
