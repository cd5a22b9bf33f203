// Turns a cloud of three-dimensional codes, by pointer or by itself.

import { FRONT, type View, turned, viewOf } from "../codes/turned_views";
import { setPressed, toggle } from "../ui/elements";
import { _ } from "../ui/texts";
import { short } from "./map_state";

/** How long turning by itself takes for one radian. */
const RADIAN_MS = 3000;

export class Turning {
  readonly button = toggle(_("turn"), _("Turn the cloud in space"), () =>
    this.frame ? this.stop() : this.start());
  private view: View | null = null;
  private frame = 0;

  /** `show` gets each view, and whether the map was a plane until then. */
  constructor(private show: (view: View, first: boolean) => void) {}

  /** Turn by angles in radians. */
  turn(sideways: number, upwards: number): void {
    const first = !this.view;
    this.view = turned(this.view ?? FRONT(), sideways, upwards);
    this.show(this.view, first);
  }

  /** To the right and up as seen now, one after the other; nothing while the map is a plane. */
  get directions(): number[] {
    return this.view ? short([...this.view[0], ...this.view[1]]) : [];
  }

  /** See the cloud in these directions. */
  see(directions: number[]): void {
    const first = !this.view;
    this.view = viewOf(directions);
    this.show(this.view, first);
  }

  /** Back to a plane. */
  reset(): void {
    this.stop();
    this.view = null;
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    setPressed(this.button, false);
  }

  private start(): void {
    let before = performance.now();
    const step = (now: number) => {
      this.turn((now - before) / RADIAN_MS, 0);
      before = now;
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
    setPressed(this.button, true);
  }
}
