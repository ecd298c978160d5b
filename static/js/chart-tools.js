// What a reader does with a chart that charts.js drew: moves from value to value with the arrow keys, opens one, marks a
// range of time, takes a picture. Asks for addresses by `explorer:go`, so that a page may swap its results. What it says is
// written on the figure: a figure over time, where ranges are marked, has `data-marked`.

const chartOf = (figure) => Chart.getChart(figure.querySelector("canvas"));
const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

function go(address) {
  if (document.dispatchEvent(new CustomEvent("explorer:go", { cancelable: true, detail: address }))) location.assign(address);
}

// The view from the first day of one period to the last of another; of a figure with `data-zoom` its own page, of these days.
function spanned(first, last, zoom) {
  const address = new URL(first.href, location), until = new URL(last.href, location).searchParams;
  if (zoom) {
    const own = new URL(zoom, location);
    own.searchParams.set("announced_after", address.searchParams.get("announced_after"));
    own.searchParams.set("announced_before", until.get("announced_before"));
    return own.pathname + own.search;
  }
  // Events have a day on which they were announced, notes one on which they are dated.
  for (const name of ["announced_before", "dated_before"]) if (until.has(name)) address.searchParams.set(name, until.get(name));
  return address.pathname + address.search;
}

// ── Values ──

function setUp(figure) {
  const box = figure.querySelector(".canvas"), canvas = box.querySelector("canvas");
  if (box.hasAttribute("tabindex") || !chartOf(figure)) return;
  const said = document.createElement("p");
  said.className = "hidden";
  said.setAttribute("aria-live", "polite");
  box.append(said);
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", figure.dataset.keys);
  const { marked } = figure.dataset;
  let at = -1, from = null, tapped = -1, pointer = "", dragged = false, start = null;

  const show = (i) => {
    const chart = chartOf(figure), { lines, place, tell } = chart.data;
    at = i;
    const shown = i < 0 ? [] : [{ datasetIndex: place[i][0], index: place[i][1] }];
    const { x = 0, y = 0 } = i < 0 ? {} : chart.getDatasetMeta(place[i][0]).data[place[i][1]].getCenterPoint();
    chart.setActiveElements(shown);
    chart.tooltip.setActiveElements(shown, { x, y });
    chart.update();
    return i < 0 ? "" : `${lines[i].words}: ${tell(lines[i]).join(", ")}`;
  };

  const mark = (first, last) => {
    const chart = chartOf(figure);
    chart.$range = first === null ? null : [Math.min(first, last), Math.max(first, last)];
    chart.draw();
  };

  const open = (first, last) => {
    const { lines } = chartOf(figure).data;
    if (first === last ? lines[first]?.href : lines[first].href && lines[last].href) go(first === last ? lines[first].href : spanned(lines[first], lines[last], figure.dataset.zoom));
  };

  const hit = (event) => {
    const chart = chartOf(figure), { place, kind } = chart.data;
    const found = chart.getElementsAtEventForMode(event, chart.options.interaction.mode, chart.options.interaction, false)[0];
    return found ? place.findIndex(([set, index]) => index === found.index && (kind !== "years" || set === found.datasetIndex)) : -1;
  };

  box.addEventListener("keydown", (event) => {
    const { lines } = chartOf(figure).data, last = lines.length - 1;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    let to = null;
    if (step) to = at < 0 ? (step > 0 ? 0 : last) : Math.min(last, Math.max(0, at + step));
    if (event.key === "Home") to = 0;
    if (event.key === "End") to = last;
    if (to !== null) {
      const anchor = event.shiftKey && marked ? from ?? Math.max(at, 0) : null;
      said.textContent = show(to);
      from = anchor;
      mark(from, to);
      if (from !== null && from !== to) said.textContent = filled(marked, { first: lines[Math.min(from, to)].words, last: lines[Math.max(from, to)].words });
    } else if (event.key === "Enter" && at >= 0) open(from === null ? at : Math.min(from, at), from === null ? at : Math.max(from, at));
    else if (event.key === "Escape") { said.textContent = show(-1); from = null; mark(null); }
    else return;
    event.preventDefault();
  });
  box.addEventListener("blur", () => { if (at >= 0) { show(-1); from = null; mark(null); } });

  // A mouse opens what it clicks; a finger sees the value first and opens it by a second tap.
  canvas.addEventListener("click", (event) => {
    if (dragged) { dragged = false; return; }
    const i = hit(event);
    if (i < 0) return;
    if (pointer === "touch" && tapped !== i) { tapped = i; said.textContent = show(i); return; }
    open(i, i);
  });

  // ── Ranges ──

  const period = (event) => {
    const chart = chartOf(figure), x = event.clientX - canvas.getBoundingClientRect().left;
    return Math.min(chart.data.labels.length - 1, Math.max(0, chart.scales.x.getValueForPixel(x)));
  };
  const stop = () => {
    if (dragged) mark(null);
    start = null;
    box.classList.remove("marking");
    document.removeEventListener("keydown", cancel, true);
  };
  const cancel = (event) => { if (event.key === "Escape") { event.stopPropagation(); stop(); } };

  canvas.addEventListener("pointerdown", (event) => {
    pointer = event.pointerType;
    dragged = false;
    const { lines } = chartOf(figure).data;
    if (event.isPrimary && event.button === 0 && marked && lines.every((line) => line.href)) start = { x: event.clientX, first: period(event) };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!start || !event.isPrimary) return;
    if (!dragged && Math.abs(event.clientX - start.x) > 8) {
      dragged = true;
      canvas.setPointerCapture(event.pointerId);
      box.classList.add("marking");
      document.addEventListener("keydown", cancel, true);
    }
    if (dragged) mark(start.first, period(event));
  });
  canvas.addEventListener("pointerup", (event) => {
    if (start && dragged) {
      const ends = [start.first, period(event)].sort((a, b) => a - b);
      stop();
      open(...ends);
    } else start = null;
  });
  canvas.addEventListener("pointercancel", stop);
}

