// Where the decoded image is encoded to: the arrow from the present code.

import { Latest } from "../models/latest";
import type { Model } from "../models/model";
import type { WorkerClient } from "../models/worker_client";

interface Images {
  decoded: Float32Array;
  nearest: Uint8Array | null;
}

/** Encodes what was decoded, and of a variational model the nearest test image, too. */
export class RoundTrip {
  private broken = false;
  private encoding: Latest<Images, Float32Array>;

  /** `show` gets what the encoder says of each image, one after another. */
  constructor(
    private model: Model, private worker: WorkerClient, show: (encoded: Float32Array) => void,
    failed: (reason: Error) => void,
  ) {
    this.encoding = new Latest((images) => this.encode(images), show, (reason) => {
      this.broken = true; // what failed once is not asked for at every frame
      failed(reason);
    });
  }

  send(decoded: Float32Array, nearest: Uint8Array | null): void {
    if (!this.broken) this.encoding.ask({ decoded, nearest: this.model.variational ? nearest : null });
  }

  cancel(): void {
    this.encoding.cancel();
  }

  private async encode({ decoded, nearest }: Images): Promise<Float32Array> {
    const { encoder, shape } = this.model;
    const count = nearest ? 2 : 1;
    const rows = new Float32Array(decoded.length * count);
    rows.set(decoded);
    nearest?.forEach((value, i) => (rows[decoded.length + i] = value / 255));
    const [encoded] = await this.worker.run({ rows, count, steps: [{ url: encoder, shape }] });
    return encoded;
  }
}
