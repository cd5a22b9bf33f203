// The bench of Denoise: noise under the hand, and what restores it. The models run in the browser;
// the filters on the server, once the hand rests.

import style from "./denoise.css";
import { Controls, Easel, type Kind } from "./controls";
import { Row } from "./image_row";
import { WorkerClient } from "../models/worker_client";
import shared from "../ui/style.css";
import type { Shape } from "../models/model";
import { type Corruption, Spoiler } from "./noise";
import { make } from "../ui/elements";
import { scores, verdict } from "./scores";

/** A model that restores. */
interface Restorer {
  title: string;
  encoder: string;
  decoder: string;
  dim: number;
}

/** `clean` and `filtered` are bytes as base64; `filtered` answers the release of the same `turn`. */
interface Data {
  worker: string;
  runtime: string;
  shape: Shape;
  count: number;
  clean: string;
  texts: string[];
  kinds: Kind[];
  corruption: Corruption;
  not_trained_on_noise: Restorer | null;
  trained_on_noise: Record<string, Restorer | null>;
  filtered: { turn: string; rows: Record<string, string> };
  names: Record<string, string>;
  titles: Record<string, string>;
  colours: Record<string, string>;
}

export interface Args {
  data: Data;
  setStateValue(name: string, value: unknown): void;
}

const FILTERS = ["median", "non_local_means", "total_variation"];
const ORDER = ["clean", "noisy", "not_trained_on_noise", "trained_on_noise", ...FILTERS];

export class LiveDenoising {
  private worker: WorkerClient;
  private spoiler!: Spoiler;
  private rows = new Map<string, Row>();
  private psnr: Record<string, number> = {};
  private place = make("div", { class: "rows", tabIndex: 0, role: "region", "aria-label": "Clean, noisy and restored images" });
  private words = make("p", { class: "verdict", role: "status" });
  private hint = make("p", { class: "hint" });
  private easel!: Easel;
  private after!: Easel;
  private captions = [make("figcaption"), make("figcaption")];
  private pair = make("div", { class: "pictures" });
  private corruption: Corruption;
  private controls: Controls;
  private noisy = new Float32Array();
  private restored = new Map<string, Float32Array>();
  private shown = "";
  private chosen = 0;
  private wanted: { noisy: Float32Array; since: number } | null = null;
  private busy = false;
  private frame = 0;
  private since = 0;
  private turn = "";
  private resting = false;

  constructor(private root: HTMLElement, private args: Args) {
    const { kinds, corruption } = args.data;
    this.worker = new WorkerClient(args.data);
    this.corruption = { ...corruption };
    this.controls = new Controls(kinds, this.corruption, this.told, () => this.easel.wipe());
    root.classList.add("denoising");
    root.replaceChildren(
      make("style", { textContent: shared + style }),
      this.controls.kinds,
      make("div", { class: "denoising-scene" },
        make("div", { class: "denoising-controls" }, this.pair, this.controls.sliders, this.hint, this.words),
        this.place),
    );
    this.update(args);
    if (typeof WebAssembly === "undefined") args.setStateValue("failed", "no WebAssembly");
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.worker.destroy();
  }

  /** What a rerun of the page brings: other images or models, or what the filters made. */
  update(args: Args): void {
    this.args = args;
    const { clean, shape, count, filtered, corruption, ...models } = args.data;
    const shown = JSON.stringify([clean, models.not_trained_on_noise, models.trained_on_noise]);
    if (shown !== this.shown) {
      this.shown = shown;
      this.wanted = null; // noise on other images
      this.spoiler = new Spoiler(fromBase64(clean), count, shape);
      this.build();
      this.told.moved(performance.now());
      this.told.rested();
    }
    if (filtered.turn === this.turn) {
      for (const [name, bytes] of Object.entries(filtered.rows)) this.show(name, fromBase64(bytes));
      this.conclude();
      // The hand rests, and the page has another noise: that of an address the browser went back to.
      if (this.turn && !same(corruption, this.corruption)) this.controls.set(corruption);
    }
  }

  private told = {
    moved: (since: number) => {
      this.since = since;
      this.turn = "";
      this.frame ||= requestAnimationFrame(() => {
        this.frame = 0;
        this.draw();
      });
    },
    rested: () => {
      this.resting = true;
      if (!this.frame) this.release();
    },
  };

  private build(): void {
    const { shape, count, titles, colours, ...models } = this.args.data;
    const here: Record<string, boolean> = {
      not_trained_on_noise: models.not_trained_on_noise !== null,
      trained_on_noise: Object.values(models.trained_on_noise).some((each) => each !== null),
    };
    const names = ORDER.filter((name) => here[name] ?? true);
    const pick = (index: number) => {
      this.chosen = index;
      this.enlarge();
    };
    this.rows = new Map(names.map((name) => [name, new Row(titles[name], colours[name], count, shape, pick)]));
    this.place.replaceChildren(...[...this.rows.values()].map(({ root }) => root));
    this.place.style.setProperty("--count", String(count));
    this.easel = new Easel(shape, this.told);
    this.after = new Easel(shape, this.told);
    this.chosen = Math.min(this.chosen, count - 1);
    this.pair.replaceChildren(
      make("figure", {}, this.easel.canvas, this.captions[0]),
      make("figure", {}, this.after.canvas, this.captions[1]),
    );
    this.restored.clear();
    this.rows.get("clean")!.show(this.spoiler.clean, null);
  }

