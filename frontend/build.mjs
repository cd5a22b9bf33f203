// From src/ to build/: one file an entry, its name a hash of what is in it, and beside each
// file its compressed forms. `manifest.json` tells the server which file is which.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import asc from "assemblyscript/asc";
import { build } from "esbuild";

const OUT = "build.partial";
const ENTRIES = {
  live: "src/live.ts",
  worker: "src/models/worker.ts",
  train: "src/training/page.ts",
  training: "src/training/worker.ts",
};
const FILE = { file: "src/export/page.ts", fileworker: "src/models/worker.ts" };
// The kernels that a browser trains with, for browsers with relaxed SIMD and for those without.
const KERNELS = { "kernels.wasm": ["simd"], "relaxed.wasm": ["simd", "relaxed-simd"] };
const RUNTIME = "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm";

// Chinese for whoever's system has none: a browser asks for those parts that hold what stands on a page.
// They go by the name of the page's own font, so that it goes on where that has no letters.
const CHINESE = "node_modules/@fontsource-variable/noto-sans-sc";

const HOW = {
  bundle: true, minify: true, target: "es2022", loader: { ".css": "text" }, outdir: OUT, write: false,
};
const bundled = await build({ ...HOW, entryPoints: ENTRIES, format: "esm" });
// What goes into one HTML file: from a disk, browsers start no worker that is a module.
const alone = await build({
  ...HOW, entryPoints: FILE, format: "iife", define: { "import.meta.url": "self.location.href" },
});

async function compiled(features) {
  const enabled = features.flatMap((feature) => ["--enable", feature]);
  const options = ["--runtime", "stub", "--noAssert", "-O3", ...enabled, "--outFile", "kernels.wasm"];
  let bytes = null;
  const { error, stderr } = await asc.main(["assembly/index.ts", ...options], {
    writeFile: (_, contents) => (bytes = Buffer.from(contents)),
  });
  if (error) throw new Error(`${stderr}`);
  return bytes;
}

const kernels = [];
for (const [name, features] of Object.entries(KERNELS)) kernels.push([name, await compiled(features)]);

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
const manifest = {};
const files = [
  ...[...bundled.outputFiles, ...alone.outputFiles].map((file) => [file.path.split(/[/\\]/).pop(), Buffer.from(file.contents)]),
  ["runtime.wasm", readFileSync(RUNTIME)],
  ...kernels,
];
function keep(name, bytes, compress = true) {
  const [stem, ending] = name.split(".");
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const hashed = `${stem}-${hash}.${ending}`;
  manifest[name] = hashed;
  writeFileSync(`${OUT}/${hashed}`, bytes);
  if (!compress) return hashed;
  writeFileSync(`${OUT}/${hashed}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${OUT}/${hashed}.br`, brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }));
  return hashed;
}
for (const [name, bytes] of files) keep(name, bytes);

const faces = readFileSync(`${CHINESE}/wght.css`, "utf8")
  .split(/(?=\/\*)/)
  .filter((face) => /^\/\* noto-sans-sc-\[\d+\]/.test(face))
  .map((face) => face
    .replace(/font-family: '[^']+'/, 'font-family: "Source Sans"')
    .replace(/url\(\.\/files\/([^)]+)\)/, (_, file) => `url(./${keep(file, readFileSync(`${CHINESE}/files/${file}`), false)})`));
keep("chinese.css", Buffer.from(faces.join("")));
writeFileSync(`${OUT}/manifest.json`, `${JSON.stringify(manifest, null, 1)}\n`);
// Whole or not at all, also for a server that gives the files out meanwhile.
rmSync("build", { recursive: true, force: true });
renameSync(OUT, "build");
