// Train, in this browser: a run that learns in a worker of the page, and is sent when it is over.

import { ofApp } from "../models/address";
import { button, make } from "../ui/elements";
import { type Args, tellFailure } from "../ui/mounted";
import shared from "../ui/style.css";
import { _ } from "../ui/texts";
import type { Begun } from "./begun";
import { ALIVE_MS, isLeft, type KeptRun, KeptRuns, SILENT_MS } from "./kept_runs";
import { type Addresses, fetchFirst, isSlow, Learning, prepared } from "./learning";
import type { Standing } from "./run";
import style from "./training.css";
import { TrainingView } from "./training_view";
import type { Frame } from "./worker";

/** `soon` is what the form would train here; `longest` is how many seconds a run may take on the
 * server. */
type Data = Addresses & {
  run: Begun | null;
  soon: Pick<Begun, "images" | "parts"> | null;
  longest: number;
};

/** After so long it is said whether a run is slow here. */
const SLOW_AFTER_MS = 3000;
const LOOK_MS = 3000;

type File = Uint8Array<ArrayBuffer>;

export class LiveTraining {
  private readonly kept = new KeptRuns();
  private readonly left = make("div", { class: "left-runs" });
  private run: Begun | null = null;
  private view: TrainingView | null = null;
  private learning: Learning | null = null;
  private paused = false;
  private over = false;
  private warned = false;
  /** A run of which the page does not know yet, as it was kept here. */
  private unknown = "";
  /** Runs that are over here, of which the page may not know yet. */
  private readonly past = new Set<string>();
  private done = 0;
  /** A worker for the next run, and which images were fetched for it. */
  private spare: Worker | null = null;
  private fetched = "";
  private asked = false;
  private readonly looking = setInterval(() => void this.look(), LOOK_MS);
  private readonly keeping = setInterval(() => this.learning?.send({ kind: "keep" }), ALIVE_MS);
  private readonly leave = () => void this.noteLeft();

  constructor(private readonly root: HTMLElement, private args: Args<Data>) {
    root.append(make("style", { textContent: shared + style }), this.left);
    window.addEventListener("pagehide", this.leave);
    void this.look();
    this.update(args);
  }

  update(args: Args<Data>): void {
    this.args = args;
    const { run, soon } = args.data;
    if (!run && soon) this.prepare(soon);
    if (run?.turn === this.unknown) this.unknown = "";
    if (run && this.past.has(run.turn)) return;
    if (run && run.turn !== this.run?.turn) void this.begin(run);
    else if (!run && !this.unknown) this.clear();
  }

  destroy(): void {
    clearInterval(this.looking);
    clearInterval(this.keeping);
    window.removeEventListener("pagehide", this.leave);
    void this.noteLeft();
    this.spare?.terminate();
    this.clear();
  }

  isBusy(): boolean {
    return this.run !== null;
  }

  /** What a run of these images needs at first, before the button is pressed. */
  private prepare(soon: Pick<Begun, "images" | "parts">): void {
    this.spare ??= prepared(this.args.data);
    if (soon.images === this.fetched) return;
    this.fetched = soon.images;
    void fetchFirst(soon).catch(() => (this.fetched = "")); // the run says what is wrong
  }

  private clear(): void {
    this.learning?.destroy();
    this.view?.destroy();
    this.learning = this.view = this.run = null;
  }

  /** A run that the page asks for, or that is kept here and goes on: of that the page knows its name
   * alone. */
  private async begin(told: Begun, before?: KeptRun): Promise<void> {
    this.clear();
    this.run = told;
    this.left.replaceChildren();
    const kept = before ?? (await this.kept.get(told.turn));
    if (this.run !== told) return;
    const run = (this.run = kept?.run ?? told);
    if (!run.asked) return void this.discard(run.turn);
    this.paused = this.over = this.warned = this.asked = false;
    this.done = kept?.done ?? 0;
    const view = (this.view = new TrainingView(run, {
      pause: () => this.rest(true),
      resume: () => this.rest(false),
      step: () => this.learning?.send({ kind: "step" }),
      pace: (steps) => this.learning?.send({ kind: "pace", steps }),
      change: (what, value) => this.learning?.send({ kind: "change", what, value }),
      stop: () => this.learning?.send({ kind: "stop" }),
      discard: () => void this.discard(run.turn),
    }));
    this.root.append(view.element);
    this.root.setAttribute("aria-busy", "true");
    if (kept?.over && kept.file) return void this.submit(run.turn, kept.file);
    const began = performance.now();
    const { data } = this.args;
    const worker = this.spare ?? prepared(data);
    this.spare = null;
    this.learning = new Learning(run, worker, data.kernels, kept?.file ?? null, {
      begun: (tested, labels) => {
        view.begin(tested, labels);
        requestAnimationFrame(() => this.ask());
      },
      frame: (frame) => {
        this.asked = false;
        this.done = frame.done;
        view.show(frame, this.paused);
        this.root.setAttribute("aria-busy", "false");
        if (performance.now() - began > SLOW_AFTER_MS) this.warn(frame);
        if (!this.over) requestAnimationFrame(() => this.ask());
      },
      kept: (standing, file) => void (this.over || this.keep(standing, file, false)),
      over: (standing, file, diverged) => this.end(standing, file, diverged),
      failed: (reason) => this.fail(reason),
    });
  }

