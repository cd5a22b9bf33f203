// A walk between two codes: choose its ends and its way, play it, take it along.

import { GIFEncoder, quantize, applyPalette } from "gifenc";

import { type Codes, type Model, type Network } from "./model";
import { WAYS, type Way, alongData, arc, resampled, straight } from "./paths";
import { button, make } from "./parts";
import { paint } from "./pixels";

const STEPS = 48;
const SHOWN = 12;
const SECONDS = 4;
const GIF_SIDE = 196;

/** What a walk needs of the map it is on. */
export interface Ground {
  model: Model;
  codes: Codes;
  decoder: Network;
  /** Where the hand is. */
  here(): Float32Array;
  go(z: Float32Array): void;
  /** The hand lets go. */
  rest(): void;
  /** Show the way on the map; the ends alone while there is only one. */
  trace(way: Float32Array[]): void;
  /** Let the hand draw a curve; the codes under it come back once it lets go. */
  curve(): Promise<Float32Array[]>;
}

export class Walk {
  readonly root: HTMLElement;
  private from: Float32Array | null = null;
  private to: Float32Array | null = null;
  private drawn: Float32Array[] | null = null;
  private way: Float32Array[] = [];
  private frames: Float32Array | null = null;
  private playing = 0;
  private kind = make("select", { "aria-label": "Way" });
  private play = button("play", "Walk along", () => (this.playing ? this.stop() : this.start()));
  private loop = make("input", { type: "checkbox", checked: true });
  private strip = make("canvas", { class: "strip", role: "img", hidden: true });
  private gif = button("GIF", "Take the walk along as a moving picture", () => this.saveGif());
  private png = button("film strip", "Take the walk along as a row of pictures", () => this.savePng());
  private hint = make("p", { class: "hint" });

  constructor(private ground: Ground) {
    this.kind.append(...WAYS.map((name) => make("option", { textContent: name })));
    this.kind.addEventListener("change", () => void this.choose());
    this.root = make(
      "div", { class: "walk" },
      make(
        "div", { class: "tools" },
        button("from here", "Begin the walk where the code is now", () => this.end("from")),
        button("to here", "End the walk where the code is now", () => this.end("to")),
        this.kind, this.play, make("label", { class: "check" }, this.loop, "loop"),
        this.gif, this.png,
      ),
      this.hint, this.strip,
    );
    this.tell();
  }

  stop(): void {
    if (!this.playing) return;
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.play.textContent = "play";
    this.ground.rest();
  }

  private get chosen(): Way {
    return this.kind.value as Way;
  }

  private end(which: "from" | "to"): void {
    this.stop();
    this[which] = this.ground.here().slice();
    this.drawn = null;
    if (this.chosen === "by hand") this.kind.value = WAYS[0];
    void this.lay();
  }

  private async choose(): Promise<void> {
    this.stop();
    this.drawn = null;
    if (this.chosen === "by hand") {
      this.hint.textContent = "Draw a curve on the map.";
      this.drawn = await this.ground.curve();
    }
    await this.lay();
  }

  /** Work out the way, and decode it. */
  private async lay(): Promise<void> {
    const { from, to, drawn } = this;
    this.frames = null;
    this.way = [];
    if (drawn) this.way = resampled(drawn, STEPS);
    else if (from && to) {
      if (this.chosen === "arc") this.way = arc(from, to, STEPS);
      else if (this.chosen === "along the data") this.way = alongData(this.ground.codes, from, to, STEPS);
      else this.way = straight(from, to, STEPS);
    }
    this.ground.trace(this.way.length ? this.way : [from, to].filter((end) => end !== null));
    this.tell();
    if (!this.way.length) return;
    const { model, decoder } = this.ground;
    const rows = new Float32Array(STEPS * model.dim);
    this.way.forEach((z, i) => rows.set(z, i * model.dim));
    this.frames = await decoder.run(rows, [STEPS, model.dim]);
    this.drawStrip();
  }

  private tell(): void {
    const ready = this.way.length > 0;
    for (const each of [this.play, this.gif, this.png]) each.disabled = !ready;
    this.strip.hidden = !ready;
    this.hint.textContent = ready
      ? "What lies between the ends was never drawn by anyone: is each step still a digit?"
      : this.from || this.to
        ? `Now move the code, and press \u201c${this.from ? "to" : "from"} here\u201d.`
        : "A walk: move the code to where it begins, press \u201cfrom here\u201d, move on, press \u201cto here\u201d.";
  }

  private start(): void {
    const began = performance.now();
    this.play.textContent = "stop";
    const step = (now: number) => {
      const share = (now - began) / (1000 * SECONDS);
      const whole = Math.floor(share);
      if (share >= 1 && !this.loop.checked) {
        this.ground.go(this.way[STEPS - 1]);
        this.stop();
        return;
      }
      // There and back again, so that nothing jumps.
      const part = whole % 2 ? 1 - (share - whole) : share - whole;
      this.ground.go(this.way[Math.round(part * (STEPS - 1))]);
      this.playing = requestAnimationFrame(step);
    };
    this.playing = requestAnimationFrame(step);
  }

  /** One frame as pixels. */
  private image(step: number): ImageData {
    const { model } = this.ground;
    const [channels, height, width] = model.shape;
    const image = new ImageData(width, height);
    paint(image, this.frames!, model.shape, { from: step * channels * height * width });
    return image;
  }

  private drawStrip(): void {
    const [, height, width] = this.ground.model.shape;
    Object.assign(this.strip, { width: SHOWN * width, height });
    const pen = this.strip.getContext("2d")!;
    for (let i = 0; i < SHOWN; i++) {
      pen.putImageData(this.image(Math.round((i * (STEPS - 1)) / (SHOWN - 1))), i * width, 0);
    }
    this.strip.setAttribute("aria-label", `${SHOWN} steps of the walk`);
  }

  private saveGif(): void {
    const [, height, width] = this.ground.model.shape;
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

/** Hand a file to the browser's downloads. */
function save(blob: Blob, name: string): void {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
