// A walk between two codes: choose its ends and its way, play it, download it.

import { described, imageCanvas, paint } from "../images/pixels";
import type { Codes, Model } from "../models/model";
import type { Network } from "../models/network";
import { type MapState, short } from "../map/map_state";
import type { WorkerClient } from "../models/worker_client";
import { button, make, select, setPressed, toggle } from "../ui/elements";
import { _, joined, ngettext } from "../ui/texts";
import type { CodeControl } from "./code_control";
import { corners } from "./corners";
import { type Curve, codesOfCurve, curveThrough } from "./curves";
import { WAYS, alongData, arc, distance, nameOf, resampled, straight } from "./paths";
import { saveGif, savePng } from "./walk_files";
import { WalkPlayer } from "./walk_player";
import { WalkReading } from "./walk_reading";

const STEPS = 48;
/** How many of the steps the film strip shows. */
const SHOWN = 12;
/** How far a way may be from what was drawn by hand, as a share of how far that goes. */
const TOLERANCE = 0.01;

/** What a walk needs of the map it is on. */
export interface WalkHost extends CodeControl {
  model: Model;
  codes: Codes;
  decoder: Network;
  worker: WorkerClient;
  /** Show the way on the map; the ends alone while there is only one. */
  trace(way: Float32Array[]): void;
  /** The walk is another one. */
  changed(): void;
}

type WalkState = Pick<MapState, "walk" | "curve" | "way">;

export class Walk {
  readonly root: HTMLDetailsElement;
  private from: Float32Array | null = null;
  private to: Float32Array | null = null;
  /** The way that was drawn by hand, which has no ends; or nothing. */
  private drawn: Curve | null = null;
  private way: Float32Array[] = [];
  private frames: ImageData[] = [];
  /** The codes of a curve that is being drawn on the map. */
  private curve: Float32Array[] | null = null;
  private player: WalkPlayer;
  private reading: WalkReading;
  private ways = select(_("Way"), WAYS.map(nameOf));
  private classes: HTMLSelectElement[];
  private byHand = toggle(_("by hand"), _("Draw the way on the map"), () => this.draw(!this.curve));
  private strip: HTMLCanvasElement;
  private gif = button("GIF", _("Download the walk as an animated image"), () => saveGif(this.frames));
  private png = button(_("film strip"), _("Download the walk as a row of images"), () =>
    savePng(this.strip));
  private hint = make("p", { class: "hint" });

  constructor(private host: WalkHost) {
    const { classes, shape } = host.model;
    this.player = new WalkPlayer(host, (step) => this.reading.at(step));
    this.reading = new WalkReading(host.model, host.worker, {
      go: (step, since) => {
        this.stop();
        host.go(this.way[step], since);
      },
      rest: () => host.rest(),
      failed: () => this.complain(_("The classifier could not read the walk.")),
    });
    this.strip = imageCanvas("strip", [shape[0], shape[1], SHOWN * shape[2]]);
    this.ways.addEventListener("change", () => this.newEnds());
    this.classes = [_("Class of the first image"), _("Class of the last image")].map((label) =>
      select(label, [_("any"), ...classes]));
    [3, 8].forEach((label, i) => (this.classes[i].selectedIndex = label < classes.length ? label + 1 : 0));
    this.root = make(
      "details", { class: "walk" },
      make("summary", { textContent: _("Walk from one image to another, and keep it as a GIF") }),
      make(
        "div", { class: "tools" },
        button(_("from here"), _("Begin the walk where the code is now"), () => this.end("from")),
        button(_("to here"), _("End the walk where the code is now"), () => this.end("to")),
        this.byHand,
        make("span", { class: "pair" },
          button(_("two images"), _("Walk between two test images, others each time"), () => this.pick()),
          this.classes[0], _("to"), this.classes[1]),
      ),
      make("div", { class: "tools" }, this.ways, ...this.player.parts, this.gif, this.png),
      this.hint, this.strip, this.reading.root,
    );
    this.lay([]);
  }

  destroy(): void {
    this.player.destroy();
    this.reading.clear();
  }

  /** The two ends, one after the other, and the way between them; or the curve drawn by hand. */
  get state(): WalkState {
    const { from, to } = this;
    const ends = from && to ? short([...from, ...to]) : [];
    return { walk: ends, curve: [], ...this.drawn, way: WAYS[this.ways.selectedIndex] };
  }

  set state({ walk, curve, way }: WalkState) {
    if (JSON.stringify([walk, curve, way]) === JSON.stringify(Object.values(this.state))) return;
    const { dim } = this.host.model;
    const whole = walk.length === 2 * dim;
    this.from = whole ? Float32Array.from(walk.slice(0, dim)) : null;
    this.to = whole ? Float32Array.from(walk.slice(dim)) : null;
    this.drawn = curve.length ? { walk, curve } : null;
    this.ways.selectedIndex = Math.max(0, WAYS.indexOf(way));
    if (walk.length) this.root.open = true;
    this.between();
  }