  private ask(): void {
    if (this.asked || !this.learning || !this.view) return;
    this.asked = true;
    this.learning.send({ kind: "frame", places: this.view.map?.codes() ?? new Float32Array(0) });
  }

  private rest(paused: boolean): void {
    this.paused = paused;
    this.learning?.send({ kind: paused ? "pause" : "resume" });
  }

  /** Says once that this device is slow, where it is, and offers the server. */
  private warn(frame: Frame): void {
    const { run, view } = this;
    if (!run || !view || this.over || this.warned) return;
    if (!isSlow(run.asked, frame, this.args.data.longest)) return;
    this.warned = true;
    const count = Math.round(frame.imagesPerSecond);
    view.say(_("This device learns slowly: it sees {count} images a second.", { count }), this.moving(run));
  }

  private moving(run: Begun): HTMLButtonElement {
    const title = _("Begin this run anew, on the server");
    return button(_("On the server instead"), title, () => this.move(run));
  }

  private move(run: Begun): void {
    void this.kept.delete(run.turn);
    this.past.add(run.turn);
    this.args.setStateValue("moved", { turn: run.turn, spec: run.spec });
    this.clear();
  }

  private async keep({ done }: Standing, file: File, over: boolean): Promise<void> {
    const { run } = this;
    if (run) await this.kept.put({ turn: run.turn, run, file, done, over, alive: Date.now() });
  }

  /** Another page may take the run up at once: this one goes. */
  private async noteLeft(): Promise<void> {
    const kept = this.run && (await this.kept.get(this.run.turn));
    if (kept) await this.kept.put({ ...kept, alive: kept.alive - SILENT_MS });
  }

  private end(standing: Standing, file: File, diverged: boolean): void {
    const { run, view } = this;
    if (!run || !view) return;
    this.over = true;
    this.ask(); // the last frame
    if (diverged) {
      view.end(standing.done, _("The weights became NaN or infinite."));
      view.say(
        _("What it has learned is of no use. Choose a smaller learning rate, or the guard."),
        this.discarding(run.turn),
      );
      void this.kept.delete(run.turn);
      return;
    }
    view.end(1, _("Sending what it has learned …"));
    void this.keep(standing, file, true).then(() => this.submit(run.turn, file));
  }

  /** Sends what was learned; the page then shows it as a run like any other. */
  private async submit(turn: string, file: File): Promise<void> {
    const { view } = this;
    view?.say("");
    let reason = _("The server did not answer. What was learned is kept in this browser.");
    try {
      const answer = await fetch(ofApp("/learned-here"), {
        method: "PUT", body: file, headers: { "Content-Type": "application/octet-stream" },
      });
      if (answer.ok) {
        const { job } = await answer.json();
        await this.kept.delete(turn);
        this.unknown = "";
        this.past.add(turn);
        this.args.setStateValue("sent", { turn, job });
        return;
      }
      reason = await answer.text();
    } catch {
      // No answer: the reason is there.
    }
    view?.end(1, _("It was not sent."));
    view?.say(
      reason, button(_("Send it again"), _("Send what was learned"), () => void this.submit(turn, file)),
      this.discarding(turn),
    );
  }

  private discarding(turn: string): HTMLButtonElement {
    return button(_("Discard"), _("Keep nothing of this run"), () => void this.discard(turn));
  }

  private async discard(turn: string): Promise<void> {
    await this.kept.delete(turn);
    this.unknown = "";
    this.past.add(turn);
    this.args.setStateValue("ended", turn);
    if (this.run?.turn === turn) this.clear();
    void this.look();
  }

  private fail(reason: string): void {
    const { run, view } = this;
    if (!run || !view) return;
    view.end(this.done, _("It cannot go on in this browser."));
    view.say(reason, this.moving(run));
    if (!("WebAssembly" in window)) tellFailure(this.args, reason);
  }

  /** Offers the runs that were left here when their pages were closed. */
  private async look(): Promise<void> {
    if (this.run || this.unknown) return;
    const found = (await this.kept.all()).filter((kept) => isLeft(kept) && kept.file);
    if (this.run || this.unknown) return;
    this.left.replaceChildren(...found.map((kept) => this.offered(kept)));
  }

  private offered(kept: KeptRun): HTMLElement {
    const { run, over, done } = kept;
    const text = over
      ? _("{title} was trained in this browser, and was not sent.", { title: run.title })
      : _("{title} was being trained in this browser when its page was closed, {share} % of the way.", {
        title: run.title, share: Math.floor(100 * done),
      });
    const act = over
      ? button(_("Send it"), _("Have it measured and kept"), () => this.takeUp(kept))
      : button(_("Go on"), _("Go on training here"), () => this.takeUp(kept));
    return make("div", { class: "said-here", role: "status" }, make("span", { textContent: text }), act, this.discarding(run.turn));
  }

  private takeUp(kept: KeptRun): void {
    this.unknown = kept.turn;
    this.args.setStateValue("taken_up", kept.turn);
    void this.begin(kept.run, kept);
  }
}
