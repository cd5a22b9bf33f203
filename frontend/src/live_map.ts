// The live latent map: a code under the hand, and at once the image that it decodes to.
//
// The hand moves, `follow` decodes in the page itself, and only the place where the hand lets go is
// told to the server. Grids of images and codes of images come from a worker beside the page.

import { type Backdrop, Board, legend } from "./board";
import {
  type Axes, type Box, FRONT, type Plane, type View, boxOf, boxOfSpace, depths, firstAxes,
  gridCodes, lift, nearerDraws, nearest, planeOf, planeOfView, possible, project, projectAll,
  shadow, turned, vote,
} from "./geometry";
import { Companion } from "./companion";
import style from "./live_map.css";
import { type Codes, type Model, type Network, buffer, codesOf, network } from "./model";
import { pad } from "./pad";
import { button, choice, codeText, make, three } from "./parts";
import { paint } from "./pixels";
import { Walk } from "./walk";
import type { Order, Report } from "./worker";

/** What the page says. `moved` grows when the page itself has moved the code. */
interface Data {
  model: Model;
  others: Model[];
  runtime: string;
  worker: string;
  z: number[];
  moved: number;
}

interface Args {
  data: Data;
  parentElement: HTMLElement | ShadowRoot;
  setStateValue(name: string, value: unknown): void;
}

const GRIDS = ["10 x 10", "20 x 20", "30 x 30"] as const;
const NEIGHBOURS = 15;
const REST = 250;
const KEPT = 2000;

/** Milliseconds, for the benchmark: from the hand's event to the picture, and of that decoding. */
interface Times {
  picture: number[];
  decode: number[];
  grid: number[];
  ready: number;
}

class LiveMap {
  private args: Args;
  private model: Model;
  private decoder!: Network;
  private codes!: Codes;
  private images: Uint8Array | null = null;
  private plane!: Plane;
  private z!: Float32Array;
  private hovered: Float32Array | null = null;
  private wanted: { z: Float32Array; since: number } | null = null;
  private following = false;
  private worker: Worker;
  private orders = 0;
  private gridOrder: { id: number; box: Box; sheet: HTMLCanvasElement; began: number } | null = null;
  private gridTimer = 0;
  private encoding = false;
  private shown: Float32Array | null = null;
  private latest: Float32Array = new Float32Array();
  private explaining = false;
  private nearestRow = 0;
  private returned: Float32Array | null = null;
  private restTimer = 0;
  private breath = 0;
  private grid = 20;
  private view: View | null = null;
  private turning = 0;
  private moved: number;
  readonly times: Times = { picture: [], decode: [], grid: [], ready: 0 };

  private companions: Companion[] = [];
  private drawn: Float32Array | null = null;
  private ready = false;
  private walk: Walk | null = null;
  private way: Float32Array[] = [];
  private curve: { codes: Float32Array[]; done: (codes: Float32Array[]) => void } | null = null;

  private board = new Board({
    hover: (u, v, since) => this.hover(u, v, since),
    leave: () => this.leave(),
    move: (u, v, final, since) => this.move(u, v, final, since),
    step: (du, dv, final, since) => {
      const [u, v] = project(this.plane, this.z);
      this.move(u + du, v + dv, final, since);
    },
    view: () => this.orderGrid(60),
    turn: (sideways, upwards) => this.turn(sideways, upwards),
  });
  private big = make("canvas", { class: "big", role: "img" });
  private small = make("canvas", { class: "small", role: "img" });
  private place = make("p", { class: "place" });
  private meter = make("div", { class: "meter" });
  private verdict = make("p", { class: "verdict" });
  private nearText = make("figcaption");
  private bigFrame = make("figure", { class: "main" }, this.big);
  private nearFrame = make("figure", { class: "near" }, this.small, this.nearText);
  private sliders = make("div", { class: "sliders" });
  private classes = make("div", { class: "classes" });
  private tools = make("div", { class: "tools" });
  private gridSizes = this.buildGridSizes();
  private chips = make("div");
  private walkPlace = make("div");
  private padPlace = make("div", { class: "drawing", hidden: true });
  private beside = make("div", { class: "beside", role: "group", "aria-label": "Through other models" });
  private axisNames = make("p", { class: "axes" });
  private said = make("p", { class: "said", "aria-live": "polite" });
  private notice = make("p", { class: "notice", role: "status", textContent: "Loading the model …" });
  private root: HTMLElement;

