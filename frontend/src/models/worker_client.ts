// The worker beside the page, as questions and answers.

import { ofApp } from "./address";
import type { Order, Report, Run, Sheet } from "./worker";

interface Waiting {
  done(results: Float32Array[]): void;
  failed(reason: Error): void;
  strip?(strip: ImageData, top: number): void;
}

export class WorkerClient {
  private worker: Worker;
  private waiting = new Map<number, Waiting>();
  private last = 0;
  private broken: Error | null = null;

  constructor(url: string, private runtime: string) {
    this.worker = new Worker(ofApp(url), { type: "module" });
    this.worker.onmessage = ({ data }: MessageEvent<Report>) => this.hear(data);
    this.worker.onerror = () => {
      this.broken = new Error("what works beside the page did not start");
      for (const { failed } of this.waiting.values()) failed(this.broken);
      this.waiting.clear();
    };
  }

  destroy(): void {
    this.worker.terminate();
  }

  /** What each network gives for these rows. */
  run(order: Omit<Run, "kind">): Promise<Float32Array[]> {
    return this.send({ kind: "run", ...order });
  }

  /** The strips of a sheet as they come; resolved after the last, or when another was ordered. */
  async sheet(order: Omit<Sheet, "kind">, strip: Waiting["strip"]): Promise<void> {
    await this.send({ kind: "sheet", ...order }, strip);
  }

  private send(order: Run | Sheet, strip?: Waiting["strip"]): Promise<Float32Array[]> {
    if (this.broken) return Promise.reject(this.broken);
    const id = ++this.last;
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed, strip });
      this.worker.postMessage({ ...order, id, runtime: this.runtime } satisfies Order);
    });
  }

  private hear(report: Report): void {
    const waiting = this.waiting.get(report.id);
    if (!waiting) return;
    if (report.kind === "strip") return waiting.strip?.(report.strip, report.top);
    this.waiting.delete(report.id);
    if (report.kind === "done") waiting.done(report.results);
    else waiting.failed(new Error(report.reason));
  }
}
