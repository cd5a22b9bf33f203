// The state of the page in the browser: which changes are steps of its history, its language, and
// what is set on it from outside.

const REST_MS = 300;

/** One step for a page that is opened and for what a person has done, once it has come to rest.
 *  Streamlit makes one of every change of the query; what the page does by itself is none here. */
function keepInSteps() {
  const push = window.history.pushState.bind(window.history);
  const replace = window.history.replaceState.bind(window.history);
  let pressed = false;
  let last = -Infinity;
  let isStep = false;
  /** Keys, and turns of the wheel, that follow each other are one gesture; so is all under a press. */
  const touched = (event) => {
    const now = performance.now();
    if (event.type === "pointerdown" || (!pressed && now - last > REST_MS)) isStep = true;
    if (event.type === "pointerdown") pressed = true;
    last = now;
  };
  const released = () => { pressed = false; };
  const listen = (names, hear) => names.forEach((name) =>
    window.addEventListener(name, hear, { capture: true, passive: true }));
  listen(["pointerdown", "keydown", "wheel", "input"], touched);
  listen(["pointerup", "pointercancel"], released);
  window.history.pushState = (state, unused, address) => {
    const [from, to] = [location.href, new URL(address ?? "", location.href)].map(withoutLanguage);
    (to.pathname !== from.pathname || (isStep && to.search !== from.search) ? push : replace)(
      state, unused, address);
    isStep = false;
  };
}

/** An address without its language, whose choice is no step: going back does not undo it. */
function withoutLanguage(address) {
  const found = new URL(address);
  found.searchParams.delete("lang");
  return found;
}

/** Say what language the page is in; keep a choice for the next visit, and the rest for this one. */
function speak({ language, chosen, cookie, kept }) {
  document.documentElement.lang = language;
  const path = new URL(".", window.__streamlit?.BACKEND_BASE_URL ?? location.href).pathname;
  if (chosen) document.cookie = `${cookie}=${chosen}; path=${path}; max-age=31536000; samesite=lax`;
  for (const [name, text] of Object.entries(kept)) {
    document.cookie = `${name}=${text}; path=${path}; samesite=lax`;
  }
}

export default function ({ data, setTriggerValue }) {
  speak(data);
  if (!window.setPageState) keepInSteps();
  /** Set values of the page, by their names in its address. What the live map can do alone, it does
   *  at once, and calls the event off; the rest takes a rerun. */
  window.setPageState = (values) => {
    const event = new CustomEvent("page-state", { detail: values, cancelable: true });
    if (window.dispatchEvent(event)) setTriggerValue("given", values);
  };
}