  constructor(root: HTMLElement, args: Args) {
    this.root = root;
    this.args = args;
    this.model = args.data.model;
    this.moved = args.data.moved;
    this.worker = new Worker(args.data.worker, { type: "module" });
    this.worker.onmessage = ({ data }: MessageEvent<Report>) => this.hear(data);
    const left = make(
      "div", { class: "left" },
      make("div", { class: "pictures" }, this.bigFrame, this.nearFrame),
      this.place, this.meter, this.verdict, this.padPlace, this.classes, this.sliders,
    );
    const right = make(
      "div", { class: "right" }, this.tools, this.board.root, this.axisNames, this.chips,
      this.walkPlace,
    );
    root.replaceChildren(
      make("style", { textContent: style }), this.notice, left, right, this.beside, this.said,
    );
    root.setAttribute("aria-busy", "true");
    void this.open(args.data);
    this.buildCompanions();
  }

  destroy(): void {
    this.worker.terminate();
    this.board.destroy();
    for (const each of this.companions) each.destroy();
    this.walk?.stop();
    cancelAnimationFrame(this.breath);
    cancelAnimationFrame(this.turning);
    clearTimeout(this.restTimer);
    clearTimeout(this.gridTimer);
  }

  /** What a rerun of the page brings: another model, a code moved by the page, or nothing new. */
  update(args: Args): void {
    this.args = args;
    const { data } = args;
    this.buildCompanions();
    if (data.model.decoder !== this.model.decoder) {
      this.model = data.model;
      this.moved = data.moved;
      void this.open(data);
    } else if (data.moved !== this.moved) {
      this.moved = data.moved;
      if (!this.ready) return; // what is being loaded begins there
      this.go(Float32Array.from(data.z), performance.now());
      this.orderGrid(0);
    }
  }

  private async open(data: Data): Promise<void> {
    const { model } = data;
    this.root.setAttribute("aria-busy", "true");
    this.ready = false;
    this.stopBreathing();
    try {
      const [decoder, codes] = await Promise.all([
        network(model.decoder, data.runtime), codesOf(model),
      ]);
      if (this.model !== model) return;
      this.decoder = decoder;
      this.codes = codes;
    } catch (failure) {
      this.args.setStateValue("failed", String(failure).slice(0, 200));
      return;
    }
    this.images = null;
    this.returned = this.hovered = this.shown = null;
    const [, height, width] = model.shape;
    for (const canvas of [this.big, this.small]) Object.assign(canvas, { width, height });
    this.nearFrame.hidden = true;
    this.board.shown = new Set(model.classes.keys());
    this.chips.replaceChildren(legend(model.classes, this.board));
    this.buildWalk();
    this.buildTools();
    this.buildSliders();
    this.buildClasses();
    this.look(firstAxes(model));
    this.notice.hidden = true;
    this.ready = true;
    this.go(Float32Array.from(this.args.data.z), performance.now());
    if (model.images) {
      // Not before everything that the hand needs is there.
      const bytes = await buffer(model.images).catch(() => null);
      if (this.model !== model || !bytes) return;
      this.images = new Uint8Array(bytes);
      this.nearFrame.hidden = false;
      this.go(this.z, performance.now());
    }
  }

  /** Show the map in these directions. */
  private look(axes: Axes): void {
    this.stopTurning();
    this.view = null;
    this.plane = planeOf(this.model, axes);
    const places = projectAll(this.plane, this.codes);
    this.board.show(places, this.codes.labels, boxOf(places));
    const [across, up] = this.plane.names;
    this.axisNames.textContent = up ? `across: ${across} · up: ${up}` : `across: ${across}`;
    this.board.front.setAttribute(
      "aria-label",
      `Map of codes, ${across} across${up ? `, ${up} up` : ""}. Arrow keys move the code, with` +
      " Shift faster; plus and minus zoom, 0 shows all again.",
    );
    this.orderGrid(0);
  }

  /** The whole screen for the map, as on a projector; Escape comes back. */
  private enlarge(): void {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void this.root.requestFullscreen?.();
  }

