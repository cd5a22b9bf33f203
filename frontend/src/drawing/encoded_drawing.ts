// A drawing pad beside the map: what is drawn is encoded at every move of the pen.

import { Latest } from "../models/latest";
import type { Model } from "../models/model";
import { type Network, network } from "../models/network";
import { make } from "../ui/elements";
import { drawing, takesDrawings } from "./drawing";
import type { Pad } from "./pad";

export class EncodedDrawing {
  readonly root = make("div", { hidden: true });
  /** What the model sees of the drawing, or nothing. */
  image: Float32Array | null = null;
  private paper: Pad | null = null;
  private numbers: number[] = [];
  private encoder: Promise<Network> | null = null;
  private encoding: Latest<Float32Array, Float32Array>;

  /** `show` gets the code of the drawing; `lifted` is called when the pen is lifted. */
  constructor(
    private model: Model, private runtime: string, show: (z: Float32Array) => void,
    private lifted: () => void, failed: (reason: Error) => void,
  ) {
    this.encoding = new Latest((image) => this.encode(image), show, failed);
  }

  get isOpen(): boolean {
    return this.paper !== null;
  }

  /** The drawing as numbers, which opens the pad. Where the code is, another value says. */
  get state(): { drawing: number[] } {
    return { drawing: this.numbers };
  }

  set state({ drawing: numbers }: { drawing: number[] }) {
    if (String(numbers) === String(this.numbers)) return;
    this.numbers = numbers;
    if (!takesDrawings(this.model)) return;
    if (!this.isOpen) this.open();
    this.paper!.show(numbers);
    this.encoding.cancel();
  }

  /** Open the pad, or close it. */
  toggle(): void {
    if (!this.isOpen) {
      this.open();
      return;
    }
    this.change(null);
    this.paper = null;
    this.root.hidden = true;
    this.root.replaceChildren();
    if (this.numbers.length) this.lift([]);
  }

  cancel(): void {
    this.encoding.cancel();
  }

  private open(): void {
    this.encoder = network(this.model.encoder, this.runtime);
    this.paper = drawing((image) => this.change(image), (numbers) => this.lift(numbers));
    this.root.replaceChildren(this.paper.root);
    this.root.hidden = false;
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
    const { dim, shape } = this.model;
    const encoded = await (await this.encoder!).run(image, [1, ...shape]);
    return encoded.slice(0, dim);
  }
}
