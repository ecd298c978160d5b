// Swaps what an explorer shows when a filter changes, a link into the same list is followed, or the reader goes back or
// forward. The server answers the whole page as always; this takes over its parts. Without it forms and links do the same.

const explorer = document.getElementById("explorer");
const PARTS = ["heading", "filters", "filters-toggle", "results"];
const HEAD = ['link[rel="canonical"]', 'link[rel="alternate"]'];
const TYPING_PAUSE = 350;
let asking, typing, swapping = false, shown = address(location);

function address(url) { return url.pathname + url.search; }

// The form's address: fields left empty say nothing.
function ofForm(form) {
  const url = new URL(form.action), fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value.trim()) fields.append(name, value);
  url.search = fields;
  return url;
}

// Where the reader is, in words that hold for the next state of the page as well.
function place() {
  const at = document.activeElement;
  if (!at || !explorer.contains(at)) return null;
  const found = { caret: at.selectionStart, value: at.value };
  if (at.id) found.selector = `#${CSS.escape(at.id)}`;
  else if (at.name) found.selector = `[name="${CSS.escape(at.name)}"][value="${CSS.escape(at.value)}"]`;
  else if (at.dataset.key) found.selector = `[data-key="${CSS.escape(at.dataset.key)}"]`;
  else if (at.localName === "summary") found.details = at.parentElement.dataset.key;
  return found;
}

function backTo(found, sent) {
  if (!found) return;
  const at = found.details ? explorer.querySelector(`details[data-key="${found.details}"] > summary`)
    : found.selector && explorer.querySelector(found.selector);
  // What was chosen may be gone, as a chip is that was taken away: then the results have the focus, not nothing.
  (at ?? document.getElementById("results")).focus({ preventScroll: true });
  if (at && at.matches("input:is([type=text], [type=search])")) {
    // The reader may have typed on meanwhile; what was sent, the server has answered.
    if (found.value !== undefined && found.value !== sent) at.value = found.value;
    if (found.caret != null) at.setSelectionRange(found.caret, found.caret);
  }
}

function swap(page, sent) {
  const at = place(), open = [...explorer.querySelectorAll("details[open][data-key]")].map((d) => d.dataset.key);
  document.title = page.title;
  for (const selector of HEAD) {
    document.head.querySelectorAll(selector).forEach((link) => link.remove());
    document.head.append(...page.head.querySelectorAll(selector));
  }
  swapping = true;
  for (const id of PARTS) {
    const now = document.getElementById(id), next = page.getElementById(id);
    if (now && next) now.replaceChildren(...next.childNodes);
  }
  swapping = false;
  const banner = (doc) => doc.querySelector("main > .as-of");
  banner(document)?.remove();
  if (banner(page)) document.querySelector("main").prepend(banner(page));
  for (const key of open) explorer.querySelector(`details[data-key="${key}"]`)?.setAttribute("open", "");
  backTo(at, sent);
  document.dispatchEvent(new CustomEvent("explorer:swapped"));
  return page.getElementById("results")?.dataset;
}

// From what is wrong to its field, which may be in the sheet of a phone or behind "more".
function show(field) {
  const form = field.closest("form");
  if (!form.checkVisibility()) form.showPopover();
  const details = field.closest("details");
  if (details) details.open = true;
  (field.matches("fieldset") ? field.querySelector("input") ?? field : field).focus();
}

async function go(url, { push = true, scroll } = {}) {
  clearTimeout(typing);
  asking?.abort();
  asking = new AbortController();
  const results = document.getElementById("results"), mine = asking, sent = document.activeElement?.value;
  results.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, { signal: mine.signal, headers: { Accept: "text/html" } });
    // A wrong value has its message in the page; what else goes wrong has a page of its own.
    if (!response.ok && response.status !== 400) return location.assign(url);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (mine.signal.aborted) return;
    if (!page.getElementById("results")) return location.assign(url);
    if (push) history.replaceState({ scroll: scrollY }, "");
    const { address: canonical, said } = swap(page, sent);
    const at = canonical ?? url;
    if (push && at !== shown) history.pushState({}, "", at);
    shown = address(new URL(push ? at : url, location.href));
    document.getElementById("said").textContent = said ?? "";
    if (scroll === "rows") document.getElementById("rows")?.focus();
    else if (scroll !== undefined) scrollTo(0, scroll);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  } finally {
    if (mine === asking) results.removeAttribute("aria-busy");
  }
}

if (explorer) {
  const form = document.getElementById("filters");
  // A field that is taken away while somebody types in it reports a change, too: its next state has what was typed.
  form.addEventListener("change", () => swapping || go(ofForm(form)));
  form.addEventListener("input", (event) => {
    if (!event.target.matches("[type=search]")) return;
    clearTimeout(typing);
    typing = setTimeout(() => go(ofForm(form)), TYPING_PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.matches(":popover-open")) form.hidePopover();
    go(ofForm(form));
  });
  document.querySelector("main").addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const field = link.closest(".errors") && link.hash && document.querySelector(link.hash);
    if (field) {
      event.preventDefault();
      return show(field);
    }
    if (link.origin !== location.origin || link.pathname !== location.pathname || link.hash || link.target) return;
    event.preventDefault();
    go(link.href, { scroll: link.rel ? "rows" : undefined });
  });
  document.addEventListener("explorer:go", (event) => {
    const url = new URL(event.detail, location.href);
    if (url.pathname !== location.pathname) return;
    event.preventDefault();
    go(url.href);
  });
  addEventListener("popstate", (event) => {
    // A step to an anchor of this same view, or back to it while another is still asked for: it is shown already.
    if (address(location) === shown) {
      asking?.abort();
      document.getElementById("results").removeAttribute("aria-busy");
    } else go(location.href, { push: false, scroll: event.state?.scroll ?? 0 });
  });
}