  /** Up to three other models, through which the image under the hand goes, too. */
  private buildCompanions(): void {
    const { others, runtime } = this.args.data;
    const address = (model: Model) => model.decoder;
    if (others.map(address).join() === this.companions.map(({ model }) => address(model)).join()) return;
    for (const each of this.companions) each.destroy();
    this.companions = others.map((model) => new Companion(model, runtime, (order) => this.send(order)));
    this.beside.replaceChildren(...this.companions.map(({ root }) => root));
    this.beside.hidden = !others.length;
    if (this.shown) this.explain(this.shown);
  }

  /** What companions see: the drawing, else the nearest test image, else what was decoded. */
  private imageHere(): Float32Array {
    if (this.drawn) return this.drawn;
    const size = this.model.shape[0] * this.model.shape[1] * this.model.shape[2];
    const from = this.nearestRow * size;
    if (!this.images || from + size > this.images.length) return this.latest.slice();
    return Float32Array.from(this.images.subarray(from, from + size), (value) => value / 255);
  }

  private buildWalk(): void {
    this.walk?.stop();
    this.way = [];
    this.walk = new Walk({
      model: this.model,
      codes: this.codes,
      decoder: this.decoder,
      here: () => this.z,
      go: (z) => this.go(possible(this.model, z), performance.now()),
      rest: () => this.release(),
      trace: (way) => {
        this.way = way;
        this.mark();
      },
      curve: () => new Promise((done) => (this.curve = { codes: [], done })),
    });
    this.walkPlace.replaceChildren(this.walk.root);
  }

  /** A pad beside the map: what is drawn is encoded at every move of the pen. */
  private togglePad(): boolean {
    const { padPlace, model } = this;
    padPlace.hidden = !padPlace.hidden;
    this.drawn = null;
    if (padPlace.hidden) return false;
    const seen = make("canvas", { class: "small", role: "img", width: 28, height: 28 });
    seen.setAttribute("aria-label", "The drawing as the model sees it");
    const encoder = network(model.encoder, this.args.data.runtime);
    let drawing: Float32Array | null = null;
    let busy = false;
    const encode = async () => {
      if (busy) return;
      busy = true;
      while (drawing && model === this.model) {
        const form: Float32Array = drawing;
        drawing = null;
        this.draw(seen, form, 255, 0);
        const z = await (await encoder).run(form, [1, ...model.shape]);
        this.go(possible(model, z.slice(0, model.dim)), performance.now());
      }
      busy = false;
    };
    const paper = pad((form) => {
      drawing = form;
      this.drawn = form;
      void encode();
    }, () => this.release());
    padPlace.replaceChildren(
      paper, make("figure", { class: "near" }, seen, make("figcaption", { textContent: "what the model sees" })),
    );
    return true;
  }

  private buildGridSizes(): HTMLSelectElement {
    const select = make("select", { "aria-label": "Images on the map" });
    for (const size of GRIDS) select.append(make("option", { textContent: size }));
    select.selectedIndex = 1;
    select.addEventListener("change", () => {
      this.grid = 10 * (select.selectedIndex + 1);
      this.orderGrid(0);
    });
    return select;
  }

  private buildTools(): void {
    const { model, board } = this;
    const backdrop = choice<Backdrop>(
      "Map", ["codes", "decoded", "both"], board.backdrop, (option) => {
        board.backdrop = option;
        this.gridSizes.hidden = option === "codes";
        board.redraw();
        this.orderGrid(0);
      },
    );
    this.tools.replaceChildren(
      backdrop,
      button("+", "Zoom in", () => board.zoom(0.7)),
      button("\u2212", "Zoom out", () => board.zoom(1 / 0.7)),
      button("reset", "Show the whole map", () => board.reset()),
      this.gridSizes,
      button("large", "Show this alone on the whole screen", () => this.enlarge()),
    );
    this.gridSizes.hidden = board.backdrop === "codes";
    this.padPlace.hidden = true;
    this.drawn = null;
    if (model.shape.join() === "1,28,28") {
      const draw = button("draw", "Draw a digit, and see where it lies", () => {
        draw.setAttribute("aria-pressed", String(this.togglePad()));
      });
      draw.setAttribute("aria-pressed", "false");
      this.tools.append(draw);
    }
    if (model.free <= 2) return;
    if (model.free === 3) {
      const turn = button("turn", "Turn the cloud in space", () => {
        if (this.turning) this.stopTurning();
        else this.startTurning();
        turn.setAttribute("aria-pressed", String(this.turning !== 0));
      });
      turn.classList.add("turn");
      turn.setAttribute("aria-pressed", "false");
      this.tools.append(turn);
    }
    const select = make("select", { "aria-label": "Axes of the map" });
    const pairs: Axes[] = model.free > 3 ? ["principal"] : [];
    for (let i = 0; i < model.free; i++) {
      for (let j = i + 1; j < model.free && pairs.length < 200; j++) pairs.push([i, j]);
    }
    for (const pair of pairs) {
      const text = pair === "principal" ? "principal axes" : `z[${pair[0]}], z[${pair[1]}]`;
      select.append(make("option", { textContent: text }));
    }
    select.addEventListener("change", () => {
      this.look(pairs[select.selectedIndex]);
      this.go(this.z, performance.now());
    });
    this.tools.append(select);
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
    this.orderGrid(REST);
    return true;
  }

