// Draws each figure's chart from the table that stands under it: what is drawn is what is written.
// Bars for people, a whisker for the interval, a dashed stub where only events without a figure are known, diamonds
// or stacked bars for AI-investment notes, bars below the line for AI money. Knows no data of its own. chart-tools.js adds keyboard,
// ranges and pictures: it finds a figure's rows in `data.lines` of its chart.

const number = new Intl.NumberFormat(document.documentElement.lang);
const short = (n) => new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 }).format(Math.abs(n));
// Millions of dollars, as the table writes them.
const dollars = (v) => (v >= 1e3 ? `$${number.format(v / 1e3)} bn` : `$${number.format(v)} m`);
const SIZES = [1, 2, 3, 4];
// What notes say of, with fill and edge: of what was done, of a plan, of neither.
const STATES = [["actual", "--ai", "--ai"], ["plan", "--ai-tint", "--ai"], ["unknown", "--rule", "--soft"]];

// The tokens that paper has, else those of the page as it is shown.
let onPaper = false;
const css = (name) => (onPaper && paper()?.getPropertyValue(name).trim()) || getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// The style that print gives the root: its sheet may stand alone, be imported, or lie within another one.
function paper() {
  const roots = (rules, print) => [...rules].flatMap((rule) => {
    const inside = rule.styleSheet?.cssRules ?? (rule.media && rule.cssRules);
    if (inside) return roots(inside, print || rule.media.mediaText === "print");
    return print && /(^|,)\s*:root/.test(rule.selectorText ?? "") ? [rule.style] : [];
  });
  return [...document.styleSheets].flatMap((sheet) => roots(sheet.cssRules, false)).find((style) => style.getPropertyValue("--paper"));
}

function read(figure) {
  const value = (text) => (text === undefined ? null : Number(text));
  const headings = [...figure.querySelectorAll("thead th")].map((heading) => heading.textContent.trim());
  return [...figure.querySelectorAll("tbody tr[data-label]:not([data-undrawn])")].map(({ dataset, cells }) => ({
    label: dataset.label,
    words: cells[0].querySelector("a")?.textContent ?? cells[0].firstChild.textContent,
    href: cells[0].querySelector("a")?.getAttribute("href"),
    published: value(dataset.published),
    low: value(dataset.low),
    value: value(dataset.value),
    high: value(dataset.high),
    open: "open" in dataset,
    events: Number(dataset.events || 0),
    without: Number(dataset.without || 0),
    cuts: value(dataset.cuts),
    sizes: SIZES.map((n) => Number(dataset[`size${n}`] || 0)),
    states: STATES.map(([state]) => Number(dataset[state] || 0)),
    late: dataset.late,
    said: said([...cells], headings),
    notes: Number(dataset.notes || 0),
    money: value(dataset.money),
  }));
}

// What tooltip and screen reader say of a row: its cells under their headings, as they are written there.
function said(cells, headings) {
  const values = cells.slice(1).map((cell, i) => [cell.colSpan > 1 ? "" : headings[i + 1], cell.textContent.trim()]);
  const marks = [...cells[0].querySelectorAll(".soft")].map((mark) => mark.textContent.trim());
  return [...values.filter(([, text]) => text && text !== "0").map(([heading, text]) => (heading ? `${heading}: ${text}` : text)), ...marks];
}

const tell = (line) => (line.said.length ? line.said : ["–"]);

