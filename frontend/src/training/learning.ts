// A run in a worker of this page: its images come in parts, and what it tells is passed on.

import { ofApp } from "../models/address";
import { bytesAt } from "../models/fetched";
import type { Begun } from "./begun";
import { learnedIn } from "./result";
import type { Asked, Standing } from "./run";
import type { Frame, Kernels, Order, Report } from "./worker";

/** Tested images that are drawn. */
export const DRAWN = 8;

/** Who hears of a run. Files are what was learned. */
export interface Hears {
  /** The tested images, and the class of each. */
  begun(images: Uint8Array, labels: Int16Array): void;
  frame(frame: Frame): void;
  kept(standing: Standing, file: Uint8Array<ArrayBuffer>): void;
  over(standing: Standing, file: Uint8Array<ArrayBuffer>, diverged: boolean): void;
  failed(reason: string): void;
}

export interface Addresses {
  training: string;
  kernels: Kernels;
}

/** A worker that has its kernels before it is known what it will train. */
export function prepared({ training, kernels }: Addresses): Worker {
  const worker = new Worker(ofApp(training), { type: "module" });
  worker.postMessage({ kind: "prepare", kernels: ofKernels(kernels) } satisfies Order);
  return worker;
}

const ofKernels = ({ relaxed, plain }: Kernels): Kernels => ({
  relaxed: ofApp(relaxed), plain: ofApp(plain),
});

/** The images that come before the first step, so that the browser has them. */
export async function fetchFirst({ images, parts }: Pick<Begun, "images" | "parts">): Promise<[ArrayBuffer, ArrayBuffer]> {
  return Promise.all([bytesAt(`${images}_tested`), bytesAt(`${images}_0of${parts}`)]);
}

/** Times that a run should see each of its images, to learn something. */
const LEAST_PASSES = 2;

/** Whether a run is slow here: it would learn little in its time, or takes more seconds than may be. */
export function isSlow({ seconds, count }: Asked, { imagesPerSecond, ...stands }: Standing, longest: number): boolean {
  if (!stands.seconds) return false;
  if (seconds) return imagesPerSecond * seconds < LEAST_PASSES * count;
  return stands.seconds / Math.max(stands.done, 1e-6) > longest;
}

export class Learning {
  private gone = false;
  /** Orders from before the worker knows what to train; nothing once it does. */
  private early: Order[] | null = [];

  /** Goes on from `file`, where there is one. The worker is a `prepared` one. */
  constructor(
    private readonly run: Begun, private readonly worker: Worker, kernels: Kernels,
    file: Uint8Array<ArrayBuffer> | null, private readonly hears: Hears,
  ) {
    this.worker.onmessage = ({ data }: MessageEvent<Report>) => this.hear(data);
    this.worker.onerror = ({ message }) => this.fail(message);
    this.begin(ofKernels(kernels), file)
      .catch((failure: unknown) => this.fail(String(failure)));
  }

  send(order: Order): void {
    if (this.early) this.early.push(order);
    else this.worker.postMessage(order);
  }

  /** Ends it at once. */
  destroy(): void {
    this.gone = true;
    this.worker.terminate();
  }

  private async begin(kernels: Kernels, file: Uint8Array<ArrayBuffer> | null): Promise<void> {
    const { asked, images, parts, shape, spec } = this.run;
    const [tested, first] = await fetchFirst(this.run);
    if (this.gone) return;
    const size = shape[0] * shape[1] * shape[2];
    const count = tested.byteLength / (size + Int16Array.BYTES_PER_ELEMENT);
    const shown = { images: new Uint8Array(tested, 0, count * size), drawn: Math.min(DRAWN, count) };
    this.hears.begun(shown.images, new Int16Array(tested.slice(count * size)));
    const before = file && learnedIn(file);
    const start = before ?? undefined;
    const early = this.early ?? [];
    this.early = null;
    this.send({ kind: "start", asked: { ...asked, start }, shown, kernels, spec, curve: before?.curve });
    for (const order of early) this.send(order);
    this.send({ kind: "images", images: new Uint8Array(first) });
    for (let number = 1; number < parts && !this.gone; number++) {
      const part = await bytesAt(`${images}_${number}of${parts}`);
      this.send({ kind: "images", images: new Uint8Array(part) });
    }
  }

  private hear(report: Report): void {
    if (this.gone) return;
    if (report.kind === "frame") this.hears.frame(report.frame);
    else if (report.kind === "kept") this.hears.kept(report.standing, report.file);
    else if (report.kind === "over") this.hears.over(report.standing, report.file, report.diverged);
    else if (report.kind === "failed") this.fail(report.reason);
  }

  private fail(reason: string): void {
    if (this.gone) return;
    this.destroy();
    this.hears.failed(reason);
  }
}