  private startTurning(): void {
    let before = performance.now();
    const step = (now: number) => {
      this.turn((now - before) / 3000, 0);
      before = now;
      this.turning = requestAnimationFrame(step);
    };
    this.turning = requestAnimationFrame(step);
  }

  private stopTurning(): void {
    cancelAnimationFrame(this.turning);
    this.turning = 0;
    this.tools.querySelector(".turn")?.setAttribute("aria-pressed", "false");
  }

  private buildSliders(): void {
    const { model } = this;
    this.sliders.replaceChildren();
    this.sliders.classList.toggle("many", model.free > 3);
    for (let index = 0; index < model.free; index++) {
      const [low, high] = model.levels ? [-1, 1] : [model.low[index], model.high[index]];
      const step = model.levels ? 2 / (model.levels - 1) : (high - low) / 200;
      const input = make("input", { type: "range", min: low, max: high, step: step });
      const value = make("output");
      input.addEventListener("input", (event) => {
        this.stopBreathing();
        const z = Float32Array.from(this.z);
        z[index] = input.valueAsNumber;
        this.go(possible(model, z), event.timeStamp);
      });
      input.addEventListener("change", () => this.release());
      this.sliders.append(make("label", {}, make("span", { textContent: `z[${index}]` }), input, value));
    }
    if (model.free === 3) {
      const breathe = button("breathe", "Move z[2] to and fro", () => {
        if (this.breath) this.stopBreathing();
        else this.startBreathing();
        breathe.setAttribute("aria-pressed", String(this.breath !== 0));
      });
      breathe.setAttribute("aria-pressed", "false");
      breathe.classList.add("breathe");
      this.sliders.append(breathe);
    }
  }

  private buildClasses(): void {
    const { model } = this;
    this.classes.hidden = model.free === model.dim;
    const names = Array.from({ length: model.dim - model.free }, (_, i) => model.classes[i] ?? `${i}`);
    this.classes.replaceChildren(
      choice("Class to draw", names, "", (name) => {
        const z = Float32Array.from(this.z);
        z.fill(0, model.free);
        z[model.free + names.indexOf(name)] = 1;
        this.go(z, performance.now());
        this.release();
      }),
    );
  }

  private startBreathing(): void {
    const [low, high] = [this.model.low[2], this.model.high[2]];
    const middle = (low + high) / 2;
    const reach = (high - low) / 2;
    const start = Math.asin(Math.max(-1, Math.min(1, (this.z[2] - middle) / reach)));
    const began = performance.now();
    const turn = (now: number) => {
      const z = Float32Array.from(this.z);
      z[2] = middle + reach * Math.sin(start + (now - began) / 1500);
      this.go(z, now);
      this.breath = requestAnimationFrame(turn);
    };
    this.breath = requestAnimationFrame(turn);
  }

  private stopBreathing(): void {
    if (!this.breath) return;
    cancelAnimationFrame(this.breath);
    this.breath = 0;
    this.sliders.querySelector(".breathe")?.setAttribute("aria-pressed", "false");
    this.release();
  }

  private hover(u: number, v: number, since: number): void {
    this.hovered = possible(this.model, lift(this.plane, this.z, u, v));
    this.want(this.hovered, since);
  }

