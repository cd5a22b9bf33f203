// One model under the hand: the map of its codes, the image at the present code, and their tools.

import { type Backdrop, Board, legend } from "./board";
import { drawing, takesDrawings } from "../drawing/drawing";
import {
  type Axes, FRONT, type Plane, type View, boxOf, boxOfSpace, byClass, depths, firstAxes, lift,
  nearerDraws, nearest, planeOf, planeOfView, possible, project, projectAll, shadow, turned, vote,
} from "../codes/geometry";
import type { WorkerClient } from "../models/worker_client";
import { type Codes, type Model, type Network, buffer, network } from "../models/model";
import { button, choice, codeText, make, three } from "../ui/elements";
import { paint } from "../images/pixels";
import { DecodedSheet } from "./sheet";
import { Sliders } from "../codes/sliders";
import { Walk } from "../codes/walk";

const SHEETS = [10, 20, 30];
const NEIGHBOURS = 15;
const REST = 250;
const KEPT = 2000;

/** Milliseconds, for the benchmark: from the hand's event to the picture, and of that decoding. */
export interface Times {
  picture: number[];
  decode: number[];
  grid: number[];
  ready: number;
}

/** What is loaded before a hand can move anything. */
export interface Loaded {
  model: Model;
  decoder: Network;
  codes: Codes;
}

/** What is around a scene. */
export interface SceneHost {
  root: HTMLElement;
  worker: WorkerClient;
  runtime: string;
  times: Times;
  /** Tell the server where the hand let go. */
  tell(z: number[]): void;
  failed(reason: unknown): void;
  /** The first picture stands there. */
  shown(): void;
  /** Other models may follow: the image under the hand, or its place on the map. */
  follow(image: () => Float32Array, place: () => [number, number]): void;
  backdrop(option: Backdrop): void;
}

const canvasOf = (name: string, { shape: [, height, width] }: Model) =>
  make("canvas", { class: name, role: "img", width, height });

export class Scene {
  private model: Model;
  private codes: Codes;
  private plane!: Plane;
  private hovered = false;
  private wanted: { z: Float32Array; since: number } | null = null;
  private following = false;
  private shown: Float32Array | null = null;
  private pixels: Float32Array = new Float32Array();
  private drawn: Float32Array | null = null;
  private nearestRow = 0;
  private images: Uint8Array | null = null;
  private returned: Float32Array | null = null;
  private encoding = false;
  private way: Float32Array[] = [];
  private curve: { codes: Float32Array[]; done: (codes: Float32Array[]) => void } | null = null;
  private view: View | null = null;
  private size = 20;
  private explaining = 0;
  private turning = 0;
  private restTimer = 0;
  private gone = false;

  private board: Board;
  private sheet: DecodedSheet;
  private sliders: Sliders;
  private walk: Walk;
  private big: HTMLCanvasElement;
  private small: HTMLCanvasElement;
  private nearText = make("figcaption");
  private mainFrame: HTMLElement;
  private nearFrame: HTMLElement;
  private place = make("p", { class: "place" });
  private meter = make("div", { class: "meter" });
  private verdict = make("p", { class: "verdict" });
  private padPlace = make("div", { hidden: true });
  private axisNames = make("p", { class: "axes" });
  private turnButton = button("turn", "Turn the cloud in space", () => this.toggleTurning());
  private notice = make("p", { class: "hint", role: "status" });
  private said = make("p", { class: "said", "aria-live": "polite" });
  readonly parts: HTMLElement[];

