// The state of the page in the browser: which changes are steps of its history, and what is set on it
// from outside.

const REST_MS = 300;

/** One step for a page that is opened and for what a person has done, once it has come to rest.
 *  Streamlit makes one of every change of the query; what the page does by itself is none here. */
function keepInSteps() {
  const push = window.history.pushState.bind(window.history);
  const replace = window.history.replaceState.bind(window.history);
  let touched = false;
  let last = -Infinity;
  for (const gesture of ["pointerdown", "keydown", "wheel", "input"]) {
    window.addEventListener(gesture, () => { touched = true; }, { capture: true, passive: true });
  }
  window.history.pushState = (state, unused, address) => {
    const opens = new URL(address ?? "", location.href).pathname !== location.pathname;
    const now = performance.now();
    if (opens || (touched && now - last > REST_MS)) push(state, unused, address);
    else replace(state, unused, address);
    last = opens ? -Infinity : now;
    touched = false;
  };
}

export default function ({ setTriggerValue }) {
  if (!window.setPageState) keepInSteps();
  /** Set values of the page, by their names in its address. What the live map can do alone, it does
   *  at once, and calls the event off; the rest takes a rerun. */
  window.setPageState = (values) => {
    const event = new CustomEvent("page-state", { detail: values, cancelable: true });
    if (window.dispatchEvent(event)) setTriggerValue("given", values);
  };
}
