"""When a page has come to rest."""

# Charts come when they are scrolled to: each is, and then the page goes back to its beginning.
SETTLED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  await document.fonts.ready;
  for (const figure of document.querySelectorAll("figure[data-chart]:has(tr[data-label])")) {
    figure.scrollIntoView();
    for (let i = 0; i < 600 && !("drawn" in figure.dataset); i++) await frame();
  }
  scrollTo(0, 0);
  await frame();
  await frame();
}"""
