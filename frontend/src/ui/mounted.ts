// A part of the page as Streamlit mounts it: made once, told of each rerun, cleaned up in the end.

import { isLeft, told } from "./leaving";
import { languageOfPage } from "./texts";

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
  /** Whether it is in the middle of what must not be lost. */
  isBusy?(): boolean;
}

type Mount<A> = A & { parentElement: HTMLElement | ShadowRoot };

/** What Streamlit calls at each rerun. The part gets the element with class `live`, and is made anew
 *  in another language. */
export function mounted<A extends Args<unknown>>(PartClass: new (root: HTMLElement, args: A) => Part<A>) {
  const parts = new WeakMap<object, Part<A>>();
  const languages = new WeakMap<object, string>();
  return (given: Mount<A>): (() => void) => {
    const { parentElement } = given;
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
    if (part && (languages.get(parentElement) === languageOfPage() || part.isBusy?.())) part.update(args);
    else {
      part?.destroy();
      const place = parentElement.querySelector<HTMLElement>(".live")!;
      const root = part ? (place.cloneNode(false) as HTMLElement) : place;
      if (part) place.replaceWith(root); // what listens there goes with it
      languages.set(parentElement, languageOfPage());
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