  constructor(private host: SceneHost, private loaded: Loaded, private z: Float32Array, backdrop: Backdrop) {
    const { model, codes } = loaded;
    this.model = model;
    this.codes = codes;
    const go = (next: Float32Array, since: number) => this.go(next, since);
    const rest = () => this.release();
    const here = () => this.z;
    this.board = new Board({
      hover: (u, v, since) => {
        this.hovered = true;
        this.want(possible(model, lift(this.plane, this.z, u, v)), since);
      },
      leave: () => this.leave(),
      move: (u, v, final, since) => this.move(u, v, final, since),
      step: (du, dv, final, since) => {
        const [u, v] = project(this.plane, this.z);
        this.move(u + du, v + dv, final, since);
      },
      view: () => this.orderSheet(60),
      turn: (sideways, upwards) => this.turn(sideways, upwards),
    });
    this.board.backdrop = backdrop;
    this.board.shown = new Set(model.classes.keys());
    this.sheet = new DecodedSheet(host.worker, this.board, model, (took) => {
      if (took instanceof Error) this.complain("The images of the map could not be decoded", took);
      else this.keep(host.times.grid, took);
    });
    this.sliders = new Sliders(model, { here, go, rest });
    this.walk = new Walk({
      ...loaded, here, rest,
      go: (z, since) => this.go(possible(model, z), since),
      trace: (way) => {
        this.way = way;
        this.mark();
      },
      curve: (done) => (this.curve = done && { codes: [], done }),
    });
    this.big = canvasOf("big", model);
    this.small = canvasOf("small", model);
    this.mainFrame = make("figure", { class: "main" }, this.big);
    const toNearest = button("", "Go to this image's own code", () => this.goToNearest());
    toNearest.append(this.small);
    this.nearFrame = make("figure", { class: "near", hidden: true }, toNearest, this.nearText);
    this.parts = [
      make(
        "div", { class: "left" },
        make("div", { class: "pictures" }, this.mainFrame, this.nearFrame),
        this.place, this.meter, this.verdict, this.padPlace, this.sliders.classes, this.sliders.root,
      ),
      make(
        "div", { class: "right" }, this.tools(), this.board.root, this.axisNames, this.notice,
        legend(model.classes, this.board), this.walk.root, this.said,
      ),
    ];
    this.look(firstAxes(model));
    this.go(z, performance.now());
    void this.loadImages();
  }

  get backdrop(): Backdrop {
    return this.board.backdrop;
  }

  destroy(): void {
    this.gone = true;
    this.board.destroy();
    this.sheet.stop();
    this.sliders.destroy();
    this.walk.destroy();
    cancelAnimationFrame(this.turning);
    cancelAnimationFrame(this.explaining);
    clearTimeout(this.restTimer);
  }

  /** The page has moved the code. */
  moveTo(z: Float32Array): void {
    this.go(z, performance.now());
    this.orderSheet(0);
  }

  /** The test images, once everything that the hand needs is there. */
  private async loadImages(): Promise<void> {
    const { model } = this;
    const bytes = model.images && (await buffer(model.images).catch(() => null));
    if (!bytes || this.gone) return;
    this.images = new Uint8Array(bytes);
    this.nearFrame.hidden = false;
    this.explain();
  }

  private complain(what: string, reason: Error): void {
    this.notice.textContent = `${what} (${reason.message}). Load the page again.`;
  }

  // The map and its tools.

  private tools(): HTMLElement {
    const { model, board } = this;
    const sizes = make("select", { "aria-label": "Images on the map" });
    sizes.append(...SHEETS.map((size) => make("option", { textContent: `${size} x ${size}` })));
    sizes.selectedIndex = SHEETS.indexOf(this.size);
    sizes.hidden = board.backdrop === "codes";
    sizes.addEventListener("change", () => {
      this.size = SHEETS[sizes.selectedIndex];
      this.orderSheet(0);
    });
    const backdrop = choice("Map", ["codes", "decoded", "both"] as const, board.backdrop, (option) => {
      board.backdrop = option;
      sizes.hidden = option === "codes";
      board.redraw();
      this.orderSheet(0);
      this.host.backdrop(option);
    });
    const row = make(
      "div", { class: "tools" }, backdrop,
      button("+", "Zoom in", () => board.zoom(0.7)),
      button("\u2212", "Zoom out", () => board.zoom(1 / 0.7)),
      button("reset", "Show the whole map", () => board.reset()),
      sizes,
      button("large", "Show this alone on the whole screen", () => this.enlarge()),
    );
    if (takesDrawings(model)) {
      const draw = button("draw", "Draw a digit, and see where it lies", () => {
        draw.setAttribute("aria-pressed", String(this.togglePad()));
      });
      draw.setAttribute("aria-pressed", "false");
      row.append(draw);
    }
    if (model.free === 3) {
      this.turnButton.setAttribute("aria-pressed", "false");
      row.append(this.turnButton);
    }
    if (model.free > 2) row.append(this.axesPicker());
    return row;
  }

