// The live latent map: a code under the hand, and at once the image that it decodes to.
//
// The page decodes by itself, and only the place where the hand lets go is told to the server.
// Sheets of images and codes of images come from a worker beside the page.

import { Beside } from "./companion";
import { WorkerClient } from "../models/worker_client";
import style from "../ui/style.css";
import { type Model, codesOf, network } from "../models/model";
import { make } from "../ui/elements";
import { Scene, type Times } from "./scene";

/** What the page says. `moved` grows when the page itself has moved the code. */
interface Data {
  model: Model;
  others: Model[];
  runtime: string;
  worker: string;
  z: number[];
  moved: number;
}

export interface Args {
  data: Data;
  setStateValue(name: string, value: unknown): void;
}

export class LiveMap {
  private worker: WorkerClient;
  private beside: Beside;
  private place = make("div", { class: "scene" });
  private notice = make("p", { class: "notice", role: "status", textContent: "Loading the model …" });
  private scene: Scene | null = null;
  private asked: Model | null = null;
  private moved = 0;
  private times: Times = { picture: [], decode: [], grid: [], ready: 0 };

  constructor(private root: HTMLElement, private args: Args) {
    this.worker = new WorkerClient(args.data.worker, args.data.runtime);
    this.beside = new Beside(this.worker);
    root.replaceChildren(
      make("style", { textContent: style }), this.notice, this.place, this.beside.root,
    );
    Object.assign(root, { times: this.times });
    this.update(args);
  }

  destroy(): void {
    this.asked = null;
    this.worker.destroy();
    this.beside.destroy();
    this.scene?.destroy();
  }

  /** What a rerun of the page brings: other models, a code moved by the page, or nothing new. */
  update(args: Args): void {
    this.args = args;
    const { model, others, z, moved } = args.data;
    this.beside.show(others);
    if (model.decoder !== this.asked?.decoder) void this.open(model);
    // What is being loaded begins where the page says by then.
    else if (this.moved !== moved && !this.opening) this.scene?.moveTo(Float32Array.from(z));
    this.moved = moved;
  }

  private get opening(): boolean {
    return this.root.getAttribute("aria-busy") === "true";
  }

  /** Load a model; until it is there, the one before stays under the hand. */
  private async open(model: Model): Promise<void> {
    this.asked = model;
    this.root.setAttribute("aria-busy", "true");
    this.notice.hidden = false;
    try {
      const { runtime } = this.args.data;
      const [decoder, codes] = await Promise.all([network(model.decoder, runtime), codesOf(model)]);
      if (this.asked !== model) return;
      const backdrop = this.scene?.backdrop ?? "codes";
      this.scene?.destroy();
      this.scene = new Scene(
        {
          root: this.root, worker: this.worker, runtime, times: this.times,
          tell: (z) => {
            if (this.asked === model) this.args.setStateValue("z", z);
          },
          failed: (reason) => this.fail(reason),
          shown: () => {
            this.times.ready ||= performance.now();
            this.root.setAttribute("aria-busy", "false");
          },
          follow: (image, place) => this.beside.follow(image, place),
          backdrop: (option) => this.beside.backdrop(option),
        },
        { model, decoder, codes }, Float32Array.from(this.args.data.z), backdrop,
      );
      this.notice.hidden = true;
      this.place.replaceChildren(...this.scene.parts);
    } catch (failure) {
      if (this.asked === model) this.fail(failure);
    }
  }

  private fail(reason: unknown): void {
    this.args.setStateValue("failed", String(reason).slice(0, 200));
  }
}
