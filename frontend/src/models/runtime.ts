// ONNX Runtime's WebAssembly, compiled once for the page and its workers: 14 MB take a while, and
// room. ONNX Runtime itself can only be given an address; what it makes of that is made here.

import { isEmbedded } from "./embedded";

type Compiled = WebAssembly.Module | null;

let compiling: { url: string; done: Promise<Compiled> } | null = null;

/** What is at this address, compiled; null where the browser cannot, and says why later. */
export function compiled(url: string): Promise<Compiled> {
  if (isEmbedded(url)) return Promise.resolve(null); // it is given to the runtime as it is
  if (compiling?.url !== url) {
    const made = globalThis.WebAssembly?.compileStreaming?.(fetch(url)).catch(() => null);
    compiling = { url, done: made ?? Promise.resolve(null) };
  }
  return compiling.done;
}

/** Take over what the page has compiled; for its workers. */
export function taken(url: string, made: Compiled): void {
  if (made && compiling?.url !== url) compiling = { url, done: Promise.resolve(made) };
}

const instantiate = globalThis.WebAssembly?.instantiateStreaming;
if (instantiate) {
  WebAssembly.instantiateStreaming = async (source, imports) => {
    const answer = await source;
    const module = answer.url === compiling?.url ? await compiling.done : null;
    if (!module) return instantiate(answer, imports);
    void answer.body?.cancel();
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
}

// Where the page's head has the address, while the page is still being made.
const early = globalThis.document?.querySelector<HTMLLinkElement>('link[href*="/live/runtime-"]');
if (early) void compiled(early.href);
