import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { WorkerClient } from "../../src/models/worker_client";
import type { Order, Report } from "../../src/models/worker";

class FakeWorker {
  static last: FakeWorker;
  orders: Order[] = [];
  onmessage!: (event: { data: Report }) => void;
  onerror!: () => void;
  constructor() {
    FakeWorker.last = this;
  }
  postMessage(order: Order) {
    this.orders.push(order);
  }
  terminate() {}
}

beforeEach(() => vi.stubGlobal("Worker", FakeWorker));
afterEach(() => vi.unstubAllGlobals());

/** What the worker has been sent, once ONNX Runtime is compiled for it. */
async function sent(count: number): Promise<FakeWorker> {
  await vi.waitFor(() => expect(FakeWorker.last.orders).toHaveLength(count));
  return FakeWorker.last;
}

const run = { rows: Float32Array.of(1), count: 1, steps: [] };
const sheet = {
  board: "b", url: "u", codes: Float32Array.of(1), dim: 1, shape: [1, 1, 1] as [number, number, number],
  columns: 1,
};

it("gives each question its own answer, in whatever order they come", async () => {
  const client = new WorkerClient({ worker: "worker.js", runtime: "runtime.wasm" });
  const [first, second] = [client.run(run), client.run(run)];
  const { orders, onmessage } = await sent(2);
  expect(orders.map(({ runtime }) => runtime)).toEqual(["runtime.wasm", "runtime.wasm"]);
  onmessage({ data: { kind: "done", id: orders[1].id, results: [Float32Array.of(2)] } });
  onmessage({ data: { kind: "done", id: orders[0].id, results: [Float32Array.of(1)] } });
  expect((await first)[0][0]).toBe(1);
  expect((await second)[0][0]).toBe(2);
});

it("hands on strips until the sheet is done, and none after that", async () => {
  const client = new WorkerClient({ worker: "worker.js", runtime: "runtime.wasm" });
  const tops: number[] = [];
  const made = client.sheet(sheet, (_, top) => tops.push(top));
  const { orders, onmessage } = await sent(1);
  const { id } = orders[0];
  const strip = {} as ImageData;
  onmessage({ data: { kind: "strip", id, strip, top: 0 } });
  onmessage({ data: { kind: "strip", id, strip, top: 28 } });
  onmessage({ data: { kind: "done", id, results: [] } });
  await made;
  onmessage({ data: { kind: "strip", id, strip, top: 56 } });
  expect(tops).toEqual([0, 28]);
});

it("says what failed to the one who asked, and to all where the worker did not start", async () => {
  const client = new WorkerClient({ worker: "worker.js", runtime: "runtime.wasm" });
  const [first, second] = [client.run(run), client.run(run)];
  const { orders, onmessage, onerror } = await sent(2);
  onmessage({ data: { kind: "failed", id: orders[0].id, reason: "no such network" } });
  await expect(first).rejects.toThrow("no such network");
  onerror();
  await expect(second).rejects.toThrow("did not start");
  await expect(client.run(run)).rejects.toThrow("did not start");
});
