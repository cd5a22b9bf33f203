// A part of the page as Streamlit mounts it: made once, told of each rerun, cleaned up in the end.

interface Part<A> {
  update(args: A): void;
  destroy(): void;
}

type Mount<A> = A & { parentElement: HTMLElement | ShadowRoot };

/** What Streamlit calls at each rerun. The part gets the element with class `live`. */
export function mounted<A>(make: (root: HTMLElement, args: A) => Part<A>) {
  const parts = new WeakMap<object, Part<A>>();
  return (args: Mount<A>): (() => void) => {
    const { parentElement } = args;
    const part = parts.get(parentElement);
    if (part) part.update(args);
    else parts.set(parentElement, make(parentElement.querySelector<HTMLElement>(".live")!, args));
    return () => {
      // Streamlit cleans up after each rerun, also while the part stays where it is.
      const host = parentElement instanceof ShadowRoot ? parentElement.host : parentElement;
      if (host.isConnected) return;
      parts.get(parentElement)?.destroy();
      parts.delete(parentElement);
    };
  };
}
