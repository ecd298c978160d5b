// Draws each figure's chart from the table that stands under it: what is drawn is what is written.
// Bars for people, a whisker for the interval, a dashed stub where only events without a figure are known, diamonds
// for AI-investment notes, bars below the line for AI money. Knows no data of its own.

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = new Intl.NumberFormat(document.documentElement.lang);
const short = (n) => new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(Math.abs(n));

function read(figure) {
  return [...figure.querySelectorAll("tbody tr[data-label]")].map((row) => ({
    label: row.dataset.label,
    words: row.cells[0].querySelector("a")?.textContent ?? row.cells[0].firstChild.textContent,
    href: row.querySelector("a")?.getAttribute("href"),
    low: Number(row.dataset.low),
    value: Number(row.dataset.value),
    high: Number(row.dataset.high),
    open: "open" in row.dataset,
    events: Number(row.dataset.events),
    without: Number(row.dataset.without),
    late: row.dataset.late,
    notes: Number(row.dataset.notes || 0),
    money: row.dataset.money === undefined ? null : Number(row.dataset.money),
  }));
}

function tell(line) {
  const lines = [];
  if (line.events) {
    const ends = line.low === line.high && line.high === line.value && !line.open
      ? "" : ` (${number.format(line.low)}–${number.format(line.high)}${line.open ? "+" : ""})`;
    lines.push(line.events === line.without ? "no number of people known" : `${number.format(line.value)} people known${ends}`);
    lines.push(`${number.format(line.events)} events, ${number.format(line.without)} without a figure`);
  } else lines.push("nothing recorded");
  if (line.late) lines.push(`still filling: ${line.late} % are usually recorded later`);
  if (line.notes) lines.push(`${number.format(line.notes)} AI-investment notes`);
  if (line.money !== null) lines.push(`$${number.format(line.money)} million actual`);
  return lines;
}

// The interval of each bar, and a stub for a period whose events all lack a figure.
const intervals = {
  id: "intervals",
  afterDatasetsDraw(chart) {
    const { ctx } = chart, meta = chart.getDatasetMeta(0), lines = chart.data.lines;
    const flat = chart.options.indexAxis === "y", scale = chart.scales[flat ? "x" : "y"];
    ctx.save();
    lines.forEach((line, i) => {
      const bar = meta.data[i];
      if (!bar) return;
      const at = flat ? bar.y : bar.x, half = Math.max(2, Math.min(flat ? bar.height : bar.width, 8) / 2);
      if (line.high !== line.low || line.open) {
        const from = scale.getPixelForValue(line.low), to = scale.getPixelForValue(line.high);
        ctx.strokeStyle = css("--ink"); ctx.lineWidth = 1.25; ctx.setLineDash([]); ctx.beginPath();
        if (flat) { ctx.moveTo(from, at); ctx.lineTo(to, at); ctx.moveTo(to, at - half); ctx.lineTo(to, at + half); }
        else { ctx.moveTo(at, from); ctx.lineTo(at, to); ctx.moveTo(at - half, to); ctx.lineTo(at + half, to); }
        ctx.stroke();
      } else if (line.events && line.events === line.without) {
        const zero = scale.getPixelForValue(0), size = Math.max(3, half * 1.6);
        ctx.strokeStyle = css("--people"); ctx.lineWidth = 1.25; ctx.setLineDash([2, 2]);
        if (flat) ctx.strokeRect(zero, at - size / 2, 14, size); else ctx.strokeRect(at - size / 2, zero - 14, size, 14);
      }
    });
    ctx.restore();
  },
};

