// The page's end of the worker, as questions and answers.

import type { Addresses } from "../ui/mounted";
import { _ } from "../ui/texts";
import { ofApp } from "./address";
import { forWorker, isEmbedded } from "./embedded";
import { compiled } from "./runtime";
import type { Embedded, Order, Report, Run, Sheet } from "./worker";

interface Waiting {
  done(results: Float32Array[]): void;
  failed(reason: Error): void;
  showStrip?(strip: ImageData, top: number): void;
}

export class WorkerClient {
  private worker: Worker;
  private waiting = new Map<number, Waiting>();
  private last = 0;
  private broken: Error | null = null;
  private runtime: string;

  constructor({ worker, runtime }: Addresses) {
    this.runtime = runtime;
    const type = isEmbedded(worker) ? "classic" : "module";
    this.worker = new Worker(ofApp(worker), { type });
    this.worker.onmessage = ({ data }: MessageEvent<Report>) => this.hear(data);
    this.worker.onerror = () => {
      this.broken = new Error(_("the worker of the page did not start"));
      for (const { failed } of this.waiting.values()) failed(this.broken);
      this.waiting.clear();
    };
    if (isEmbedded(worker)) {
      this.worker.postMessage({ kind: "embedded", parts: forWorker() } satisfies Embedded);
    }
  }

  destroy(): void {
    this.worker.terminate();
  }

  /** What each network gives for these rows. */
  run(order: Omit<Run, "kind">): Promise<Float32Array[]> {
    return this.send({ kind: "run", ...order });
  }

  /** The strips of a sheet as they come; resolved after the last, or when another was ordered. */
  async sheet(order: Omit<Sheet, "kind">, showStrip: Waiting["showStrip"]): Promise<void> {
    await this.send({ kind: "sheet", ...order }, showStrip);
  }

  private send(order: Run | Sheet, showStrip?: Waiting["showStrip"]): Promise<Float32Array[]> {
    if (this.broken) return Promise.reject(this.broken);
    const id = ++this.last;
    const { runtime } = this;
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed, showStrip });
      void compiled(ofApp(runtime)).then((module) =>
        this.worker.postMessage({ ...order, id, runtime, module } satisfies Order),
      );
    });
  }

  private hear(report: Report): void {
    const waiting = this.waiting.get(report.id);
    if (!waiting) return;
    if (report.kind === "strip") return waiting.showStrip?.(report.strip, report.top);
    this.waiting.delete(report.id);
    if (report.kind === "done") waiting.done(report.results);
    else waiting.failed(new Error(report.reason));
  }
}
