// What `tests/browser/test_training_in_browser.py` asks of the engine: the same steps as torch's.

import { instantiate, Room } from "../../src/training/kernels";
import { Model } from "../../src/training/model";
import type { Network, Tensors } from "../../src/training/network";
import { linear, Optimiser, type Recipe } from "../../src/training/optimiser";

interface Case {
  network: Network;
  recipe: Recipe;
  steps: number;
  rows: number;
  shapes: Record<string, number>;
}

/** Numbers one after another, as Python wrote them. */
function reader(numbers: Float32Array): (count: number) => Float32Array {
  let at = 0;
  return (count) => numbers.subarray(at, (at += count));
}

const length = (of: Float32Array) => Math.sqrt(of.reduce((sum, value) => sum + value * value, 0));

/** How far the first gradients are from torch's, by name, and the losses of each step. */
async function trained(kernels: string, name: string) {
  const asked: Case = await (await fetch(`/${name}.json`)).json();
  const next = reader(new Float32Array(await (await fetch(`/${name}.bin`)).arrayBuffer()));
  const bytes = await (await fetch(kernels)).arrayBuffer();
  const { network, recipe, steps, rows } = asked;
  const model = new Model(network, new Room(await instantiate(await WebAssembly.compile(bytes))), rows);
  const optimiser = new Optimiser(model, recipe);
  const tensors = () => {
    const found: Tensors = {};
    for (const [tensor, count] of Object.entries(asked.shapes)) found[tensor] = next(count);
    return found;
  };
  model.load(tensors());
  const expected = tensors();
  const code = network.decoder[0].inputs;
  const copyRows = (place: number, width: number, kept: number) => {
    const view = model.place.view(place, rows * width);
    for (let row = 0; row < rows; row++) view.set(next(kept), row * width);
  };
  const losses: Record<string, number>[] = [];
  const apart: Record<string, number> = {};
  for (let step = 0; step < steps; step++) {
    copyRows(model.seen, model.pixelsWidth, model.pixels);
    copyRows(model.clean, model.pixelsWidth, model.pixels);
    if (network.heads) copyRows(model.draws, model.codeWidth, code);
    model.forward(rows);
    losses.push(model.losses(rows));
    model.backward(rows);
    for (const [tensor, found] of step ? [] : Object.entries(model.tensors(model.gradients))) {
      const theirs = expected[tensor];
      apart[tensor] = length(found.map((value, i) => value - theirs[i])) / length(theirs);
    }
    optimiser.step(recipe.schedule === "linear" ? linear(step, steps) : 1);
  }
  return { losses, apart };
}

Object.assign(window, { trained });
