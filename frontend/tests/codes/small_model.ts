// A model with four codes, for tests.

import type { Model } from "../../src/models/model";

export const model = (changes: Partial<Model> = {}): Model => ({
  name: "m", title: "M", decoder: "", encoder: "", codes: "", images: null, factors: null, classifier: null, count: 4, dim: 3,
  free: 3, levels: null, shape: [1, 2, 2], low: [-1, -1, -1], high: [1, 1, 1],
  centre: [1, 0, 0], principal: [[0, 1, 0], [0, 0, 1]], shares: [0.6, 0.3], usual: 1, mse: 0.1,
  classes: ["a", "b"], variational: false, digits: false, ...changes,
});

export const codes = {
  codes: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3),
  labels: Int16Array.of(0, 1, 1, 0),
};
