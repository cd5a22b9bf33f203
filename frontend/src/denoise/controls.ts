// The kind of noise, how strong it is, and another draw of it.

import { button, make, setPressed } from "../ui/elements";
import { decimals } from "../ui/numbers";
import { _ } from "../ui/texts";
import type { Corruption } from "./noise";

/** A kind of noise as the page calls it, the range of its slider, and whether it is drawn at random. */
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

/** `moved` at every move, `rested` at the end of a gesture. */
export interface ControlEvents {
  moved(since: number): void;
  rested(): void;
}

const PUBLISHED = { mean: 0.5, strength: 0.5 };

export class Controls {
  readonly kinds = make("div", { class: "choice", role: "group", "aria-label": _("Noise") });
  readonly sliders = make("div", { class: "sliders" });
  /** Go to another noise, as a visitor would. */
  readonly set: (noise: Corruption) => void;
  private strength: Slider;
  private mean: Slider;
  private strengths = new Map<string, number>();
  private published: HTMLButtonElement;
  private clearBrush: HTMLButtonElement;
  private newNoise: HTMLButtonElement;

  constructor(
    private all: Kind[], readonly now: Corruption, events: ControlEvents, clearBrush: () => void,
  ) {
    const change = (then: () => void) => () => {
      then();
      this.show();
      events.moved(performance.now());
      events.rested();
    };
    this.set = (noise) => change(() => Object.assign(now, noise))();
    this.kinds.append(...all.map(({ kind, title, first }) =>
      button(title, _("Noise: {kind}", { kind: title }), change(() => {
        this.strengths.set(now.kind, now.strength);
        now.strength = this.strengths.get(kind) ?? first;
        now.kind = kind;
      })),
    ));
    const slider = (name: "strength" | "mean") => new Slider((value, since) => {
      now[name] = value;
      events.moved(since);
    }, events.rested);
    this.strength = slider("strength");
    this.mean = slider("mean");
    this.mean.range(_("Grey veil (mean of the noise)"), 0, 1, 0.01);
    this.published = button(
      _("Published: mean 0.5"), _("Mean 0.5 and spread 0.5, as in the literature"),
      change(() => Object.assign(now, PUBLISHED)),
    );
    this.clearBrush = button(_("Clean the brush"), _("Take away what was painted"), change(clearBrush));
    this.newNoise = button(_("⚄ New noise"), _("Draw the noise anew"), change(() => {
      now.seed = Math.floor(Math.random() * 10 ** 6);
    }));
    this.sliders.append(
      this.strength.root, this.mean.root,
      make("div", { class: "tools" }, this.newNoise, this.published, this.clearBrush),
    );
    this.show();
  }

  private show(): void {
    const { now } = this;
    const kind = this.all.find((each) => each.kind === now.kind)!;
    this.kinds.querySelectorAll("button").forEach((each, i) => setPressed(each, this.all[i] === kind));
    this.strength.range(kind.help, kind.low, kind.high, kind.step);
    this.strength.value = now.strength;
    this.mean.value = now.mean;
    this.mean.root.hidden = this.published.hidden = now.kind !== "gaussian";
    this.newNoise.hidden = !kind.drawn;
    this.clearBrush.hidden = now.kind !== "masking";
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
    this.output.value = decimals(this.input.valueAsNumber, 2);
  }
}
