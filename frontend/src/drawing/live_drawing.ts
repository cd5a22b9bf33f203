// A pad to draw on, and at every move of the pen what each model makes of the drawing.

import { Companions } from "../map/companion";
import { drawing } from "./drawing";
import { WorkerClient } from "../models/worker_client";
import style from "../ui/style.css";
import type { Model } from "../models/model";
import { make } from "../ui/elements";

/** What the page says: no models where the server encodes. `drawing` is one from before, or nothing. */
interface Data {
  models: Model[];
  runtime: string;
  worker: string;
  drawing: string;
}

export interface Args {
  data: Data;
  setStateValue(name: string, value: unknown): void;
}

export class LiveDrawing {
  private worker: WorkerClient;
  private companions: Companions;
  private form: Float32Array | null = null;
  private place = make("div", { class: "beside" });

  constructor(root: HTMLElement, private args: Args) {
    const { worker, runtime, drawing: before } = args.data;
    this.worker = new WorkerClient(worker, runtime);
    this.companions = new Companions(this.place, this.worker, {
      differs: true,
      failed: (reason) => this.args.setStateValue("failed", reason.message.slice(0, 200)),
    });
    const paper = drawing(
      (form) => {
        this.form = form;
        this.follow();
      },
      (drawn) => this.args.setStateValue("drawing", drawn),
      before,
    );
    root.replaceChildren(
      make("style", { textContent: style }), make("div", { class: "sketch" }, paper, this.place),
    );
    this.update(args);
    if (typeof WebAssembly === "undefined") args.setStateValue("failed", "no WebAssembly");
  }

  destroy(): void {
    this.worker.destroy();
    this.companions.destroy();
  }

  /** What a rerun of the page brings: other models, or nothing new. */
  update(args: Args): void {
    this.args = args;
    if (this.companions.show(args.data.models)) this.follow();
  }

  private follow(): void {
    for (const each of this.companions.all) {
      if (this.form) each.follow({ image: this.form });
      else each.empty();
    }
  }
}
