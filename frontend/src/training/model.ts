// An autoencoder in the memory of the kernels: its losses, their gradients, codes and pictures.

import { Dense, padded, paddedRows, sizeOf } from "./dense";
import type { Kernels, Place, Room } from "./kernels";
import { type Layer, type Network, type Tensors, codeOf, layersOf, pixelsOf } from "./network";

/** Where the numbers of a layer begin among all, and how its weights lie there. */
export interface Part {
  layer: Layer;
  offset: number;
  inputs: number;
  outputs: number;
}

export class Model {
  readonly count: number;
  readonly parts: Part[];
  readonly weights: Place;
  readonly gradients: Place;
  /** What the encoder sees and what the decoder should draw, a row each, and the draws of codes. */
  readonly seen: Place;
  readonly clean: Place;
  readonly draws: Place;
  /** What a product needs beside its matrices. */
  readonly room: Place;
  readonly pixels: number;
  readonly pixelsWidth: number;
  readonly codeWidth: number;
  private readonly layers: Dense[];
  private readonly encoder: Dense[];
  private readonly heads: Dense[];
  private readonly decoder: Dense[];
  private readonly codes: Place;
  private readonly kernels: Kernels;

  constructor(readonly network: Network, readonly place: Room, readonly rows: number) {
    this.kernels = place.kernels;
    const layers = layersOf(network);
    this.count = layers.reduce((sum, layer) => sum + sizeOf(layer), 0);
    this.weights = place.floats(this.count);
    this.gradients = place.floats(this.count);
    let offset = 0;
    this.parts = layers.map((layer) => {
      const [inputs, outputs] = [padded(layer.inputs), padded(layer.outputs)];
      offset += sizeOf(layer);
      return { layer, offset: offset - sizeOf(layer), inputs, outputs };
    });
    const widest = Math.max(paddedRows(rows), ...layers.map(({ inputs }) => padded(inputs)));
    this.room = place.floats((widest + 8) * 256);
    this.layers = this.parts.map(({ layer, offset: before }) => {
      const [weights, gradients] = [this.weights + 4 * before, this.gradients + 4 * before];
      return new Dense(layer, place, rows, weights, gradients, this.room);
    });
    const [ends, starts] = [network.encoder.length, layers.length - network.decoder.length];
    this.encoder = this.layers.slice(0, ends);
    this.heads = this.layers.slice(ends, starts);
    this.decoder = this.layers.slice(starts);
    this.pixels = pixelsOf(network);
    this.pixelsWidth = padded(this.pixels);
    this.codeWidth = padded(codeOf(network));
    this.seen = place.floats(paddedRows(rows) * this.pixelsWidth);
    this.clean = place.floats(paddedRows(rows) * this.pixelsWidth);
    this.draws = place.floats(paddedRows(rows) * this.codeWidth);
    this.codes = place.floats(paddedRows(rows) * this.codeWidth);
  }

  private get means(): Place {
    return (this.heads[0] ?? this.encoder[this.encoder.length - 1]).output;
  }

  private get logits(): Place {
    return this.decoder[this.decoder.length - 1].output;
  }

  private through(layers: Dense[], x: Place, rows: number): Place {
    for (const layer of layers) {
      layer.forward(x, rows);
      x = layer.output;
    }
    return x;
  }

  private backThrough(layers: Dense[], x: Place, xSlopes: Place, rows: number): void {
    for (let i = layers.length - 1; i >= 0; i--) {
      const below = layers[i - 1];
      if (below) this.clear(below.slopes, paddedRows(rows) * below.width);
      layers[i].backward(below?.output ?? x, below?.slopes ?? xSlopes, rows);
    }
  }

  private clear(place: Place, count: number): void {
    this.place.view(place, count).fill(0);
  }

  private encoded(x: Place, rows: number): void {
    const features = this.through(this.encoder, x, rows);
    for (const head of this.heads) head.forward(features, rows);
  }

  /** From what is seen to logits; a code is drawn where the network has clouds for codes. */
  forward(rows: number): void {
    this.encoded(this.seen, rows);
    const [mean, logVariance] = this.heads;
    if (logVariance) {
      const count = rows * this.codeWidth;
      this.kernels.sample(mean.output, logVariance.output, this.draws, this.codes, count);
    }
    this.through(this.decoder, logVariance ? this.codes : this.means, rows);
  }

