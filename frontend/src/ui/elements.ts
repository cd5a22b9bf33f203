// Elements of the page: made from their properties, buttons, choices.

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
  if (!/[\p{L}\p{N}]/u.test(text)) made.setAttribute("aria-label", title);
  made.addEventListener("click", press);
  return made;
}

/** Say whether a button that stays down is down. */
export function setPressed(element: Element, pressed: boolean): void {
  element.setAttribute("aria-pressed", String(pressed));
}

/** A button that stays down until it is pressed again; it starts up. */
export function toggle(text: string, title: string, press: () => void): HTMLButtonElement {
  const made = button(text, title, press);
  setPressed(made, false);
  return made;
}

/** Name a part of what is shown: a lesson hides those that its step does not name. */
export function lessonPart(name: string, ...elements: Element[]): void {
  for (const each of elements) each.part.add(`lesson-${name}`);
}

/** A list of options to choose one from. */
export function select(label: string, options: readonly string[]): HTMLSelectElement {
  const made = make("select", { "aria-label": label });
  made.append(...options.map((textContent) => make("option", { textContent })));
  return made;
}

/** Buttons of which one is pressed; `nameOf` says what is on each. */
export function choice<T extends string>(
  label: string, options: readonly T[], nameOf: (option: T) => string, first: T, pick: (option: T) => void,
): HTMLElement {
  const row = make("div", { class: "choice", role: "group", "aria-label": label });
  const buttons = options.map((option) => {
    const made = make("button", { type: "button", value: option, textContent: nameOf(option) });
    made.addEventListener("click", () => {
      showChosen(row, option);
      pick(option);
    });
    return made;
  });
  row.append(...buttons);
  showChosen(row, first);
  return row;
}

/** Show an option of a `choice` as chosen, without picking it. */
export function showChosen(row: HTMLElement, option: string): void {
  for (const each of row.querySelectorAll("button")) setPressed(each, each.value === option);
}
