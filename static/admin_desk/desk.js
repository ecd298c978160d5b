// Says what the words of a figure become while they are typed. Saving reads them anyway: without this file nothing is lost.

const address = document.querySelector("script[data-reading]").dataset.reading;
const WORDS = 'input[name$="wording"]';
const PAUSE = 250; // milliseconds without a key

function outputOf(input) {
  const id = `${input.id}-reading`;
  const there = document.getElementById(id);
  if (there) return there;
  const output = document.createElement("output");
  output.id = id;
  output.className = "desk-reading";
  output.setAttribute("for", input.id);
  input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), id].filter(Boolean).join(" "));
  input.after(output);
  return output;
}

async function read(input) {
  const output = outputOf(input), kind = input.name.endsWith("amount_wording") ? "money" : "people";
  const asked = input.value;
  const answer = asked.trim() ? await fetch(`${address}?${new URLSearchParams({ [kind]: asked })}`) : null;
  if (answer && !answer.ok) return;
  const words = answer ? (await answer.json()).words : "";
  // What was typed meanwhile is asked for by itself.
  if (input.value === asked) output.textContent = words;
}

const waiting = new WeakMap();
// Rows that are added later are heard too.
document.addEventListener("input", ({ target }) => {
  if (!target.matches(WORDS)) return;
  clearTimeout(waiting.get(target));
  waiting.set(target, setTimeout(() => read(target), PAUSE));
});
