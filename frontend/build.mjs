// From src/ to build/: one file an entry, its name a hash of what is in it, and beside each
// file its compressed forms. `manifest.json` tells the server which file is which.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const OUT = "build.partial";
const ENTRIES = { live: "src/live.ts", worker: "src/models/worker.ts" };
const RUNTIME = "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm";

const bundled = await build({
  entryPoints: ENTRIES,
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  loader: { ".css": "text" },
  outdir: OUT,
  write: false,
});

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
const manifest = {};
const files = [
  ...bundled.outputFiles.map((file) => [file.path.split(/[/\\]/).pop(), Buffer.from(file.contents)]),
  ["runtime.wasm", readFileSync(RUNTIME)],
];
for (const [name, bytes] of files) {
  const [stem, ending] = name.split(".");
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const hashed = `${stem}-${hash}.${ending}`;
  writeFileSync(`${OUT}/${hashed}`, bytes);
  writeFileSync(`${OUT}/${hashed}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${OUT}/${hashed}.br`, brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }));
  manifest[name] = hashed;
}
writeFileSync(`${OUT}/manifest.json`, `${JSON.stringify(manifest, null, 1)}\n`);
// Whole or not at all, also for a server that gives the files out meanwhile.
rmSync("build", { recursive: true, force: true });
renameSync(OUT, "build");
