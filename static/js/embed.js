// In a frame the system alone decides between light and dark: when it changes its mind, charts.js draws anew.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("themechange")));