// The interval of each bar; a stub for a period whose events all lack a figure, a cap over one of which some do.
const intervals = {
  id: "intervals",
  afterDatasetsDraw(chart) {
    if (!["time", "bars", "mirror"].includes(chart.data.kind)) return;
    const { ctx } = chart, meta = chart.getDatasetMeta(0), lines = chart.data.lines;
    const flat = chart.options.indexAxis === "y", scale = chart.scales[flat ? "x" : "y"];
    const stroke = (colour, dash, ...points) => {
      ctx.strokeStyle = css(colour); ctx.setLineDash(dash); ctx.beginPath();
      points.forEach(([along, across], i) => ctx[i % 2 ? "lineTo" : "moveTo"](...(flat ? [along, across] : [across, along])));
      ctx.stroke();
    };
    ctx.save();
    ctx.lineWidth = 1.25;
    lines.forEach((line, i) => {
      const bar = meta.data[i];
      if (!bar) return;
      const at = flat ? bar.y : bar.x, half = Math.max(2, Math.min(flat ? bar.height : bar.width, 8) / 2);
      const zero = scale.getPixelForValue(0), to = scale.getPixelForValue(Math.max(line.high, line.value)), away = flat ? 1 : -1;
      if (line.high !== line.low || line.open) {
        const from = scale.getPixelForValue(line.low), end = scale.getPixelForValue(line.high);
        // An end that a source leaves open points on.
        const tip = line.open ? end + 7 * away : end, back = line.open ? tip - 4 * away : end;
        stroke("--ink", [], [from, at], [tip, at], [back, at - half], line.open ? [tip, at] : [back, at + half], ...(line.open ? [[back, at + half], [tip, at]] : []));
      } else if (line.events && line.events === line.without) {
        const size = Math.max(3, half * 1.6);
        ctx.strokeStyle = css("--people"); ctx.setLineDash([2, 2]);
        if (flat) ctx.strokeRect(zero, at - size / 2, 14, size); else ctx.strokeRect(at - size / 2, zero - 14, size, 14);
      }
      if (line.without && line.without < line.events) {
        // Beyond the arrow of an open end.
        const beyond = to + (line.open ? 11 : 4) * away;
        stroke("--ink", [2, 1.5], [beyond, at - half], [beyond, at + half]);
      }
    });
    ctx.restore();
  },
};

// The median of each year's cuts.
const medians = {
  id: "medians",
  afterDatasetsDraw(chart) {
    if (chart.data.kind !== "sizes") return;
    const { ctx } = chart, scale = chart.scales.y;
    ctx.save();
    ctx.font = `600 12px ${css("--sans")}`; ctx.textAlign = "center"; ctx.fillStyle = ctx.strokeStyle = css("--ink"); ctx.lineWidth = 2;
    chart.data.lines.forEach((line, i) => {
      const bar = chart.getDatasetMeta(0).data[i];
      if (line.value === null || !bar) return;
      const at = scale.getPixelForValue(Math.max(1, line.value)), half = bar.width / 2;
      ctx.beginPath(); ctx.moveTo(bar.x - half, at); ctx.lineTo(bar.x + half, at); ctx.stroke();
      if (half > 14) ctx.fillText(number.format(Math.round(line.value)), bar.x, at - 5);
    });
    ctx.restore();
  },
};

// The name of each year at the end of its line.
const names = {
  id: "names",
  afterDatasetsDraw(chart) {
    if (chart.data.kind !== "years") return;
    const { ctx } = chart;
    const ends = chart.data.datasets.map((set, i) => {
      const points = chart.getDatasetMeta(i).data, last = set.data.findLastIndex((n) => n !== null);
      return { name: set.label, x: points[last].x, y: points[last].y, latest: i === chart.data.datasets.length - 1, full: last === 11 };
    });
    // Those at the right edge stand below one another.
    ends.filter((end) => end.full).sort((a, b) => a.y - b.y).forEach((end, i, all) => { if (i) end.y = Math.max(end.y, all[i - 1].y + 13); });
    ctx.save();
    ctx.textBaseline = "middle";
    for (const end of ends) {
      ctx.font = `${end.latest ? 700 : 400} 12px ${css("--sans")}`;
      ctx.fillStyle = css(end.latest ? "--people" : "--soft");
      ctx.fillText(end.name, end.x + 7, end.y);
    }
    ctx.restore();
  },
};

