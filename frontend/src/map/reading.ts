// What a classifier takes decoded images for.

import { Latest } from "../models/latest";
import { type Likeliest, likeliest } from "../models/likeliest";
import type { Model } from "../models/model";
import type { WorkerClient } from "../models/worker_client";

/** How many images the worker reads before it answers somebody else. */
const AT_ONCE = 8;

/** Reads the latest images in the worker, so that the pointer never waits for it. */
export class Reading {
  private broken = false;
  private asking: Latest<Float32Array, (Likeliest | null)[]>;

  /** `show` gets the class of each image; nothing comes where there is no classifier. */
  constructor(
    private model: Model, private worker: WorkerClient, show: (found: (Likeliest | null)[]) => void,
    failed: (reason: Error) => void,
  ) {
    this.asking = new Latest((pixels) => this.read(pixels), show, (reason) => {
      this.broken = true; // what failed once is not asked for at every frame
      failed(reason);
    });
  }

  /** Read one image or several, one after another. */
  send(pixels: Float32Array): void {
    if (this.model.classifier && !this.broken) this.asking.ask(pixels);
  }

  cancel(): void {
    this.asking.cancel();
  }

  private async read(pixels: Float32Array): Promise<(Likeliest | null)[]> {
    const { classifier, shape } = this.model;
    const size = shape[0] * shape[1] * shape[2];
    const steps = [{ url: classifier!, shape }];
    const found = [];
    for (let from = 0; from < pixels.length; from += AT_ONCE * size) {
      const rows = pixels.slice(from, from + AT_ONCE * size);
      const count = rows.length / size;
      const [shares] = await this.worker.run({ rows, count, steps });
      found.push(...likeliest(shares, shares.length / count));
    }
    return found;
  }
}
