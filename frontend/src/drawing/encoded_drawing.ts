// A drawing pad beside the map: what is drawn is encoded at every move of the pen.

import { Latest } from "../models/latest";
import type { Model } from "../models/model";
import { type Network, network } from "../models/network";
import { make } from "../ui/elements";
import { drawing } from "./drawing";

export class EncodedDrawing {
  readonly root = make("div", { hidden: true });
  /** What the model sees of the drawing, or nothing. */
  image: Float32Array | null = null;
  private encoder: Promise<Network> | null = null;
  private encoding: Latest<Float32Array, Float32Array>;

  /** `show` gets the code of the drawing; `lifted` is called when the pen is lifted. */
  constructor(
    private model: Model, private runtime: string, show: (z: Float32Array) => void,
    private lifted: () => void, failed: (reason: Error) => void,
  ) {
    this.encoding = new Latest((image) => this.encode(image), show, failed);
  }

  /** Open the pad, or close it; whether it is open now. */
  toggle(): boolean {
    this.change(null);
    this.root.hidden = !this.root.hidden;
    this.root.replaceChildren();
    if (this.root.hidden) return false;
    this.encoder = network(this.model.encoder, this.runtime);
    this.root.append(drawing((image) => this.change(image), this.lifted).root);
    return true;
  }

  cancel(): void {
    this.encoding.cancel();
  }

  private change(image: Float32Array | null): void {
    this.image = image;
    if (image) this.encoding.ask(image);
    else this.encoding.cancel();
  }

  private async encode(image: Float32Array): Promise<Float32Array> {
    const { dim, shape } = this.model;
    const encoded = await (await this.encoder!).run(image, [1, ...shape]);
    return encoded.slice(0, dim);
  }
}
