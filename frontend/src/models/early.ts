// Compiles ONNX Runtime while the page is still being made, where the page's head has its address.

const link = document.querySelector<HTMLLinkElement>('link[rel="prefetch"][href*="/runtime-"]');

/** Browsers compile the same bytes once; whoever asks for them later has what is compiled here. */
export const runtime =
  link && globalThis.WebAssembly?.compileStreaming?.(fetch(link.href)).catch(() => null);
