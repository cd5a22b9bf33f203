// One model: the map of its codes, the image at the present code, and all that moves the code.

import { nearestPossible } from "../codes/planes";
import { Sliders } from "../codes/sliders";
import { Walk } from "../codes/walk";
import { EncodedDrawing } from "../drawing/encoded_drawing";
import { TestImages } from "../images/test_images";
import { Latest } from "../models/latest";
import { make, lessonPart } from "../ui/elements";
import { _, joined } from "../ui/texts";
import { Choice } from "./choice";
import type { KeyOfMap } from "./large";
import { legend } from "./legend";
import { type MapState, short } from "./map_state";
import { marksLegend } from "./marks_legend";
import { MapView } from "./map_view";
import { Reading } from "./reading";
import { Readout } from "./readout";
import { RoundTrip } from "./round_trip";
import type { Loaded, SceneHost } from "./scene_host";
import { MapSound } from "./sound";
import { keep } from "./times";
import { tools } from "./tools";

const SPOKEN_MS = 250;
const LOOKED_MS = 250;

interface Wanted {
  z: Float32Array;
  since: number;
}

interface Decoded {
  pixels: Float32Array;
  took: number;
}

export class Scene {
  readonly parts: HTMLElement[];
  private hovered = false;
  private shown: (Decoded & { z: Float32Array }) | null = null;
  private explaining = 0;
  private speaking = 0;
  private images: TestImages;
  /** Whether the image that is nearest to the present code stands there. */
  private hasNearest = false;

  private decoding = new Latest<Wanted, Decoded>(
    ({ z }) => this.decode(z), (decoded, wanted) => this.show(decoded, wanted),
    (reason) => this.host.failed(reason),
  );
  private view: MapView;
  private readout: Readout;
  private sliders: Sliders;
  private walk: Walk;
  private drawing: EncodedDrawing;
  private roundTrip: RoundTrip;
  private reading: Reading;
  private tools: ReturnType<typeof tools>;
  private choice: Choice;
  private legend: ReturnType<typeof legend>;
  private sound = new MapSound();
  private looking = 0;
  /** The state that the server has. */
  private known = "";
  private notice = make("p", { class: "hint", role: "status" });

  constructor(
    private host: SceneHost, private loaded: Loaded, private z: Float32Array, state: MapState,
  ) {
    const { model, codes } = loaded;
    const { worker, runtime, times } = host;
    const control = {
      here: () => this.z,
      go: (next: Float32Array, since: number) => this.go(next, since),
      rest: () => this.rest(),
    };
    this.view = new MapView(model, codes, control, {
      hover: (place, since) => {
        this.hovered = true;
        this.decoding.ask({ z: nearestPossible(model, place), since });
      },
      leave: () => this.leave(),
      move: (place, final, since) => this.move(place, final, since),
      looked: () => this.looked(),
      scrolls: host.simple,
      choose: (shape) => this.choice.choose(shape),
    }, worker, (took) => {
      if (!(took instanceof Error)) keep(times.grid, took);
      else this.complain(_("What lies behind the codes could not be worked out ({reason}).", reasonOf(took)));
    });
    this.images = new TestImages(model, codes, () => this.imagesCame());
    this.readout = new Readout(model, codes, this.images, this.view.board, (code) => {
      this.go(code, performance.now());
      this.rest();
    });
    this.sliders = new Sliders(model, control);
    const goNear = (next: Float32Array, since: number) => this.go(nearestPossible(model, next), since);
    this.walk = new Walk({
      ...loaded, ...control, worker, go: goNear, trace: (way) => this.view.mark({ way }),
      changed: () => this.looked(),
    });
    this.drawing = new EncodedDrawing(
      model, runtime, (encoded) => goNear(encoded, performance.now()),
      () => {
        this.rest();
        this.looked();
      },
      (failure) => this.complain(_("The drawing could not be encoded ({reason}).", reasonOf(failure))),
    );
    this.roundTrip = new RoundTrip(
      model, worker, (encoded) => this.view.mark({ encoded }),
      (failure) => this.complain(_("The way back could not be worked out ({reason}).", reasonOf(failure))),
    );
    this.reading = new Reading(
      model, worker, ([found]) => this.readout.read(found),
      (failure) => this.complain(
        _("The image could not be read by the classifier ({reason}).", reasonOf(failure))),
    );
    this.choice = new Choice(model, codes, this.images, this.view, {
      here: () => this.z,
      go: (code) => {
        this.go(code, performance.now());
        this.rest();
      },
      changed: () => this.looked(),
      showOnly: (label) => {
        this.view.board.shown = new Set([label]);
        this.legend.show();
        this.hidden();
      },
    });
    this.tools = tools(this.view, model, {
      backdrop: (option) => {
        host.backdrop(option);
        this.looked();
      },
      enlarge: host.enlarge,
      looked: () => {
        this.go(this.z, performance.now());
        this.choice.find();
        this.looked();
      },
    });
    this.readout.heard = (label, off) => this.sound.follow(label, off);
    this.tools.actions.append(this.choice.button, this.sound.button);
    lessonPart("chosen", this.choice.button);
    lessonPart("picture", this.readout.pictures, ...this.readout.words);
    lessonPart("drawing", this.drawing.root);
    lessonPart("z", this.sliders.classes, this.sliders.root);
    lessonPart("walk", this.walk.root);
    this.legend = legend(model.classes, this.view.board, () => this.hidden());
    lessonPart("hidden", this.legend.root);
    this.view.colouring.changed = () => this.legend.tint(!this.view.colouring.factor);
    this.parts = host.simple ? this.fewParts() : this.allParts();
    this.state = state;
    this.go(z, performance.now());
  }