  /** The gradients of the loss after `forward`. */
  backward(rows: number): void {
    const { kernels, network, encoder, heads, decoder, codeWidth } = this;
    this.clear(this.gradients, this.count);
    const last = encoder[encoder.length - 1];
    const [mean, logVariance] = heads;
    const code = mean ?? last;
    const slope = network.loss === "bce" ? kernels.crossEntropySlope : kernels.squaredErrorSlope;
    const scale = 1 / (mean ? rows : rows * this.pixels);
    const drawn = decoder[decoder.length - 1].slopes;
    slope(this.logits, this.clean, drawn, rows, this.pixelsWidth, this.pixels, scale);
    this.clear(code.slopes, paddedRows(rows) * codeWidth);
    this.backThrough(decoder, logVariance ? this.codes : this.means, code.slopes, rows);
    if (network.sizes) {
      const weight = network.whole_batch ? network.sizes : network.sizes / rows;
      kernels.addSizeSlope(code.output, code.slopes, rows * codeWidth, weight);
    }
    if (logVariance) {
      kernels.posteriorSlope(
        mean.output, logVariance.output, this.draws, mean.slopes, logVariance.slopes,
        rows * codeWidth, network.beta / rows,
      );
      this.clear(last.slopes, paddedRows(rows) * last.width);
      for (const head of heads) head.backward(last.output, last.slopes, rows);
    }
    this.backThrough(encoder, this.seen, 0, rows);
  }

  /** The parts of the loss after `forward`, by the names that `ae_core/models/` has for them. */
  losses(rows: number): Record<string, number> {
    const { kernels, network, heads } = this;
    const of = network.loss === "bce" ? kernels.crossEntropy : kernels.squaredError;
    const lost = of(this.logits, this.clean, rows, this.pixelsWidth, this.pixels) / rows;
    const count = rows * this.codeWidth;
    if (heads.length) {
      const kl = kernels.divergence(heads[0].output, heads[1].output, count) / rows;
      return { [network.loss]: lost, kl: network.beta * kl };
    }
    const found = { [network.loss]: lost / this.pixels };
    if (!network.sizes) return found;
    const sizes = kernels.sizes(this.means, count) / (network.whole_batch ? 1 : rows);
    return { ...found, l1: network.sizes * sizes };
  }

  /** The code of each image in `seen`, the mean of its cloud. */
  encode(rows: number): Float32Array {
    this.encoded(this.seen, rows);
    return this.unpadded(this.means, rows, this.codeWidth, codeOf(this.network));
  }

  /** The picture of each code, in [0, 1]; `rows` of them at most. */
  decode(codes: Float32Array): Float32Array {
    const dim = codeOf(this.network);
    const rows = codes.length / dim;
    const view = this.place.view(this.codes, paddedRows(rows) * this.codeWidth).fill(0);
    for (let row = 0; row < rows; row++) {
      view.set(codes.subarray(row * dim, (row + 1) * dim), row * this.codeWidth);
    }
    const logits = this.through(this.decoder, this.codes, rows);
    this.kernels.draw(logits, rows * this.pixelsWidth);
    return this.unpadded(logits, rows, this.pixelsWidth, this.pixels);
  }

  private unpadded(place: Place, rows: number, width: number, kept: number): Float32Array {
    const view = this.place.view(place, rows * width);
    if (width === kept) return view.slice();
    const found = new Float32Array(rows * kept);
    for (let row = 0; row < rows; row++) {
      found.set(view.subarray(row * width, row * width + kept), row * kept);
    }
    return found;
  }

  /** Weights and biases by name, or their gradients, as torch lays them out. */
  tensors(from: Place = this.weights): Tensors {
    const found: Tensors = {};
    this.eachNumber(from, (name, count) => (found[name] = new Float32Array(count)),
      (tensor, at, view, place) => (tensor[at] = view[place]));
    return found;
  }

  /** Takes weights and biases by name, as torch lays them out. */
  load(tensors: Tensors): void {
    this.eachNumber(this.weights, (name) => tensors[name],
      (tensor, at, view, place) => (view[place] = tensor[at]));
  }

  /** Goes through all numbers: torch has a layer's weights as (outputs, inputs), without padding. */
  private eachNumber(
    from: Place, tensor: (name: string, count: number) => Float32Array,
    each: (tensor: Float32Array, at: number, view: Float32Array, place: number) => void,
  ): void {
    for (const { layer, offset, inputs: rows, outputs: width } of this.parts) {
      const { name, inputs, outputs } = layer;
      const view = this.place.view(from + 4 * offset, (rows + 1) * width);
      const weights = tensor(`${name}.weight`, inputs * outputs);
      for (let input = 0; input < inputs; input++) {
        for (let output = 0; output < outputs; output++) {
          each(weights, output * inputs + input, view, input * width + output);
        }
      }
      const bias = tensor(`${name}.bias`, outputs);
      const start = rows * width;
      for (let output = 0; output < outputs; output++) each(bias, output, view, start + output);
    }
  }
}

