// Denoise: noise that follows the controls, and what restores it. The models run in the browser;
// the filters on the server, at the end of a gesture.

import { Latest } from "../models/latest";
import { WorkerClient } from "../models/worker_client";
import { make } from "../ui/elements";
import { type Addresses, type Args, newTurn, tellFailure } from "../ui/mounted";
import shared from "../ui/style.css";
import { _ } from "../ui/texts";
import { fromBase64, toBase64 } from "./base64";
import { type Captions, Comparison } from "./comparison";
import { Controls, type Kind } from "./controls";
import style from "./denoise.css";
import { type Corruption, NoisyImages } from "./noise";

/** A model that restores. */
interface Restorer {
  title: string;
  encoder: string;
  decoder: string;
  dim: number;
}

/**
 * `clean` and `filtered` are bytes as base64; `filtered` answers the release of the same `turn`.
 * `covered` is what the brush has covered.
 */
interface Data extends Addresses, Captions {
  clean: string;
  kinds: Kind[];
  corruption: Corruption;
  covered: number[];
  not_trained_on_noise: Restorer | null;
  trained_on_noise: Record<string, Restorer | null>;
  filtered: { turn: string; rows: Record<string, string> };
}

interface Noisy {
  noisy: Float32Array;
  since: number;
}

type Restored = [name: string, pixels: Float32Array];

export class LiveDenoising {
  private worker: WorkerClient;
  private images!: NoisyImages;
  private comparison: Comparison;
  private hint = make("p", { class: "hint" });
  private corruption: Corruption;
  private controls: Controls;
  private noisy = new Float32Array();
  private shown = "";
  private frame = 0;
  private since = 0;
  private turn = "";
  private resting = false;
  private restoring = new Latest<Noisy, Restored[]>(
    ({ noisy }) => this.restore(noisy), (restored, asked) => this.show(restored, asked),
    (reason) => {
      tellFailure(this.args, reason);
      this.root.setAttribute("aria-busy", "false");
    },
  );

  constructor(private root: HTMLElement, private args: Args<Data>) {
    const { kinds, corruption } = args.data;
    this.worker = new WorkerClient(args.data);
    this.corruption = { ...corruption };
    this.comparison = new Comparison(this.events);
    this.controls = new Controls(kinds, this.corruption, this.events, () => this.comparison.brush.clear());
    root.classList.add("denoising");
    root.replaceChildren(
      make("style", { textContent: shared + style }),
      this.controls.kinds,
      make("div", { class: "denoising-scene" },
        make("div", { class: "denoising-controls" },
          this.comparison.pair, this.controls.sliders, this.hint, this.comparison.verdict),
        this.comparison.place),
    );
    this.update(args);
    if (typeof WebAssembly === "undefined") tellFailure(args, "no WebAssembly");
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.restoring.cancel();
    this.worker.destroy();
  }

  /** What a rerun of the page brings: other images or models, or what the filters made. */
  update(args: Args<Data>): void {
    this.args = args;
    const { clean, filtered, corruption, covered, ...models } = args.data;
    const shown = JSON.stringify([clean, models.not_trained_on_noise, models.trained_on_noise]);
    if (shown !== this.shown) {
      this.shown = shown;
      this.build();
      this.events.moved(performance.now());
      this.events.rested();
    }
    if (filtered.turn !== this.turn) return;
    for (const [name, bytes] of Object.entries(filtered.rows)) this.comparison.show(name, fromBase64(bytes));
    this.conclude();
    // No gesture is going on, and the page has another noise: that of an address from before.
    const { brush } = this.comparison;
    if (!this.turn || (same(corruption, this.corruption) && String(covered) === String(brush.covered))) return;
    brush.covered = covered;
    this.controls.set(corruption);
  }

  private events = {
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

  /** Begin with other images or models. */
  private build(): void {
    const { data } = this.args;
    this.restoring.cancel(); // noise on other images
    this.images = new NoisyImages(fromBase64(data.clean), data.count, data.shape);
    this.comparison.begin(this.images.clean, data, {
      not_trained_on_noise: data.not_trained_on_noise !== null,
      trained_on_noise: Object.values(data.trained_on_noise).some((each) => each !== null),
    });
    this.comparison.brush.covered = data.covered;
  }

  /** The noise, in this frame; what restores it is asked for. */
  private draw(): void {
    const { brush } = this.comparison;
    const noisy = this.images.corrupted(this.corruption, brush.mask);
    // As a file would hold them, which is how the models see images everywhere.
    this.noisy = noisy.map((x) => Math.round(255 * x) / 255);
    brush.paints = this.corruption.kind === "masking";
    this.hint.textContent = brush.paints
      ? _("Paint over the large image with finger or mouse: it covers that place of all of them.")
      : "";
    this.comparison.start(this.noisy);
    this.root.setAttribute("aria-busy", "true");
    this.restoring.ask({ noisy: this.noisy, since: this.since });
    if (this.resting) this.release();
  }

  /** What the models make of noisy images: all at once, so that no two rows tell of different ones. */
  private async restore(noisy: Float32Array): Promise<Restored[]> {
    const { not_trained_on_noise, shape, count, ...each } = this.args.data;
    const trained_on_noise = each.trained_on_noise[this.corruption.kind] ?? null;
    const models = Object.entries({ not_trained_on_noise, trained_on_noise });
    const restored = models.map(async ([name, model]): Promise<Restored | null> => {
      if (!model || !this.comparison.has(name)) return null;
      const steps = [
        { url: model.encoder, shape, take: model.dim },
        { url: model.decoder, shape: [model.dim] },
      ];
      const [, pixels] = await this.worker.run({ rows: noisy, count, steps });
      return [name, pixels];
    });
    return (await Promise.all(restored)).filter((each) => each !== null);
  }

  private show(restored: Restored[], { noisy, since }: Noisy): void {
    const newest = noisy === this.noisy;
    for (const each of restored) this.comparison.show(...each, newest);
    this.root.dataset.took = (performance.now() - since).toFixed(1);
    this.root.setAttribute("aria-busy", String(!newest));
    if (newest) this.conclude();
  }

  private conclude(): void {
    if (this.comparison.conclude()) this.root.dataset.settled = this.turn;
  }

  private release(): void {
    this.resting = false;
    this.turn = newTurn();
    this.args.setStateValue("released", {
      corruption: { ...this.corruption }, covered: this.comparison.brush.covered,
      noisy: toBase64(this.noisy), turn: this.turn,
    });
  }
}

/** Whether two noises are one; the server rounds them, and knows a mean of Gaussian noise alone. */
function same(a: Corruption, b: Corruption): boolean {
  const near = (x: number, y: number) => Math.abs(x - y) < 1e-3;
  return a.kind === b.kind && near(a.strength, b.strength) && a.seed === b.seed
    && (a.kind !== "gaussian" || near(a.mean, b.mean));
}
