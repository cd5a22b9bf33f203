// One half of a model at work in the browser.

import * as ort from "onnxruntime-web/wasm";

import { ofApp } from "./address";
import { embeddedAt, isEmbedded } from "./embedded";
import { bytesAt, once } from "./fetched";
import { compiled } from "./runtime";

/** Rows of numbers in, rows of numbers out. */
export class Network {
  private static making: Promise<unknown> = Promise.resolve();
  private last: Promise<unknown> = Promise.resolve();

  private constructor(private session: ort.InferenceSession) {}

  static async load(url: string, runtime: string): Promise<Network> {
    ort.env.wasm.numThreads = 1;
    if (isEmbedded(runtime)) ort.env.wasm.wasmBinary = embeddedAt(runtime);
    else ort.env.wasm.wasmPaths = { wasm: ofApp(runtime) };
    ort.env.logLevel = "error";
    const [bytes] = await Promise.all([bytesAt(url), compiled(ofApp(runtime))]);
    // One after another: the runtime cannot be started twice at once.
    const made = Network.making.then(() =>
      ort.InferenceSession.create(new Uint8Array(bytes), { executionProviders: ["wasm"] }),
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

/** The network at an address; `runtime` is the address of ONNX Runtime's WebAssembly. */
export const network = once(Network.load);
