// What is seen of a run that trains in this browser, and the buttons on it.

import { paint } from "../images/pixels";
import { button, make, select } from "../ui/elements";
import { duration } from "../ui/numbers";
import { _, ngettext } from "../ui/texts";
import type { Begun } from "./begun";
import { CodeMap } from "./code_map";
import { DRAWN } from "./learning";
import { LossCharts } from "./loss_charts";
import { codeOf } from "./network";
import type { Changeable } from "./run";
import type { Frame } from "./worker";

/** Steps a second in slow motion; 0 is as fast as it goes. */
const PACES = [0, 20, 5, 1];
const GAP = 2;

/** What a person can ask of a run. */
export interface Asks {
  pause(): void;
  resume(): void;
  step(): void;
  pace(steps: number): void;
  change(what: Changeable, value: number): void;
  stop(): void;
  discard(): void;
}

export class TrainingView {
  readonly element: HTMLElement;
  private readonly bar = make("i");
  private readonly progress = make(
    "div", { class: "progress", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, this.bar,
  );
  private readonly line = make("p", { class: "line" });
  private readonly tools = make("div", { class: "tools" });
  private readonly notice = make("div", { class: "said-here", role: "status", hidden: true });
  private readonly charts: LossCharts;
  private readonly pictures = make("div", { class: "seen" });
  private readonly figures = make("p", { class: "hint" });
  private pairs: HTMLCanvasElement | null = null;
  private tested: Uint8Array = new Uint8Array(0);
  map: CodeMap | null = null;

  constructor(private readonly run: Begun, private readonly asks: Asks) {
    this.charts = new LossCharts(run);
    const waiting = _("Here test images appear, and what the model makes of them.");
    this.pictures.append(make("p", { class: "hint", textContent: waiting }));
    this.element = make(
      "div", { class: "training" },
      make("h2", { textContent: run.title }), this.progress, this.line, this.tools,
      ...(run.changes.length ? [this.changes()] : []), this.notice,
      make(
        "div", { class: "training-scene" },
        make("div", { class: "course" }, this.charts.element, this.figures), this.pictures,
      ),
    );
    this.showLine(0, _("Fetching the images …"));
    this.showTools(false);
  }

  destroy(): void {
    this.charts.destroy();
    this.element.remove();
  }

  /** The buttons of a run that goes on, or that is paused. */
  showTools(paused: boolean): void {
    const { asks } = this;
    const go = paused
      ? [
        button(_("Resume"), _("Go on training"), () => { asks.resume(); this.showTools(false); }),
        button(_("One step"), _("Train one step, with one batch"), () => asks.step()),
      ]
      : [button(_("Pause"), _("Pause the run"), () => { asks.pause(); this.showTools(true); })];
    const names = PACES.map((steps) =>
      steps
        ? ngettext("{count} step a second", "{count} steps a second", steps)
        : _("full speed"));
    const pace = select(_("Slow motion"), names);
    pace.addEventListener("change", () => asks.pace(PACES[pace.selectedIndex]));
    this.tools.replaceChildren(
      ...go, ...(paused ? [] : [pace]),
      button(_("Stop and keep"), _("End the run and keep what it has learned"), () => asks.stop()),
      button(_("Discard"), _("End the run and keep nothing"), () => asks.discard()),
    );
  }

  /** What can be changed on the way, behind a line that opens. */
  private changes(): HTMLElement {
    const rows = this.run.changes.map(({ what, label, now, values }) => {
      const input = make("input", {
        type: "range", min: "0", max: String(values.length - 1), step: "1",
        value: String(values.indexOf(now)),
      });
      const output = make("output", { textContent: String(now) });
      input.addEventListener("input", () => (output.textContent = String(values[Number(input.value)])));
      input.addEventListener("change", () => this.asks.change(what, values[Number(input.value)]));
      return make("label", {}, make("span", { textContent: label }), input, output);
    });
    return make(
      "details", { class: "changes" }, make("summary", { textContent: _("What happens if …") }),
      make("p", { class: "hint", textContent: _("It goes on from here with other values. Its card says what changed when.") }),
      ...rows,
    );
  }

  /** A sentence, and what there is to do about it; nothing where it is empty. */
  say(sentence: string, ...buttons: HTMLElement[]): void {
    this.notice.hidden = !sentence;
    this.notice.replaceChildren(make("span", { textContent: sentence }), ...buttons);
  }

  private showLine(share: number, text: string): void {
    this.bar.style.width = `${100 * share}%`;
    this.progress.ariaValueNow = String(Math.round(100 * share));
    this.progress.ariaValueText = text;
    this.line.textContent = text;
  }

  /** The tested images are here. */
  begin(tested: Uint8Array, labels: Int16Array): void {
    const { shape, asked: { network } } = this.run;
    this.tested = tested;
    const last = network.encoder[network.encoder.length - 1];
    this.map = new CodeMap(labels, shape, codeOf(network), !network.heads && last.activation === "relu");
    const count = Math.min(DRAWN, labels.length);
    const [, height, width] = shape;
    this.pairs = make("canvas", {
      class: "pairs", role: "img", width: count * (width + GAP) - GAP, height: 2 * height + GAP,
    });
    this.pairs.ariaLabel = ngettext(
      "{count} test image, and below it again", "{count} test images, and below them again", count,
    );
    const caption = (text: string) => make("figcaption", { textContent: text });
    this.pictures.replaceChildren(
      make("figure", {}, this.pairs, caption(_("Test images, and below each what the model makes of it."))),
      make(
        "div", { class: "maps" },
        make("figure", {}, this.map.dots, caption(_("The map: each dot a test image, coloured by class."))),
        make("figure", {}, this.map.grid, caption(_("What each place of the map decodes to."))),
      ),
    );
    this.showLine(0, _("Beginning …"));
  }

  /** A moment of the run. */
  show(frame: Frame, paused: boolean): void {
    const { step, seconds, losses, tested, done } = frame;
    this.element.dataset.step = String(step);
    this.charts.add({ seconds, training: losses, tested });
    if (tested) this.figures.textContent = this.charts.now;
    this.map?.show(frame.codes);
    this.map?.showGrid(frame.drawn);
    this.showPairs(frame.again);
    this.showLine(done, [paused ? _("Paused.") : this.left(frame), ...this.speed(frame)].filter(Boolean).join(" · "));
  }

  private left({ done, seconds }: Frame): string {
    if (!done) return "";
    return _("{time} left", { time: duration((seconds * (1 - done)) / done) });
  }

  private speed({ step, imagesPerSecond, skipped }: Frame): string[] {
    return [
      ngettext("step {count}", "step {count}", step),
      ngettext("{count} image a second", "{count} images a second", Math.round(imagesPerSecond)),
      _("in this browser"),
      skipped ? ngettext("{count} broken step skipped", "{count} broken steps skipped", skipped) : "",
    ];
  }

  private showPairs(again: Float32Array): void {
    const { pairs, run: { shape: [channels, height, width] } } = this;
    if (!pairs) return;
    const sheet = new ImageData(pairs.width, pairs.height);
    const size = channels * height * width;
    for (let i = 0; i * size < again.length; i++) {
      const x = i * (width + GAP);
      paint(sheet, this.tested, this.run.shape, { from: i * size, scale: 1, x });
      paint(sheet, again, this.run.shape, { from: i * size, x, y: height + GAP });
    }
    pairs.getContext("2d")!.putImageData(sheet, 0, 0);
  }

  /** The run is over; what comes then. */
  end(share: number, text: string): void {
    this.charts.draw();
    this.tools.replaceChildren();
    this.showLine(share, text);
  }
}
