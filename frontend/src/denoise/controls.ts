// What the hand moves: the kind of noise, how strong it is, another draw, and a brush.

import type { Shape } from "../models/model";
import type { Corruption } from "./noise";
import { button, make } from "../ui/elements";
import { paint } from "../images/pixels";

/** A kind of noise as the page calls it, the range of its slider, and whether chance has a part. */
export interface Kind {
  kind: string;
  title: string;
  help: string;
  low: number;
  high: number;
  first: number;
  step: number;
  drawn: boolean;
}

/** `moved` at every move, `rested` when the hand lets go. */
export interface Told {
  moved(since: number): void;
  rested(): void;
}

export const PUBLISHED = { mean: 0.5, strength: 0.5 };

export class Controls {
  readonly kinds = make("div", { class: "choice", role: "group", "aria-label": "Noise" });
  readonly sliders = make("div", { class: "sliders" });
  /** Go to another noise, as if by hand. */
  readonly set: (noise: Corruption) => void;
  private strength: Slider;
  private mean: Slider;
  private strengths = new Map<string, number>();
  private published: HTMLButtonElement;
  private wipe: HTMLButtonElement;
  private dice: HTMLButtonElement;

  constructor(private all: Kind[], readonly now: Corruption, told: Told, wiped: () => void) {
    const change = (then: () => void) => () => {
      then();
      this.show();
      told.moved(performance.now());
      told.rested();
    };
    this.set = (noise) => change(() => Object.assign(now, noise))();
    this.kinds.append(...all.map(({ kind, title }) =>
      button(title, `Noise: ${title}`, change(() => {
        this.strengths.set(now.kind, now.strength);
        now.strength = this.strengths.get(kind) ?? all.find((each) => each.kind === kind)!.first;
        now.kind = kind;
      })),
    ));
    this.strength = new Slider((value, since) => {
      now.strength = value;
      told.moved(since);
    }, told.rested);
    this.mean = new Slider((value, since) => {
      now.mean = value;
      told.moved(since);
    }, told.rested);
    this.mean.range("Grey veil (mean of the noise)", 0, 1, 0.01);
    this.published = button("Published: mean 0.5", "Mean 0.5 and spread 0.5, as in the literature",
      change(() => Object.assign(now, PUBLISHED)));
    this.wipe = button("Clean the brush", "Take away what was painted", change(wiped));
    this.dice = button("⚄ New noise", "Draw the noise anew", change(() => {
      now.seed = Math.floor(Math.random() * 10 ** 6);
    }));
    this.sliders.append(
      this.strength.root, this.mean.root,
      make("div", { class: "tools" }, this.dice, this.published, this.wipe),
    );
    this.show();
  }

  private show(): void {
    const { now } = this;
    const kind = this.all.find((each) => each.kind === now.kind)!;
    this.kinds.querySelectorAll("button").forEach((each, i) =>
      each.setAttribute("aria-pressed", String(this.all[i] === kind)));
    this.strength.range(kind.help, kind.low, kind.high, kind.step);
    this.strength.value = now.strength;
    this.mean.value = now.mean;
    const gaussian = now.kind === "gaussian";
    this.mean.root.hidden = this.published.hidden = !gaussian;
    this.dice.hidden = !kind.drawn;
    this.wipe.hidden = now.kind !== "masking";
  }
}

class Slider {
  readonly root: HTMLElement;
  private input = make("input", { type: "range", step: "any" });
  private output = make("output");
  private label = make("span");

  constructor(moved: (value: number, since: number) => void, rested: () => void) {
    this.root = make("label", {}, this.label, this.input, this.output);
    this.input.addEventListener("input", (event) => {
      this.write();
      moved(this.input.valueAsNumber, event.timeStamp);
    });
    this.input.addEventListener("change", rested);
  }

  range(label: string, low: number, high: number, step: number): void {
    this.label.textContent = label;
    Object.assign(this.input, { min: low, max: high, step });
  }

  set value(value: number) {
    this.input.value = String(value);
    this.write();
  }

  private write(): void {
    this.output.value = this.input.valueAsNumber.toFixed(2);
  }
}

/** One image, large; with a finger on it, a brush that blackens that place of every image. */
export class Easel {
  readonly canvas: HTMLCanvasElement;
  readonly mask: Uint8Array;
  private last: [number, number] | null = null;

  constructor(private shape: Shape, private told: Told) {
    const [, height, width] = shape;
    this.mask = new Uint8Array(height * width);
    this.canvas = make("canvas", { class: "small ae-pixel", role: "img", width, height });
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (!this.paints || !event.isPrimary || event.button > 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.stroke(event);
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.last) for (const step of event.getCoalescedEvents?.() ?? [event]) this.stroke(step);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => {
        if (this.last) told.rested();
        this.last = null;
      });
    }
  }

  get paints(): boolean {
    return this.canvas.classList.contains("brush");
  }

  set paints(value: boolean) {
    this.canvas.classList.toggle("brush", value);
  }

  show(x: Float32Array, from: number, label: string): void {
    const picture = new ImageData(this.canvas.width, this.canvas.height);
    paint(picture, x, this.shape, { from });
    this.canvas.getContext("2d")!.putImageData(picture, 0, 0);
    this.canvas.setAttribute("aria-label", label);
  }

  wipe(): void {
    this.mask.fill(0);
  }

  private stroke(event: PointerEvent): void {
    const { width, height } = this.canvas;
    const box = this.canvas.getBoundingClientRect();
    const here: [number, number] = [
      ((event.clientX - box.left) * width) / box.width,
      ((event.clientY - box.top) * height) / box.height,
    ];
    const [x0, y0] = this.last ?? here;
    const radius = width / 16;
    const steps = Math.max(1, Math.ceil(Math.hypot(here[0] - x0, here[1] - y0)));
    for (let step = 1; step <= steps; step++) {
      const x = x0 + ((here[0] - x0) * step) / steps - 0.5;
      const y = y0 + ((here[1] - y0) * step) / steps - 0.5;
      for (let i = 0; i < this.mask.length; i++) {
        if (Math.hypot((i % width) - x, Math.floor(i / width) - y) <= radius) this.mask[i] = 1;
      }
    }
    this.last = here;
    this.told.moved(event.timeStamp);
  }
}