  private axesPicker(): HTMLElement {
    const { free } = this.model;
    const select = make("select", { "aria-label": "Axes of the map" });
    const pairs: Axes[] = free > 3 ? ["principal"] : [];
    for (let i = 0; i < free; i++) {
      for (let j = i + 1; j < free && pairs.length < 200; j++) pairs.push([i, j]);
    }
    for (const pair of pairs) {
      const text = pair === "principal" ? "principal axes" : `z[${pair[0]}], z[${pair[1]}]`;
      select.append(make("option", { textContent: text }));
    }
    select.addEventListener("change", () => {
      this.look(pairs[select.selectedIndex]);
      this.go(this.z, performance.now());
    });
    return select;
  }

  /** Show the map in these directions. */
  private look(axes: Axes): void {
    this.stopTurning();
    this.view = null;
    this.plane = planeOf(this.model, axes);
    const { labels } = this.codes;
    const places = projectAll(this.plane, this.codes);
    const box = boxOf(places);
    this.board.show(this.model.free === 1 ? byClass(places, labels, box) : places, labels, box);
    const [across, up] = this.plane.names;
    this.axisNames.textContent = `across: ${across} · up: ${up || "the classes"}`;
    this.board.front.setAttribute(
      "aria-label",
      `Map of codes, ${across} across${up ? `, ${up} up` : ""}. Arrow keys move the code, with` +
      " Shift faster; plus and minus zoom, 0 shows all again.",
    );
    this.orderSheet(0);
  }

  /** The whole screen for the map, as on a projector; Escape comes back. */
  private enlarge(): void {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void this.host.root.requestFullscreen?.();
  }

  private orderSheet(wait: number): void {
    this.sheet.order(this.plane, this.z, this.size, wait);
  }

  /** Turn the cloud of a code of three numbers; the map is then the plane across the view. */
  private turn(sideways: number, upwards: number): boolean {
    const { model, codes } = this;
    if (model.free !== 3) return false;
    const first = !this.view;
    this.view = turned(this.view ?? FRONT(), sideways, upwards);
    const centre = Float32Array.from(model.low, (low, i) => (low + model.high[i]) / 2);
    this.plane = planeOfView(this.view, centre);
    const places = projectAll(this.plane, codes);
    if (first) {
      this.board.show(places, codes.labels, boxOfSpace(model));
      this.axisNames.textContent = "The cloud in space: drag with Shift to turn it.";
    }
    this.board.turnTo(places, depths(codes, this.view));
    this.mark();
    this.orderSheet(REST);
    return true;
  }

  private toggleTurning(): void {
    if (this.turning) return this.stopTurning();
    let before = performance.now();
    const step = (now: number) => {
      this.turn((now - before) / 3000, 0);
      before = now;
      this.turning = requestAnimationFrame(step);
    };
    this.turning = requestAnimationFrame(step);
    this.turnButton.setAttribute("aria-pressed", "true");
  }

  private stopTurning(): void {
    cancelAnimationFrame(this.turning);
    this.turning = 0;
    this.turnButton.setAttribute("aria-pressed", "false");
  }

