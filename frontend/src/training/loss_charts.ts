// The losses on training and test images as they fall: a chart for each part.

import uPlot from "uplot";
import ofChart from "uplot/dist/uPlot.min.css";
import { type Colour, css, PALETTE } from "../images/colours";
import { seenOn } from "../images/contrast";
import { make } from "../ui/elements";
import { threeDigits } from "../ui/numbers";
import { _ } from "../ui/texts";
import { type Begun, TOTAL } from "./begun";

const HEIGHT = 250;
const LEAST_HEIGHT = 150;
const EVERY_MS = 100;
/** What can be seen on white can be seen in the dark, too: its luminance is in the middle. */
const seen = (colour: Colour) => css(seenOn([255, 255, 255], colour));
const [TRAINING, TEST] = [seen(PALETTE[0]), seen(PALETTE[1])];
const LINES = [seen(PALETTE[2]), seen(PALETTE[8]), seen(PALETTE[5])];

type Losses = Record<string, number>;

/** What was measured after so many seconds of training. */
interface Moment {
  seconds: number;
  training: Losses;
  tested: Losses | null;
}

export class LossCharts {
  readonly element = make("div", { class: "curves" });
  private readonly charts: [part: string, chart: uPlot][];
  private readonly moments: Moment[] = [];
  private tested: Losses | null = null;
  private shown = -Infinity;
  private readonly watched = new ResizeObserver(() => this.fit());

  constructor(private readonly run: Begun) {
    const { losses, baselines } = run;
    const compared = TOTAL in losses ? TOTAL : Object.keys(losses)[0];
    const lines = Object.keys(baselines);
    this.element.append(make("style", { textContent: ofChart }));
    const height = Math.max(LEAST_HEIGHT, HEIGHT / Object.keys(losses).length);
    this.charts = Object.entries(losses).map(([part, name]) => {
      const place = make("div", { class: "curve" });
      this.element.append(make("p", { class: "of", textContent: name }), place);
      return [part, new uPlot(this.options(part, part === compared ? lines : [], height), [[]], place)];
    });
    this.element.append(this.legend(lines));
    this.element.ariaLabel = _("Loss over the seconds of training; lower is better");
    this.element.role = "img";
    this.watched.observe(this.element);
  }

  private options(part: string, lines: string[], height: number): uPlot.Options {
    const ink = () => getComputedStyle(this.element).color;
    const axis = { stroke: ink, grid: { stroke: "#8884", width: 1 }, ticks: { show: false } };
    const [line, points] = [{ points: { show: false } }, { points: { size: 6 } }];
    return {
      width: 300, height, legend: { show: false }, cursor: { show: false },
      scales: { x: { time: false }, y: part === "kl" ? {} : { distr: 3, range: widened } },
      axes: [
        { ...axis, size: 28 },
        {
          ...axis, size: 52, values: (_, all) => all.map((value) => threeDigits(value)),
          ...(part === "kl" ? {} : { splits: (_, __, low, high) => ticks(low, high), filter: (_, all) => all }),
        },
      ],
      series: [
        {},
        { ...line, stroke: TRAINING, width: 1.5 },
        { ...points, stroke: TEST, width: 3, spanGaps: true },
        ...lines.map((_, i) => ({ ...line, stroke: LINES[i % LINES.length], width: 2, dash: [6, 4 - i] })),
      ],
    };
  }

  private legend(lines: string[]): HTMLElement {
    const entry = (name: string, colour: string) => {
      const made = make("span", { textContent: name });
      made.style.setProperty("--class", colour);
      return made;
    };
    return make(
      "p", { class: "counts" }, entry(_("training images"), TRAINING), entry(_("test images"), TEST),
      ...lines.map((name, i) => entry(name, LINES[i % LINES.length])),
    );
  }

  private fit(): void {
    const width = this.element.clientWidth;
    if (!width) return;
    for (const [, chart] of this.charts) chart.setSize({ width, height: chart.height });
  }

  add(moment: Moment): void {
    const last = this.moments[this.moments.length - 1];
    this.tested = moment.tested ?? this.tested;
    if (!Object.keys(moment.training).length) return;
    if (!last || moment.tested || moment.seconds > last.seconds) this.moments.push(moment);
    const now = performance.now();
    if (now - this.shown < EVERY_MS) return;
    this.shown = now;
    this.draw();
  }

  /** Shows all that was added. */
  draw(): void {
    const seconds = this.moments.map((moment) => moment.seconds);
    for (const [part, chart] of this.charts) {
      const of = (losses: Losses | null) => losses && valueOf(losses, part);
      const lines = chart.series.length - 3;
      chart.setData([
        seconds,
        this.moments.map(({ training }) => of(training)),
        this.moments.map(({ tested }) => of(tested)),
        ...Object.values(this.run.baselines).slice(0, lines).map((value) => seconds.map(() => value)),
      ]);
    }
  }

  /** The losses on test images that were measured last, in words. */
  get now(): string {
    const { tested } = this;
    if (!tested) return "";
    const figures = Object.entries(this.run.losses)
      .map(([part, name]) => `${name} ${threeDigits(valueOf(tested, part))}`).join(", ");
    return _("On test images now: {figures}.", { figures });
  }

  destroy(): void {
    this.watched.disconnect();
    for (const [, chart] of this.charts) chart.destroy();
  }
}

const valueOf = (losses: Losses, part: string) =>
  part === TOTAL ? Object.values(losses).reduce((sum, value) => sum + value) : losses[part];

/** The ends of a logarithmic scale: those of what is on it, with some room. */
const widened = (_: uPlot, low: number | null, high: number | null): [number, number] =>
  low && high ? [low / 1.05, high * 1.05] : [0.1, 1];

/** Round numbers on a logarithmic scale: 1, 2 and 5 times powers of ten, or closer ones where it is short. */
function ticks(low: number, high: number): number[] {
  for (const steps of [[1, 2, 5], [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]]) {
    const found: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
      found.push(...steps.map((step) => step * 10 ** power));
    }
    const inside = found.filter((value) => value >= low && value <= high);
    if (inside.length > 1) return inside;
  }
  return [low, high];
}