  destroy(): void {
    this.images.stop();
    for (const each of [this.decoding, this.roundTrip, this.reading, this.drawing]) each.cancel();
    for (const each of [this.view, this.sliders, this.walk, this.sound]) each.destroy();
    cancelAnimationFrame(this.explaining);
    clearTimeout(this.speaking);
    clearTimeout(this.looking);
  }

  private allParts(): HTMLElement[] {
    const { view, readout, tools } = this;
    return [
      make("div", { class: "left" },
        make("div", { class: "pictures-and-pad" }, readout.pictures, this.drawing.root),
        ...readout.words, this.sliders.classes, this.sliders.root, this.choice.root),
      make("div", { class: "right" },
        tools.root, make("div", { class: "framed" }, view.board.root, tools.zoom),
        marksLegend(this.loaded.model), view.axisNames, view.colouring.scale, view.explanation,
        this.notice, this.legend.root, this.walk.root, readout.spoken),
    ];
  }

  private fewParts(): HTMLElement[] {
    const { view, readout, drawing } = this;
    const part = (shown: HTMLElement, what: string) =>
      make("div", { class: "part" }, shown, make("p", { textContent: what }));
    return [
      part(view.board.root, _("Drag on the map: each place is an image.")),
      part(readout.pictures, _("The image at this place.")),
      ...(drawing.root.childNodes.length
        ? [part(drawing.root, _("Or draw a digit: the map shows where it lies."))] : []),
      this.notice, readout.spoken,
    ];
  }

  /** What keys do where the map is alone on the screen. */
  get keys(): KeyOfMap[] {
    const { view: { board }, tools, drawing, walk, sliders } = this;
    const numbers = tools.options.map((_option, index) => String(index + 1));
    const key = (shown: string, does: string, press: () => void): KeyOfMap =>
      ({ keys: [shown.toLowerCase()], shown, does, press });
    return [
      { keys: numbers, shown: `1–${numbers.length}`, does: _("layer"),
        press: (number) => tools.pick(tools.options[Number(number) - 1]) },
      ...(drawing.isPossible
        ? [key("D", _("draw"), () => drawing.focus()), key("C", _("clear"), () => drawing.clear())] : []),
      key("W", _("walk"), () => walk.toggle()),
      key("S", _("sliders"), () => sliders.focus()),
      key("M", _("map, then arrows"), () => board.front.focus()),
      { keys: ["+", "="], shown: "+", does: _("nearer"), press: () => board.zoom(0.8) },
      { keys: ["-"], shown: "−", does: _("farther"), press: () => board.zoom(1.25) },
      key("0", _("whole map"), () => board.reset()),
    ];
  }

  /** How the map is looked at. */
  get state(): MapState {
    return {
      ...this.view.state, ...this.walk.state, ...this.choice.state, ...this.drawing.state,
    };
  }

  set state(state: MapState) {
    this.view.state = state;
    this.walk.state = state;
    this.choice.state = state;
    this.drawing.state = state;
    this.tools.show();
    this.legend.show();
    this.known = JSON.stringify(this.state);
  }

