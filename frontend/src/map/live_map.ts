// The live latent map: move the code, and at once see the image that it decodes to.
//
// The page decodes by itself, and only the place where a gesture ends is told to the server.
// Sheets of images and codes of images come from a worker.

import { type Model, codesOf } from "../models/model";
import { network } from "../models/network";
import { WorkerClient } from "../models/worker_client";
import { make } from "../ui/elements";
import { type Addresses, type Args, tellFailure } from "../ui/mounted";
import style from "../ui/style.css";
import { _ } from "../ui/texts";
import { CompanionsOfMap } from "./companions";
import { Large } from "./large";
import { type MapState, isPossible } from "./map_state";
import { Scene } from "./scene";
import type { SceneHost } from "./scene_host";
import type { Times } from "./times";

/**
 * What the page says. `moved` grows when the page itself has moved the code, or what is set on the
 * map.
 */
interface Data extends Addresses {
  model: Model;
  others: Model[];
  z: number[];
  moved: number;
  state: MapState;
  /** Whether there is only what a first visitor needs. */
  simple: boolean;
}

/** How a teacher's map lies, of which model. */
type Look = Partial<MapState> & { z?: number[]; model?: string };

export class LiveMap {
  private worker: WorkerClient;
  private companions: CompanionsOfMap;
  private place = make("div", { class: "scene" });
  private notice = make("p", { class: "notice", role: "status", textContent: _("Loading the model …") });
  private scene: Scene | null = null;
  private large: Large;
  private asked: Model | null = null;
  /** The model of the scene. */
  private opened: Model | null = null;
  private moved = 0;
  private times: Times = { picture: [], decode: [], grid: [], ready: 0 };

  constructor(private root: HTMLElement, private args: Args<Data>) {
    this.worker = new WorkerClient(args.data);
    this.companions = new CompanionsOfMap(this.worker);
    this.large = new Large(root, () => this.scene?.keys ?? []);
    this.place.classList.toggle("simple", args.data.simple);
    root.replaceChildren(
      make("style", { textContent: style }), this.notice, this.place, this.companions.root, ...this.large.parts,
    );
    Object.assign(root, { times: this.times });
    window.addEventListener("page-state", this.receive);
    window.addEventListener("class-look", this.follow);
    this.update(args);
  }

  destroy(): void {
    window.removeEventListener("page-state", this.receive);
    window.removeEventListener("class-look", this.follow);
    this.asked = null;
    this.worker.destroy();
    this.companions.destroy();
    this.large.destroy();
    this.scene?.destroy();
  }

  /** What a rerun of the page brings: other models, a code moved by the page, or nothing new. */
  update(args: Args<Data>): void {
    this.args = args;
    const { model, others, z, moved, state } = args.data;
    this.companions.show(others);
    if (model.decoder !== this.asked?.decoder) void this.open(model);
    // What is being loaded begins where the page says by then.
    else if (this.moved !== moved && this.scene && this.opened === this.asked) {
      this.scene.state = state;
      this.scene.moveTo(Float32Array.from(z));
      this.companions.backdrop(state.view);
    }
    this.moved = moved;
  }

  /** Values that are set from outside: if all are the map's, the page need not be drawn again. */
  private receive = (event: Event): void => {
    const { scene, opened } = this;
    const given = (event as CustomEvent<Partial<MapState> & { z?: number[] }>).detail;
    if (!scene || opened !== this.asked || !isPossible(given, opened!.dim)) return; // the page can
    event.preventDefault();
    const { z, ...values } = given;
    scene.receive(values, z);
  };

  /** The teacher's map has moved: this one moves along, and the server need not be told. */
  private follow = (event: Event): void => {
    const { scene, opened } = this;
    const { model, ...given } = (event as CustomEvent<Look>).detail;
    if (!scene || opened !== this.asked || (model && model !== opened!.name)) return;
    if (!isPossible(given, opened!.dim)) return;
    event.preventDefault();
    const { z, ...values } = given;
    scene.follow(values, z);
  };

  /** Load a model; until it is there, the one before stays usable. */
  private async open(model: Model): Promise<void> {
    this.asked = model;
    this.root.setAttribute("aria-busy", "true");
    this.notice.hidden = false;
    try {
      const { runtime } = this.args.data;
      const [decoder, codes] = await Promise.all([network(model.decoder, runtime), codesOf(model)]);
      if (this.asked !== model) return;
      this.scene?.destroy();
      const { z, state } = this.args.data;
      const at = Float32Array.from(z);
      this.scene = new Scene(this.hostOf(model), { model, decoder, codes }, at, state);
      this.opened = model;
      this.companions.backdrop(state.view);
      this.notice.hidden = true;
      this.place.replaceChildren(...this.scene.parts);
    } catch (failure) {
      if (this.asked === model) tellFailure(this.args, failure);
    }
  }

  private hostOf(model: Model): SceneHost {
    return {
      worker: this.worker,
      runtime: this.args.data.runtime,
      simple: this.args.data.simple,
      times: this.times,
      tell: (z) => {
        if (this.asked === model) this.args.setStateValue("z", z);
      },
      failed: (reason) => tellFailure(this.args, reason),
      shown: () => {
        this.times.ready ||= performance.now();
        // With the frame after the next one the map has its size, and all of it is drawn.
        requestAnimationFrame(() => requestAnimationFrame(() => {
          if (this.opened === this.asked) this.root.setAttribute("aria-busy", "false");
        }));
      },
      moved: (look) => {
        const detail = { look: (): Look => ({ ...look(), model: model.name }) };
        window.dispatchEvent(new CustomEvent("map-moved", { detail }));
      },
      follow: (image, place) => this.companions.follow(image, place),
      backdrop: (option) => this.companions.backdrop(option),
      looked: (state) => {
        if (this.asked !== model) return;
        const { simple } = this.args.data;
        this.args.setStateValue("look", simple ? { drawing: state.drawing } : state);
      },
      enlarge: () => this.large.toggle(),
    };
  }
}
