// What takes longer than a frame, beside the page: whole grids of codes, and codes of images.

import { network } from "./model";

export type Order =
  | { kind: "grid"; id: number; url: string; runtime: string; codes: Float32Array; dim: number;
      each: number }
  | { kind: "encode"; id: number; url: string; runtime: string; image: Float32Array;
      shape: number[] };

export type Report =
  | { kind: "grid"; id: number; from: number; images: Uint8ClampedArray }
  | { kind: "encode"; id: number; z: Float32Array }
  | { kind: "failed"; id: number; reason: string };

const latest = { grid: 0, encode: 0 };

const send = (report: Report, given: Transferable[] = []) => self.postMessage(report, given as never);

self.onmessage = async ({ data: order }: MessageEvent<Order>) => {
  latest[order.kind] = order.id;
  try {
    const half = await network(order.url, order.runtime);
    if (order.kind === "encode") {
      const z = await half.run(order.image, [1, ...order.shape]);
      send({ kind: "encode", id: order.id, z });
      return;
    }
    const { codes, dim, each } = order;
    const rows = codes.length / dim;
    for (let from = 0; from < rows; from += each) {
      // A newer grid has the word as soon as its order arrives.
      await new Promise((resolve) => setTimeout(resolve));
      if (latest.grid !== order.id) return;
      const some = codes.slice(from * dim, Math.min(from + each, rows) * dim);
      const pixels = await half.run(some, [some.length / dim, dim]);
      const images = Uint8ClampedArray.from(pixels, (value) => 255 * value);
      send({ kind: "grid", id: order.id, from, images }, [images.buffer]);
    }
  } catch (failure) {
    send({ kind: "failed", id: order.id, reason: String(failure) });
  }
};