// The next round number whose quarters are round too.
function ceiling(n) {
  const power = 10 ** Math.floor(Math.log10(n));
  return power * [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find((step) => step * power >= n);
}

const grid = () => ({ color: css("--rule"), drawTicks: false });

function yearOf(label, index, labels) {
  const year = label.slice(0, 4);
  return index === 0 || labels[index - 1].slice(0, 4) !== year ? year : null;
}

function timeAxis(labels) {
  return {
    grid: { display: false }, border: { color: css("--ink") },
    ticks: { maxRotation: 0, autoSkip: labels.length <= 14, callback(_value, i) { return labels.length <= 14 ? labels[i] : yearOf(labels[i], i, labels); } },
  };
}

const bars = (lines) => ({
  type: "bar", data: lines.map((line) => line.value), borderRadius: 1,
  // A period that is still filling is an outline: more is to come.
  ...(lines.some((line) => line.late)
    ? { backgroundColor: lines.map((line) => css(line.late ? "--people-tint" : "--people")), borderColor: css("--people"), borderWidth: lines.map((line) => (line.late ? 1 : 0)) }
    : { backgroundColor: css("--people") }),
  barPercentage: 0.92, categoryPercentage: 0.92, maxBarThickness: 56,
});

const draw = {
  time(lines) {
    const labels = lines.map((line) => line.label), noted = lines.some((line) => line.notes), scales = {
      x: timeAxis(labels),
      // The lane of notes comes first: the first of a stack stands lowest.
      ...(noted && { lane: { stack: "s", stackWeight: 1, min: -1, max: 1, grid: { display: false }, border: { display: false }, ticks: { display: false }, title: { display: true, text: "AI", color: css("--ai"), padding: 0 } } }),
      y: { stack: "s", stackWeight: 9, beginAtZero: true, suggestedMax: Math.max(...lines.map((l) => l.high)), border: { display: false }, grid: grid(), ticks: { maxTicksLimit: 5, callback: short } },
    };
    const datasets = [{ ...bars(lines), yAxisID: "y" }];
    if (noted) {
      datasets.push({ type: "line", showLine: false, data: lines.map((line) => (line.notes ? 0 : null)), yAxisID: "lane", backgroundColor: css("--ai"), borderColor: css("--ai"), pointStyle: "rectRot", pointRadius: lines.length > 60 ? 3.5 : 5, pointHoverRadius: 6, borderWidth: 0 });
    }
    return { data: { labels, datasets }, options: { scales } };
  },
  bars(lines) {
    const labels = lines.map((line) => line.words);
    return {
      data: { labels, datasets: [{ ...bars(lines), categoryPercentage: 0.8, maxBarThickness: 26 }] },
      options: {
        indexAxis: "y",
        scales: {
          x: { beginAtZero: true, suggestedMax: Math.max(...lines.map((l) => l.high)), border: { display: false }, grid: grid(), ticks: { maxTicksLimit: 5, maxRotation: 0, callback: short } },
          y: { grid: { display: false }, border: { color: css("--ink") }, ticks: { autoSkip: false, color: css("--ink"), callback(_value, i) { const text = labels[i]; return text.length > 22 ? `${text.slice(0, 21)}…` : text; } } },
        },
      },
    };
  },
  mirror(lines) {
    const labels = lines.map((line) => line.label);
    const people = ceiling(Math.max(1, ...lines.map((l) => Math.max(l.high, l.value)))), money = ceiling(Math.max(1, ...lines.map((l) => l.money ?? 0)));
    const hasMoney = lines.some((line) => line.money !== null);
    const datasets = [{ ...bars(lines), yAxisID: "y", grouped: false }];
    const scales = {
      x: { ...timeAxis(labels), border: { display: false } },
      y: { position: "left", min: hasMoney ? -people : 0, max: people, border: { display: false }, grid: { ...grid(), color: (c) => (c.tick.value === 0 ? css("--ink") : css("--rule")) }, ticks: { stepSize: people / 4, callback: (v) => (v < 0 ? null : short(v)) } },
    };
    if (hasMoney) {
      datasets.push({ type: "bar", data: lines.map((line) => (line.money === null ? null : -line.money)), backgroundColor: css("--ai"), yAxisID: "money", grouped: false, barPercentage: 0.7, categoryPercentage: 0.92, maxBarThickness: 42, borderRadius: 1 });
      scales.money = { position: "right", min: -money, max: money, border: { display: false }, grid: { display: false }, ticks: { stepSize: money / 4, callback: (v) => (v > 0 ? null : `$${short(v * 1e6)}`) } };
    }
    return { data: { labels, datasets }, options: { scales } };
  },
};

const charts = [];

function render(figure) {
  const lines = read(figure), canvas = figure.querySelector("canvas");
  if (!lines.length) return;
  const { data, options } = draw[figure.dataset.chart](lines);
  data.lines = lines;
  const chart = new Chart(canvas, {
    type: "bar", data, plugins: [intervals],
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, layout: { padding: { top: 10 } }, ...options,
      interaction: { mode: "index", axis: options.indexAxis === "y" ? "y" : "x", intersect: false },
      onClick(_event, hits) { const line = lines[hits[0]?.index]; if (line?.href) location.assign(line.href); },
      plugins: {
        legend: { display: false },
        tooltip: {
          displayColors: false, backgroundColor: css("--ink"), titleColor: css("--paper"), bodyColor: css("--paper"), cornerRadius: 3,
          filter: (_item, index) => index === 0,
          callbacks: { title: (items) => lines[items[0].dataIndex].words, label: (item) => tell(lines[item.dataIndex]) },
        },
      },
    },
  });
  charts.push(chart);
}

function renderAll() {
  charts.splice(0).forEach((chart) => chart.destroy());
  Chart.defaults.font.family = css("--sans");
  Chart.defaults.font.size = 12;
  Chart.defaults.color = css("--soft");
  document.querySelectorAll("figure[data-chart]").forEach(render);
}

if (window.Chart) {
  renderAll();
  for (const change of ["themechange", "explorer:swapped"]) document.addEventListener(change, renderAll);
  addEventListener("beforeprint", () => charts.forEach((chart) => chart.resize()));
}
