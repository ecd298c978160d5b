// Offers companies while the name of one is typed. The form reads a name or an address anyway: without this file nothing is lost.

const address = document.querySelector("script[data-companies]").dataset.companies;
const PAUSE = 250; // milliseconds without a key

async function offer(input) {
  const asked = input.value.trim();
  if (!asked) return;
  const answer = await fetch(`${address}&${new URLSearchParams({ term: asked })}`);
  // What was typed meanwhile is asked for by itself.
  if (!answer.ok || input.value.trim() !== asked) return;
  const { results } = await answer.json();
  input.list.replaceChildren(...results.map(({ text }) => new Option(text, text)));
}

const waiting = new WeakMap();

document.addEventListener("input", ({ target }) => {
  if (!target.matches("input[list]")) return;
  clearTimeout(waiting.get(target));
  waiting.set(target, setTimeout(() => offer(target), PAUSE));
});
