// SPDX-License-Identifier: MIT
// The script of the page: values under the pointer, ranges of days, filters and sorting, folds that open for links.
//
// All numbers and texts are in the page before it runs, and some of these texts come from attackers. So it moves
// elements, and sets attributes and text, and never makes markup of a string; the policy of the page forbids the browser
// to (require-trusted-types-for). Lines that are nothing but a comment, and indentation, are left out of the page
// (tools/embed-script), and no character needs escaping in XML: the page is read as such, too. Thus there is no < and
// no & here.
(() => {
	"use strict";
	const root = document.documentElement;
	const main = document.querySelector("main");
	const words = main.dataset;
	const ja = root.lang === "ja";
	root.classList.add("script");

	const all = (from, selector) => [...from.querySelectorAll(selector)];
	const fill = (phrase, ...values) => values.reduce((text, value, i) => text.replace(`#${i + 1}`, () => value), phrase);
	const make = (parent, name, attributes, text = "") => {
		const element = document.createElementNS(parent.namespaceURI, name);
		for (const key of Object.keys(attributes))
			element.setAttribute(key, attributes[key]);
		element.textContent = text;
		parent.append(element);
		return element;
	};

	// ---- numbers, as words/numbers.c writes them

	const grouped = value => String(Math.trunc(value)).replace(/\B(?=(\d\d\d)+$)/g, ",");
	const percent = share => {
		if (share > 0 ? 0.0005 > share : false)
			return "\u003c0.1%";
		if (1 > share ? share >= 0.9995 : false)
			return ">99.9%";
		return `${(share * 100).toFixed(1)}%`;
	};
	const units = ja ? [[1e12, "兆"], [1e8, "億"], [1e4, "万"]] : [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];
	const short = value => {
		const unit = units.find(([from]) => value >= from);
		if (unit === undefined)
			return value.toFixed(0);
		const scaled = value / unit[0];
		return scaled.toFixed(1e-6 > Math.abs(scaled - Math.round(scaled)) ? 0 : 1) + unit[1];
	};
	const iso = day => new Date(day * 864e5).toISOString().slice(0, 10);

	// ---- figures of curves

	const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
	const shades = ["", "part", "gap", "unknown", "lost"];
	const fixed = value => String(Math.round(value * 10) / 10);

	// Steps of 1, 2 or 5 times a power of ten, at most so many (axis.c).
	const axis_of = (most, steps_max) => {
		for (let power = 1; ; power *= 10)
			for (const factor of [1, 2, 5]) {
				const step = power * factor, steps = Math.ceil(Math.max(most, 1) / step);
				if (steps_max >= steps)
					return { step, steps, top: step * steps };
			}
	};

	// One of the two drawings of a figure.
	class Drawing {
		constructor(svg) {
			this.svg = svg;
			this.box = svg.parentElement;
			this.is_narrow = this.box.classList.contains("narrow");
			this.font = Number(svg.getAttribute("font-size"));
			this.pointer = svg.querySelector(".pointer");
			this.panels = this.pointer.dataset.places.split(";").map(text => {
				const [left, right, top, bottom, most, low, high, zero, labels, first, dates] = text.split(" ").map(Number);
				return { left, right, top, bottom, most, low, high, zero, labels, first, dates };
			});
			for (const kind of ["shades", "numbers", "dates", "plot"])
				all(svg, `.${kind}`).forEach((element, i) => { this.panels[i][kind] = element; });
			this.panels.forEach(panel => {
				panel.whole = {
					most: panel.most,
					view: panel.plot.getAttribute("viewBox"),
					paths: all(panel.plot, "path").map(path => path.getAttribute("d")),
					shades: [...panel.shades.childNodes],
					numbers: [...panel.numbers.childNodes],
					dates: [...panel.dates.childNodes],
				};
			});
		}

		y(panel, value) {
			const height = panel.bottom - panel.top;
			if (!(panel.high > 0))
				return panel.bottom - value / panel.most * height;
			if (panel.low > value)
				return panel.bottom;
			const share = Math.log(value / panel.low) / Math.log(panel.high / panel.low);
			return panel.bottom - panel.zero - share * (height - panel.zero);
		}
	}

	class Chart {
		constructor(metadata) {
			this.data = JSON.parse(metadata.textContent);
			this.figure = metadata.closest("figure");
			this.drawings = all(this.figure, "svg.chart").filter(svg => svg.querySelector(".pointer")).map(svg => new Drawing(svg));
			this.from = 0;
			this.list_places();
			for (const panel of this.data.panels)
				for (const series of panel.series)
					series.values = series.values.split(",").map(text => text === "" ? NaN : Number(text));
			this.shown = this.places.length - 1;
			this.drawings.forEach(drawing => this.listen(drawing));
		}

		// The days, ages or ranks that the numbers are of (chart_data.c).
		list_places() {
			const { count, recent, bin } = this.data;
			this.places = [];
			for (let i = 0, end; count > i; i = end) {
				end = i >= recent ? i + 1 : Math.min(i + bin, recent);
				this.places.push(i + Math.trunc((end - i) / 2));
			}
		}

		is_out(place) {
			return this.from > this.places[place];
		}

		x(panel, index) {
			const width = panel.right - panel.left, { axis, count, ranks } = this.data;
			if (axis === "dates")
				return panel.left + (index + 0.5 - this.from) * width / (count - this.from);
			if (2 > count)
				return panel.left;
			if (axis === "ages")
				return panel.left + index * width / (count - 1);
			return panel.left + Math.log(ranks[index]) * width / Math.log(ranks[count - 1]);
		}

		when(place) {
			const index = this.places[place], { axis, first, ranks, when } = this.data;
			if (axis === "dates")
				return iso(first + index);
			return fill(when, grouped(axis === "ages" ? index : ranks[index]));
		}

		value(panel, value) {
			return Number.isNaN(value) ? "–" : panel.share ? percent(value) : grouped(value);
		}

		say(place) {
			const parts = this.data.panels.map(panel => {
				const values = panel.series.map(series => `${series.name} ${this.value(panel, series.values[place])}`);
				return (this.data.grid ? "" : `${panel.name}: `) + values.join(", ");
			});
			return `${this.when(place)}. ${parts.join("; ")}`;
		}

		listen(drawing) {
			const { svg, box } = drawing;
			const text = svg.querySelector("desc");
			text.id = `${this.figure.id || `figure-${charts.length}`}-${drawing.is_narrow ? "narrow" : "wide"}-text`;
			if (drawing.is_narrow)
				drawing.line = make(box, "p", { class: "said", "aria-hidden": "true" });
			const attributes = { tabindex: 0, role: "slider", "aria-label": svg.getAttribute("aria-label"),
				"aria-describedby": text.id, "aria-valuemin": 0, "aria-valuemax": this.places.length - 1 };
			for (const key of Object.keys(attributes))
				box.setAttribute(key, attributes[key]);
			this.tell(box);
			for (const kind of ["pointermove", "pointerdown"])
				svg.addEventListener(kind, event => this.point(drawing, event));
			box.addEventListener("pointerleave", () => document.activeElement === box ? this.show(this.shown) : this.hide());
			box.addEventListener("focus", () => this.show(this.is_out(this.shown) ? this.places.length - 1 : this.shown));
			box.addEventListener("blur", () => this.hide());
			box.addEventListener("keydown", event => this.press(event));
		}

		tell(box) {
			box.setAttribute("aria-valuenow", this.shown);
			box.setAttribute("aria-valuetext", this.say(this.shown));
		}

		// In a grid the panel whose column the pointer is in; panels below each other have the same places.
		point(drawing, event) {
			const matrix = drawing.svg.getScreenCTM();
			if (matrix === null)
				return;
			const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
			const panel = drawing.panels.find(p => at.x >= p.left - 4 ? p.right + 4 >= at.x : false);
			if (panel === undefined) {
				this.hide();
				return;
			}
			let best = this.places.length - 1, least = Infinity;
			this.places.forEach((index, place) => {
				const away = Math.abs(this.x(panel, index) - at.x);
				if (!this.is_out(place) ? least > away : false) {
					least = away;
					best = place;
				}
			});
			this.show(best);
		}

		press(event) {
			const last = this.places.length - 1, first = this.places.findIndex((_, place) => !this.is_out(place));
			const ways = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -7, PageUp: 7, Home: -last, End: last };
			if (event.key === "Escape")
				this.hide();
			if (!(event.key in ways) || event.ctrlKey || event.altKey || event.metaKey)
				return;
			event.preventDefault();
			this.show(Math.min(Math.max(this.shown + ways[event.key], first), last));
		}

		show(place) {
			this.shown = place;
			for (const drawing of this.drawings) {
				const marks = { cross: "", dots: "" }, texts = [];
				drawing.panels.forEach((panel, i) => {
					const x = fixed(this.x(panel, this.places[place]));
					marks.cross += `M${x} ${fixed(panel.top)}V${fixed(panel.bottom)}`;
					for (const series of this.data.panels[i].series) {
						const value = series.values[place];
						texts.push(this.value(this.data.panels[i], value));
						if (!Number.isNaN(value))
							marks.dots += `M${x} ${fixed(drawing.y(panel, value))}h0`;
					}
				});
				for (const kind of Object.keys(marks))
					drawing.pointer.querySelector(`.${kind}`).setAttribute("d", marks[kind]);
				all(drawing.pointer, ".when text").forEach(text => { text.textContent = this.when(place); });
				all(drawing.pointer, ".values text").forEach((text, i) => { text.textContent = texts[i]; });
				drawing.pointer.setAttribute("visibility", "visible");
				if (drawing.line)
					drawing.line.textContent = this.say(place);
				this.tell(drawing.box);
			}
		}

		hide() {
			for (const drawing of this.drawings) {
				drawing.pointer.setAttribute("visibility", "hidden");
				if (drawing.line)
					drawing.line.textContent = "";
			}
		}

		// ---- the last days alone; 0: all

		zoom(days) {
			const { axis, count } = this.data;
			if (axis !== "dates")
				return;
			this.hide();
			this.from = days > 0 ? Math.max(count - days, 0) : 0;
			const wide = this.drawings.find(drawing => !drawing.is_narrow);
			for (const drawing of [wide, ...this.drawings.filter(other => other !== wide)]) {
				drawing.panels.forEach((panel, i) => this.from > 0 ? this.redraw(drawing, panel, i) : this.restore(panel));
				if (drawing.is_narrow)
					drawing.panels.forEach((panel, i) => this.squeeze(panel, wide, wide.panels[i]));
				this.place_marks(drawing);
			}
		}

		restore(panel) {
			const { whole } = panel;
			panel.most = whole.most;
			for (const kind of ["shades", "numbers", "dates"])
				panel[kind].replaceChildren(...whole[kind]);
			all(panel.plot, "path").forEach((path, i) => path.setAttribute("d", whole.paths[i]));
		}

		redraw(drawing, panel, which) {
			const data = this.data.panels[which];
			const shown = series => series.values.filter((value, place) => !this.is_out(place));
			const steps_max = this.data.grid ? 3 : drawing.is_narrow ? 4 : 5;
			if (!(panel.high > 0)) {
				const most = Math.max(0, ...data.series.flatMap(shown).filter(value => !Number.isNaN(value)));
				const axis = data.share ? { step: 0.25, steps: 4, top: 1 } : axis_of(most, steps_max);
				panel.most = axis.top;
				this.draw_numbers(drawing, panel, data, axis);
			}
			this.draw_shades(panel);
			panel.dates.replaceChildren();
			if (panel.dates_wanted ??= panel.whole.dates.length > 0)
				this.draw_dates(drawing, panel);
			if (!drawing.is_narrow)
				data.series.forEach((series, i) => this.draw_curve(drawing, panel, series, panel.plot.children[i]));
		}

		draw_numbers(drawing, panel, data, axis) {
			panel.numbers.replaceChildren();
			for (let i = 0; axis.steps >= i; i++) {
				const value = i * axis.step, y = fixed(drawing.y(panel, value));
				make(panel.numbers, "path", { class: i > 0 ? "grid" : "axis", d: `M${panel.left} ${y}H${panel.right}` });
				const text = data.share ? `${(value * 100).toFixed(0)}%` : this.data.grid ? short(value) : grouped(value);
				if (panel.labels)
					make(panel.numbers, "text", { x: panel.left - 6, y: Number(y) + 4, class: "mute", "text-anchor": "end" }, text);
			}
		}

		draw_shades(panel) {
			const { count, recent } = this.data, days = this.data.shades.slice(this.from - recent);
			const width = (panel.right - panel.left) / (count - this.from);
			panel.shades.replaceChildren();
			for (const run of days.matchAll(/([1-9])\1*/g)) {
				const left = panel.left + run.index * width;
				make(panel.shades, "path", { class: shades[run[1]],
					d: `M${fixed(left)} ${panel.top}H${fixed(left + run[0].length * width)}V${panel.bottom}H${fixed(left)}Z` });
			}
		}

		draw_dates(drawing, panel) {
			const { first, count } = this.data, room = (panel.right - panel.left) / drawing.font;
			const step = [1, 2, 7, 14, 28].find(days => room >= (count - this.from) / days * 4.2) || 56;
			const y = panel.bottom + 6 + drawing.font;
			let year = "";
			for (let i = this.from; count > i; i++) {
				const date = new Date((first + i) * 864e5), x = fixed(this.x(panel, i));
				if ((first + i - 4) % step !== 0)
					continue;
				const day = date.getUTCDate(), month = date.getUTCMonth();
				make(panel.dates, "path", { class: "axis", d: `M${x} ${panel.bottom}v5` });
				make(panel.dates, "text", { x, y, class: "mute", "text-anchor": "middle" },
					ja ? `${month + 1}/${day}` : `${months[month]} ${day}`);
				const label = `${date.getUTCFullYear()}${ja ? "年" : ""}`;
				if (label !== year)
					make(panel.dates, "text", { x, y: y + drawing.font * 1.25, class: "mute", "text-anchor": "middle",
						"font-weight": 600 }, label);
				year = label;
			}
		}

		// Of a series: an area if no value is missing, a line, and points without a neighbour.
		draw_curve(drawing, panel, series, group) {
			const points = this.places.map((index, place) => ({ place, value: series.values[place], x: fixed(this.x(panel, index)) }))
				.filter(({ place }) => !this.is_out(place));
			const is_there = i => points[i] !== undefined ? !Number.isNaN(points[i].value) : false;
			let line = "", dots = "";
			points.forEach(({ value, x }, i) => {
				if (!is_there(i))
					return;
				const at = `${x} ${fixed(drawing.y(panel, value))}`;
				line += (is_there(i - 1) ? "L" : "M") + at;
				dots += is_there(i - 1) || is_there(i + 1) ? "" : `M${at}h0`;
			});
			const paths = [...group.children];
			paths.pop().setAttribute("d", dots);
			paths.pop().setAttribute("d", line);
			if (paths.length > 0)
				paths.pop().setAttribute("d", `${line}L${points[points.length - 1].x} ${panel.bottom}L${points[0].x} ${panel.bottom}Z`);
		}

		// What is seen of the wide drawing's plot (chart.c).
		squeeze(panel, wide, from) {
			const top = panel.high > 0 ? from.top : wide.y(from, panel.most);
			panel.plot.setAttribute("viewBox", this.from > 0
				? [from.left, top, from.right - from.left, from.bottom - top].map(fixed).join(" ")
				: panel.whole.view);
		}

		// Labels of lines stand where the lines of all days are. Incidents move, where all panels have one place.
		place_marks(drawing) {
			const panel = drawing.panels[0], { from } = this;
			all(drawing.svg, ".tags").forEach(tags => tags.setAttribute("visibility", from > 0 ? "hidden" : "inherit"));
			for (const mark of all(drawing.svg, "[data-at]")) {
				const index = Number(mark.dataset.at);
				const is_shown = from === 0 || (this.data.grid ? false : index >= from);
				mark.setAttribute("visibility", is_shown ? "visible" : "hidden");
				this.from = 0;
				const before = this.x(panel, index);
				this.from = from;
				mark.firstElementChild.setAttribute("transform", `translate(${fixed(this.x(panel, index) - before)} 0)`);
			}
		}
	}

	const charts = [];
	for (const metadata of all(main, "metadata"))
		charts.push(new Chart(metadata));

	for (const button of all(document, ".ranges button"))
		button.addEventListener("click", () => {
			charts.forEach(chart => chart.zoom(Number(button.value)));
			all(document, ".ranges button").forEach(other => other.setAttribute("aria-pressed", String(other === button)));
		});

	// ---- tables

	// What a cell is sorted by: a day, a number, or nothing, which comes last.
	const number_of = cell => {
		const text = cell.textContent.trim();
		const day = text.match(/^\d\d\d\d-\d\d-\d\d/);
		if (day)
			return Date.parse(day[0]);
		const number = text.match(/^([\u003c>×+−-]?)([\d,]+(\.\d+)?)/);
		if (number === null)
			return text.startsWith("±") ? 0 : NaN;
		const value = Number(number[2].replaceAll(",", ""));
		return { "−": -value, "-": -value, "\u003c": value / 2, ">": value + 0.05 }[number[1]] ?? value;
	};

	class Table {
		constructor(table) {
			this.body = table.tBodies[0];
			this.heads = all(table.tHead, "th");
			this.take_folded(table);
			this.rows = [...this.body.rows].filter(row => !row.classList.contains("sum"));
			this.last = [...this.body.rows].filter(row => row.classList.contains("sum"));
			this.sorted = null;
			this.filter = "";
			if (this.rows.some(row => row.cells.length !== this.heads.length))
				return;
			if (this.rows.length > 2)
				this.heads.forEach((head, column) => this.add_sort(head, column));
			if (this.rows.length > 9)
				this.add_filter(table);
			this.update();
		}

		// The rows of the folded table become some of this one, which shows its first ones until all are wanted.
		take_folded(table) {
			this.open = Infinity;
			this.fold = table.closest(".rows")?.querySelector(":scope > details");
			if (!this.fold || this.fold.contains(table)) {
				this.fold = null;
				return;
			}
			this.open = this.body.rows.length;
			const more = this.fold.querySelector("table");
			this.body.append(...more.tBodies[0].rows);
			more.closest(".scroll").remove();
			const rest = [...this.fold.children].filter(child => child.localName !== "summary");
			this.button = make(this.fold.parentElement, "button", { type: "button", class: "more", "aria-expanded": "false" });
			this.button.addEventListener("click", () => this.unfold(!this.is_unfolded));
			this.fold.replaceWith(this.button, ...rest);
		}

		unfold(is_unfolded) {
			this.is_unfolded = is_unfolded;
			this.update();
		}

		add_sort(head, column) {
			const is_number = head.classList.contains("n");
			const button = make(head, "button", { type: "button" });
			button.append(...[...head.childNodes].filter(child => child !== button));
			button.addEventListener("click", () => {
				const ways = is_number ? ["descending", "ascending", null] : ["ascending", "descending", null];
				const was = this.sorted?.column === column ? this.sorted.way : null;
				const way = ways[(ways.indexOf(was) + 1) % 3];
				this.sorted = way === null ? null : { column, way, is_number };
				this.heads.forEach(other => other.removeAttribute("aria-sort"));
				if (way !== null)
					head.setAttribute("aria-sort", way);
				this.update();
			});
		}

		add_filter(table) {
			const scroll = table.closest(".scroll");
			const line = document.createElement("div");
			line.className = "filter";
			const label = make(line, "label", {}, `${words.filter} `);
			const input = make(label, "input", { type: "search", autocomplete: "off", spellcheck: "false" });
			this.count = make(line, "span", { "aria-live": "polite" });
			scroll.before(line);
			input.addEventListener("input", () => {
				this.filter = input.value.normalize("NFKC").toLowerCase().trim();
				this.update();
			});
		}

		in_order() {
			if (this.sorted === null)
				return this.rows;
			const { column, way, is_number } = this.sorted, sign = way === "ascending" ? 1 : -1;
			const keys = new Map(this.rows.map(row => [row, is_number ? number_of(row.cells[column]) : row.cells[column].textContent]));
			return [...this.rows].sort((a, b) => {
				const x = keys.get(a), y = keys.get(b);
				if (!is_number)
					return sign * x.localeCompare(y, root.lang, { numeric: true });
				if (Number.isNaN(x) || Number.isNaN(y))
					return Number.isNaN(x) - Number.isNaN(y);
				return sign * (x - y);
			});
		}

		update() {
			const order = this.in_order();
			const found = order.filter(row => this.filter === "" || row.textContent.normalize("NFKC").toLowerCase().includes(this.filter));
			const shown = new Set(this.filter === "" ? this.is_unfolded ? found : found.slice(0, this.open) : found);
			this.rows.forEach(row => { row.hidden = !shown.has(row); });
			if (this.sorted !== this.was_sorted)
				this.body.append(...order, ...this.last);
			this.was_sorted = this.sorted;
			this.last.forEach(row => { row.hidden = this.filter !== ""; });
			if (this.count)
				this.count.textContent = this.filter === "" ? "" : fill(words.shown, grouped(found.length), grouped(this.rows.length));
			if (!this.button)
				return;
			this.button.textContent = this.is_unfolded ? words.fewer : fill(words.all, grouped(this.rows.length));
			this.button.setAttribute("aria-expanded", String(Boolean(this.is_unfolded)));
			this.button.hidden = this.filter !== "";
		}
	}

	// A network leads to its ports, those that have a row.
	for (const cell of all(main, "td.ports")) {
		const numbers = cell.textContent.split(" ");
		cell.textContent = "";
		for (const number of numbers) {
			const id = `port-${number}-tcp`;
			if (document.getElementById(id) !== null)
				make(cell, "a", { href: `#${id}` }, number);
			else
				cell.append(number);
			cell.append(" ");
		}
	}

	const tables = new Map();
	for (const table of all(main, "table"))
		if (table.isConnected ? table.tHead : false)
			tables.set(table, new Table(table));

	// ---- folds: what a link leads to is open; paper has all sections

	const bar = document.querySelector("nav");
	const measure = () => root.style.setProperty("--bar", `${bar.offsetHeight + 12}px`);
	addEventListener("resize", measure);
	measure();

	const reveal = element => {
		const row = element.closest("tr"), table = row === null ? undefined : tables.get(row.closest("table"));
		if (table ? row.hidden : false) {
			const input = table.count?.parentElement.querySelector("input");
			if (input)
				input.value = table.filter = "";
			table.unfold(true);
		}
		for (let fold = element.closest("details"); fold !== null; fold = fold.parentElement.closest("details"))
			fold.open = true;
		element.querySelector(":scope > details.fold")?.setAttribute("open", "");
	};
	const follow = () => {
		let id = "";
		try {
			id = decodeURIComponent(location.hash.slice(1));
		} catch {
			return;
		}
		const element = id === "" ? null : document.getElementById(id);
		if (element === null)
			return;
		reveal(element);
		element.scrollIntoView();
	};
	addEventListener("hashchange", follow);
	document.addEventListener("click", event => {
		const link = event.target.closest?.("a[href^='#']");
		if (link ? link.hash === location.hash : false)
			follow();
	});
	follow();

	let closed = [];
	addEventListener("beforeprint", () => {
		closed = all(main, "details.fold:not([open])");
		closed.forEach(fold => { fold.open = true; });
	});
	addEventListener("afterprint", () => closed.forEach(fold => { fold.open = false; }));
})();
