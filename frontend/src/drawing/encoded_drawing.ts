// A drawing pad beside the map: what is drawn is encoded at every move of the pen.

import { Latest } from "../models/latest";
import type { Model } from "../models/model";
import { type Network, network } from "../models/network";
import { make } from "../ui/elements";
import { drawing, takesDrawings } from "./drawing";
import type { Pad } from "./pad";

export class EncodedDrawing {
  /** Empty for a model whose images are not drawn by hand. */
  readonly root = make("div");
  /** What the model sees of the drawing, or nothing. */
  image: Float32Array | null = null;
  private paper: Pad | null = null;
  private numbers: number[] = [];
  /** Loaded with the first stroke. */
  private encoder: Promise<Network> | null = null;
  private encoding: Latest<Float32Array, Float32Array>;

  /** `show` gets the code of the drawing; `lifted` is called when the pen is lifted. */
  constructor(
    private model: Model, private runtime: string, show: (z: Float32Array) => void,
    private lifted: () => void, failed: (reason: Error) => void,
  ) {
    this.encoding = new Latest((image) => this.encode(image), show, failed);
    if (!takesDrawings(model)) return;
    this.paper = drawing((image) => this.change(image), (numbers) => this.lift(numbers));
    this.root.append(this.paper.root);
  }

  /** The drawing as numbers. Where the code is, another value says. */
  get state(): { drawing: number[] } {
    return { drawing: this.numbers };
  }

  set state({ drawing: numbers }: { drawing: number[] }) {
    if (String(numbers) === String(this.numbers)) return;
    this.numbers = numbers;
    this.paper?.show(numbers);
    this.encoding.cancel();
  }

  cancel(): void {
    this.encoding.cancel();
  }

  get isPossible(): boolean {
    return this.paper !== null;
  }

  focus(): void {
    this.root.querySelector("canvas")?.focus();
  }

  clear(): void {
    this.paper?.show([]);
    this.lift([]);
  }

  private lift(numbers: number[]): void {
    this.numbers = numbers;
    this.lifted();
  }

  private change(image: Float32Array | null): void {
    this.image = image;
    if (image) this.encoding.ask(image);
    else this.encoding.cancel();
  }

  private async encode(image: Float32Array): Promise<Float32Array> {
    const { dim, shape, encoder } = this.model;
    this.encoder ??= network(encoder, this.runtime);
    const encoded = await (await this.encoder).run(image, [1, ...shape]);
    return encoded.slice(0, dim);
  }
}