// What a reader is marking: drawn over the bars.
const range = {
  id: "range",
  afterDatasetsDraw(chart) {
    if (!chart.$range) return;
    const { ctx, chartArea } = chart, [first, last] = chart.$range;
    const at = (i) => chart.getDatasetMeta(0).data[i].x, step = chart.data.labels.length > 1 ? Math.abs(at(1) - at(0)) / 2 : chartArea.width / 2;
    ctx.save();
    ctx.globalAlpha = 0.16; ctx.fillStyle = css("--focus");
    ctx.fillRect(at(first) - step, chartArea.top, at(last) - at(first) + 2 * step, chart.height - chartArea.top);
    ctx.restore();
  },
};

// The next round number whose quarters are round too.
function ceiling(n) {
  const power = 10 ** Math.floor(Math.log10(n));
  return power * [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find((step) => step * power >= n);
}

const grid = () => ({ color: css("--rule"), drawTicks: false });

// The year where it begins; at the first label, unless the next one would stand too close.
function yearOf(label, index, labels) {
  const year = label.slice(0, 4), next = labels.findIndex((other) => other.slice(0, 4) !== year);
  if (index === 0) return next < 0 || next > labels.length / 10 ? year : null;
  return labels[index - 1].slice(0, 4) !== year ? year : null;
}

function timeAxis(labels) {
  return {
    grid: { display: false }, border: { color: css("--ink") },
    ticks: { maxRotation: 0, autoSkip: labels.length <= 14, callback(_value, i) { return labels.length <= 14 ? labels[i] : yearOf(labels[i], i, labels); } },
  };
}

const people = (lines) => ({ beginAtZero: true, suggestedMax: Math.max(...lines.map((l) => l.high)), border: { display: false }, grid: grid(), ticks: { maxTicksLimit: 5, maxRotation: 0, callback: short } });

const bars = (lines) => ({
  type: "bar", data: lines.map((line) => line.value), borderRadius: 1,
  // A period that is still filling is an outline: more is to come.
  ...(lines.some((line) => line.late)
    ? { backgroundColor: lines.map((line) => css(line.late ? "--people-tint" : "--people")), borderColor: css("--people"), borderWidth: lines.map((line) => (line.late ? 1 : 0)) }
    : { backgroundColor: css("--people") }),
  barPercentage: 0.92, categoryPercentage: 0.92, maxBarThickness: 56,
});

// The notes of each row, a stack.
const stacks = (lines) => STATES.map(([, fill, edge], i) => ({ data: lines.map((line) => line.states[i]), backgroundColor: css(fill), borderColor: css(edge), borderWidth: lines.map((line) => (line.states[i] ? 1 : 0)), borderSkipped: false, borderRadius: 1, barPercentage: 0.92, categoryPercentage: 0.86, maxBarThickness: 44 }));
const counts = () => ({ stacked: true, beginAtZero: true, border: { display: false }, grid: grid(), ticks: { maxTicksLimit: 6, maxRotation: 0, precision: 0 } });

// The names down the side of bars that lie.
const namesAxis = (labels) => ({ grid: { display: false }, border: { color: css("--ink") }, ticks: { autoSkip: false, color: css("--ink"), callback(_value, i) { const text = labels[i], most = this.chart.width < 560 ? 20 : 34; return text.length > most ? `${text.slice(0, most - 1)}…` : text; } } });

// For each kind of figure, data and options, with the words that the figure carries; `place` of a row is its dataset and index, its index alone by default.
const draw = {
  time(lines, { ai }) {
    const labels = lines.map((line) => line.label), noted = lines.some((line) => line.notes), scales = {
      x: timeAxis(labels),
      // The lane of notes comes first: the first of a stack stands lowest.
      ...(noted && { lane: { stack: "s", stackWeight: 1, min: -1, max: 1, grid: { display: false }, border: { display: false }, ticks: { display: false }, title: { display: true, text: ai, color: css("--ai"), padding: 0 } } }),
      y: { stack: "s", stackWeight: 9, ...people(lines) },
    };
    const datasets = [{ ...bars(lines), yAxisID: "y" }];
    if (noted) {
      datasets.push({ type: "line", showLine: false, data: lines.map((line) => (line.notes ? 0 : null)), yAxisID: "lane", backgroundColor: css("--ai"), borderColor: css("--ai"), pointStyle: "rectRot", pointRadius: lines.length > 60 ? 3.5 : 5, pointHoverRadius: 6, borderWidth: 0 });
    }
    return { data: { labels, datasets }, options: { scales } };
  },
  // What others publish as a line, which breaks where nothing is published; ours as bars where they count the same.
  published(lines) {
    const labels = lines.map((line) => line.label), few = lines.length < 60;
    const datasets = [{ type: "line", data: lines.map((line) => line.published), borderColor: css("--ink"), backgroundColor: css("--ink"), borderWidth: 1.5, pointRadius: few ? 3 : 2, pointHoverRadius: 5, order: 0 }];
    if (lines.some((line) => line.value !== null)) datasets.push({ ...bars(lines), order: 1 });
    const most = Math.max(...lines.map((line) => Math.max(line.published ?? 0, line.value ?? 0)));
    return { data: { labels, datasets }, options: { scales: { x: timeAxis(labels), y: { ...people(lines), suggestedMax: most } } } };
  },
  years(lines) {
    const years = [...new Set(lines.map((line) => line.label.slice(0, 4)))], place = lines.map((line) => [years.indexOf(line.label.slice(0, 4)), Number(line.label.slice(5)) - 1]);
    const labels = Array.from({ length: 12 }, (_month, i) => new Date(2000, i, 1).toLocaleString(document.documentElement.lang, { month: "short" }));
    const datasets = years.map((year, y) => {
      const latest = y === years.length - 1, data = Array(12).fill(null);
      lines.forEach((line, i) => { if (place[i][0] === y) data[place[i][1]] = line.value; });
      return { type: "line", label: year, data, borderColor: css(latest ? "--people" : "--soft"), backgroundColor: css(latest ? "--people" : "--soft"), borderWidth: latest ? 3 : 1.25, pointRadius: latest ? 3 : data.filter((n) => n !== null).length === 1 ? 2 : 0, pointHoverRadius: 5, clip: false };
    });
    return { place, data: { labels, datasets }, options: { layout: { padding: { top: 10, right: 40 } }, interaction: { mode: "nearest", intersect: false }, scales: { x: { grid: { display: false }, border: { color: css("--ink") }, ticks: { maxRotation: 0 } }, y: { ...people(lines), suggestedMax: Math.max(...lines.map((l) => l.value)) } } } };
  },
  bars(lines) {
    const labels = lines.map((line) => line.words);
    return {
      data: { labels, datasets: [{ ...bars(lines), categoryPercentage: 0.8, maxBarThickness: 26 }] },
      options: {
        indexAxis: "y",
        scales: {
          x: people(lines),
          y: namesAxis(labels),
        },
      },
    };
  },
  notes(lines) {
    const labels = lines.map((line) => line.label);
    return { data: { labels, datasets: stacks(lines) }, options: { scales: { x: { ...timeAxis(labels), stacked: true }, y: counts() } } };
  },
  "note-bars"(lines) {
    const labels = lines.map((line) => line.words);
    return { data: { labels, datasets: stacks(lines).map((set) => ({ ...set, maxBarThickness: 26 })) }, options: { indexAxis: "y", scales: { x: counts(), y: { ...namesAxis(labels), stacked: true } } } };
  },
  sizes(lines, words) {
    const labels = lines.map((line) => line.label), alphas = ["40", "80", "bf", ""];
    const common = { categoryPercentage: 0.8, barPercentage: 0.92, maxBarThickness: 64, borderRadius: 1 };
    const datasets = [
      { ...common, yAxisID: "y", data: lines.map((l) => (l.value === null ? null : [Math.max(1, l.low), Math.max(1, l.high)])), backgroundColor: css("--people-tint"), borderColor: css("--people"), borderWidth: 1, borderSkipped: false, minBarLength: 2, grouped: false },
      ...SIZES.map((_n, i) => ({ ...common, yAxisID: "share", stack: "share", grouped: false, data: lines.map((l) => (l.cuts ? (100 * l.sizes[i]) / l.cuts : null)), backgroundColor: css("--people") + alphas[i], borderColor: css("--paper"), borderWidth: { top: i < 3 ? 1 : 0 } })),
    ];
    const known = lines.filter((l) => l.value !== null), power = (v) => Number.isInteger(Math.log10(v));
    const least = 10 ** Math.floor(Math.log10(Math.max(1, Math.min(...known.map((l) => l.low), 100)))), most = 10 ** Math.ceil(Math.log10(Math.max(10 * least, ...known.map((l) => l.high))));
    const title = (text) => ({ display: true, text, color: css("--soft"), padding: 0 });
    return {
      data: { labels, datasets },
      options: { scales: {
        x: { ...timeAxis(labels), stacked: false },
        share: { stack: "s", stackWeight: 5, stacked: true, min: 0, max: 100, border: { display: false }, grid: grid(), title: title(words.share), ticks: { stepSize: 50, callback: (v) => `${v} %` } },
        y: { stack: "s", stackWeight: 7, type: "logarithmic", min: least, max: most, border: { display: false }, title: title(words.people), grid: { ...grid(), color: (c) => (power(c.tick.value) ? css("--rule") : "transparent") }, ticks: { callback: (v) => (power(v) && v > least ? short(v) : null) } },
      } },
    };
  },
  mirror(lines) {
    const labels = lines.map((line) => line.label);
    const most = ceiling(Math.max(4, ...lines.map((l) => Math.max(l.high, l.value)))), money = ceiling(Math.max(1, ...lines.map((l) => l.money ?? 0)));
    const hasMoney = lines.some((line) => line.money !== null);
    const datasets = [{ ...bars(lines), yAxisID: "y", grouped: false }];
    const scales = {
      x: { ...timeAxis(labels), border: { display: false } },
      y: { position: "left", min: hasMoney ? -most : 0, max: most, border: { display: false }, grid: { ...grid(), color: (c) => (c.tick.value === 0 ? css("--ink") : css("--rule")) }, ticks: { stepSize: most / 4, callback: (v) => (v < 0 ? null : short(v)) } },
    };
    if (hasMoney) {
      datasets.push({ type: "bar", data: lines.map((line) => (line.money === null ? null : -line.money)), backgroundColor: css("--ai"), yAxisID: "money", grouped: false, barPercentage: 0.7, categoryPercentage: 0.92, maxBarThickness: 42, borderRadius: 1 });
      scales.money = { position: "right", min: -money, max: money, border: { display: false }, grid: { display: false }, ticks: { stepSize: money / 4, callback: (v) => (v > 0 ? null : v ? dollars(-v) : "$0") } };
    }
    // Below the line, where money stands too: a note need not carry any.
    if (lines.some((line) => line.notes)) {
      datasets.push({ type: "line", showLine: false, data: lines.map((line) => (line.notes ? -most / 16 : null)), yAxisID: "y", backgroundColor: css("--ai"), borderColor: css("--paper"), borderWidth: 1, pointStyle: "rectRot", pointRadius: 5, pointHoverRadius: 6, order: -1 });
      if (!hasMoney) scales.y.min = -most / 8;
    }
    return { data: { labels, datasets }, options: { scales } };
  },
};

function render(figure, canvas, more = {}) {
  const lines = read(figure), kind = figure.dataset.chart;
  if (!lines.length) return null;
  const { data, options, place = lines.map((_line, i) => [0, i]) } = draw[kind](lines, figure.dataset);
  const told = (item) => lines[place.findIndex(([set, index]) => index === item.dataIndex && (kind !== "years" || set === item.datasetIndex))];
  Chart.defaults.font.family = css("--sans");
  Chart.defaults.font.size = 12;
  Chart.defaults.color = css("--soft");
  return new Chart(canvas, {
    type: "bar", data: { ...data, lines, place, kind, tell }, plugins: [intervals, medians, names, range],
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, layout: { padding: { top: 10 } }, ...more,
      interaction: { mode: "index", axis: options.indexAxis === "y" ? "y" : "x", intersect: false },
      ...options,
      plugins: {
        legend: { display: false },
        tooltip: {
          displayColors: false, backgroundColor: css("--ink"), titleColor: css("--paper"), bodyColor: css("--paper"), cornerRadius: 3,
          filter: (_item, index) => index === 0,
          callbacks: { title: (items) => (items.length ? told(items[0]).words : ""), label: (item) => tell(told(item)) },
        },
      },
    },
  });
}

