// What takes longer than a frame, beside the page: whole grids of codes, and codes of images.

import { network } from "./model";
import { paint } from "./pixels";

type Shape = [number, number, number];

interface Half {
  id: number;
  url: string;
  runtime: string;
  shape: Shape;
}

export type Order =
  | (Half & { kind: "grid"; codes: Float32Array; dim: number; columns: number })
  | (Half & { kind: "encode"; image: Float32Array })
  | (Half & { kind: "through"; name: string; decoder: string; image: Float32Array; dim: number });

/** A strip is some rows of a grid, from the pixel `top` on. */
export type Report =
  | { kind: "grid"; id: number; strip: ImageData; top: number }
  | { kind: "encode"; id: number; z: Float32Array }
  | { kind: "through"; name: string; z: Float32Array; pixels: Float32Array }
  | { kind: "failed"; id: number; name: string; reason: string };

const STRIP_MS = 25;

let latestGrid = 0;

const send = (report: Report, given: Transferable[] = []) => self.postMessage(report, given as never);

/** Lets waiting orders in: a newer grid then has the word. */
const { port1, port2 } = new MessageChannel();
const pause = () =>
  new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(0);
  });

self.onmessage = async ({ data: order }: MessageEvent<Order>) => {
  if (order.kind === "grid") latestGrid = order.id;
  try {
    const half = await network(order.url, order.runtime);
    if (order.kind === "encode") {
      send({ kind: "encode", id: order.id, z: await half.run(order.image, [1, ...order.shape]) });
      return;
    }
    if (order.kind === "through") {
      const code = await half.run(order.image, [1, ...order.shape]);
      const z = code.slice(0, order.dim);
      const decoder = await network(order.decoder, order.runtime);
      send({ kind: "through", name: order.name, z, pixels: await decoder.run(z, [1, order.dim]) });
      return;
    }
    const { id, codes, dim, columns, shape } = order;
    const [channels, height, width] = shape;
    const rows = codes.length / dim / columns;
    let [row, many] = [0, 1];
    while (row < rows) {
      await pause();
      if (latestGrid !== id) return;
      const began = performance.now();
      const count = Math.min(many, rows - row);
      const some = codes.slice(row * columns * dim, (row + count) * columns * dim);
      const pixels = await half.run(some, [count * columns, dim]);
      const strip = new ImageData(columns * width, count * height);
      for (let i = 0; i < count * columns; i++) {
        paint(strip, pixels, shape, {
          from: i * channels * height * width,
          x: (i % columns) * width,
          y: Math.floor(i / columns) * height,
        });
      }
      send({ kind: "grid", id, strip, top: row * height }, [strip.data.buffer]);
      // As many rows at once as keep the strips coming.
      const fitting = Math.floor((count * STRIP_MS) / (performance.now() - began));
      many = Math.max(1, Math.min(4 * count, fitting));
      row += count;
    }
  } catch (failure) {
    const name = order.kind === "through" ? order.name : "";
    send({ kind: "failed", id: order.id, name, reason: String(failure) });
  }
};