  private leave(): void {
    if (!this.hovered) return;
    this.hovered = null;
    this.want(this.z, performance.now());
  }

  private move(u: number, v: number, final: boolean, since: number): void {
    this.hovered = null;
    this.stopBreathing();
    this.walk?.stop();
    this.follows(u, v, final);
    this.go(possible(this.model, lift(this.plane, this.z, u, v)), since);
    if (final) this.release();
  }

  /** A curve that the hand draws, where one was asked for. */
  private follows(u: number, v: number, final: boolean): void {
    if (!this.curve) return;
    this.curve.codes.push(lift(this.plane, this.z, u, v));
    this.way = this.curve.codes;
    if (!final || this.curve.codes.length < 2) return;
    const { codes, done } = this.curve;
    this.curve = null;
    done(codes);
  }

  /** Make a code the present one. */
  private go(z: Float32Array, since: number): void {
    this.z = z;
    this.want(z, since);
    const inputs = this.sliders.querySelectorAll("input");
    inputs.forEach((input, index) => {
      if (input.valueAsNumber !== z[index]) input.value = String(z[index]);
      (input.nextElementSibling as HTMLOutputElement).value = three(z[index]);
    });
    if (this.model.free < this.model.dim) {
      const chosen = z.subarray(this.model.free).indexOf(1);
      this.classes.querySelectorAll("button").forEach((each, index) => {
        each.setAttribute("aria-pressed", String(index === chosen));
      });
    }
  }

  /** The hand lets go: the server learns where, once. */
  private release(): void {
    const z = Array.from(this.z, (value) => Math.round(value * 1e4) / 1e4);
    this.args.setStateValue("z", z);
    this.orderGrid(REST);
    clearTimeout(this.restTimer);
    this.restTimer = window.setTimeout(() => (this.said.textContent = this.describe()), REST);
  }

  private want(z: Float32Array, since: number): void {
    this.wanted = { z, since };
    if (!this.following) void this.follow();
  }

  /** Decode what is wanted until nothing newer is. */
  private async follow(): Promise<void> {
    this.following = true;
    while (this.wanted) {
      const { z, since } = this.wanted;
      this.wanted = null;
      const model = this.model;
      const began = performance.now();
      const pixels = await this.decoder.run(z.slice(), [1, model.dim]);
      if (model !== this.model) continue;
      const decoded = performance.now();
      this.draw(this.big, pixels, 255, 0);
      this.keep(this.times.decode, decoded - began);
      this.keep(this.times.picture, performance.now() - since);
      if (!this.shown) {
        this.explain(z);
        this.root.setAttribute("aria-busy", "false");
        this.times.ready = performance.now();
      }
      this.shown = z;
      this.later(pixels);
    }
    this.following = false;
  }

  /** What stands beside the picture can wait for the next frame. */
  private later(pixels: Float32Array): void {
    this.latest = pixels;
    if (this.explaining) return;
    this.explaining = true;
    requestAnimationFrame(() => {
      this.explaining = false;
      if (this.shown) this.explain(this.shown);
      this.sendBack(this.latest);
    });
  }

  private keep(times: number[], value: number): void {
    times.push(value);
    if (times.length > KEPT) times.shift();
  }

  private draw(canvas: HTMLCanvasElement, pixels: ArrayLike<number>, scale: number, from: number): void {
    const [, height, width] = this.model.shape;
    const image = new ImageData(width, height);
    paint(image, pixels, this.model.shape, { from, scale });
    canvas.getContext("2d")!.putImageData(image, 0, 0);
  }

  /** Everything beside the picture: nearest image, how far off the map, marks. */
  private explain(z: Float32Array): void {
    const { model, codes } = this;
    const neighbours = nearest(codes, z, NEIGHBOURS);
    const first = neighbours[0];
    const like = model.classes[vote(neighbours, codes.labels)];
    const off = first.distance / Math.max(model.usual, 1e-9);
    const size = model.shape[0] * model.shape[1] * model.shape[2];
    if (this.images && (first.row + 1) * size <= this.images.length) {
      this.draw(this.small, this.images, 1, first.row * size);
      const name = model.classes[codes.labels[first.row]];
      this.nearText.textContent = `nearest test image: a ${name}`;
      this.small.setAttribute("aria-label", `Nearest test image: a ${name}, number ${first.row}`);
    }
    this.place.textContent = `z = ${codeText(z, model.free, this.className(z))}`;
    this.big.setAttribute("aria-label", `What the code decodes to: something like a ${like}`);
    this.bigFrame.style.setProperty("--off", String(Math.max(0, Math.min(1, off - 1))));
    this.meter.style.setProperty("--off", String(Math.min(off / 3, 1)));
    this.meter.classList.toggle("outside", off > 1);
    this.verdict.textContent = this.verdictOn(z, off, like);
    this.shown = z;
    this.nearestRow = first.row;
    this.mark();
    if (this.companions.length && this.latest.length) {
      const image = this.imageHere();
      for (const each of this.companions) each.through(image);
    }
  }

