// The images that a piece of a map decodes to, ordered when the map has come to rest.

import { rowUnder } from "../codes/boxes";
import { type Plane, gridCodes } from "../codes/planes";
import type { Model } from "../models/model";
import type { WorkerClient } from "../models/worker_client";
import { make } from "../ui/elements";
import type { Board } from "./board";

export class DecodedSheet {
  private timer = 0;

  /** `told` gets the milliseconds that a whole sheet took, or why there is none. */
  constructor(
    private worker: WorkerClient, private board: Board, private model: Model,
    private told: (took: number | Error) => void = () => {},
  ) {}

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Lay `size` x `size` images under the map, all with the rest of `z`, after a wait. */
  order(plane: Plane, z: Float32Array, size: number, wait: number): void {
    this.stop();
    if (this.board.backdrop === "codes") return;
    this.timer = window.setTimeout(() => void this.make(plane, z, size), wait);
  }

  private async make(plane: Plane, z: Float32Array, size: number): Promise<void> {
    const { model, board, worker } = this;
    const { box } = board;
    const [, height, width] = model.shape;
    const rows = model.free === 1 ? 1 : size;
    const canvas = make("canvas", { width: size * width, height: rows * height });
    const pen = canvas.getContext("2d")!;
    const began = performance.now();
    const order = {
      board: model.name, url: model.decoder, codes: gridCodes(plane, z, model, box, rows, size),
      dim: model.dim, shape: model.shape, columns: size,
    };
    try {
      await worker.sheet(order, (strip, top) => {
        pen.putImageData(strip, 0, top);
        board.lay(canvas, model.free === 1 ? rowUnder(box, size) : box);
        if (top + strip.height === canvas.height) this.told(performance.now() - began);
      });
    } catch (failure) {
      this.told(failure as Error);
    }
  }
}
