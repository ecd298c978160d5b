// Light or dark by a switch, beside the system's choice: kept in this browser alone, never sent. Without script there
// is no switch, and the system decides.

const root = document.documentElement, key = "theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const kept = () => { try { return localStorage.getItem(key); } catch { return null; } };
const keep = (theme) => { try { theme ? localStorage.setItem(key, theme) : localStorage.removeItem(key); } catch { /* forbidden: for this page only */ } };
const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);

function show(theme) {
  if (theme === "dark" || theme === "light") root.dataset.theme = theme; else delete root.dataset.theme;
  document.querySelectorAll("[data-theme-switch]").forEach((button) => {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(dark()));
  });
  document.dispatchEvent(new CustomEvent("themechange"));
}

show(kept());
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-theme-switch]")) return;
  const wanted = dark() ? "light" : "dark";
  // What the system wants anyway needs no keeping: then it goes on deciding.
  const theme = (wanted === "dark") === system.matches ? null : wanted;
  keep(theme);
  show(theme);
});
system.addEventListener("change", () => show(kept()));
addEventListener("storage", (event) => { if (event.key === key) show(event.newValue); });