  /** The noise, in this frame; what restores it is asked for. */
  private draw(): void {
    const noisy = this.spoiler.spoil(this.corruption, this.easel.mask);
    // As a file would hold them, which is how the models see images everywhere.
    this.noisy = noisy.map((x) => Math.round(255 * x) / 255);
    this.psnr = {};
    this.easel.paints = this.corruption.kind === "masking";
    this.hint.textContent = this.easel.paints
      ? "Paint over the large image with finger or mouse: it covers that place of all of them."
      : "";
    for (const [name, row] of this.rows) row.old = FILTERS.includes(name);
    this.words.classList.add("old");
    this.show("noisy", this.noisy);
    this.wanted = { noisy: this.noisy, since: this.since };
    if (!this.busy) void this.catchUp();
    if (this.resting) this.release();
  }

  private async catchUp(): Promise<void> {
    this.busy = true;
    this.root.setAttribute("aria-busy", "true");
    try {
      while (this.wanted) {
        const { noisy, since } = this.wanted;
        this.wanted = null;
        const { not_trained_on_noise, shape, count, ...each } = this.args.data;
        const trained_on_noise = each.trained_on_noise[this.corruption.kind] ?? null;
        const models = { not_trained_on_noise, trained_on_noise };
        const through = Object.entries(models).map(async ([name, model]) => {
          if (!model || !this.rows.has(name)) return null;
          const steps = [
            { url: model.encoder, shape, take: model.dim },
            { url: model.decoder, shape: [model.dim] },
          ];
          const [, pixels] = await this.worker.run({ rows: noisy, count, steps });
          return [name, pixels] as const;
        });
        // The newest noise has both rows at once, so that they never tell of different ones.
        for (const done of await Promise.all(through)) {
          if (!done || done[1].length !== this.spoiler.clean.length) continue;
          this.show(...done);
          if (noisy !== this.noisy) delete this.psnr[done[0]];
        }
        this.root.dataset.took = (performance.now() - since).toFixed(1);
        if (noisy === this.noisy) this.conclude();
      }
    } catch (failure) {
      this.args.setStateValue("failed", String(failure).slice(0, 200));
    }
    this.busy = false;
    this.root.setAttribute("aria-busy", "false");
  }

  private show(name: string, x: Float32Array): void {
    const { shape, count } = this.args.data;
    const found = scores(x, this.spoiler.clean, count, shape);
    this.rows.get(name)?.show(x, found);
    this.psnr[name] = found.psnr;
    this.restored.set(name, x);
    this.enlarge();
  }

  /** The chosen image, large: noisy, and restored by the model trained on noise. */
  private enlarge(): void {
    const { shape, texts, titles } = this.args.data;
    const from = this.chosen * shape[0] * shape[1] * shape[2];
    const models = ["trained_on_noise", "not_trained_on_noise"];
    const name = models.find((model) => this.rows.has(model)) ?? "median";
    const text = texts[this.chosen];
    this.easel.show(this.noisy, from, `${text}, noisy`);
    this.captions[0].textContent = "Noisy";
    const restored = this.restored.get(name);
    if (restored) this.after.show(restored, from, `${text}, ${titles[name].toLowerCase()}`);
    this.captions[1].textContent = titles[name];
  }

  /** Who wins, once all have shown what they make of this noise. */
  private conclude(): void {
    const names = [...this.rows.keys()].filter((name) => name !== "clean");
    if (!names.every((name) => name in this.psnr)) return;
    this.words.textContent = verdict(this.psnr, this.args.data.names);
    this.words.classList.remove("old");
    this.root.dataset.settled = this.turn;
  }

  private release(): void {
    this.resting = false;
    this.turn = `${Date.now()}-${Math.random()}`;
    const noisy = Uint8Array.from(this.noisy, (x) => Math.round(255 * x));
    this.args.setStateValue("released", {
      corruption: { ...this.corruption }, noisy: toBase64(noisy), turn: this.turn,
    });
  }
}

/** Whether two noises are one; the server rounds them, and knows a mean of Gaussian noise alone. */
function same(a: Corruption, b: Corruption): boolean {
  const near = (x: number, y: number) => Math.abs(x - y) < 1e-3;
  return a.kind === b.kind && near(a.strength, b.strength) && a.seed === b.seed
    && (a.kind !== "gaussian" || near(a.mean, b.mean));
}

function fromBase64(text: string): Float32Array {
  return Float32Array.from(atob(text), (character) => character.charCodeAt(0) / 255);
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