// ── A picture ──

const WIDTH = 960, EDGE = 32, RATIO = 2;

function wrapped(ctx, text, width) {
  const lines = [""];
  for (const word of text.trim().split(/\s+/)) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (ctx.measureText(longer).width > width && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

// The sign of a legend's entry, by its class.
function sign(ctx, name, x, y, colours, opacity) {
  ctx.save();
  ctx.globalAlpha = opacity;
  ctx.fillStyle = ctx.strokeStyle = { note: colours["--ai"], money: colours["--ai"], actual: colours["--ai"], plan: colours["--ai"], unknown: colours["--soft"], range: colours["--ink"], some: colours["--ink"], "line earlier": colours["--soft"] }[name] ?? colours["--people"];
  ctx.lineWidth = 1.5;
  const across = (width) => { ctx.lineWidth = width; ctx.beginPath(); ctx.moveTo(x, y); ctx.lineTo(x + 11, y); ctx.stroke(); };
  if (name === "range") ctx.fillRect(x + 4, y - 7, 2, 14);
  else if (name === "note") { ctx.translate(x + 5, y); ctx.rotate(Math.PI / 4); ctx.fillRect(-4.5, -4.5, 9, 9); }
  else if (name === "some") { ctx.setLineDash([3, 2]); across(1.5); }
  else if (name.startsWith("line")) across(name === "line" ? 3 : 1.5);
  else if (name === "none") { ctx.setLineDash([2, 2]); ctx.strokeRect(x, y - 5, 10, 10); }
  else {
    ctx.fillRect(x, y - 5.5, 11, 11);
    const inside = { filling: "--people-tint", box: "--people-tint", plan: "--ai-tint", unknown: "--rule" }[name];
    if (inside) { ctx.fillStyle = colours[inside]; ctx.fillRect(x + 1, y - 4.5, 9, 9); }
    if (name === "box") { ctx.fillStyle = colours["--ink"]; ctx.fillRect(x, y - 1, 11, 2); }
  }
  ctx.restore();
}

// The figure as it would stand on paper: title, finding, legend, chart, what is left out, and where it comes from.
function picture(figure) {
  const plot = document.createElement("canvas"), inner = WIDTH - 2 * EDGE;
  Object.assign(plot, { width: inner, height: 420 });
  const detail = { canvas: plot, ratio: RATIO };
  figure.dispatchEvent(new CustomEvent("chart:draw", { bubbles: true, detail }));
  // As the page writes a day: "18 January 2024".
  const { lang } = document.documentElement, { colours } = detail;
  const day = new Date().toLocaleDateString(lang === "en" ? "en-GB" : lang, { dateStyle: "long" });
  const address = new URL(figure.dataset.view, location).href;
  const texts = (selector) => [...figure.querySelectorAll(selector)].map((element) => element.textContent);
  const legend = [...figure.querySelectorAll(".legend li")].map((li) => ({ name: li.firstElementChild.className, text: li.textContent, opacity: Number(getComputedStyle(li.firstElementChild).opacity) }));

  const canvas = document.createElement("canvas"), ctx = canvas.getContext("2d");
  // Twice: first to learn the height.
  const lay = (paint) => {
    let y = EDGE;
    const write = (text, font, colour, height) => {
      ctx.font = font; ctx.fillStyle = colour;
      for (const line of wrapped(ctx, text, inner)) { if (paint) ctx.fillText(line, EDGE, y + height * 0.72); y += height; }
    };
    write(texts("h2, h3")[0], `700 24px ${colours["--serif"]}`, colours["--ink"], 30);
    write(texts(".finding")[0], `16px ${colours["--sans"]}`, colours["--soft"], 23);
    y += 10;
    ctx.font = `13px ${colours["--sans"]}`;
    let x = EDGE;
    for (const { name, text, opacity } of legend) {
      const width = ctx.measureText(text).width + 40;
      if (x + width > WIDTH - EDGE && x > EDGE) { x = EDGE; y += 20; }
      if (paint) { sign(ctx, name, x, y + 6, colours, opacity); ctx.fillStyle = colours["--ink"]; ctx.fillText(text, x + 18, y + 10.5); }
      x += width;
    }
    y += 26;
    if (paint) ctx.drawImage(plot, EDGE, y, inner, 420);
    y += 432;
    for (const text of texts(":scope > p.small")) write(text, `13px ${colours["--sans"]}`, colours["--soft"], 19);
    y += 8;
    write(`${figure.dataset.source}. ${filled(figure.dataset.taken, { day })}`, `13px ${colours["--sans"]}`, colours["--ink"], 19);
    write(address.length > 300 ? `${address.slice(0, 299)}…` : address, `13px ${colours["--sans"]}`, colours["--soft"], 19);
    return y + EDGE - 10;
  };
  const height = Math.ceil(lay(false));
  Object.assign(canvas, { width: WIDTH * RATIO, height: height * RATIO });
  ctx.scale(RATIO, RATIO);
  ctx.fillStyle = colours["--paper"];
  ctx.fillRect(0, 0, WIDTH, height);
  lay(true);
  Chart.getChart(plot)?.destroy();
  return canvas;
}

function download(figure) {
  picture(figure).toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${figure.dataset.name}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/png");
}

function prepare(figure) {
  setUp(figure);
  const button = figure.querySelector("button.png");
  if (!button?.hidden || !chartOf(figure)) return;
  button.hidden = false;
  button.addEventListener("click", () => download(figure));
}

// What was drawn before this module came, and what is drawn from now on.
document.querySelectorAll("figure[data-drawn]").forEach(prepare);
document.addEventListener("chart:drawn", (event) => prepare(event.target));
