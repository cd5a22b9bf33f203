// The script of the file that people take home: a model's live map, with all that it needs inside.
//
// Opened from a disk, a page can fetch nothing, not even what lies beside it: whatever the map asks
// for stands in the page, compressed, and the worker is made of its own source.

import { LiveMap } from "../map/live_map";
import { FIRST_STATE, type MapState } from "../map/map_state";
import { embed } from "../models/embedded";
import type { Model } from "../models/model";
import { type Catalogue, _, useCatalogue } from "../ui/texts";

/** What `ae_core/export/html_file.py` writes: the model with the addresses of its parts in here. */
interface About {
  model: Model;
  z: number[];
  state: Partial<MapState>;
  language: string;
  catalogue: Catalogue;
}

const WORKER = "worker";

/** A part of this page, which stands in it as the base64 of its gzip. */
async function unpacked(text: string): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

async function show(root: HTMLElement): Promise<void> {
  const { model, z, state, language, catalogue }: About = JSON.parse(document.getElementById("about")!.textContent!);
  useCatalogue(catalogue, language);
  const fail = (reason: unknown) => {
    root.textContent = _("This browser cannot show the map ({reason}). A newer one can.", { reason: String(reason) });
  };
  try {
    const places = [...document.querySelectorAll<HTMLElement>("script[data-part]")];
    const parts = await Promise.all(places.map(async (place) => {
      const found = await unpacked(place.textContent!);
      place.remove();
      return [place.dataset.part!, found] as const;
    }));
    const found = new Map(parts);
    const source = new Blob([found.get(WORKER)!], { type: "text/javascript" });
    found.delete(WORKER);
    embed(found);
    new LiveMap(root, {
      data: {
        model, z, others: [], moved: 0, simple: false, state: { ...FIRST_STATE, ...state },
        worker: URL.createObjectURL(source), runtime: "embedded:runtime",
      },
      setStateValue: (name, value) => {
        if (name === "failed") fail(value);
      },
    });
  } catch (failure) {
    fail(failure);
  }
}

void show(document.querySelector<HTMLElement>(".live")!);
