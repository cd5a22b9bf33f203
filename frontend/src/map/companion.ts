// Another model beside the map or the pad: what becomes of the same image, or lies at the same place.

import { boxOf, byClass } from "../codes/boxes";
import type { Ellipse } from "../codes/gaussians";
import {
  type Plane, firstAxes, lift, nearestPossible, planeOf, project, projectAll,
} from "../codes/planes";
import { described, imageCanvas, showDifference, showImage } from "../images/pixels";
import { Latest } from "../models/latest";
import { type Model, codesOf } from "../models/model";
import type { WorkerClient } from "../models/worker_client";
import { make } from "../ui/elements";
import { decimals, threeDigits } from "../ui/numbers";
import { _ } from "../ui/texts";
import { Background, isPossible } from "./background";
import { Board } from "./board";
import type { Backdrop } from "./map_state";

const SHEET = 12;

/** What a companion follows: an image, or a place as shares of the map's width and height. */
export type Target = { image: Float32Array } | { place: [number, number] };

/**
 * `differs` shows what was lost of an image, too; `moved` gets the places under the pointer, as
 * shares of the map's width and height; `rings` lie over the map.
 */
export interface Options {
  differs?: boolean;
  failed?(reason: Error): void;
  moved?(place: [number, number]): void;
  rings?: Ellipse[];
}

/** A model's map: its directions, and a code that lies in the middle. */
interface Loaded {
  plane: Plane;
  middle: Float32Array;
}

/** What the model makes of a target. */
interface Answer {
  z: Float32Array;
  pixels: Float32Array;
  text: string;
  label: string;
}

export class Companion {
  readonly root: HTMLElement;
  private board: Board;
  private background: Background;
  private picture: HTMLCanvasElement;
  private lost: HTMLCanvasElement;
  private text = make("span");
  private opened: Promise<Loaded>;
  private loaded: Loaded | null = null;
  private broken = false;
  private here: [number, number] = [0, 0];
  private following = new Latest<Target, Answer>(
    (target) => this.answer(target), (answer, target) => this.show(answer, target),
    (reason) => this.fail(reason),
  );

  constructor(readonly model: Model, private worker: WorkerClient, private options: Options = {}) {
    const { moved, differs } = options;
    const go = (u: number, v: number) => moved?.(this.board.shares(u, v));
    this.board = new Board(moved && {
      hover: go, move: go, leave() {}, view() {}, turn: () => false,
      step: (du, dv) => go(this.here[0] + du, this.here[1] + dv),
    });
    this.picture = imageCanvas("small", model.shape);
    this.lost = imageCanvas("small", model.shape, differs ? _("The difference") : "");
    this.background = new Background(worker, this.board, model);
    this.root = make(
      "figure", { class: "companion" }, this.picture, ...(differs ? [this.lost] : []), this.board.root,
      make("figcaption", {}, make("b", { textContent: model.title }), this.text),
    );
    this.opened = this.open();
    this.opened.catch((reason) => this.fail(reason));
  }

  destroy(): void {
    this.following.cancel();
    this.background.stop();
    this.board.destroy();
  }

  /** Follow this; the newest one where they come too fast. */
  follow(target: Target): void {
    if (!this.broken) this.following.ask(target);
  }

  /** Nothing is there to follow. */
  empty(): void {
    this.following.cancel();
    for (const canvas of [this.picture, this.lost]) {
      canvas.getContext("2d")!.clearRect(0, 0, canvas.width, canvas.height);
    }
    this.text.textContent = "";
    described(this.picture, "");
    this.board.mark(null);
  }

  backdrop(option: Backdrop): void {
    this.board.backdrop = isPossible(option, this.model) ? option : "codes";
    this.board.redraw();
    if (this.loaded) this.background.order(this.loaded.plane, this.loaded.middle, SHEET, 0);
  }

  private async open(): Promise<Loaded> {
    const { model } = this;
    const codes = await codesOf(model);
    const plane = planeOf(model, firstAxes(model));
    // A class comes from a real code; of the rest the middle.
    const middle = codes.codes.slice(0, model.dim);
    for (let i = 0; i < model.free; i++) middle[i] = (model.low[i] + model.high[i]) / 2;
    const places = projectAll(plane, codes);
    const box = boxOf(places);
    const shown = model.free === 1 ? byClass(places, codes.labels, box) : places;
    this.board.shown = new Set(model.classes.keys());
    this.board.names = model.classes;
    this.board.show(shown, codes.labels, box);
    this.loaded = { plane, middle };
    this.backdrop(this.board.backdrop);
    return this.loaded;
  }

  private async answer(target: Target): Promise<Answer> {
    const loaded = await this.opened;
    return "image" in target ? this.through(target.image) : this.at(target.place, loaded);
  }

  /** The image through both halves of the model. */
  private async through(image: Float32Array): Promise<Answer> {
    const { model } = this;
    const steps = [
      { url: model.encoder, shape: model.shape, take: model.dim },
      { url: model.decoder, shape: [model.dim] },
    ];
    const [z, pixels] = await this.worker.run({ rows: image, count: 1, steps });
    const mse = image.reduce((sum, x, i) => sum + (x - pixels[i]) ** 2, 0) / image.length;
    const error = threeDigits(mse);
    const text = model.mse
      ? _("MSE {error}, {times} times the usual", { error, times: decimals(mse / model.mse, 1) })
      : _("MSE {error}", { error });
    const label = _("The image through {model}, MSE {error}", { model: model.title, error });
    return { z, pixels, text, label };
  }

  /** What lies at this place of the model's map. */
  private async at(place: [number, number], { plane, middle }: Loaded): Promise<Answer> {
    const { model } = this;
    const [u, v] = this.board.placeAt(place);
    const z = nearestPossible(model, lift(plane, middle, u, v));
    const steps = [{ url: model.decoder, shape: [model.dim] }];
    const [pixels] = await this.worker.run({ rows: z, count: 1, steps });
    const label = _("The same place of the map of {model}", { model: model.title });
    return { z, pixels, text: _("at the same place"), label };
  }

  private show({ z, pixels, text, label }: Answer, target: Target): void {
    this.text.textContent = text;
    if ("image" in target) showDifference(this.lost, pixels, target.image, this.model.shape);
    showImage(this.picture, pixels, this.model.shape);
    described(this.picture, label);
    this.here = project(this.loaded!.plane, z);
    this.board.mark({ here: this.here, clouds: this.options.rings });
  }

  private fail(reason: Error): void {
    if (this.broken) return;
    this.broken = true;
    this.options.failed?.(reason);
    this.text.textContent = _("could not be loaded: load the page again");
  }
}