  /** Values come from outside: show them, and tell the server as if they were set by hand. */
  receive(values: Partial<MapState>, z?: number[]): void {
    if (Object.keys(values).length) {
      const known = this.known;
      this.state = { ...this.state, ...values };
      this.known = known;
      this.looked();
    }
    if (z?.length === this.loaded.model.dim) {
      this.moveTo(nearestPossible(this.loaded.model, Float32Array.from(z)));
      this.rest();
    }
  }

  /** A teacher's map has moved: show the same, of which the server is not told. */
  follow(values: Partial<MapState>, z?: number[]): void {
    const state = { ...this.state, ...values };
    if (JSON.stringify(state) !== JSON.stringify(this.state)) this.state = state;
    if (!z || String(z) === String(short(this.z))) return;
    this.go(nearestPossible(this.loaded.model, Float32Array.from(z)), performance.now());
    this.walk.find();
    this.view.orderSheet();
  }

  private moved(): void {
    this.host.moved(() => ({ ...this.state, z: short(this.z) }));
  }

  /** The map is looked at otherwise: the server learns how, once that has come to rest. */
  private looked(): void {
    this.moved();
    clearTimeout(this.looking);
    this.looking = window.setTimeout(() => {
      const state = this.state;
      if (JSON.stringify(state) === this.known) return;
      // What is shown is what the address will say, rounded as it is.
      this.state = state;
      this.host.looked(state);
    }, LOOKED_MS);
  }

  /** The page has moved the code. */
  moveTo(z: Float32Array): void {
    this.go(z, performance.now());
    this.walk.find();
    this.view.orderSheet(0);
  }

  private complain(what: string): void {
    this.notice.textContent = joined(what, _("Load the page again."));
  }

  private leave(): void {
    if (!this.hovered) return;
    this.hovered = false;
    this.decoding.ask({ z: this.z, since: performance.now() });
  }

  private move(place: Float32Array, final: boolean, since: number): void {
    this.hovered = false;
    this.sliders.stop();
    this.walk.stop();
    this.walk.follow(place, final);
    this.go(nearestPossible(this.loaded.model, place), since);
    if (final) this.rest();
  }

  /** Make a code the present one. */
  private go(z: Float32Array, since: number): void {
    this.z = z;
    this.decoding.ask({ z, since });
    this.sliders.show();
    this.moved();
  }

  /** A gesture is over: the server learns where, once. */
  private rest(): void {
    const z = short(this.z);
    this.go(nearestPossible(this.loaded.model, Float32Array.from(z)), performance.now());
    this.host.tell(z);
    this.view.orderSheet();
    clearTimeout(this.speaking);
    this.speaking = window.setTimeout(() => this.readout.speak(), SPOKEN_MS);
  }

  private async decode(z: Float32Array): Promise<Decoded> {
    const began = performance.now();
    const pixels = await this.loaded.decoder.run(z.slice(), [1, this.loaded.model.dim]);
    return { pixels, took: performance.now() - began };
  }

  /** Other classes are shown. */
  private hidden(): void {
    this.choice.find();
    if (this.shown) this.explain();
  }

  /** More of the test images are here; the first are asked for once a picture stands there. */
  private imagesCame(): void {
    this.view.showImages(this.images);
    this.choice.imagesCame();
    if (this.shown && !this.hasNearest) this.roundTrip.send(this.shown.pixels, this.explain());
  }

  private show(decoded: Decoded, { z, since }: Wanted): void {
    const first = !this.shown;
    const { times } = this.host;
    this.readout.show(decoded.pixels);
    keep(times.decode, decoded.took);
    keep(times.picture, performance.now() - since);
    this.shown = { ...decoded, z };
    if (first) {
      this.explain();
      this.host.shown();
    }
    // What stands beside the picture can wait for the next frame.
    this.explaining ||= requestAnimationFrame(() => {
      this.explaining = 0;
      this.roundTrip.send(this.shown!.pixels, this.explain());
      this.reading.send(this.shown!.pixels);
    });
  }

  /** Everything beside the picture: words, marks, other models. The nearest image, if it is here. */
  private explain(): Uint8Array | null {
    const { z, pixels } = this.shown!;
    const { code, image } = this.readout.explain(z);
    this.hasNearest = image !== null;
    this.view.mark({ here: z, nearest: code });
    this.host.follow(
      () => this.drawing.image ?? (image ? Float32Array.from(image, (value) => value / 255) : pixels.slice()),
      () => this.view.shares(z),
    );
    return image;
  }
}

/** Why something failed, for a sentence that says so. */
const reasonOf = (failure: Error) => ({ reason: failure.message });
