"use strict";
(function () {
  const plots = JSON.parse(document.getElementById("plots").textContent);
  const root = document.documentElement;
  const css = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim();
  const utc = (seconds) => uPlot.tzDate(new Date(seconds * 1e3), "Etc/UTC");
  const figures = (digits) => (u, v) => v == null ? "–" : v.toLocaleString("en-US", { maximumSignificantDigits: digits });
  const when = (u, v) => v == null ? "–" : new Date(v * 1e3).toISOString().slice(0, 19).replace("T", " ");
  let made = [];

  // ISO-like and 24 hours, wherever the reader is: [least step, text, then what a change of year, month, day adds].
  const day = "\n{D} {MMM} {YYYY}", clock = (text) => [text, day, null, day, null, null, null, 1];
  const dates = [
    [31536000, "{YYYY}", null, null, null, null, null, null, 1], [2419200, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
    [86400, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
    [60, ...clock("{HH}:{mm}")], [1, ...clock("{HH}:{mm}:{ss}")], [0.001, ...clock(":{ss}.{fff}")],
  ];

  function axes(left) {
    const base = { stroke: css("muted"), grid: { stroke: css("grid"), width: 1 }, ticks: { stroke: css("grid"), width: 1 }, font: "12px system-ui, sans-serif" };
    return [Object.assign({ values: dates }, base), Object.assign({ size: 66, values: (u, ticks) => ticks.map((t) => t.toLocaleString("en-US", { maximumFractionDigits: 10, maximumSignificantDigits: 7 })) }, base, left || {})];
  }

  function make(figure, options, data) {
    const width = () => Math.max(260, Math.floor(figure.clientWidth));
    const plot = new uPlot(Object.assign({ width: width(), tzDate: utc, padding: [12, 42, 0, 0], cursor: { y: false, drag: { x: true, y: false } } }, options), data, figure);
    // Without a cursor the legend tells the last values.
    const rest = () => { if (plot.cursor.idx == null) plot.setLegend({ idx: data[0].length - 1 }, false); };
    plot.over.addEventListener("mouseleave", () => setTimeout(rest, 0));
    setTimeout(rest, 0);
    made.push({ plot, width });
    return plot;
  }

  function equity(figure) {
    const e = plots.sessions[figure.dataset.section].equity;
    const key = "equity" + figure.dataset.section;
    const cursor = { y: false, sync: { key }, drag: { x: true, y: false } };
    make(figure, {
      height: 240, cursor, axes: axes(),
      series: [{ label: "UTC", value: when }, { label: "Equity", stroke: css("spread"), width: 1.75, points: { show: false }, value: (u, v) => v == null ? "–" : v.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 }) }],
    }, [e.t, e.equity]);
    make(figure, {
      height: 130, cursor, axes: axes({ values: (u, ticks) => ticks.map((t) => +t.toFixed(4) + " %") }), scales: { y: { range: (u, low) => [Math.min(low * 1.08, -0.01), 0] } },
      series: [{ label: "UTC", value: when }, { label: "Drawdown", stroke: css("stop"), fill: css("fall"), fillTo: 0, width: 1.25, points: { show: false }, value: (u, v) => v == null ? "–" : v.toFixed(3) + " %" }],
    }, [e.t, e.drawdown]);
  }

  // Entry, exit and stop bands move with the mean and deviation that were in use at each moment.
  function band(pair, times) { return pair.mean.map((m, i) => m == null || pair.deviation[i] == null ? null : m + times * pair.deviation[i]); }

  function markers(pair) {
    const shapes = {
      bought: (c, x, y, r) => { c.moveTo(x, y - r); c.lineTo(x + r, y + r * 0.8); c.lineTo(x - r, y + r * 0.8); c.closePath(); c.fill(); c.stroke(); },
      sold: (c, x, y, r) => { c.moveTo(x, y + r); c.lineTo(x + r, y - r * 0.8); c.lineTo(x - r, y - r * 0.8); c.closePath(); c.fill(); c.stroke(); },
      left: (c, x, y, r) => { c.arc(x, y, r * 0.8, 0, 7); c.fill(); c.stroke(); },
      stopped: (c, x, y, r) => { c.moveTo(x - r, y - r); c.lineTo(x + r, y + r); c.moveTo(x + r, y - r); c.lineTo(x - r, y + r); c.lineWidth *= 2.4; c.strokeStyle = css("stop"); c.stroke(); },
    };
    const colors = { bought: "good", sold: "mark", left: "ink", stopped: "stop" };
    return (u) => {
      const c = u.ctx, ratio = uPlot.pxRatio;
      c.save();
      c.beginPath(); c.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height); c.clip();
      for (const mark of pair.markers) {
        if (mark.s == null || mark.t < u.scales.x.min || u.scales.x.max < mark.t) continue;
        c.beginPath(); c.fillStyle = css(colors[mark.kind]); c.strokeStyle = css("card"); c.lineWidth = 1 * ratio;
        shapes[mark.kind](c, u.valToPos(mark.t, "x", true), u.valToPos(mark.s, "y", true), 5 * ratio);
      }
      c.restore();
    };
  }

  // The trade nearest to the cursor, told in words below the picture.
  function tell(pair, line) {
    const words = { bought: "spread bought", sold: "spread sold", left: "closed", stopped: "closed by the stop" };
    return (u) => {
      const at = u.cursor.left;
      let best = null, distance = 9;
      if (at != null && at >= 0) for (const mark of pair.markers) {
        const d = Math.abs(u.valToPos(mark.t, "x") - at);
        if (d < distance) { distance = d; best = mark; }
      }
      line.textContent = best ? when(null, best.t) + ": " + words[best.kind] + (best.z == null ? "" : " at z " + best.z.toFixed(2)) + (best.prices ? " (" + best.prices + ")" : "") : "\u00a0";
    };
  }

  function spread(figure) {
    const pair = plots.sessions[figure.dataset.section].pairs[figure.dataset.pair];
    const line = document.createElement("div");
    line.className = "note"; line.textContent = "\u00a0";
    const quiet = { points: { show: false }, width: 1 };
    const z = pair.spread.map((s, i) => pair.deviation[i] > 0 ? (s - pair.mean[i]) / pair.deviation[i] : null);
    const data = [pair.t, pair.spread, pair.mean, band(pair, pair.entry), band(pair, -pair.entry), band(pair, pair.exit), band(pair, -pair.exit)];
    const entry = Object.assign({ stroke: css("entry"), dash: [6, 4] }, quiet);
    const series = [
      { label: "UTC", value: when },
      Object.assign({}, quiet, { label: "Spread", stroke: css("spread"), width: 1.5, value: (u, v, s, i) => v == null ? "–" : figures(6)(u, v) + (i == null || z[i] == null ? "" : " (z " + z[i].toFixed(2) + ")") }),
      Object.assign({ label: "Mean", stroke: css("mean"), value: figures(6) }, quiet),
      Object.assign({ label: "Entry ±" + pair.entry, value: figures(6) }, entry), Object.assign({ label: "", class: "hidden" }, entry),
      Object.assign({ label: "Exit ±" + pair.exit, stroke: "transparent", value: figures(6) }, quiet), Object.assign({ label: "", stroke: "transparent" }, quiet),
    ];
    if (pair.stop != null) {
      const stop = Object.assign({ stroke: css("stop"), dash: [2, 4] }, quiet);
      data.push(band(pair, pair.stop), band(pair, -pair.stop));
      series.push(Object.assign({ label: "Stop ±" + pair.stop, value: figures(6) }, stop), Object.assign({ label: "" }, stop));
    }
    const plot = make(figure, {
      height: 260, axes: axes(), series, bands: [{ series: [5, 6], fill: css("zone") }],
      hooks: { draw: [markers(pair)], setCursor: [tell(pair, line)] },
    }, data);
    plot.root.querySelectorAll(".u-legend .u-series").forEach((row, i) => { if (series[i].label === "") row.style.display = "none"; });
    figure.append(line);
  }

  // 0 for p = 1, 1 for p <= 0.0001
  const strength = (p) => Math.min(1, Math.max(0, -Math.log10(Math.max(p, 1e-12)) / 4));
  function color(p) {
    const stops = css("ramp").split(" ").map((s) => s.split(",").map(Number));
    const at = strength(p) * (stops.length - 1), i = Math.min(stops.length - 2, Math.floor(at)), f = at - i;
    return "rgb(" + stops[i].map((v, k) => Math.round(v + f * (stops[i + 1][k] - v))).join(",") + ")";
  }

  // Each name beside the unused one it has its lowest p with, beginning at the lowest of all.
  function neighbours(m) {
    const n = m.names.length, best = (a, b) => Math.min(m.p[a * n + b] ?? 2, m.p[b * n + a] ?? 2);
    let start = 0, low = 3;
    for (let a = 0; a < n; a++) for (let b = 0; b < a; b++) if (best(a, b) < low) { low = best(a, b); start = a; }
    const order = [start], left = new Set([...Array(n).keys()].filter((i) => i !== start));
    while (left.size) {
      let next = -1, p = 4;
      for (const i of left) { const q = best(order[order.length - 1], i); if (q < p) { p = q; next = i; } }
      order.push(next); left.delete(next);
    }
    return order;
  }

  function heat(figure) {
    const m = plots.matrices[figure.dataset.section], n = m.names.length;
    const canvas = document.createElement("canvas"), read = document.createElement("div"), bar = document.createElement("div");
    read.className = "read"; bar.className = "bar"; read.textContent = "Point at a cell to read it.";
    const sort = document.createElement("select");
    sort.setAttribute("aria-label", "order of names");
    sort.innerHTML = "<option value=name>by name</option><option value=near>lowest p side by side</option>";
    const steps = [1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001];
    const ramp = document.createElement("span");
    ramp.className = "ramp"; ramp.style.background = "linear-gradient(90deg," + steps.map(color).join(",") + ")";
    const label = (text) => Object.assign(document.createElement("span"), { textContent: text });
    const key = document.createElement("span");
    key.style.cssText = "display:flex;gap:8px;align-items:center";
    key.append(label("p = 1"), ramp, label("0.0001"));
    const none = document.createElement("span");
    none.style.cssText = "display:flex;gap:6px;align-items:center";
    const box = document.createElement("i");
    box.style.cssText = "width:11px;height:11px;display:inline-block;background:" + css("empty") + ";border:1px solid " + css("line");
    none.append(box, label("not tested"));
    bar.append(key, none, label("order"), sort);
    figure.append(bar, canvas, read);
    const byName = [...Array(n).keys()].sort((a, b) => m.names[a] < m.names[b] ? -1 : 1);
    let order = byName, cell = 1, margin = 0;

    function draw() {
      const ratio = window.devicePixelRatio || 1, width = figure.clientWidth;
      const every = n <= 40 ? 1 : Math.ceil(n / Math.max(1, Math.floor(width / 24)));
      const font = n <= 40 ? 12 : 10;
      const c = canvas.getContext("2d");
      c.font = font + "px system-ui, sans-serif";
      margin = Math.ceil(Math.max(...m.names.map((name) => c.measureText(name).width))) + 8;
      cell = (width - margin) / n;
      canvas.width = Math.round(width * ratio); canvas.height = Math.round(width * ratio);
      canvas.style.height = width + "px";
      c.setTransform(ratio, 0, 0, ratio, 0, 0);
      c.clearRect(0, 0, width, width);
      c.font = font + "px system-ui, sans-serif"; c.fillStyle = css("muted");
      const gap = cell > 6 ? 1 : 0;
      for (let r = 0; r < n; r++) {
        if (r % every === 0) {
          c.fillStyle = css("muted"); c.textBaseline = "middle"; c.textAlign = "right";
          c.fillText(m.names[order[r]], margin - 5, margin + (r + 0.5) * cell);
          c.save(); c.translate(margin + (r + 0.5) * cell, margin - 5); c.rotate(-Math.PI / 2); c.textAlign = "left";
          c.fillText(m.names[order[r]], 0, 0); c.restore();
        }
        for (let k = 0; k < n; k++) {
          if (r === k) continue;
          const p = m.p[order[r] * n + order[k]];
          c.fillStyle = p == null ? css0.empty : palette(p);
          c.fillRect(margin + k * cell, margin + r * cell, cell - gap, cell - gap);
        }
      }
      c.strokeStyle = css("mark"); c.lineWidth = 2;
      for (const [y, x] of m.survivors) {
        const r = order.indexOf(y), k = order.indexOf(x), grow = cell < 12 ? 2 : 0;
        c.strokeRect(margin + k * cell - grow, margin + r * cell - grow, cell - gap + 2 * grow, cell - gap + 2 * grow);
      }
    }
    let css0 = { empty: css("empty") }, shades = [];
    function palette(p) { return shades[Math.round(strength(p) * 255)]; }
    function refresh() {
      css0 = { empty: css("empty") };
      shades = [...Array(256).keys()].map((i) => color(Math.pow(10, -4 * i / 255)));
      draw();
    }
    function point(event) {
      const area = canvas.getBoundingClientRect();
      const k = Math.floor((event.clientX - area.left - margin) / cell), r = Math.floor((event.clientY - area.top - margin) / cell);
      if (k < 0 || r < 0 || n <= k || n <= r || k === r) { read.textContent = "\u00a0"; return; }
      const y = order[r], x = order[k], p = m.p[y * n + x];
      const survives = m.survivors.some((s) => s[0] === y && s[1] === x);
      read.textContent = m.names[y] + " on " + m.names[x] + ": " + (p == null ? "not tested, a leg was refused by itself" : "p = " + p) + (survives ? ", survives every question" : "");
    }
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerdown", point);
    sort.addEventListener("change", () => { order = sort.value === "near" ? neighbours(m) : byName; draw(); });
    made.push({ draw: refresh });
    refresh();
  }

  function build() {
    for (const each of made) if (each.plot) each.plot.destroy();
    made = [];
    document.querySelectorAll("figure").forEach((figure) => figure.querySelectorAll(":scope > :not(figcaption)").forEach((old) => old.remove()));
    document.querySelectorAll("figure.equity").forEach(equity);
    document.querySelectorAll("figure.pair").forEach(spread);
    document.querySelectorAll("figure.heat").forEach(heat);
  }
  function resize() {
    for (const each of made) {
      if (each.plot) each.plot.setSize({ width: each.width(), height: each.plot.height });
      else each.draw();
    }
  }
  build();
  let waiting = 0;
  window.addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(resize, 80); });
  window.addEventListener("beforeprint", resize);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", build);
})();
