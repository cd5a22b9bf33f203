// A pad to draw on, and at every move of the pen what each model makes of the drawing.

import { Companions } from "../map/companions";
import type { Model } from "../models/model";
import { WorkerClient } from "../models/worker_client";
import { make } from "../ui/elements";
import { type Addresses, type Args, newTurn, tellFailure } from "../ui/mounted";
import style from "../ui/style.css";
import { drawing } from "./drawing";
import type { Pad } from "./pad";

/**
 * What the page says: no models where the server encodes. `drawing` is what is drawn, as numbers;
 * `moved` grows when the page itself has set it.
 */
interface Data extends Addresses {
  models: Model[];
  drawing: number[];
  moved: number;
}

export class LiveDrawing {
  private worker: WorkerClient;
  private companions: Companions;
  private image: Float32Array | null = null;
  private place = make("div", { class: "beside" });
  private paper: Pad;
  private moved = -1;

  constructor(root: HTMLElement, private args: Args<Data>) {
    this.worker = new WorkerClient(args.data);
    this.companions = new Companions(this.place, this.worker, {
      differs: true,
      failed: (reason) => tellFailure(this.args, reason),
    });
    this.paper = drawing(
      (image) => {
        this.image = image;
        this.follow();
      },
      // A drawing may be sent twice, and the page have set another one in between.
      (strokes) => this.args.setStateValue("drawing", { strokes, turn: newTurn() }),
    );
    root.replaceChildren(
      make("style", { textContent: style }), make("div", { class: "sketch" }, this.paper.root, this.place),
    );
    this.update(args);
    if (typeof WebAssembly === "undefined") tellFailure(args, "no WebAssembly");
  }

  destroy(): void {
    this.worker.destroy();
    this.companions.destroy();
  }

  /** What a rerun of the page brings: other models, another drawing, or nothing new. */
  update(args: Args<Data>): void {
    this.args = args;
    const { models, drawing: drawn, moved } = args.data;
    const others = this.companions.show(models);
    if (this.moved !== moved) this.paper.show(drawn);
    else if (others) this.follow();
    this.moved = moved;
  }

  private follow(): void {
    this.companions.follow(this.image && { image: this.image });
  }
}
