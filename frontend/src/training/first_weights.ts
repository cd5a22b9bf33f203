// The first weights of a network, as `initialise` in `ae_core/training/optimisers.py` draws them.

import { codeOf, layersOf, type Layer, type Network, type Tensors } from "./network";

export type Initialisation = "torch" | "glorot" | "glorot-biases" | "scaled";

/** Draws by name; with "scaled" the untrained decoder draws the mean image, in [0, 1]. */
export function firstWeights(
  network: Network, how: Initialisation, mean: Float32Array, share: () => number,
): Tensors {
  const found: Tensors = {};
  const layers = layersOf(network);
  for (const layer of layers) {
    const isEnd = layer === layers[layers.length - 1] || layer.outputs === codeOf(network);
    const { name, inputs, outputs } = layer;
    found[`${name}.weight`] = Float32Array.from(
      { length: inputs * outputs }, weightsOf(layer, how, isEnd, share),
    );
    const bound = boundOfBiases(layer, how);
    found[`${name}.bias`] = Float32Array.from({ length: outputs }, () => bound * (2 * share() - 1));
  }
  if (how === "scaled") {
    found[`${layers[layers.length - 1].name}.bias`] = mean.map((value) => {
      const inside = Math.min(Math.max(value, 1e-3), 1 - 1e-3);
      return Math.log(inside / (1 - inside));
    });
  }
  return found;
}

function weightsOf(
  { inputs, outputs }: Layer, how: Initialisation, isEnd: boolean, share: () => number,
): () => number {
  if (how === "scaled") {
    const deviation = Math.sqrt((isEnd ? 1 : 2) / inputs);
    return () => deviation * normal(share);
  }
  const bound = how === "torch" ? 1 / Math.sqrt(inputs) : Math.sqrt(6 / (inputs + outputs));
  return () => bound * (2 * share() - 1);
}

function boundOfBiases({ inputs, outputs }: Layer, how: Initialisation): number {
  if (how === "torch") return 1 / Math.sqrt(inputs);
  return how === "glorot-biases" ? Math.sqrt(3 / outputs) : 0;
}

const normal = (share: () => number) =>
  Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share());
