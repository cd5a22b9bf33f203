// A slider for every number of the code, and buttons for the class where the code names one.

import type { Model } from "../models/model";
import { choice, make, setPressed, toggle } from "../ui/elements";
import { threeDigits } from "../ui/numbers";
import { _ } from "../ui/texts";
import type { CodeControl } from "./code_control";
import { nearestPossible } from "./planes";

/** How long z[2] takes for a radian of its way to and fro. */
const BREATH_MS = 1500;

export class Sliders {
  readonly root = make("div", { class: "sliders" });
  readonly classes = make("div", { class: "classes" });
  private inputs: HTMLInputElement[] = [];
  private outputs: HTMLOutputElement[] = [];
  private breath = 0;
  private frame = 0;
  private breathe = toggle(_("breathe"), _("Move z[2] to and fro"), () => {
    if (this.breath) this.stop();
    else this.start();
  });

  constructor(private model: Model, private control: CodeControl) {
    this.root.classList.toggle("many", model.free > 3);
    for (let index = 0; index < model.free; index++) this.add(index);
    if (model.free === 3) this.root.append(this.breathe);
    this.classes.hidden = model.free === model.dim;
    const names = Array.from({ length: model.dim - model.free }, (__, i) => model.classes[i] ?? `${i}`);
    this.classes.append(
      choice(_("Class to draw"), names, (name) => name, "", (name) => {
        const z = control.here().slice().fill(0, model.free);
        z[model.free + names.indexOf(name)] = 1;
        control.go(z, performance.now());
        control.rest();
      }),
    );
  }

  /** Show the present code, with the next frame. */
  show(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw(this.control.here());
    });
  }

  focus(): void {
    this.inputs[0]?.focus();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    cancelAnimationFrame(this.breath);
  }

  /** End the movement of z[2] to and fro. */
  stop(): void {
    if (!this.breath) return;
    cancelAnimationFrame(this.breath);
    this.breath = 0;
    setPressed(this.breathe, false);
    this.control.rest();
  }

  private add(index: number): void {
    const { model, control } = this;
    const [low, high] = model.levels ? [-1, 1] : [model.low[index], model.high[index]];
    const step = model.levels ? 2 / (model.levels - 1) : (high - low) / 200;
    const input = make("input", { type: "range", min: low, max: high, step });
    const output = make("output");
    input.addEventListener("input", (event) => {
      this.stop();
      const z = control.here().slice();
      z[index] = input.valueAsNumber;
      control.go(nearestPossible(model, z), event.timeStamp);
    });
    input.addEventListener("change", () => control.rest());
    this.inputs.push(input);
    this.outputs.push(output);
    this.root.append(make("label", {}, make("span", { textContent: `z[${index}]` }), input, output));
  }

  private draw(z: Float32Array): void {
    this.inputs.forEach((input, index) => {
      if (input.valueAsNumber !== z[index]) input.value = String(z[index]);
      this.outputs[index].value = threeDigits(z[index]);
    });
    const chosen = z.subarray(this.model.free).indexOf(1);
    this.classes.querySelectorAll("button").forEach((each, index) => setPressed(each, index === chosen));
  }

  private start(): void {
    const [low, high] = [this.model.low[2], this.model.high[2]];
    const [middle, reach] = [(low + high) / 2, (high - low) / 2];
    const from = Math.max(-1, Math.min(1, (this.control.here()[2] - middle) / reach));
    const began = performance.now();
    const breathe = (now: number) => {
      const z = this.control.here().slice();
      z[2] = middle + reach * Math.sin(Math.asin(from) + (now - began) / BREATH_MS);
      this.control.go(z, now);
      this.breath = requestAnimationFrame(breathe);
    };
    this.breath = requestAnimationFrame(breathe);
    setPressed(this.breathe, true);
  }
}
