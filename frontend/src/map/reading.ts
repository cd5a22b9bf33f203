// What a classifier takes the decoded image for.

import { Latest } from "../models/latest";
import type { Model } from "../models/model";
import type { WorkerClient } from "../models/worker_client";

/** Reads the latest image in the worker, so that the pointer never waits for it. */
export class Reading {
  private broken = false;
  private asking: Latest<Float32Array, Float32Array>;

  /** `show` gets the probability of each class; nothing comes where there is no classifier. */
  constructor(
    private model: Model, private worker: WorkerClient, show: (shares: Float32Array) => void,
    failed: (reason: Error) => void,
  ) {
    this.asking = new Latest((pixels) => this.read(pixels), show, (reason) => {
      this.broken = true; // what failed once is not asked for at every frame
      failed(reason);
    });
  }

  send(pixels: Float32Array): void {
    if (this.model.classifier && !this.broken) this.asking.ask(pixels);
  }

  cancel(): void {
    this.asking.cancel();
  }

  private async read(pixels: Float32Array): Promise<Float32Array> {
    const steps = [{ url: this.model.classifier!, shape: this.model.shape }];
    const [shares] = await this.worker.run({ rows: pixels.slice(), count: 1, steps });
    return shares;
  }
}

/** The likeliest class with its probability: "9, 98%"; nothing of an image of NaN. */
export function inWords(shares: Float32Array, classes: string[]): string {
  const best = shares.indexOf(Math.max(...shares));
  if (best < 0) return "";
  return `${classes[best]}, ${Math.round(100 * shares[best])}%`;
}
