// What the points of a map are coloured by: their classes, or a factor that is known of each image.

import { ENDS, PALETTE, css, ofAmounts, ofClasses } from "../images/colours";
import { type Factor, type Model, amountsOf } from "../models/model";
import { make, select } from "../ui/elements";
import { _ } from "../ui/texts";
import type { Board } from "./board";

export class Colouring {
  /** What the colours say, where they do not say the class. */
  readonly scale = make("div", { class: "scale", hidden: true });
  /** The classes' own colours are on the map, or they are not. */
  changed = () => {};
  private chosen: Factor | null = null;

  constructor(private model: Model, private board: Board) {}

  /** The id of the factor; nothing for classes. */
  get factor(): string {
    return this.chosen?.id ?? "";
  }

  set factor(id: string) {
    const factor = this.model.factors?.each.find((each) => each.id === id) ?? null;
    if (factor === this.chosen) return;
    this.chosen = factor;
    this.board.colourOf = null;
    this.scale.hidden = true;
    this.board.redraw();
    this.changed();
    if (factor) void this.fetch(factor);
  }

  /** A control for it, and a way to show on it what is chosen; nothing where there is no choice. */
  picker(picked: () => void): { root: HTMLElement; show(): void } | null {
    const each = this.model.factors?.each;
    if (!each) return null;
    const names = [_("class"), ...each.map(({ name }) => name)];
    const root = select(_("Coloured by"), names);
    root.addEventListener("change", () => {
      this.factor = each[root.selectedIndex - 1]?.id ?? "";
      picked();
    });
    return { root, show: () => (root.selectedIndex = 1 + each.findIndex(({ id }) => id === this.factor)) };
  }

  private async fetch(factor: Factor): Promise<void> {
    const { name, values, low, high, unit } = factor;
    const said = (textContent: string) => make("span", { textContent });
    const parts = [said(name)];
    try {
      const amounts = await amountsOf(this.model, factor);
      if (factor !== this.chosen) return;
      this.board.colourOf = values.length ? ofClasses(amounts) : ofAmounts(amounts, low, high);
      if (values.length) {
        parts.push(...values.map((value, i) => swatch(value, css(PALETTE[i % PALETTE.length]))));
      } else {
        const [from, to] = ENDS.map(css);
        const bar = make("span", { class: "bar" });
        bar.style.background = `linear-gradient(to right, ${from}, ${to})`;
        parts.push(said(`${low}${unit}`), bar, said(`${high}${unit}`));
      }
    } catch {
      if (factor !== this.chosen) return;
      parts.push(said(_("could not be loaded: load the page again")));
    }
    this.scale.replaceChildren(...parts);
    this.scale.hidden = false;
    this.board.redraw();
  }
}

function swatch(name: string, colour: string): HTMLElement {
  const made = make("span", { class: "swatch", textContent: name });
  made.style.setProperty("--class", colour);
  return made;
}