  /** The step of the walk is the one where the code is, if it is on the way. */
  find(): void {
    const { way, host } = this;
    if (!way.length) return;
    const far = way.map((z) => distance(z, host.here()));
    const step = far.indexOf(Math.min(...far));
    const stride = distance(way[step], way[step + 1] ?? way[step - 1]);
    if (far[step] < stride / 2) this.reading.at(step);
  }

  stop(): void {
    this.player.stop();
  }

  /** Walk between two test images, or stand still. */
  toggle(): void {
    this.root.open = true;
    if (this.player.isPlaying) this.stop();
    else this.pick();
  }

  /** The pointer is at a code of the map; a curve that is being drawn goes on to there. */
  follow(z: Float32Array, final: boolean): void {
    const { curve } = this;
    if (!curve) return;
    curve.push(z);
    this.host.trace(curve);
    if (!final || curve.length < 2) return;
    const reach = Math.max(...curve.map((each) => distance(each, curve[0])));
    const found = curveThrough(corners(curve, TOLERANCE * reach));
    [this.from, this.to] = [null, null];
    this.drawn = { walk: short(found.walk), curve: short(found.curve) };
    this.between();
    this.host.changed();
  }

  private end(which: "from" | "to"): void {
    this[which] = Float32Array.from(short(this.host.here()));
    this.newEnds();
  }

  private newEnds(): void {
    this.drawn = null;
    this.between();
    this.host.changed();
  }

  /** Two test images of the chosen classes are the ends. */
  private pick(): void {
    const { codes, model } = this.host;
    const [from, to] = this.classes.map(({ selectedIndex }) => {
      const rows = Array.from(codes.labels.keys());
      const own = rows.filter((row) => !selectedIndex || codes.labels[row] === selectedIndex - 1);
      const row = own[Math.floor(Math.random() * own.length)] ?? 0;
      return codes.codes.slice(row * model.dim, (row + 1) * model.dim);
    });
    [this.from, this.to] = [from, to].map((end) => Float32Array.from(short(end)));
    this.newEnds();
    this.player.start();
  }

  /** The way that was drawn, or the chosen one between the two ends. */
  private between(): void {
    this.draw(false);
    const { from, to, drawn } = this;
    const way = WAYS[this.ways.selectedIndex];
    const through = drawn ? codesOfCurve(drawn, this.host.model.dim) : [];
    if (through.length) this.lay(resampled(through, STEPS));
    else if (!from || !to) this.lay([]);
    else if (way === "arc") this.lay(arc(from, to, STEPS));
    else if (way === "along-the-data") this.lay(alongData(this.host.codes, from, to, STEPS));
    else this.lay(straight(from, to, STEPS));
  }

  /** Wait for a curve on the map, or no longer. */
  private draw(waiting: boolean): void {
    this.curve = waiting ? [] : null;
    setPressed(this.byHand, waiting);
    this.tell();
  }

  /** Go this way: decode it, and only then is there something to download. */
  private lay(way: Float32Array[]): void {
    this.stop();
    this.reading.clear();
    const { model, decoder } = this.host;
    this.way = this.player.way = way;
    this.frames = [];
    this.host.trace(way.length ? way : [this.from, this.to].filter((end) => end !== null));
    this.tell();
    if (!way.length) return;
    this.find();
    const rows = new Float32Array(STEPS * model.dim);
    way.forEach((z, i) => rows.set(z, i * model.dim));
    decoder.run(rows, [STEPS, model.dim]).then(
      (pixels) => {
        if (way !== this.way) return;
        this.show(pixels);
        this.tell();
        this.reading.read(pixels);
      },
      () => this.complain(_("The walk could not be decoded.")),
    );
  }

  private show(pixels: Float32Array): void {
    const { shape } = this.host.model;
    const [channels, height, width] = shape;
    this.frames = this.way.map((__, step) => {
      const image = new ImageData(width, height);
      paint(image, pixels, shape, { from: step * channels * height * width });
      return image;
    });
    const pen = this.strip.getContext("2d")!;
    for (let i = 0; i < SHOWN; i++) {
      pen.putImageData(this.frames[Math.round((i * (STEPS - 1)) / (SHOWN - 1))], i * width, 0);
    }
    described(
      this.strip, ngettext("{count} step of the walk", "{count} steps of the walk", SHOWN));
  }

  private complain(what: string): void {
    this.hint.textContent = joined(what, _("Load the page again."));
  }

  private tell(): void {
    this.player.possible = this.way.length > 0;
    this.gif.disabled = this.png.disabled = this.strip.hidden = !this.frames.length;
    this.hint.textContent = this.advice();
  }

  private advice(): string {
    if (this.curve) return _("Draw a curve on the map.");
    if (this.way.length) {
      return _("Nobody ever drew what lies between the ends: does each step still look real?");
    }
    if (this.from) return _("Now move the code, and press “to here”.");
    if (this.to) return _("Now move the code, and press “from here”.");
    return _("A walk: move the code to where it begins, press “from here”, move on, press “to here”." +
      " Or choose two images.");
  }
}
