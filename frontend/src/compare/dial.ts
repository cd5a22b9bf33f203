// The bottleneck dial: one slider over the sizes of a code, and the same digits from each.
//
// The page has every strip of digits from the beginning, so the dial swaps them by itself, in the
// frame in which it moves; the server hears of it when the slider is released.

import { button, make, setPressed, lessonPart } from "../ui/elements";
import { type Args, newTurn } from "../ui/mounted";
import { _, ngettext } from "../ui/texts";
import style from "./dial.css";

/** One kind of model: a strip of images and a line of text for each size, empty where it has none. */
interface Row {
  name: string;
  strips: string[];
  texts: string[];
}

/** `at` is where the page has the dial since the release of this `turn`; `words` says what each size
 * means. */
interface Data {
  sizes: number[];
  at: number;
  turn: string;
  words: string[];
  original: string;
  label: string;
  rows: Row[];
}

export class Dial {
  private range = make("input", { type: "range", min: "0", step: "1" });
  private ticks = make("div", { class: "ticks" });
  private words = make("p", { class: "words" });
  private rows = make("div", { class: "rows" });
  private lines: { place: HTMLElement; pictures: HTMLElement[]; text: HTMLElement }[] = [];
  private told: number;
  private turn: string;

  constructor(root: HTMLElement, private args: Args<Data>) {
    const { at, turn } = args.data;
    this.told = at;
    this.turn = turn;
    this.range.setAttribute("aria-label", _("Numbers in the code"));
    this.range.addEventListener("input", () => this.show());
    this.range.addEventListener("change", () => this.tell());
    const slider = make("div", { class: "slider" }, this.range, this.ticks);
    lessonPart("size", slider);
    lessonPart("words", this.words);
    root.replaceChildren(
      make("style", { textContent: style }),
      make("div", { class: "dial" }, this.rows, slider, this.words),
    );
    this.fill();
    this.range.value = String(at);
    this.show();
  }

  destroy(): void {}

  /** What a rerun of the page brings: other digits or models, or the size of another address. */
  update(args: Args<Data>): void {
    const before = this.args.data;
    this.args = args;
    if (JSON.stringify(before) === JSON.stringify(args.data)) return;
    const { sizes, at, turn } = args.data;
    // A page that does not know of the last release yet has the size from before.
    const moved = turn === this.turn && at !== this.told;
    this.fill();
    if (moved || before.sizes.join() !== sizes.join()) this.range.value = String((this.told = at));
    this.show();
  }

  private fill(): void {
    const { sizes, original, label, rows } = this.args.data;
    this.range.max = String(sizes.length - 1);
    this.ticks.replaceChildren(
      ...sizes.map((size, i) =>
        button(String(size), _("A code of {size}", { size }), () => {
          this.range.value = String(i);
          this.show();
          this.tell();
        }),
      ),
    );
    const named = (model: string, size: number) =>
      ngettext("{model} from {count} number: {label}", "{model} from {count} numbers: {label}", size,
        { model, label });
    this.lines = rows.map(({ name, strips }) => ({
      place: make("div"),
      text: make("span"),
      pictures: strips.map((strip, i) =>
        // Where there is no model the row keeps its place.
        strip ? picture(strip, named(name, sizes[i])) : gap(original),
      ),
    }));
    this.rows.replaceChildren(
      line(make("b", { textContent: _("Original") }), "",
        picture(original, _("Original: {label}", { label }))),
      ...rows.map(({ name }, i) =>
        line(make("b", { textContent: name }), this.lines[i].text, this.lines[i].place),
      ),
    );
  }

  private show(): void {
    const { sizes, words, rows } = this.args.data;
    const at = Number(this.range.value);
    this.range.setAttribute("aria-valuetext", ngettext("{count} number", "{count} numbers", sizes[at]));
    this.words.textContent = words[at];
    [...this.ticks.children].forEach((each, i) => setPressed(each, i === at));
    this.lines.forEach(({ place, pictures, text }, i) => {
      text.textContent = rows[i].texts[at];
      place.replaceChildren(pictures[at]);
    });
  }

  private tell(): void {
    const at = Number(this.range.value);
    if (at === this.told) return;
    this.told = at;
    this.turn = newTurn();
    this.args.setStateValue("released", { size: this.args.data.sizes[at], turn: this.turn });
  }
}

const line = (name: Node, text: Node | string, place: Node) =>
  make("figure", {}, make("figcaption", {}, name, text), place);

/** A picture that is decoded before it is shown, so that it can change within a frame. */
function picture(src: string, alt: string): HTMLImageElement {
  const made = make("img", { class: "strip", decoding: "sync", alt, src });
  made.decode().catch(() => {});
  return made;
}

function gap(like: string): HTMLImageElement {
  return make("img", { class: "strip none", alt: "", src: like });
}
