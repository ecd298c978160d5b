// Search as you type: a combobox with a list (WAI-ARIA 1.2). Without it, and by Enter with nothing chosen, the form is sent.
// A suggestion leads to its page; in a filter's field it is the value that it names.
const DELAY = 120;
const LEAST = 2;
let made = 0;

function element(tag, attributes, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

function suggest(input) {
  const id = `suggestions-${++made}`;
  const list = element("div", { id, role: "listbox", class: "suggestions", "aria-label": input.dataset.suggestions });
  const said = element("span", { class: "hidden", role: "status" });
  list.hidden = true;
  input.after(list, said);
  for (const [name, value] of Object.entries({
    role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id,
  })) input.setAttribute(name, value);

  let options = [], chosen = -1, timer, asking, typed = "";

  function choose(at) {
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = at;
    const option = options[at];
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function open(yes) {
    list.hidden = !yes;
    input.setAttribute("aria-expanded", String(yes));
    if (!yes) choose(-1);
  }

  function draw({ said: words, groups }) {
    options = [];
    chosen = -1;
    list.replaceChildren(...groups.map(({ title, items }, g) => {
      const group = element("div", { role: "group", "aria-labelledby": `${id}-${g}` });
      group.append(element("span", { id: `${id}-${g}`, class: "title", role: "presentation" }, title));
      for (const { text, beside, href, value } of items) {
        const option = element("a", {
          id: `${id}-option-${options.length}`, role: "option", href, tabindex: "-1", "aria-selected": "false",
        }, text);
        if (value) option.addEventListener("click", (event) => take(event, value));
        if (beside) option.append(" ", element("span", { class: "soft small" }, beside));
        options.push(option);
        group.append(option);
      }
      return group;
    }));
    said.textContent = words;
    open(options.length > 0);
  }

  function take(event, value) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    input.value = value;
    open(false);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  async function ask() {
    asking?.abort();
    if (typed.length < LEAST) {
      said.textContent = "";
      return open(false);
    }
    const mine = asking = new AbortController();
    try {
      const address = new URL(input.dataset.suggest, location.href);
      address.searchParams.set("q", typed);
      const answer = await fetch(address, { signal: mine.signal });
      // What is wrong with the words, the page says when they are sent.
      const found = answer.ok ? await answer.json() : { said: "", groups: [] };
      if (mine === asking && document.activeElement === input) draw(found);
    } catch (error) {
      // Another letter came, or the network is gone: the form still works.
      if (error.name !== "AbortError") open(false);
    }
  }

  input.addEventListener("input", () => {
    typed = input.value.trim();
    // Another letter: what was chosen was chosen for other words.
    choose(-1);
    clearTimeout(timer);
    timer = setTimeout(ask, typed.length < LEAST ? 0 : DELAY);
  });

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && options.length) {
      event.preventDefault();
      if (list.hidden) open(true);
      // One place more than there are options: the words themselves.
      const places = options.length + 1;
      choose(((chosen + 1 + steps[event.key] + places) % places) - 1);
    } else if (event.key === "Enter" && !list.hidden && chosen >= 0) {
      event.preventDefault();
      options[chosen].click();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      open(false);
    }
  });

  // A press on the list leaves the focus in the field: it would close the list before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  input.addEventListener("blur", () => {
    clearTimeout(timer);
    asking?.abort();
    open(false);
  });
}

function suggestAll() { document.querySelectorAll("input[data-suggest]:not([role])").forEach(suggest); }

suggestAll();
// The explorer swapped its panel: the field in it is a new one.
document.addEventListener("explorer:swapped", suggestAll);
