// What a classifier reads at each step of a walk, and how sure it is: a bar a step, under the strip.

import { PALETTE, css } from "../images/colours";
import { Reading } from "../map/reading";
import { type Likeliest, inWords } from "../models/likeliest";
import type { Model } from "../models/model";
import type { WorkerClient } from "../models/worker_client";
import { make } from "../ui/elements";
import { _, joined } from "../ui/texts";

type Found = (Likeliest | null)[];

/** What it does with the walk: go to a step, stay there, say what went wrong. */
interface WalkSteps {
  go(step: number, since: number): void;
  rest(): void;
  failed(): void;
}

/** The step that is read with the least confidence; images of NaN are left out. */
export function leastSure(found: Found): number {
  const share = (step: number) => found[step]?.share ?? Infinity;
  return found.reduce((least, __, step) => (share(step) < share(least) ? step : least), 0);
}

export class WalkReading {
  readonly root = make("div", { class: "walk-reading", hidden: true });
  private bars = make("div", { class: "bars", role: "img" });
  private slider = make("input", { type: "range", "aria-label": _("Step of the walk"), min: 0, value: 0 });
  private words = make("p", { class: "hint" });
  private found: Found = [];
  private step = 0;
  private reading: Reading;

  constructor(private model: Model, worker: WorkerClient, steps: WalkSteps) {
    this.reading = new Reading(model, worker, (found) => this.show(found), steps.failed);
    this.slider.addEventListener("input", (event) => {
      this.at(this.slider.valueAsNumber);
      steps.go(this.step, event.timeStamp);
    });
    this.slider.addEventListener("change", () => steps.rest());
    this.root.append(this.bars, this.slider, this.words);
  }

  /** Read the images of a walk, one after another; nothing comes where there is no classifier. */
  read(pixels: Float32Array): void {
    this.reading.send(pixels);
  }

  /** There is no walk, or another one. */
  clear(): void {
    this.reading.cancel();
    this.root.hidden = true;
    this.found = [];
    this.step = 0;
  }

  /** The code is at this step of the walk. */
  at(step: number): void {
    if (step === this.step) return;
    this.step = step;
    if (this.found.length) this.tell();
  }

  private show(found: Found): void {
    this.found = found;
    this.slider.max = String(found.length - 1);
    this.bars.replaceChildren(...found.map((each, step) => {
      const bar = make("i", { title: _("Step {step}: {reading}", this.said(step)) });
      bar.style.height = `${100 * (each?.share ?? 0)}%`;
      if (each) bar.style.background = css(PALETTE[each.label % PALETTE.length]);
      return bar;
    }));
    const [first, last] = [0, found.length - 1].map((step) => this.said(step).reading);
    this.bars.setAttribute(
      "aria-label",
      _("What the classifier reads along the walk: first {first}, last {last}, least sure at step {step}:" +
        " {reading}", { first, last, ...this.said(leastSure(found)) }),
    );
    this.root.hidden = false;
    this.tell();
  }

  private tell(): void {
    const here = this.said(this.step);
    this.slider.value = String(this.step);
    this.slider.setAttribute("aria-valuetext", _("step {step} of {count}: {reading}", here));
    this.words.textContent = joined(
      _("The classifier at step {step} of {count}: {reading}.", here),
      _("Least sure at step {step}: {reading}.", this.said(leastSure(this.found))),
    );
  }

  /** What sentences say of a step. */
  private said(step: number): { step: number; count: number; reading: string } {
    const reading = inWords(this.found[step], this.model.classes) || _("nothing");
    return { step: step + 1, count: this.found.length, reading };
  }
}
