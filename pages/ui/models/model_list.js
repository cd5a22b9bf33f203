const lists = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  let list = lists.get(parentElement);
  if (!list) lists.set(parentElement, (list = mount(parentElement.querySelector(".model_list"))));
  list.pick = (name) => setTriggerValue("picked", name);
  list.update(data);
  return () => {
    const host = parentElement.host ?? parentElement;
    if (!host.isConnected) lists.delete(parentElement);
  };
}

function mount(root) {
  const search = make("input", { type: "search", className: "search" });
  const sets = make("select"), families = make("select");
  const filters = make("div", { className: "filters" }, search, sets, families);
  const head = make("div", { className: "head" });
  head.setAttribute("aria-hidden", "true");
  const rows = make("div", { className: "rows" });
  const none = make("p", { className: "none", hidden: true });
  root.replaceChildren(filters, head, rows, none);

  const list = { pick: () => {} };
  let shown = "", buttons = [];

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { button, row } of buttons) {
      button.hidden = !(words.every((word) => row.text.includes(word)) &&
        (!sets.value || sets.value === row.set) && (!families.value || families.value === row.family));
      found += !button.hidden;
    }
    for (const group of rows.children) group.hidden = !group.querySelector("button:not([hidden])");
    none.hidden = found > 0;
  };

  const name = (words) => {
    search.placeholder = words.search;
    search.setAttribute("aria-label", words.models);
    sets.setAttribute("aria-label", words.images);
    families.setAttribute("aria-label", words.family);
    head.replaceChildren(...["size", "title", "error"].map((column) =>
      make("span", { className: column, textContent: words[column] })));
    none.textContent = words.none;
  };

  const build = (groups, words) => {
    name(words);
    buttons = [];
    rows.replaceChildren(...groups.map((group) => {
      const section = make("section", {}, make("h2", { textContent: group.title }));
      for (const row of group.rows) {
        row.text = `${row.title} ${row.name} ${row.family} ${row.set} ${group.title}`.toLowerCase();
        const button = make("button", { type: "button" },
          make("span", { className: "size", textContent: row.size }), " ",
          make("span", { className: "title", textContent: row.title }), " ",
          make("span", { className: "error", textContent: row.error }),
          make("span", { className: "bar" }));
        button.style.setProperty("--share", row.bar);
        button.setAttribute("aria-description", row.label);
        button.dataset.name = row.name;
        button.addEventListener("click", () => { mark(row.name); list.pick(row.name); });
        buttons.push({ button, row });
        section.append(button);
      }
      return section;
    }));
    fill(sets, words.all_images, buttons.map(({ row }) => row.set));
    fill(families, words.all_families, buttons.map(({ row }) => row.family));
    filter();
  };

  const mark = (name) => {
    for (const { button, row } of buttons) button.setAttribute("aria-pressed", row.name === name);
  };

  // Only the list scrolls, never the page under the reader's eyes.
  const reveal = () => {
    const chosen = rows.querySelector("[aria-pressed=true]");
    if (chosen) rows.scrollTop = chosen.offsetTop - rows.clientHeight / 3;
  };

  list.update = ({ groups, chosen, words }) => {
    const now = JSON.stringify([groups, words]), first = now !== shown;
    if (first) build(groups, words);
    shown = now;
    mark(chosen);
    if (first) requestAnimationFrame(reveal);
  };

  search.addEventListener("input", filter);
  sets.addEventListener("change", filter);
  families.addEventListener("change", filter);
  rows.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const seen = buttons.map(({ button }) => button).filter((button) => !button.hidden);
    const root = rows.getRootNode();
    seen[seen.indexOf(root.activeElement) + step]?.focus();
    event.preventDefault();
  });
  return list;
}

function fill(select, all, values) {
  const before = select.value, unique = [...new Set(values)].sort();
  select.replaceChildren(new Option(all, ""), ...unique.map((value) => new Option(value, value)));
  select.value = unique.includes(before) ? before : "";
  select.hidden = unique.length < 2;
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
