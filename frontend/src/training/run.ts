// A run in the browser: images as they come, batches, noise, schedule, and what a page shows of it.

import { shares } from "../denoise/noise";
import { firstWeights, type Initialisation } from "./first_weights";
import { type Kernels, type Place, Room } from "./kernels";
import { Model } from "./model";
import { codeOf, type Network, pixelsOf, type Tensors } from "./network";
import { type Noise, Spoiler } from "./noise";
import { linear, linearInTime, Optimiser, type Recipe as OfSteps } from "./optimiser";

export interface Recipe extends OfSteps {
  batch_size: number;
  initialisation: Initialisation;
}

/** What is asked for. `count` images will come, in all; either `steps` or `seconds` is given. */
export interface Asked {
  network: Network;
  recipe: Recipe;
  noise: Noise | null;
  /** Which option of the noise says how strong it is. */
  strength: string;
  height: number;
  width: number;
  count: number;
  seed: number;
  steps: number | null;
  seconds: number | null;
  /** What was learned of it before, to go on with. */
  start?: Learned;
}

/** Weights, how far they came, and what was changed on the way. */
export interface Learned {
  weights: Tensors;
  step: number;
  seconds: number;
  changes: string[];
}

/** What can be changed on the way: see `ae_core/training/changes.py`. */
export type Changeable = "rate" | "noise" | "beta";

/** How a run stands. Losses are of the last batch, each by its name. */
export interface Standing {
  step: number;
  done: number;
  seconds: number;
  imagesPerSecond: number;
  skipped: number;
  losses: Record<string, number>;
}

/** Rows that a model has room for, whatever the batch: it also codes and draws for the page. */
const LEAST_ROWS = 128;

const STATE_WORDS = 16;

export class Run {
  readonly model: Model;
  readonly asked: Asked;
  step = 0;
  seconds = 0;
  /** What was changed at which step, as `Change.text` in `ae_core/training/changes.py` has it. */
  readonly changes: string[] = [];
  private times = 1;
  private readonly optimiser: Optimiser;
  private readonly spoiler: Spoiler | null;
  private readonly images: Place;
  private readonly chosen: Place;
  private readonly state: Place;
  private readonly share: () => number;
  private order = new Uint32Array(0);
  private next = 0;
  private have = 0;
  private rows = 0;
  private broken = false;
  private losses: Record<string, number> = {};

  constructor(kernels: Kernels, wanted: Asked) {
    const place = new Room(kernels);
    const asked = (this.asked = { ...wanted, network: { ...wanted.network } });
    const { network, recipe, count } = asked;
    this.model = new Model(network, place, Math.max(LEAST_ROWS, recipe.batch_size));
    this.optimiser = new Optimiser(this.model, recipe);
    this.images = place.bytes(count * pixelsOf(network) + 8);
    this.chosen = place.bytes(4 * this.model.rows);
    this.state = place.bytes(4 * STATE_WORDS);
    this.share = shares(asked.seed);
    this.spoiler = asked.noise
      ? new Spoiler(this.model, asked.height, asked.width, this.state, this.share) : null;
    const words = new Uint32Array(kernels.memory.buffer, this.state, STATE_WORDS);
    words.forEach((_, i) => (words[i] = 1 + Math.floor(this.share() * 0xfffffffe)));
    if (asked.start) this.follow(asked.start);
  }

  private follow({ step, seconds, changes }: Learned): void {
    [this.step, this.seconds] = [step, seconds];
    for (const text of changes) {
      const [, what, value] = text.split(/[:=]/);
      this.changes.push(text);
      this.set(what as Changeable, Number(value));
    }
  }

  /** From the next step on, this has another value. */
  change(what: Changeable, value: number): void {
    this.changes.push(`${this.step}:${what}=${value}`);
    this.set(what, value);
  }

  private set(what: Changeable, value: number): void {
    const { asked } = this;
    if (what === "rate") this.times = value;
    else if (what === "beta") asked.network.beta = value;
    else if (asked.noise) asked.noise = { ...asked.noise, [asked.strength]: value };
  }

  /** More images, one after another, as bytes. The first weights are drawn when the first come. */
  add(images: Uint8Array): void {
    const pixels = pixelsOf(this.asked.network);
    const room = this.asked.count - this.have;
    const some = images.subarray(0, room * pixels);
    new Uint8Array(this.model.place.kernels.memory.buffer, this.images + this.have * pixels).set(some);
    const isFirst = !this.have;
    this.have += some.length / pixels;
    if (isFirst) this.model.load(this.asked.start?.weights ?? this.drawn());
  }

  private drawn(): Tensors {
    const pixels = pixelsOf(this.asked.network);
    const bytes = new Uint8Array(
      this.model.place.kernels.memory.buffer, this.images, this.have * pixels,
    );
    const mean = new Float32Array(pixels);
    bytes.forEach((value, i) => (mean[i % pixels] += value));
    const scaled = mean.map((sum) => sum / (255 * this.have));
    return firstWeights(this.asked.network, this.asked.recipe.initialisation, scaled, this.share);
  }

  get isReady(): boolean {
    return this.have > 0;
  }

  /** The share of the run that is done. */
  get done(): number {
    const { steps, seconds } = this.asked;
    return Math.min(1, steps ? this.step / steps : this.seconds / seconds!);
  }

  get isOver(): boolean {
    return this.broken || this.done >= 1;
  }

