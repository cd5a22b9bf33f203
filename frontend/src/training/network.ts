// What a dense autoencoder is made of, as the server describes it.

export const ACTIVATIONS = ["linear", "relu", "silu", "tanh"] as const;

/** A dense layer, named as in the checkpoint, and what follows it. */
export interface Layer {
  name: string;
  inputs: number;
  outputs: number;
  activation: (typeof ACTIVATIONS)[number];
}

/**
 * The encoder ends in the code or, where there are `heads`, in what gives mean and log-variance.
 * `beta` pulls towards the prior; `sizes` weighs the sum of the code's sizes, over a whole batch
 * where `whole_batch` is set.
 */
export interface Network {
  encoder: Layer[];
  heads: [mean: Layer, logVariance: Layer] | null;
  decoder: Layer[];
  loss: "bce" | "mse";
  beta: number;
  sizes: number;
  whole_batch: boolean;
}

export const layersOf = ({ encoder, heads, decoder }: Network) => [
  ...encoder, ...(heads ?? []), ...decoder,
];

export const pixelsOf = ({ encoder }: Network) => encoder[0].inputs;

export const codeOf = ({ decoder }: Network) => decoder[0].inputs;

/** Tensors by name, in the order of numbers that torch has. */
export type Tensors = Record<string, Float32Array>;
