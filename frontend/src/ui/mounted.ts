// A part of the page as Streamlit mounts it: made once, told of each rerun, cleaned up in the end.

import { isLeft, told } from "./leaving";
import { type Catalogue, useCatalogue } from "./texts";

/** What a part gets: `data` from Python, and a way to tell the server. */
export interface Args<Data> {
  data: Data;
  setStateValue(name: string, value: unknown): void;
}

/** Where the worker and ONNX Runtime lie, for a part that runs models. */
export interface Addresses {
  worker: string;
  runtime: string;
}

interface Part<A> {
  update(args: A): void;
  destroy(): void;
}

type Mount<A> = A & { data: { catalogue?: Catalogue }; parentElement: HTMLElement | ShadowRoot };

/** What Streamlit calls at each rerun. The part gets the element with class `live`. */
export function mounted<A extends Args<unknown>>(PartClass: new (root: HTMLElement, args: A) => Part<A>) {
  const parts = new WeakMap<object, Part<A>>();
  return (given: Mount<A>): (() => void) => {
    const { parentElement } = given;
    if (given.data.catalogue) useCatalogue(given.data.catalogue);
    const path = location.pathname;
    const args = {
      ...given,
      setStateValue: (name: string, value: unknown) => {
        if (isLeft(path)) return;
        given.setStateValue(name, value);
        told();
      },
    };
    const part = parts.get(parentElement);
    if (part) part.update(args);
    else {
      const root = parentElement.querySelector<HTMLElement>(".live")!;
      parts.set(parentElement, new PartClass(root, args));
    }
    return () => {
      // Streamlit cleans up after each rerun, also while the part stays where it is.
      const host = parentElement instanceof ShadowRoot ? parentElement.host : parentElement;
      if (host.isConnected) return;
      parts.get(parentElement)?.destroy();
      parts.delete(parentElement);
    };
  };
}

/** Tell the server that this browser cannot run models, so that it decodes by itself. */
export function tellFailure(args: Args<unknown>, reason: unknown): void {
  args.setStateValue("failed", String(reason).slice(0, 200));
}

/** A name for one release of a control, by which the page knows what the server answers. */
export const newTurn = () => `${Date.now()}-${Math.random()}`;