const figures = () => [...document.querySelectorAll("figure[data-chart]")];
const drawn = (figure) => window.Chart && Chart.getChart(figure.querySelector("canvas"));

function drawOne(figure) {
  const canvas = figure.querySelector("canvas");
  Chart.getChart(canvas)?.destroy();
  // A sheet is narrower than most windows.
  canvas.parentElement.classList.toggle("on-paper", onPaper);
  render(figure, canvas);
  figure.dataset.drawn = "";
  figure.dispatchEvent(new CustomEvent("chart:drawn", { bubbles: true }));
}

// The library weighs more than all else on a page: it comes when a figure comes near the window, or when the keyboard is
// taken up, which goes from value to value there. Until then, and where it does not come, the table has the numbers.
let library;
const loaded = () => (library ??= new Promise((done) => {
  const script = document.createElement("script");
  script.src = document.querySelector("script[data-library]").dataset.library;
  script.addEventListener("load", done);
  script.addEventListener("error", () => figures().forEach(asTable));
  document.head.append(script);
}));

function asTable(figure) {
  figure.querySelector(".canvas").hidden = true;
  figure.querySelector(".twin").open = true;
}

const near = new IntersectionObserver((seen) => seen.filter((entry) => entry.isIntersecting).forEach(async ({ target }) => {
  near.unobserve(target);
  await loaded();
  const figure = target.closest("figure");
  if (target.isConnected && !drawn(figure)) drawOne(figure);
}), { rootMargin: "50px" });