  /** A pad beside the map: what is drawn is encoded at every move of the pen. */
  private togglePad(): boolean {
    const { padPlace, model } = this;
    padPlace.hidden = !padPlace.hidden;
    this.drawn = null;
    padPlace.replaceChildren();
    if (padPlace.hidden) return false;
    const encoder = network(model.encoder, this.host.runtime);
    let newest: Float32Array | null = null;
    let busy = false;
    const encode = async () => {
      busy = true;
      try {
        while (newest && !this.gone) {
          const form: Float32Array = newest;
          newest = null;
          const z = await (await encoder).run(form, [1, ...model.shape]);
          this.go(possible(model, z.slice(0, model.dim)), performance.now());
        }
      } catch (failure) {
        this.complain("The drawing could not be encoded", failure as Error);
      }
      busy = false;
    };
    const changed = (form: Float32Array | null) => {
      this.drawn = newest = form;
      if (!busy) void encode();
    };
    padPlace.append(drawing(changed, () => this.release()));
    return true;
  }

  // The code under the hand.

  private leave(): void {
    if (!this.hovered) return;
    this.hovered = false;
    this.want(this.z, performance.now());
  }

  private move(u: number, v: number, final: boolean, since: number): void {
    this.hovered = false;
    this.sliders.stop();
    this.walk.stop();
    this.follows(u, v, final);
    this.go(possible(this.model, lift(this.plane, this.z, u, v)), since);
    if (final) this.release();
  }

  /** A curve that the hand draws, where one was asked for. */
  private follows(u: number, v: number, final: boolean): void {
    if (!this.curve) return;
    const { codes, done } = this.curve;
    codes.push(lift(this.plane, this.z, u, v));
    this.way = codes;
    if (final && codes.length > 1) done(codes);
  }

  private goToNearest(): void {
    const from = this.nearestRow * this.model.dim;
    this.go(this.codes.codes.slice(from, from + this.model.dim), performance.now());
    this.release();
  }

  /** Make a code the present one. */
  private go(z: Float32Array, since: number): void {
    this.z = z;
    this.want(z, since);
    this.sliders.show();
  }

  /** The hand lets go: the server learns where, once. */
  private release(): void {
    this.host.tell(Array.from(this.z, (value) => Math.round(value * 1e4) / 1e4));
    this.orderSheet(REST);
    clearTimeout(this.restTimer);
    this.restTimer = window.setTimeout(() => {
      this.said.textContent = `${this.place.textContent}. ${this.verdict.textContent}`;
    }, REST);
  }

  private want(z: Float32Array, since: number): void {
    this.wanted = { z, since };
    if (!this.following) void this.catchUp();
  }

  /** Decode what is wanted until nothing newer is. */
  private async catchUp(): Promise<void> {
    const { model, loaded, host } = this;
    this.following = true;
    try {
      while (this.wanted && !this.gone) {
        const { z, since } = this.wanted;
        this.wanted = null;
        const began = performance.now();
        this.pixels = await loaded.decoder.run(z.slice(), [1, model.dim]);
        const decoded = performance.now();
        this.draw(this.big, this.pixels, 255, 0);
        this.keep(host.times.decode, decoded - began);
        this.keep(host.times.picture, performance.now() - since);
        const first = !this.shown;
        this.shown = z;
        if (first) {
          this.explain();
          host.shown();
        }
        // What stands beside the picture can wait for the next frame.
        this.explaining ||= requestAnimationFrame(() => {
          this.explaining = 0;
          this.explain();
          void this.sendBack();
        });
      }
    } catch (failure) {
      host.failed(failure);
    }
    this.following = false;
  }

  private keep(times: number[], value: number): void {
    times.push(value);
    if (times.length > KEPT) times.shift();
  }

  // What the code decodes to, in pictures and words.

  private draw(canvas: HTMLCanvasElement, pixels: ArrayLike<number>, scale: number, from: number): void {
    const image = new ImageData(canvas.width, canvas.height);
    paint(image, pixels, this.model.shape, { from, scale });
    canvas.getContext("2d")!.putImageData(image, 0, 0);
  }