  /** Trains for about so many milliseconds, or to the end. */
  advance(milliseconds: number): void {
    const began = performance.now();
    const before = this.seconds;
    let now = began;
    while (!this.isOver && now - began < milliseconds) {
      this.learn();
      now = performance.now();
      this.seconds = before + (now - began) / 1000;
    }
    const { kernels } = this.model.place;
    this.broken ||= !Number.isFinite(kernels.squares(this.model.weights, this.model.count));
  }

  /** One step. */
  learn(): void {
    const { model, asked } = this;
    this.rows = this.batch();
    if (this.spoiler && asked.noise) this.spoiler.spoil(asked.noise, this.rows);
    if (asked.network.heads) this.drawCodes();
    model.forward(this.rows);
    model.backward(this.rows);
    this.optimiser.step(this.rate());
    this.step++;
  }

  private rate(): number {
    const { times, asked: { recipe, steps } } = this;
    if (recipe.schedule === "constant") return times;
    return times * (steps ? linear(this.step, steps) : linearInTime(this.done));
  }

  /** Brings the next batch of this epoch into the model; how many images it has. */
  private batch(): number {
    const { model, asked } = this;
    if (this.next >= this.order.length) this.shuffle();
    const rows = Math.min(asked.recipe.batch_size, this.order.length - this.next);
    const { kernels } = model.place;
    new Uint32Array(kernels.memory.buffer, this.chosen, rows)
      .set(this.order.subarray(this.next, this.next + rows));
    this.next += rows;
    kernels.gather(this.images, this.chosen, model.clean, rows, model.pixelsWidth, model.pixels);
    if (!asked.noise) this.see(rows);
    return rows;
  }

  private see(rows: number): void {
    const { clean, seen, pixelsWidth, place } = this.model;
    place.view(seen, rows * pixelsWidth).set(place.view(clean, rows * pixelsWidth));
  }

  /** An order of all images that have come by now. */
  private shuffle(): void {
    const order = Uint32Array.from({ length: this.have }, (_, i) => i);
    for (let i = order.length - 1; i > 0; i--) {
      const other = Math.floor(this.share() * (i + 1));
      [order[i], order[other]] = [order[other], order[i]];
    }
    this.order = order;
    this.next = 0;
  }

  private drawCodes(): void {
    const { model, rows } = this;
    const { codeWidth, place, draws } = model;
    place.kernels.drawNormals(this.state, draws, rows * codeWidth, 0, 1);
    const dim = codeOf(model.network);
    if (dim === codeWidth) return;
    const view = place.view(draws, rows * codeWidth);
    for (let row = 0; row < rows; row++) view.fill(0, row * codeWidth + dim, (row + 1) * codeWidth);
  }

  standing(): Standing {
    const { step, done, seconds, have, asked } = this;
    const { rows } = this;
    // After a look at other images the last batch is not in the model any more.
    const losses = rows ? (this.losses = this.model.losses(rows)) : this.losses;
    const size = Math.min(asked.recipe.batch_size, have);
    const imagesPerSecond = seconds ? (step * size) / seconds : 0;
    return { step, done, seconds, imagesPerSecond, skipped: this.optimiser.skipped, losses };
  }

  /** Whether a weight is NaN or infinite. */
  get hasDiverged(): boolean {
    return this.broken;
  }

  /** The mean losses over images in [0, 1], which nothing has spoilt. */
  measure(images: Float32Array): Record<string, number> {
    const { model } = this;
    const count = images.length / model.pixels;
    const found: Record<string, number> = {};
    for (let from = 0; from < count; from += model.rows) {
      this.rows = Math.min(model.rows, count - from);
      this.put(images, from, this.rows);
      model.place.view(model.clean, this.rows * model.pixelsWidth)
        .set(model.place.view(model.seen, this.rows * model.pixelsWidth));
      if (this.asked.network.heads) this.drawCodes();
      model.forward(this.rows);
      for (const [name, value] of Object.entries(model.losses(this.rows))) {
        found[name] = (found[name] ?? 0) + (value * this.rows) / count;
      }
    }
    this.rows = 0;
    return found;
  }

  /** Shows the model some of the images. */
  private put(images: Float32Array, from: number, rows: number): void {
    const { seen, pixels, pixelsWidth, place } = this.model;
    const view = place.view(seen, rows * pixelsWidth);
    for (let row = 0; row < rows; row++) {
      const start = (from + row) * pixels;
      view.set(images.subarray(start, start + pixels), row * pixelsWidth);
    }
  }

  /** The code of each of these images, in [0, 1], as many as the model has room for at a time. */
  encode(images: Float32Array): Float32Array {
    const { model } = this;
    const dim = codeOf(model.network);
    const count = images.length / model.pixels;
    const found = new Float32Array(count * dim);
    for (let from = 0; from < count; from += model.rows) {
      const rows = Math.min(model.rows, count - from);
      this.put(images, from, rows);
      found.set(model.encode(rows), from * dim);
    }
    // What is seen is no batch any more.
    this.rows = 0;
    return found;
  }

  /** The picture of each code. */
  decode(codes: Float32Array): Float32Array {
    const { rows, pixels, network } = this.model;
    const dim = codeOf(network);
    const found = new Float32Array((codes.length / dim) * pixels);
    for (let from = 0; from * dim < codes.length; from += rows) {
      const some = codes.subarray(from * dim, (from + rows) * dim);
      found.set(this.model.decode(some), from * pixels);
    }
    this.rows = 0;
    return found;
  }

  weights(): Tensors {
    return this.model.tensors();
  }
}
