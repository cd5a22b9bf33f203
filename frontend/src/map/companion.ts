// Other models beside the map or the pad: what becomes of the same image, or lies at the same place.

import { type Backdrop, Board } from "./board";
import { type Ellipse, type Plane, boxOf, byClass, firstAxes, lift, planeOf, possible, project, projectAll } from "../codes/geometry";
import type { WorkerClient } from "../models/worker_client";
import { type Model, codesOf } from "../models/model";
import { choice, make, three } from "../ui/elements";
import { paint, paintDifference } from "../images/pixels";
import { DecodedSheet } from "./sheet";

const SHEET = 12;

/** What a companion follows: an image, or a place as shares of the map's width and height. */
export type Target = { image: Float32Array } | { place: [number, number] };

/**
 * `differs` shows what was lost of an image, too; `moved` gets the places under the hand, as shares
 * of the map's width and height; `rings` lie over the map.
 */
interface Options {
  differs?: boolean;
  failed?(reason: Error): void;
  moved?(place: [number, number]): void;
  rings?: Ellipse[];
}

export class Companion {
  readonly root: HTMLElement;
  private board: Board;
  private sheet: DecodedSheet;
  private canvas = make("canvas", { class: "small", role: "img" });
  private lost = make("canvas", { class: "small", role: "img", "aria-label": "The difference" });
  private text = make("span");
  private plane: Plane | null = null;
  private middle: Float32Array | null = null;
  private wanted: Target | null = null;
  private following: Target | null = null;
  private busy = false;
  private broken = false;
  private failed: (reason: Error) => void;
  private rings: Ellipse[];
  private here: [number, number] = [0, 0];

  constructor(
    readonly model: Model, private worker: WorkerClient,
    { differs = false, failed = () => {}, moved, rings = [] }: Options = {},
  ) {
    this.failed = failed;
    this.rings = rings;
    const go = (u: number, v: number) => moved?.(this.board.shares(u, v));
    this.board = new Board(moved && {
      hover: go, move: go, leave() {}, view() {}, turn: () => false,
      step: (du, dv) => go(this.here[0] + du, this.here[1] + dv),
    });
    const [, height, width] = model.shape;
    for (const canvas of [this.canvas, this.lost]) Object.assign(canvas, { width, height });
    this.sheet = new DecodedSheet(worker, this.board, model);
    this.root = make(
      "figure", { class: "companion" }, this.canvas, ...(differs ? [this.lost] : []), this.board.root,
      make("figcaption", {}, make("b", { textContent: model.title }), this.text),
    );
    void this.open();
  }

  destroy(): void {
    this.sheet.stop();
    this.board.destroy();
  }

  /** Follow this; the newest one where they come too fast. */
  follow(target: Target): void {
    this.wanted = target;
    if (!this.busy) void this.catchUp();
  }

  /** Nothing is there to follow. */
  empty(): void {
    this.wanted = this.following = null;
    for (const canvas of [this.canvas, this.lost]) {
      canvas.getContext("2d")!.clearRect(0, 0, canvas.width, canvas.height);
    }
    this.text.textContent = "";
    this.canvas.removeAttribute("aria-label");
    this.board.mark(null);
  }

  backdrop(option: Backdrop): void {
    this.board.backdrop = option;
    this.board.redraw();
    if (this.plane && this.middle) this.sheet.order(this.plane, this.middle, SHEET, 0);
  }

  private async open(): Promise<void> {
    try {
      const { model } = this;
      const codes = await codesOf(model);
      this.plane = planeOf(model, firstAxes(model));
      // A class comes from a real code; of the rest the middle.
      this.middle = codes.codes.slice(0, model.dim);
      for (let i = 0; i < model.free; i++) this.middle[i] = (model.low[i] + model.high[i]) / 2;
      const places = projectAll(this.plane, codes);
      this.board.shown = new Set(model.classes.keys());
      const box = boxOf(places);
      const shown = model.free === 1 ? byClass(places, codes.labels, box) : places;
      this.board.show(shown, codes.labels, box);
      this.backdrop(this.board.backdrop);
      if (this.wanted && !this.busy) void this.catchUp();
    } catch (failure) {
      this.fail(failure as Error);
    }
  }

