// Small pieces of the page: elements, buttons, numbers as text.

type Children = (Node | string)[];

/** An element with properties and children; `class` and `aria` as they are in HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  kind: K, properties: Record<string, unknown> = {}, ...children: Children
): HTMLElementTagNameMap[K] {
  const element = document.createElement(kind);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class" || name === "role" || name.startsWith("aria-")) {
      element.setAttribute(name, String(value));
    } else {
      (element as unknown as Record<string, unknown>)[name] = value;
    }
  }
  element.append(...children);
  return element;
}

/** A button; one whose text is a sign is called by its title. */
export function button(text: string, title: string, press: () => void): HTMLButtonElement {
  const made = make("button", { type: "button", textContent: text, title });
  if (!/\w/.test(text)) made.setAttribute("aria-label", title);
  made.addEventListener("click", press);
  return made;
}

/** Buttons of which one is pressed. */
export function choice<T extends string>(
  label: string, options: readonly T[], first: T, pick: (option: T) => void,
): HTMLElement {
  const row = make("div", { class: "choice", role: "group", "aria-label": label });
  const buttons = options.map((option) => {
    const made = make("button", { type: "button", textContent: option });
    made.setAttribute("aria-pressed", String(option === first));
    made.addEventListener("click", () => {
      for (const each of buttons) each.setAttribute("aria-pressed", String(each === made));
      pick(option);
    });
    return made;
  });
  row.append(...buttons);
  return row;
}

/** A number with three significant digits and a real minus sign. */
export function three(value: number): string {
  if (Math.abs(value) < 5e-4) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 3)).replace("-", "\u2212");
}

/** A code as text: its first numbers, and its class where it names one. */
export function codeText(z: ArrayLike<number>, free: number, name: string | null): string {
  const first = Array.from({ length: Math.min(free, 3) }, (_, i) => three(z[i]));
  return `(${first.join(", ")}${free > 3 ? ", …" : ""})${name === null ? "" : `, class ${name}`}`;
}
