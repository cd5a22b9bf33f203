// A walk between two codes: choose its ends and its way, play it, take it along.

import { GIFEncoder, quantize, applyPalette } from "gifenc";

import type { CodeControl } from "./code_control";
import { type Codes, type Model, type Network } from "../models/model";
import { WAYS, type Way, alongData, arc, resampled, straight } from "./paths";
import { button, make } from "../ui/elements";
import { paint } from "../images/pixels";

const STEPS = 48;
const SHOWN = 12;
const SECONDS = 4;
const GIF_SIDE = 196;

/** What a walk needs of the map it is on. */
export interface WalkHost extends CodeControl {
  model: Model;
  codes: Codes;
  decoder: Network;
  /** Show the way on the map; the ends alone while there is only one. */
  trace(way: Float32Array[]): void;
  /** Let the hand draw a curve and tell the codes under it; nothing more of that on null. */
  curve(done: ((codes: Float32Array[]) => void) | null): void;
}

export class Walk {
  readonly root: HTMLElement;
  private from: Float32Array | null = null;
  private to: Float32Array | null = null;
  private drawing = false;
  private way: Float32Array[] = [];
  private frames: Float32Array | null = null;
  private playing = 0;
  private kind = make("select", { "aria-label": "Way" });
  private ends: HTMLSelectElement[];
  private byHand = button("by hand", "Draw the way on the map", () => this.draw(!this.drawing));
  private play = button("play", "Walk along", () => (this.playing ? this.stop() : this.start()));
  private loop = make("input", { type: "checkbox", checked: true });
  private strip = make("canvas", { class: "strip", role: "img", hidden: true });
  private gif = button("GIF", "Take the walk along as a moving picture", () => this.saveGif());
  private png = button("film strip", "Take the walk along as a row of pictures", () => this.savePng());
  private hint = make("p", { class: "hint" });

  constructor(private host: WalkHost) {
    const { classes } = host.model;
    this.kind.append(...WAYS.map((name) => make("option", { textContent: name })));
    this.kind.addEventListener("change", () => this.between());
    this.ends = ["first", "last"].map((which) => {
      const select = make("select", { "aria-label": `Class of the ${which} image` });
      select.append(...["any", ...classes].map((name) => make("option", { textContent: name })));
      return select;
    });
    [3, 8].forEach((label, i) => (this.ends[i].selectedIndex = label < classes.length ? label + 1 : 0));
    this.root = make(
      "div", { class: "walk" },
      make(
        "div", { class: "tools" },
        button("from here", "Begin the walk where the code is now", () => this.end("from")),
        button("to here", "End the walk where the code is now", () => this.end("to")),
        this.byHand,
        make("span", { class: "pair" },
          button("two images", "Walk between two test images, others each time", () => this.draws()),
          this.ends[0], "to", this.ends[1]),
      ),
      make(
        "div", { class: "tools" },
        this.kind, this.play, make("label", { class: "check" }, this.loop, "loop"),
        this.gif, this.png,
      ),
      this.hint, this.strip,
    );
    this.byHand.setAttribute("aria-pressed", "false");
    this.lay([]);
  }

  destroy(): void {
    cancelAnimationFrame(this.playing);
  }

  stop(): void {
    if (!this.playing) return;
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.play.textContent = "play";
    this.host.rest();
  }

  private end(which: "from" | "to"): void {
    this[which] = this.host.here().slice();
    this.between();
  }

  /** Two test images of the chosen classes are the ends. */
  private draws(): void {
    const { codes, model } = this.host;
    const [from, to] = this.ends.map(({ selectedIndex }) => {
      const rows = Array.from(codes.labels.keys());
      const own = rows.filter((row) => !selectedIndex || codes.labels[row] === selectedIndex - 1);
      const row = own[Math.floor(Math.random() * own.length)] ?? 0;
      return codes.codes.slice(row * model.dim, (row + 1) * model.dim);
    });
    [this.from, this.to] = [from, to];
    this.between();
    this.start();
  }

  /** The chosen way between the two ends. */
  private between(): void {
    this.draw(false);
    const { from, to } = this;
    const way = this.kind.value as Way;
    if (!from || !to) this.lay([]);
    else if (way === "arc") this.lay(arc(from, to, STEPS));
    else if (way === "along the data") this.lay(alongData(this.host.codes, from, to, STEPS));
    else this.lay(straight(from, to, STEPS));
  }

