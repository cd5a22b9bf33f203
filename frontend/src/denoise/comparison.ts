// Clean, noisy and restored images, one row above the other, with their scores; one of them large.

import { described, imageCanvas, showImage } from "../images/pixels";
import type { Shape } from "../models/model";
import { make } from "../ui/elements";
import { N_, _ } from "../ui/texts";
import { BrushCanvas } from "./brush_canvas";
import type { ControlEvents } from "./controls";
import { ImageRow } from "./image_row";
import { scores, verdict } from "./scores";

const FILTERS = ["median", "non_local_means", "total_variation"];
const ORDER = ["clean", "noisy", "not_trained_on_noise", "trained_on_noise", ...FILTERS];

/** The rows of which one is large beside the noisy one, the best first, and what is said of its image. */
const LARGE: Record<string, string> = {
  trained_on_noise: N_("{image}, trained on noise"),
  not_trained_on_noise: N_("{image}, not trained on noise"),
  median: N_("{image}, median filter"),
};

/** The images, in words, and of each row its title, its colour, and its name within a sentence. */
export interface Captions {
  shape: Shape;
  count: number;
  texts: string[];
  titles: Record<string, string>;
  colours: Record<string, string>;
  names: Record<string, string>;
}

export class Comparison {
  readonly place = make("div", {
    class: "rows", tabIndex: 0, role: "region", "aria-label": _("Clean, noisy and restored images"),
  });
  readonly pair = make("div", { class: "pictures" });
  readonly verdict = make("p", { class: "verdict", role: "status" });
  /** The chosen noisy image. */
  brush!: BrushCanvas;
  private restored!: HTMLCanvasElement;
  private clean!: Float32Array;
  private captions!: Captions;
  private rows = new Map<string, ImageRow>();
  private images = new Map<string, Float32Array>();
  private psnr: Record<string, number> = {};
  private chosen = 0;
  /** The row whose chosen image is large beside the noisy one: that of the best model here. */
  private large = "";

  constructor(private events: ControlEvents) {}

  /** Begin with other images or models; `models` tells of each whether there is one. */
  begin(clean: Float32Array, captions: Captions, models: Record<string, boolean>): void {
    const { titles, colours, count, shape } = captions;
    Object.assign(this, { clean, captions });
    this.images.clear();
    const choose = (index: number) => {
      this.chosen = index;
      this.enlarge();
    };
    const names = ORDER.filter((name) => models[name] ?? true);
    this.rows = new Map(
      names.map((name) => [name, new ImageRow(titles[name], colours[name], count, shape, choose)]),
    );
    this.chosen = Math.min(this.chosen, count - 1);
    this.large = Object.keys(LARGE).find((name) => this.rows.has(name))!;
    this.place.replaceChildren(...[...this.rows.values()].map(({ root }) => root));
    this.place.style.setProperty("--count", String(count));
    this.brush = new BrushCanvas(shape, this.events);
    this.restored = imageCanvas("small ae-pixel", shape);
    const figure = (canvas: HTMLElement, caption: string) =>
      make("figure", {}, canvas, make("figcaption", { textContent: caption }));
    this.pair.replaceChildren(
      figure(this.brush.root, titles.noisy), figure(this.restored, titles[this.large]),
    );
    this.rows.get("clean")!.show(clean, null);
  }

  has(name: string): boolean {
    return this.rows.has(name);
  }

  /** Show other noise; what restores it follows, the filters after the models. */
  start(noisy: Float32Array): void {
    this.psnr = {};
    for (const name of FILTERS) this.rows.get(name)!.old = true;
    this.verdict.classList.add("old");
    this.show("noisy", noisy);
  }

  /** Show what a model or a filter made of the noise; of an earlier one it `counts` for nothing. */
  show(name: string, x: Float32Array, counts = true): void {
    const { shape, count } = this.captions;
    const found = scores(x, this.clean, count, shape);
    this.rows.get(name)?.show(x, found);
    if (counts) this.psnr[name] = found.psnr;
    this.images.set(name, x);
    this.enlarge();
  }

  /** Say which restores best, once all have shown what they make of this noise; whether they have. */
  conclude(): boolean {
    const names = [...this.rows.keys()].filter((name) => name !== "clean");
    if (!names.every((name) => name in this.psnr)) return false;
    this.verdict.textContent = verdict(this.psnr, this.captions.names);
    this.verdict.classList.remove("old");
    return true;
  }

  /** The chosen image, large: noisy, and restored. */
  private enlarge(): void {
    const { shape, texts } = this.captions;
    const from = this.chosen * shape[0] * shape[1] * shape[2];
    const image = texts[this.chosen];
    const noisy = this.images.get("noisy");
    if (noisy) this.brush.show(noisy, from, _("{image}, noisy", { image }));
    const restored = this.images.get(this.large);
    if (!restored) return;
    showImage(this.restored, restored, shape, { from });
    described(this.restored, _(LARGE[this.large], { image }));
  }
}
