// What a network learns with: the kernels that `src/training/` calls, compiled to WebAssembly.

export { activate, addRows, backward, fillRows } from "./layers";
export {
  addSizeSlope, crossEntropy, crossEntropySlope, divergence, draw, posteriorSlope, sample, sizes,
  squaredError, squaredErrorSlope,
} from "./losses";
export { addNoise, blend, fade, gather, mask, saltAndPepper } from "./images";
export { drawNormals, drawShares } from "./draws";
export { addProduct } from "./product";
export { adam, mix, squares } from "./steps";

/** Where memory is free. */
export function free(): usize {
  return (__heap_base + 63) & ~63;
}
