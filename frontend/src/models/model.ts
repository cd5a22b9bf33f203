// What the server says of a model, and its two halves at work in the browser.

import * as ort from "onnxruntime-web/wasm";
import { ofApp } from "./address";

/** `encoder` gives the code of an image; of a variational model its log-variance after it. */
export interface Model {
  name: string;
  title: string;
  decoder: string;
  encoder: string;
  codes: string;
  images: string | null;
  count: number;
  dim: number;
  free: number;
  levels: number | null;
  shape: [number, number, number];
  low: number[];
  high: number[];
  centre: number[];
  principal: number[][];
  shares: number[];
  usual: number;
  mse: number;
  classes: string[];
  variational: boolean;
}

/** One half of a network: rows of numbers in, rows of numbers out. */
export class Network {
  private static making: Promise<unknown> = Promise.resolve();
  private last: Promise<unknown> = Promise.resolve();

  private constructor(private session: ort.InferenceSession) {}

  static async load(url: string, runtime: string): Promise<Network> {
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmPaths = { wasm: ofApp(runtime) };
    ort.env.logLevel = "error";
    const answer = await fetch(ofApp(url));
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    // One after another: the runtime cannot be started twice at once.
    const made = Network.making.then(() =>
      ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] }),
    );
    Network.making = made.catch(() => null);
    return new Network(await made);
  }

  /** `rows` holds `shape[0]` rows, one after another. Calls wait for each other. */
  run(rows: Float32Array, shape: number[]): Promise<Float32Array> {
    const result = this.last.then(() => this.runNow(rows, shape));
    this.last = result.catch(() => null);
    return result;
  }

  private async runNow(rows: Float32Array, shape: number[]): Promise<Float32Array> {
    const { session } = this;
    const given = { [session.inputNames[0]]: new ort.Tensor("float32", rows, shape) };
    const result = await session.run(given);
    return result[session.outputNames[0]].data as Float32Array;
  }
}

const networks = new Map<string, Promise<Network>>();

/** The network at an address, loaded once for as long as the page is open. */
export function network(url: string, runtime: string): Promise<Network> {
  let found = networks.get(url);
  if (!found) {
    networks.set(url, (found = Network.load(url, runtime)));
    found.catch(() => networks.delete(url));
  }
  return found;
}

/** Codes of test images, row by row, and the class of each. */
export interface Codes {
  codes: Float32Array;
  labels: Int16Array;
}

const buffers = new Map<string, Promise<ArrayBuffer>>();

/** What lies at an address, fetched once. */
export function buffer(url: string): Promise<ArrayBuffer> {
  let found = buffers.get(url);
  if (!found) {
    found = fetch(ofApp(url)).then((answer) => {
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      return answer.arrayBuffer();
    });
    found.catch(() => buffers.delete(url));
    buffers.set(url, found);
  }
  return found;
}

/** The codes of a model: n rows of floats, then n classes of two bytes. */
export async function codesOf(model: Model): Promise<Codes> {
  const bytes = await buffer(model.codes);
  const numbers = model.count * model.dim;
  return {
    codes: new Float32Array(bytes, 0, numbers),
    labels: new Int16Array(bytes, 4 * numbers, model.count),
  };
}