const watch = () => figures().filter((figure) => !drawn(figure)).forEach((figure) => near.observe(figure.querySelector(".canvas")));
const redraw = () => figures().filter(drawn).forEach(drawOne);

function asOnPaper(on) {
  onPaper = on;
  if (window.Chart) figures().forEach(drawOne);
  else if (on) figures().forEach(asTable);
}

watch();
addEventListener("keydown", async () => { await loaded(); figures().filter((figure) => !drawn(figure)).forEach(drawOne); }, { once: true });
document.addEventListener("themechange", redraw);
document.addEventListener("explorer:swapped", () => {
  // What left the page leaves nothing behind.
  Object.values(window.Chart?.instances ?? {}).filter((chart) => !chart.canvas?.isConnected).forEach((chart) => chart.destroy());
  watch();
});
addEventListener("beforeprint", () => asOnPaper(true));
addEventListener("afterprint", () => asOnPaper(false));
// A picture is drawn as on paper, into the canvas that is asked for.
document.addEventListener("chart:draw", (event) => {
  onPaper = true;
  event.detail.colours = Object.fromEntries(["--paper", "--ink", "--soft", "--rule", "--people", "--people-tint", "--ai", "--ai-tint", "--serif", "--sans"].map((name) => [name, css(name)]));
  render(event.target, event.detail.canvas, { responsive: false, devicePixelRatio: event.detail.ratio, events: [] });
  onPaper = false;
});