  /** Wait for a curve that the hand draws on the map, or no longer. */
  private draw(waiting: boolean): void {
    this.drawing = waiting;
    this.byHand.setAttribute("aria-pressed", String(waiting));
    this.host.curve(waiting ? (codes) => {
      this.draw(false);
      this.lay(resampled(codes, STEPS));
    } : null);
    this.tell();
  }

  /** Go this way: decode it, and only then is there something to play. */
  private lay(way: Float32Array[]): void {
    this.stop();
    const { model, decoder } = this.host;
    this.way = way;
    this.frames = null;
    this.host.trace(way.length ? way : [this.from, this.to].filter((end) => end !== null));
    this.tell();
    if (!way.length) return;
    const rows = new Float32Array(STEPS * model.dim);
    way.forEach((z, i) => rows.set(z, i * model.dim));
    decoder.run(rows, [STEPS, model.dim]).then(
      (frames) => {
        if (way !== this.way) return;
        this.frames = frames;
        this.drawStrip();
        this.tell();
      },
      () => (this.hint.textContent = "The walk could not be decoded. Load the page again."),
    );
  }

  private tell(): void {
    this.play.disabled = !this.way.length;
    this.gif.disabled = this.png.disabled = this.strip.hidden = !this.frames;
    this.hint.textContent = this.drawing
      ? "Draw a curve on the map."
      : this.way.length
        ? "What lies between the ends was never drawn by anyone: is each step still a digit?"
        : this.from || this.to
          ? `Now move the code, and press \u201c${this.from ? "to" : "from"} here\u201d.`
          : "A walk: move the code to where it begins, press \u201cfrom here\u201d, move on, press" +
            " \u201cto here\u201d. Or take two images.";
  }

  private start(): void {
    const began = performance.now();
    this.play.textContent = "stop";
    const step = (now: number) => {
      const share = (now - began) / (1000 * SECONDS);
      const whole = Math.floor(share);
      if (share >= 1 && !this.loop.checked) {
        this.host.go(this.way[STEPS - 1], now);
        this.stop();
        return;
      }
      // There and back again, so that nothing jumps.
      const part = whole % 2 ? 1 - (share - whole) : share - whole;
      this.host.go(this.way[Math.round(part * (STEPS - 1))], now);
      this.playing = requestAnimationFrame(step);
    };
    this.playing = requestAnimationFrame(step);
  }

  /** One frame as pixels. */
  private image(step: number): ImageData {
    const { model } = this.host;
    const [channels, height, width] = model.shape;
    const image = new ImageData(width, height);
    paint(image, this.frames!, model.shape, { from: step * channels * height * width });
    return image;
  }

  private drawStrip(): void {
    const [, height, width] = this.host.model.shape;
    Object.assign(this.strip, { width: SHOWN * width, height });
    const pen = this.strip.getContext("2d")!;
    for (let i = 0; i < SHOWN; i++) {
      pen.putImageData(this.image(Math.round((i * (STEPS - 1)) / (SHOWN - 1))), i * width, 0);
    }
    this.strip.setAttribute("aria-label", `${SHOWN} steps of the walk`);
  }

  private saveGif(): void {
    const [, height, width] = this.host.model.shape;
    const times = Math.max(1, Math.floor(GIF_SIDE / Math.max(width, height)));
    const large = make("canvas", { width: times * width, height: times * height });
    const small = make("canvas", { width, height });
    const pen = large.getContext("2d", { willReadFrequently: true })!;
    pen.imageSmoothingEnabled = false;
    const file = GIFEncoder();
    const there = Array.from({ length: STEPS }, (_, i) => i);
    for (const step of [...there, ...there.slice(1, -1).reverse()]) {
      small.getContext("2d")!.putImageData(this.image(step), 0, 0);
      pen.drawImage(small, 0, 0, large.width, large.height);
      const { data } = pen.getImageData(0, 0, large.width, large.height);
      const palette = quantize(data, 256);
      file.writeFrame(applyPalette(data, palette), large.width, large.height, {
        palette, delay: (1000 * SECONDS) / STEPS,
      });
    }
    file.finish();
    save(new Blob([file.bytes() as BlobPart], { type: "image/gif" }), "walk.gif");
  }

  private savePng(): void {
    this.strip.toBlob((blob) => blob && save(blob, "walk.png"), "image/png");
  }
}

/** CodeControl a file to the browser's downloads. */
function save(blob: Blob, name: string): void {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
