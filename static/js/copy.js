// Buttons that copy the text of an element; without a script, or where copying is not allowed, they stay hidden.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const words = button.innerHTML;
    let back;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      } catch {
        getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
        return;
      }
      button.textContent = button.dataset.copied;
      clearTimeout(back);
      back = setTimeout(() => { button.innerHTML = words; }, 2000);
    });
  }
}
