/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.html's script: tables that sort, a theme to choose, and charts that
 * zoom where uPlot is in the page. Everything stands there without it, too. */
"use strict";
(() => {
    const root = document.documentElement;
    const all = (what, of = document) => [...of.querySelectorAll(what)];
    const make = (name, of, text) => {
        const e = document.createElement(name);
        if (text !== undefined)
            e.textContent = text;
        if (of)
            of.append(e);
        return e;
    };

    /* --- contents, tables ---------------------------------------------- */

    const contents = document.getElementById("contents");
    for (const h of all("main section > h2")) {
        const a = make("a", contents, h.textContent);
        a.href = "#" + h.parentElement.id;
        contents.append(" ");
    }
    contents.hidden = contents.childElementCount < 3;

    const key = (row, column) => {
        const cell = row.children[column];
        return "order" in cell.dataset ? Number(cell.dataset.order)
                                       : cell.textContent;
    };
    /* Numbers before texts: a cell without a number has no value. */
    const compare = (a, b, sign) =>
        typeof a !== typeof b ? (typeof a === "number" ? -1 : 1)
        : typeof a === "number" ? sign * (a - b)
                                : sign * a.localeCompare(b);
    const sort = (table, column, head) => {
        const rises = head.getAttribute("aria-sort") === "descending" ||
            (!head.hasAttribute("aria-sort") &&
             !head.classList.contains("number"));
        const body = table.tBodies[0];
        const rows = [...body.rows].map(row => [key(row, column), row]);
        rows.sort((a, b) => compare(a[0], b[0], rises ? 1 : -1));
        for (const other of table.tHead.rows[0].cells)
            other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", rises ? "ascending" : "descending");
        body.append(...rows.map(row => row[1]));
    };
    for (const table of all("main table")) {
        if (table.tBodies[0].rows.length < 2)
            continue;
        [...table.tHead.rows[0].cells].forEach((head, i) => {
            const button = make("button", null, head.textContent);
            button.type = "button";
            button.title = "sort";
            button.addEventListener("click", () => sort(table, i, head));
            head.replaceChildren(button);
        });
    }

    /* --- theme ---------------------------------------------------------- */

    const theme = document.getElementById("theme");
    const is_dark = () => root.dataset.theme
        ? root.dataset.theme === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
    const name_theme = () => {
        theme.textContent = is_dark() ? "Light" : "Dark";
        theme.setAttribute("aria-label",
                           `Show in ${is_dark() ? "light" : "dark"} colours`);
    };
    let redraw = () => {};
    theme.hidden = false;
    theme.addEventListener("click", () => {
        root.dataset.theme = is_dark() ? "light" : "dark";
        name_theme();
        redraw();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change",
        () => { name_theme(); redraw(); });
    name_theme();

    /* --- charts --------------------------------------------------------- */

    const data = JSON.parse(document.getElementById("data").textContent);
    if (typeof uPlot === "undefined" || !data || data.count < 2)
        return;

    const colour = name =>
        getComputedStyle(root).getPropertyValue("--" + name).trim();
    const three = v => v.toFixed(v < 9.995 ? 2 : v < 99.95 ? 1 : 0);
    const grouped = v => v < 9.95 && v % 1 ? v.toFixed(1)
        : Math.round(v).toString().replace(/\B(?=(\d{3})+$)/g, "\u2009");
    const print = {
        count: v => v < 1e6 ? grouped(v)
            : v < 1e9 ? three(v / 1e6) + "M" : three(v / 1e9) + "G",
        ms: v => v < 0.9995 ? Math.round(v * 1000) + " us"
            : v < 999.5 ? three(v) + " ms" : three(v / 1000) + " s",
        share: v => v === 0 ? "0 %"
            : (v * 100).toFixed(v < 0.00995 ? 2 : 1) + " %",
    };
    const tick = (unit, v) => print[unit](v).replace(
        /\.(\d*?)0+(?!\d)/, (all, kept) => kept ? "." + kept : "");
    const two = n => String(n).padStart(2, "0");
    const clock = s => {
        s = Math.round(s);
        const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
        return (h ? h + ":" : "") + two(m) + ":" + two(s % 60);
    };
    const times = Array.from({ length: data.count },
        (_, i) => Math.min((i + 0.5) * data.step, data.end));
    const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600,
                   7200, 10800, 21600, 43200, 86400];
    const font = "12px system-ui, -apple-system, Segoe UI, Roboto, sans-serif";
    const share = devicePixelRatio || 1;

    const draw_stages = u => {
        const c = u.ctx, { top, height, left, width } = u.bbox;
        c.save();
        c.beginPath();
        c.rect(left, 0, width, top + height);
        c.clip();
        c.font = `${11 * share}px system-ui, sans-serif`;
        c.textAlign = "left";
        c.textBaseline = "alphabetic";
        data.stages.forEach((stage, i) => {
            const x = u.valToPos(stage.from, "x", true);
            const end = u.valToPos(Math.min(stage.to, data.end), "x", true);
            c.fillStyle = colour(i % 2 ? "stage-odd" : "stage");
            c.fillRect(x, top, end - x, height);
            const from = Math.max(x, left);
            if (Math.min(end, left + width) - from >
                c.measureText(stage.text).width + 8 * share) {
                c.fillStyle = colour("dim");
                c.fillText(stage.text, from + 4 * share, top - 5 * share);
            }
        });
        c.restore();
    };
    const draw_line = (u, from, to, tone, dash) => {
        const c = u.ctx, { left, top, width, height } = u.bbox;
        c.save();
        c.beginPath();
        c.rect(left, top, width, height);
        c.clip();
        c.strokeStyle = colour(tone);
        c.lineWidth = share;
        c.setLineDash(dash.map(n => n * share));
        c.beginPath();
        c.moveTo(...from);
        c.lineTo(...to);
        c.stroke();
        c.restore();
    };
    /* What the axes count, above them. */
    const draw_names = (u, plot) => {
        const c = u.ctx, { left, top, width } = u.bbox;
        c.save();
        c.font = `${11 * share}px system-ui, sans-serif`;
        c.fillStyle = colour("dim");
        c.textBaseline = "alphabetic";
        c.textAlign = "right";
        c.fillText(plot.left, left - 5 * share, top - 8 * share);
        c.textAlign = "left";
        c.fillText(plot.right || "", left + width + 5 * share,
                   top - 8 * share);
        c.restore();
    };
    const mark_tone = kind => kind === "you" ? "hand"
        : kind === "alert" || kind === "target" ? "bad" : "mark";
    const draw_marks = u => {
        const { top, height } = u.bbox;
        for (const m of data.marks) {
            const x = u.valToPos(m.from, "x", true);
            const tone = mark_tone(m.kind);
            draw_line(u, [x, top], [x, top + height], tone,
                      tone === "mark" ? [6, 3] : [2, 3]);
        }
    };
    const draw_limits = (u, plot) => {
        const { left, top, width, height } = u.bbox, c = u.ctx;
        for (const limit of plot.limits) {
            const y = u.valToPos(limit.value, "y", true);
            if (y < top || y > top + height)
                continue;
            draw_line(u, [left, y], [left + width, y], limit.tone, [8, 3]);
            c.save();
            c.font = `${11 * share}px system-ui, sans-serif`;
            c.fillStyle = colour("dim");
            c.textAlign = "right";
            c.textBaseline = "alphabetic";
            c.fillText(limit.text, left + width - 4 * share,
                       y - 4 * share > top + 10 * share ? y - 4 * share
                                                        : y + 12 * share);
            c.restore();
        }
    };

    /* What stands at the cursor, in words. */
    const tell_marks = (u, tip) => {
        const at = u.cursor.left;
        if (at === null || at < 0) {
            tip.textContent = "";
            return;
        }
        const near = data.marks.filter(
            m => Math.abs(u.valToPos(m.from, "x") - at) < 7);
        tip.textContent = near.slice(0, 3)
            .map(m => `${clock(m.from)} ${m.text}`).join(" · ");
    };

    const x_axis = () => ({
        stroke: colour("dim"), font, incrs: steps, space: 70, size: 26,
        grid: { show: false },
        ticks: { stroke: colour("line"), width: 1, size: 4 },
        values: (u, list) => list.map(clock),
    });
    /* All charts have the same room, so that moments lie below each other. */
    const left_room = 64, right_room = data.plots.some(
        p => p.lines.some(l => l.right)) ? 48 : 16;
    const decades = (u, axis, low, high) => {
        const list = [], each = high / low > 300 ? [1] : [1, 2, 5];
        for (let d = 10 ** Math.floor(Math.log10(low)); d <= high; d *= 10)
            list.push(...each.map(n => n * d).filter(
                v => v >= low && v <= high));
        return list;
    };
    /* No tick between two VUs, none that its label would round. */
    const whole = Array.from({ length: 36 },
        (_, i) => [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3));
    const y_axis = (unit, right, log) => ({
        scale: right ? "right" : "y", side: right ? 1 : 3, font,
        stroke: colour("dim"), size: right ? right_room : left_room,
        ...(log ? { splits: decades, filter: (u, list) => list } : {}),
        grid: { show: !right, stroke: colour("grid"), width: 1 },
        ticks: { show: false },
        ...(unit === "count" ? { incrs: right ? whole : [.1, .2, .5, ...whole] }
                             : {}),
        values: (u, list) =>
            list.map(v => v === null ? "" : tick(unit, v)),
    });
    const base = (place, height) => ({
        width: Math.max(place.clientWidth, 260), height,
        padding: [18, 0, 0, 0],
        cursor: {
            sync: { key: "run", scales: ["x", null] },
            drag: { x: true, y: false, setScale: true },
            points: { size: 6 },
        },
        select: { show: true, left: 0, top: 0, width: 0, height: 0 },
    });
    const x_scale = { time: false, range: (u, low, high) =>
        [Math.max(0, low), high > low ? high : low + 1] };
    const x_series = {
        label: "at", value: (u, v) => v === null ? "" : clock(v),
    };
    const full = [0, data.end];

    const linear = (u, low, high) => [0, high > 0 ? high * 1.08 : 1];
    const log_range = limits => (u, low, high) => {
        const around = limits.map(l => l.value).filter(v => v > 0);
        low = Math.min(low || Infinity, ...around);
        high = Math.max(high || 0, ...around);
        return high > 0 ? [low / 1.3, high * 1.3] : [1, 10];
    };
    const share_range = limits => (u, low, high) =>
        [0, Math.max(0.01, high || 0, ...limits.map(l => l.value)) * 1.08];

    const chart = (place, plot) => {
        const tip = make("div", place);
        tip.className = "tip";
        tip.setAttribute("aria-live", "off");
        const o = base(place, innerWidth < 640 ? 220 : 260);
        const has_right = plot.lines.some(l => l.right);
        o.scales = {
            x: x_scale,
            y: plot.log ? { distr: 3, range: log_range(plot.limits) }
                : { range: plot.unit === "share" ? share_range(plot.limits)
                                                 : linear },
            right: { range: linear },
        };
        o.axes = [x_axis(), y_axis(plot.unit, false, plot.log)];
        if (has_right)
            o.axes.push(y_axis("count", true));
        else
            o.padding[1] = right_room;
        o.series = [x_series, ...plot.lines.map(l => ({
            label: l.label + (l.right ? " (right)" : ""), scale: l.right ? "right" : "y",
            stroke: colour(l.tone), width: 1.6,
            dash: l.dashed ? [5, 4] : undefined,
            fill: l.right && !l.dashed ? colour(l.tone) + "30" : undefined,
            points: { show: false },
            value: (u, v) => v === null || v === undefined ? ""
                : print[l.right ? "count" : plot.unit](v),
        }))];
        o.legend = { markers: {
            width: 3, fill: () => "transparent",
            dash: (u, i) => plot.lines[i - 1].dashed ? "dashed" : "solid",
        } };
        o.hooks = {
            drawClear: [draw_stages, u => draw_names(u, plot)],
            draw: [u => { draw_marks(u); draw_limits(u, plot); }],
            setCursor: [u => tell_marks(u, tip)],
        };
        const lines = plot.lines.map(l => plot.log
            ? data.curves[l.curve].map(v => v > 0 ? v : null)
            : data.curves[l.curve]);
        const u = new uPlot(o, [times, ...lines], place);
        place.append(tip);
        return u;
    };

    const heat_chart = place => {
        const h = data.heat, rows = h.columns[0].length;
        const low = Math.log(h.low_ms), high = Math.log(h.high_ms);
        const bound = k => Math.exp(low + (high - low) * k / rows);
        const draw = u => {
            const c = u.ctx, { left, top, width, height } = u.bbox;
            const tones = h.from.map((_, i) => colour("heat" + (i + 1)));
            c.save();
            c.beginPath();
            c.rect(left, top, width, height);
            c.clip();
            h.columns.forEach((column, i) => {
                const x = Math.round(u.valToPos(i * h.step, "x", true));
                const to = Math.round(u.valToPos(
                    Math.min((i + 1) * h.step, data.end), "x", true));
                if (to < left || x > left + width)
                    return;
                for (let k = 0; k < rows; k++) {
                    if (column[k] === "0")
                        continue;
                    const y = Math.round(u.valToPos(bound(k + 1), "y", true));
                    const end = Math.round(u.valToPos(bound(k), "y", true));
                    c.fillStyle = tones[column.charCodeAt(k) - 97];
                    c.fillRect(x, y, to - x, end - y);
                }
            });
            c.restore();
            draw_marks(u);
        };
        const tip = make("div", null);
        tip.className = "tip";
        const tell = u => {
            if (u.cursor.left === null || u.cursor.left < 0)
                return void (tip.textContent = "");
            const at = u.posToVal(u.cursor.left, "x");
            const v = u.posToVal(u.cursor.top, "y");
            const column = h.columns[Math.floor(at / h.step)];
            const k = Math.floor((Math.log(v) - low) / (high - low) * rows);
            const cell = column && column[k];
            if (!cell)
                return void (tip.textContent = "");
            const level = cell.charCodeAt(0) - 97;
            const count = cell === "0" ? "no request"
                : "about " + print.count(Math.max(1, h.from[level])) + " to " +
                  print.count(h.from[level + 1] || h.most) + " requests";
            tip.textContent = `${clock(at)}, ${print.ms(bound(k))} to ` +
                `${print.ms(bound(k + 1))}: ${count}`;
        };
        const o = base(place, innerWidth < 640 ? 220 : 260);
        o.padding[1] = right_room;
        o.legend = { show: false };
        o.scales = { x: x_scale,
                     y: { distr: 3, range: [h.low_ms, h.high_ms] } };
        o.axes = [x_axis(), y_axis("ms", false, true)];
        o.series = [x_series, { label: "requests", show: true, width: 0,
                                points: { show: false } }];
        o.hooks = { draw: [draw], setCursor: [tell] };
        const u = new uPlot(o, [times, times.map(() => h.low_ms)], place);
        place.append(tip);
        return u;
    };

    let charts = [];
    const build = () => {
        const zoom = charts.length
            ? [charts[0].scales.x.min, charts[0].scales.x.max] : full;
        charts.forEach(u => u.destroy());
        charts = [];
        for (const place of all(".live"))
            place.replaceChildren();
        for (const plot of data.plots) {
            const figure = document.getElementById("plot-" + plot.id);
            figure.classList.add("moves");
            charts.push(chart(figure.querySelector(".live"), plot));
        }
        if (data.heat) {
            const figure = document.getElementById("plot-heat");
            figure.classList.add("moves");
            figure.querySelector(".legend").classList.add("keep");
            charts.push(heat_chart(figure.querySelector(".live")));
        }
        charts.forEach(u => u.setScale("x", { min: zoom[0], max: zoom[1] }));
        charts.forEach(u => u.over.addEventListener("dblclick", () =>
            charts.forEach(v => v.setScale("x",
                { min: full[0], max: full[1] }))));
    };
    redraw = build;
    build();
    for (const hint of all(".hint"))
        hint.hidden = false;
    let waiting = 0;
    addEventListener("resize", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => charts.forEach(u => u.setSize({
            width: Math.max(u.root.parentElement.clientWidth, 260),
            height: u.height })), 80);
    });
    root.dataset.charts = String(charts.length);
})();
