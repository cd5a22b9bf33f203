// The worker in which a run learns: it takes images as they come and orders from the page, and tells
// how it stands whenever the page asks, which is as often as the page draws.

import { hasRelaxedSimd, instantiate } from "./kernels";
import { Curve, type Point, resultFile } from "./result";
import { type Asked, type Changeable, Run, type Standing } from "./run";

/** Where the kernels lie, for browsers with relaxed SIMD and for those without. */
export interface Kernels {
  relaxed: string;
  plain: string;
}

/** Test images that the page shows, as bytes: all have a dot on the map and are measured, the first
 * ones are drawn. */
export interface Shown {
  images: Uint8Array;
  drawn: number;
}

export type Order =
  /** Fetches and compiles the kernels ahead of a start. */
  | { kind: "prepare"; kernels: Kernels }
  /** `spec` is what a person asked for, and goes into the file; `curve` is of what `asked` goes on with. */
  | { kind: "start"; asked: Asked; shown: Shown; kernels: Kernels; spec: object; curve?: Point[] }
  | { kind: "images"; images: Uint8Array }
  /** Asks for a frame; `places` are codes to draw, one after another. */
  | { kind: "frame"; places: Float32Array }
  | { kind: "pause" }
  | { kind: "resume" }
  /** Slow motion: so many steps a second, or 0 for as many as there can be. */
  | { kind: "pace"; steps: number }
  | { kind: "change"; what: Changeable; value: number }
  /** One step, of a run that is paused. */
  | { kind: "step" }
  /** Ends the run as it is. */
  | { kind: "stop" }
  /** Asks for what was learned so far, to go on with another time. */
  | { kind: "keep" };

export interface Frame extends Standing {
  codes: Float32Array;
  /** The losses over the images shown, where they were just measured. */
  tested: Record<string, number> | null;
  /** How the first images shown are reconstructed, and what the places decode to. */
  again: Float32Array;
  drawn: Float32Array;
}

export type Report =
  | { kind: "started" }
  | { kind: "frame"; frame: Frame }
  | { kind: "kept"; standing: Standing; file: Uint8Array<ArrayBuffer> }
  | { kind: "over"; standing: Standing; file: Uint8Array<ArrayBuffer>; diverged: boolean }
  | { kind: "failed"; reason: string };

/** Milliseconds of training between two looks at what has come. */
const SLICE_MS = 6;

/** Images on the map whose codes are made anew for each frame; the others keep theirs till then. */
const CODED = 128;

/** Milliseconds from one measurement of the images shown to the next. */
const MEASURED_MS = 500;

let run: Run | null = null;
let spec: object = {};
let shown = new Float32Array(0);
let drawn = 0;
let codes = new Float32Array(0);
let coded = 0;
let paused = false;
let over = false;
let pace = 0;
let measured = -Infinity;
let curve = new Curve();

const send = (report: Report, given: Transferable[] = []) => self.postMessage(report, given as never);

/** Comes after the orders that wait already. */
const { port1, port2 } = new MessageChannel();
port1.onmessage = () => train();
let awaited = false;

function goOn(): void {
  if (awaited || paused || over || !run?.isReady) return;
  awaited = true;
  if (pace) setTimeout(train, 1000 / pace);
  else port2.postMessage(0);
}

function train(): void {
  awaited = false;
  if (paused || over || !run) return;
  if (pace) run.learn();
  else run.advance(SLICE_MS);
  if (run.isOver) end();
  else goOn();
}

function end(): void {
  if (over || !run) return;
  over = true;
  const [standing, file] = result(run);
  send({ kind: "over", standing, file, diverged: run.hasDiverged }, [file.buffer]);
}

function result(current: Run): [Standing, Uint8Array<ArrayBuffer>] {
  const standing = current.standing();
  curve.add(standing);
  const { changes, asked: { network } } = current;
  const all = JSON.stringify({ ...spec, changes });
  return [standing, resultFile(network, current.weights(), standing, curve.points, all)];
}

let compiled: WebAssembly.Module | null = null;

async function prepare({ relaxed, plain }: Kernels): Promise<WebAssembly.Module> {
  const answer = await fetch(hasRelaxedSimd() ? relaxed : plain);
  return (compiled ??= await WebAssembly.compile(await answer.arrayBuffer()));
}

async function start(order: Order & { kind: "start" }): Promise<void> {
  run = new Run(await instantiate(compiled ?? (await prepare(order.kernels))), order.asked);
  spec = order.spec;
  curve = new Curve(order.curve);
  shown = Float32Array.from(order.shown.images, (value) => value / 255);
  drawn = order.shown.drawn;
  const { pixels } = run.model;
  codes = new Float32Array((shown.length / pixels) * order.asked.network.decoder[0].inputs);
  send({ kind: "started" });
}

function frame(current: Run, places: Float32Array): Frame {
  const { pixels } = current.model;
  const standing = current.standing();
  const dim = places.length && current.asked.network.decoder[0].inputs;
  const count = shown.length / pixels;
  // All of them while nothing else is to be done.
  const some = paused || over ? count : Math.min(CODED, count);
  for (let left = some; left > 0; ) {
    const part = Math.min(left, count - coded);
    const found = current.encode(shown.subarray(coded * pixels, (coded + part) * pixels));
    codes.set(found, coded * (found.length / part));
    coded = (coded + part) % count;
    left -= part;
  }
  const now = performance.now();
  const isDue = count > 0 && (paused || over || now - measured >= MEASURED_MS);
  if (isDue) measured = now;
  const tested = isDue ? current.measure(shown) : null;
  curve.add(standing, tested);
  return {
    ...standing, codes: codes.slice(), tested,
    again: current.decode(current.encode(shown.subarray(0, drawn * pixels))),
    drawn: dim ? current.decode(places) : places,
  };
}

function follow(order: Exclude<Order, { kind: "start" | "prepare" }>): void {
  if (!run) throw new Error("nothing was started");
  if (order.kind === "images") run.add(order.images);
  else if (order.kind === "pause") paused = true;
  else if (order.kind === "resume") paused = false;
  else if (order.kind === "pace") pace = order.steps;
  else if (order.kind === "change") run.change(order.what, order.value);
  else if (order.kind === "step" && paused && run.isReady && !over) run.learn();
  else if (order.kind === "stop") end();
  else if (order.kind === "keep" && run.isReady) {
    const [standing, file] = result(run);
    send({ kind: "kept", standing, file }, [file.buffer]);
  } else if (order.kind === "frame" && run.isReady) {
    const made = frame(run, order.places);
    send({ kind: "frame", frame: made }, [made.codes.buffer, made.again.buffer]);
  }
  goOn();
}

let started: Promise<void> = Promise.resolve();

self.onmessage = ({ data: order }: MessageEvent<Order>) => {
  // One after another, also while the kernels are still being fetched.
  started = started
    .then(async () => {
      if (order.kind === "prepare") await prepare(order.kernels);
      else if (order.kind === "start") await start(order);
      else follow(order);
    })
    .catch((failure: unknown) => send({ kind: "failed", reason: String(failure) }));
};