  /** A test image, as long as the images are here: 0 to 255. */
  private testImage(row: number): Uint8Array | null {
    const size = this.model.shape[0] * this.model.shape[1] * this.model.shape[2];
    const image = this.images?.subarray(row * size, (row + 1) * size);
    return image?.length === size ? image : null;
  }

  /** Everything beside the picture: nearest image, how far off the map, marks. */
  private explain(): void {
    const { model, codes, shown: z } = this;
    if (!z) return;
    const neighbours = nearest(codes, z, NEIGHBOURS);
    const { row, distance } = neighbours[0];
    const like = model.classes[vote(neighbours, codes.labels)];
    const off = distance / Math.max(model.usual, 1e-9);
    const image = this.testImage(row);
    if (image) {
      this.draw(this.small, image, 1, 0);
      const name = model.classes[codes.labels[row]];
      this.nearText.textContent = `nearest test image: a ${name}`;
      this.small.setAttribute("aria-label", `Nearest test image: a ${name}, number ${row}`);
    }
    this.nearestRow = row;
    this.place.textContent = `z = ${codeText(z, model.free, this.className(z))}`;
    this.big.setAttribute("aria-label", `What the code decodes to: something like a ${like}`);
    this.mainFrame.style.setProperty("--off", String(Math.max(0, Math.min(1, off - 1))));
    this.meter.style.setProperty("--off", String(Math.min(off / 3, 1)));
    this.meter.classList.toggle("outside", off > 1);
    this.verdict.textContent = this.verdictOn(z, off, like);
    this.mark();
    this.host.follow(
      () => this.drawn ?? (image ? Float32Array.from(image, (value) => value / 255) : this.pixels.slice()),
      () => this.board.shares(...project(this.plane, z)),
    );
  }

  /** Cross, nearest code, and the way back, with the clouds of both images. */
  private mark(): void {
    const { model, plane, returned, shown } = this;
    if (!shown) return;
    const { dim } = model;
    const cloud = (from: number) =>
      shadow(plane, returned!.subarray(from, from + dim), returned!.subarray(from + dim, from + 2 * dim));
    this.board.mark({
      here: project(plane, shown),
      nearest: project(plane, this.codes.codes, this.nearestRow * dim),
      clouds: returned && model.variational ? [0, 2 * dim].filter((at) => at < returned.length).map(cloud) : [],
      returned: returned ? project(plane, returned) : undefined,
      way: this.way.map((z) => project(plane, z)),
    });
  }

  private className(z: Float32Array): string | null {
    const { model } = this;
    if (model.free === model.dim) return null;
    const label = z.subarray(model.free).indexOf(1);
    return model.classes[label] ?? String(label);
  }

  private verdictOn(z: Float32Array, off: number, like: string): string {
    const prior = this.model.variational
      ? ` Nearer to the middle than ${Math.round(100 * (1 - nearerDraws(z.subarray(0, this.model.free))))} % of the prior.`
      : "";
    if (off <= 1) return `Like a ${like}: inside the cloud of test images.${prior}`;
    return `Off the map: ${three(off)} times farther from every test image than usual.` +
      ` The decoder makes something up.${prior}`;
  }

  /** Encode what was decoded, where the arrow ends; of a variational model the nearest image, too. */
  private async sendBack(): Promise<void> {
    if (this.encoding) return;
    this.encoding = true;
    const { model, pixels } = this;
    const image = model.variational ? this.testImage(this.nearestRow) : null;
    const rows = new Float32Array(pixels.length * (image ? 2 : 1));
    rows.set(pixels);
    image?.forEach((value, i) => (rows[pixels.length + i] = value / 255));
    try {
      const order = { rows, count: image ? 2 : 1, steps: [{ url: model.encoder, shape: model.shape }] };
      [this.returned] = await this.host.worker.run(order);
      this.encoding = false;
      if (!this.gone) this.mark();
    } catch (failure) {
      // Once is enough: what failed is not asked for at every frame.
      if (!this.gone) this.complain("The way back could not be worked out", failure as Error);
    }
  }
}
