// Another model beside the map: the same image through it, and where it lies among its own codes.

import { Board } from "./board";
import { type Plane, boxOf, firstAxes, planeOf, project, projectAll } from "./geometry";
import { type Model, codesOf } from "./model";
import { make, three } from "./parts";
import { paint } from "./pixels";
import type { Order, Report } from "./worker";

const STILL = {
  hover: () => {}, leave: () => {}, move: () => {}, step: () => {}, view: () => {},
  turn: () => false,
};

export class Companion {
  readonly root: HTMLElement;
  private board = new Board(STILL, false);
  private canvas = make("canvas", { class: "small", role: "img" });
  private text = make("span");
  private plane: Plane | null = null;
  private waiting: Float32Array | null = null;
  private shown: Float32Array | null = null;

  constructor(
    readonly model: Model, private runtime: string, private send: (order: Order) => void,
  ) {
    const [, height, width] = model.shape;
    Object.assign(this.canvas, { width, height });
    this.root = make(
      "figure", { class: "companion" }, this.canvas, this.board.root,
      make("figcaption", {}, make("b", { textContent: model.title }), this.text),
    );
    void this.open();
  }

  destroy(): void {
    this.board.destroy();
  }

  /** The same image through this model; the newest one where they come too fast. */
  through(image: Float32Array): void {
    const idle = !this.waiting && !this.shown;
    this.waiting = image;
    if (idle) this.next();
  }

  hear(report: Extract<Report, { kind: "through" }>): void {
    const { model, shown } = this;
    if (!shown) return;
    const picture = new ImageData(this.canvas.width, this.canvas.height);
    paint(picture, report.pixels, model.shape);
    this.canvas.getContext("2d")!.putImageData(picture, 0, 0);
    const error = shown.reduce((sum, x, i) => sum + (x - report.pixels[i]) ** 2, 0) / shown.length;
    this.text.textContent = `MSE ${three(error)}`;
    this.canvas.setAttribute("aria-label", `The image through ${model.title}, MSE ${three(error)}`);
    if (this.plane) {
      const here = project(this.plane, report.z);
      this.board.mark({ here, nearest: null, ellipse: null, returned: null, way: [] });
    }
    this.shown = null;
    this.next();
  }

  /** No answer will come for this one. */
  failed(): void {
    this.shown = this.waiting = null;
    this.text.textContent = "could not be loaded";
  }

  private async open(): Promise<void> {
    const codes = await codesOf(this.model).catch(() => null);
    if (!codes) return this.failed();
    this.plane = planeOf(this.model, firstAxes(this.model));
    const places = projectAll(this.plane, codes);
    this.board.shown = new Set(this.model.classes.keys());
    this.board.show(places, codes.labels, boxOf(places));
  }

  private next(): void {
    if (!this.waiting) return;
    const { model, runtime } = this;
    this.shown = this.waiting;
    this.waiting = null;
    this.send({
      kind: "through", id: 0, name: model.name, url: model.encoder, decoder: model.decoder, runtime,
      image: this.shown, dim: model.dim, shape: model.shape,
    });
  }
}
