const FAR = 6; // pixels that a pointer moves before it drags

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".equation");
  const fill = (slot, digit) => setTriggerValue("filled", [slot, digit]);
  const slots = data.slots.map((slot, index) => {
    const button = make("button", { type: "button", className: "slot" }, ...tile(slot));
    button.ariaPressed = String(index === data.active);
    button.onclick = () => setTriggerValue("chosen", index);
    return button;
  });
  const sum = make("div", { className: "sum" }, ...slots.flatMap((slot, index) => [slot, sign("+−="[index])]),
    make("div", { className: "slot" }, ...tile(data.total)));
  const digits = make("div", { className: "digits", role: "group" }, ...data.digits.map((digit, index) => {
    const button = make("button", { type: "button" }, ...tile(digit));
    const dropped = drag(button, root, slots, (slot) => fill(slot, index));
    button.onclick = () => dropped() || fill(data.active, index);
    return button;
  }));
  digits.ariaLabel = data.label;
  digits.hidden = !data.digits.length;
  root.replaceChildren(sum, digits);
}

function tile([source, text, caption]) {
  const image = make("img", { src: source, alt: text, draggable: false });
  return caption ? [image, make("span", { textContent: caption })] : [image];
}

function sign(text) {
  const made = make("span", { className: "sign", textContent: text });
  made.ariaHidden = "true";
  return made;
}

/** Lets a button be dragged onto a slot; the answer tells a click whether it was a drag's end. */
function drag(button, root, slots, drop) {
  let start = null, ghost = null, ended = false;
  const under = ({ clientX: x, clientY: y }) => slots.findIndex((slot) => {
    const box = slot.getBoundingClientRect();
    return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  });
  const mark = (at) => slots.forEach((slot, index) => slot.classList.toggle("over", index === at));
  const end = () => {
    ghost?.remove();
    mark(-1);
    start = ghost = null;
  };
  button.onpointerdown = (event) => {
    if (!event.isPrimary || event.button > 0) return;
    button.setPointerCapture(event.pointerId);
    [start, ended] = [[event.clientX, event.clientY], false];
  };
  button.onpointermove = (event) => {
    if (!start) return;
    if (!ghost && Math.hypot(event.clientX - start[0], event.clientY - start[1]) < FAR) return;
    if (!ghost) root.append(ghost = make("img", { src: button.firstChild.src, alt: "", className: "ghost" }));
    Object.assign(ghost.style, { left: `${event.clientX}px`, top: `${event.clientY}px` });
    mark(under(event));
  };
  button.onpointerup = (event) => {
    const slot = under(event);
    ended = ghost !== null;
    end();
    if (ended && slot >= 0) drop(slot);
  };
  button.onpointercancel = end;
  return () => ended;
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
