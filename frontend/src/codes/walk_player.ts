// Plays a walk: the code goes along it, there and back again.

import { button, make } from "../ui/elements";
import { _ } from "../ui/texts";
import type { CodeControl } from "./code_control";

/** From one end to the other. */
export const SECONDS = 4;

export class WalkPlayer {
  way: Float32Array[] = [];
  readonly parts: HTMLElement[];
  private frame = 0;
  private play = button(_("play"), _("Walk along"), () => (this.frame ? this.stop() : this.start()));
  private loop = make("input", { type: "checkbox", checked: true });

  /** `passed` gets each step that the code comes to. */
  constructor(private control: CodeControl, private passed: (step: number) => void) {
    this.parts = [this.play, make("label", { class: "check" }, this.loop, _("loop"))];
  }

  get isPlaying(): boolean {
    return this.frame > 0;
  }

  /** Whether there is a walk to play. */
  set possible(value: boolean) {
    this.play.disabled = !value;
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
  }

  start(): void {
    const began = performance.now();
    const last = this.way.length - 1;
    this.play.textContent = _("stop");
    const step = (now: number) => {
      const share = (now - began) / (1000 * SECONDS);
      const whole = Math.floor(share);
      if (share >= 1 && !this.loop.checked) {
        this.go(last, now);
        this.stop();
        return;
      }
      // There and back again, so that nothing jumps.
      const part = whole % 2 ? 1 - (share - whole) : share - whole;
      this.go(Math.round(part * last), now);
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  stop(): void {
    if (!this.frame) return;
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.play.textContent = _("play");
    this.control.rest();
  }

  private go(step: number, now: number): void {
    this.control.go(this.way[step], now);
    this.passed(step);
  }
}
