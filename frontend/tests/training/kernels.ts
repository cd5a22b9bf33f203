// The kernels as the build has made them, for Node.js, which has no relaxed SIMD everywhere.

import { readFileSync } from "node:fs";

import { instantiate } from "../../src/training/kernels";

export async function kernels() {
  const { "kernels.wasm": name } = JSON.parse(readFileSync("build/manifest.json", "utf-8"));
  return instantiate(await WebAssembly.compile(readFileSync(`build/${name}`)));
}