  private async catchUp(): Promise<void> {
    this.busy = true;
    try {
      while (this.wanted && this.plane && !this.broken) {
        const target = (this.following = this.wanted);
        this.wanted = null;
        const draw = await ("image" in target
          ? this.through(target.image)
          : this.at(target.place, this.plane));
        if (this.following === target) draw();
      }
    } catch (failure) {
      this.fail(failure as Error);
    }
    this.busy = false;
  }

  private async through(image: Float32Array): Promise<() => void> {
    const { model } = this;
    const steps = [
      { url: model.encoder, shape: model.shape, take: model.dim },
      { url: model.decoder, shape: [model.dim] },
    ];
    const [z, pixels] = await this.worker.run({ rows: image, count: 1, steps });
    const error = image.reduce((sum, x, i) => sum + (x - pixels[i]) ** 2, 0) / image.length;
    return () => {
      const usual = model.mse ? `, ${(error / model.mse).toFixed(1)} times the usual` : "";
      this.text.textContent = `MSE ${three(error)}${usual}`;
      const difference = new ImageData(this.lost.width, this.lost.height);
      paintDifference(difference, pixels, image, model.shape);
      this.lost.getContext("2d")!.putImageData(difference, 0, 0);
      this.draw(pixels, z, `The image through ${model.title}, MSE ${three(error)}`);
    };
  }

  private async at(place: [number, number], plane: Plane): Promise<() => void> {
    const { model } = this;
    const [u, v] = this.board.placeAt(place);
    const z = possible(model, lift(plane, this.middle!, u, v));
    const steps = [{ url: model.decoder, shape: [model.dim] }];
    const [pixels] = await this.worker.run({ rows: z, count: 1, steps });
    return () => {
      this.text.textContent = "at the same place";
      this.draw(pixels, z, `The same place of the map of ${model.title}`);
    };
  }

  private draw(pixels: Float32Array, z: Float32Array, label: string): void {
    const picture = new ImageData(this.canvas.width, this.canvas.height);
    paint(picture, pixels, this.model.shape);
    this.canvas.getContext("2d")!.putImageData(picture, 0, 0);
    this.canvas.setAttribute("aria-label", label);
    if (!this.plane) return;
    this.here = project(this.plane, z);
    this.board.mark({ here: this.here, clouds: this.rings });
  }

  private fail(reason: Error): void {
    this.broken = true;
    this.failed(reason);
    this.text.textContent = "could not be loaded: load the page again";
  }
}

/** Companions in one place. */
export class Companions {
  all: Companion[] = [];

  constructor(private place: HTMLElement, private worker: WorkerClient, private options: Options = {}) {}

  /** Show these after what stands `before` them; whether they were not shown yet. */
  show(models: Model[], ...before: Node[]): boolean {
    const names = (some: Model[]) => some.map(({ decoder }) => decoder).join();
    if (names(models) === names(this.all.map(({ model }) => model))) return false;
    this.destroy();
    this.all = models.map((model) => new Companion(model, this.worker, this.options));
    this.place.replaceChildren(...before, ...this.all.map(({ root }) => root));
    return true;
  }

  destroy(): void {
    for (const each of this.all) each.destroy();
  }
}

/** Up to three companions of a map, and what they follow. */
export class Beside {
  readonly root = make("div", { class: "beside", role: "group", "aria-label": "Other models" });
  private companions: Companions;
  private follows: "same image" | "same place" = "same image";
  private latest: ((follows: string) => Target) | null = null;
  private option: Backdrop = "codes";
  private picker = choice("Follow", ["same image", "same place"], this.follows, (option) => {
    this.follows = option;
    this.pass();
  });

  constructor(worker: WorkerClient) {
    this.companions = new Companions(this.root, worker);
  }

  /** Show these, as far as they are not shown yet. */
  show(models: Model[]): void {
    if (!this.companions.show(models, this.picker)) return;
    this.root.hidden = !models.length;
    this.backdrop(this.option);
    this.pass();
  }

  /** The hand is elsewhere; `target` tells where, if anyone wants to know. */
  follow(image: () => Float32Array, place: () => [number, number]): void {
    this.latest = (follows) => (follows === "same image" ? { image: image() } : { place: place() });
    this.pass();
  }

  backdrop(option: Backdrop): void {
    this.option = option;
    for (const each of this.companions.all) each.backdrop(option);
  }

  destroy(): void {
    this.companions.destroy();
  }

  private pass(): void {
    if (!this.latest || !this.companions.all.length) return;
    const target = this.latest(this.follows);
    for (const each of this.companions.all) each.follow(target);
  }
}