  /** Cross, nearest code, and the way back with the cloud at its end. */
  private mark(): void {
    const { model, plane, returned } = this;
    if (!this.shown) return;
    const cloud = returned && model.variational;
    this.board.mark({
      here: project(plane, this.shown),
      nearest: project(plane, this.codes.codes, this.nearestRow * model.dim),
      ellipse: cloud ? shadow(plane, returned.subarray(0, model.dim), returned.subarray(model.dim)) : null,
      returned: returned && project(plane, returned),
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

  private describe(): string {
    return `${this.place.textContent}. ${this.verdict.textContent}`;
  }

  /** Encode what was decoded: where the arrow of the round trip ends. */
  private sendBack(pixels: Float32Array): void {
    if (this.encoding) return;
    this.encoding = true;
    const { model } = this;
    this.send({
      kind: "encode", id: ++this.orders, url: model.encoder, runtime: this.args.data.runtime,
      image: pixels.slice(), shape: model.shape,
    });
  }

  /** Order the grid of images of the present view, after a while. */
  private orderGrid(wait: number): void {
    clearTimeout(this.gridTimer);
    if (this.board.backdrop === "codes" || !this.z) return;
    this.gridTimer = window.setTimeout(() => {
      const { model } = this;
      const [, height, width] = model.shape;
      const { grid } = this;
      const rows = model.free === 1 ? 1 : grid;
      const codes = gridCodes(this.plane, this.z, model, this.board.box, rows, grid);
      const sheet = make("canvas", { width: grid * width, height: rows * height });
      const order = { id: ++this.orders, box: this.board.box, sheet, began: performance.now() };
      this.gridOrder = order;
      this.send({
        kind: "grid", id: order.id, url: model.decoder, runtime: this.args.data.runtime, codes,
        dim: model.dim, shape: model.shape, columns: grid,
      });
    }, wait);
  }

  private send(order: Order): void {
    this.worker.postMessage(order);
  }

  private hear(report: Report): void {
    if (report.kind === "encode") {
      this.encoding = false;
      if (report.z.length !== this.model.dim * (this.model.variational ? 2 : 1)) return;
      this.returned = report.z;
      this.mark();
    } else if (report.kind === "grid" && report.id === this.gridOrder?.id) {
      const { sheet, box, began } = this.gridOrder;
      const { strip, top } = report;
      sheet.getContext("2d")!.putImageData(strip, 0, top);
      this.board.lay(sheet, box);
      if (top + strip.height === sheet.height) this.keep(this.times.grid, performance.now() - began);
    } else if (report.kind === "through") {
      this.companions.find(({ model }) => model.name === report.name)?.hear(report);
    } else if (report.kind === "failed") {
      this.encoding = false;
      this.companions.find(({ model }) => model.name === report.name)?.failed();
    }
  }
}

const maps = new WeakMap<object, LiveMap>();

export { network };

/** Mount or update the map; what it gives back cleans up once the page has let go of it. */
export default function live(args: Args): () => void {
  const { parentElement } = args;
  let map = maps.get(parentElement);
  if (map) map.update(args);
  else {
    const root = parentElement.querySelector<HTMLElement>(".live")!;
    maps.set(parentElement, (map = new LiveMap(root, args)));
    Object.assign(root, { times: map.times });
  }
  return () => {
    // Streamlit cleans up after each rerun, also while the map stays where it is.
    const host = parentElement instanceof ShadowRoot ? parentElement.host : parentElement;
    if (host.isConnected) return;
    maps.get(parentElement)?.destroy();
    maps.delete(parentElement);
  };
}
