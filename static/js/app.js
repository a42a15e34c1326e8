// What the pages do better with a script. Everything here is an addition: each form and link works without it.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const focusable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";

  // Words for screen readers: emptied first, so that the same words twice are spoken twice.
  function announce(words) {
    const live = byId("live");
    if (!live || !words) return;
    live.textContent = "";
    setTimeout(() => { live.textContent = words; }, 60);
  }

  function toast(words) {
    const place = byId("toast");
    if (!place) return;
    const box = document.createElement("div");
    const text = document.createElement("p");
    const close = document.createElement("button");
    box.className = "toast";
    text.textContent = words;
    close.type = "button";
    close.className = "quiet";
    close.dataset.close = "";
    close.textContent = place.dataset.close;
    box.append(text, close);
    place.replaceChildren(box);
    announce(words);
  }

  // Busy: the control that was used says so until the answer is here.
  const control = (ctx) => ctx.sourceEvent?.submitter || ctx.sourceElement;
  const busy = (element, on) => {
    if (!element?.setAttribute || element === document.body) return;
    if (on) element.setAttribute("aria-busy", "true"); else element.removeAttribute("aria-busy");
  };
  document.addEventListener("htmx:before:request", (event) => busy(control(event.detail.ctx), true));
  document.addEventListener("htmx:finally:request", (event) => busy(control(event.detail.ctx), false));
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (event.submitter?.hasAttribute("aria-busy")) event.preventDefault(); else busy(event.submitter, true);
  });
  addEventListener("pageshow", () => document.querySelectorAll("[aria-busy]").forEach((element) => busy(element, false)));
  // What looks for news by itself stays silent when it fails, and looks at once when something was answered.
  const byItself = (event) => event.detail.ctx?.sourceElement?.id === "notices";
  document.addEventListener("htmx:error", (event) => { if (!byItself(event)) toast(byId("toast")?.dataset.offline); });
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status >= 500 && !byItself(event)) toast(byId("toast")?.dataset.failed);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const { sourceElement, request, response } = event.detail.ctx;
    const place = byId("notices");
    if (!place || place.contains(sourceElement) || request?.method !== "POST" || !response?.raw?.ok) return;
    place.dispatchEvent(new CustomEvent("answered"));
  });

  // Focus: htmx keeps it where an element of the same id comes back; otherwise it goes to the same
  // place in what was swapped, else to what follows, never to the top of the page.
  let kept = null;
  let last = null;
  const lastPlace = () => (last?.isConnected ? last : (last?.id && byId(last.id)) || byId("main"));
  document.addEventListener("focusin", (event) => { if (!event.target.closest(".toasts")) last = event.target; });
  document.addEventListener("htmx:before:swap", () => {
    const active = document.activeElement;
    const home = active?.closest?.("[id]:not(main, body)");
    if (!active || active === document.body || !home) { kept = null; return; }
    const root = active.id === home.id ? active.parentElement?.closest("[id]") || home : home;
    const next = root.nextElementSibling || root.previousElementSibling;
    kept = { own: active.id, root: root.id, at: [...root.querySelectorAll(focusable)].indexOf(active), next: next?.id };
  });
  // What could not be used comes back with words at its fields: the first of them is spoken, and the focus is there.
  function showWrong(place) {
    const words = place.querySelector(".error, .notice.wrong p");
    const field = place.querySelector("[aria-invalid=true]");
    announce(words?.textContent.trim());
    if (!field) return false;
    field.focus({ preventScroll: true });
    (field.closest(".field") || field).scrollIntoView({ block: "nearest" });
    return document.activeElement === field;
  }
  document.addEventListener("htmx:after:swap", (event) => {
    const was = kept;
    const { response, target } = event.detail.ctx;
    kept = null;
    if (response?.status === 422 && showWrong(byId(target?.id) || byId("main"))) return;
    if (!was || (document.activeElement && document.activeElement !== document.body)) return;
    const own = was.own && byId(was.own);
    const root = byId(was.root);
    const inside = root && [...root.querySelectorAll(focusable)];
    const next = was.next && byId(was.next)?.querySelector(focusable);
    const near = inside?.slice(0, was.at + 1).reverse().find((element) => element.checkVisibility());
    const goal = own || near || inside?.[0] || next || lastPlace();
    goal?.focus({ preventScroll: true });
  });
  document.addEventListener("htmx:after:settle", (event) => {
    for (const node of event.detail.newContent || []) {
      const spoken = node.matches?.("[data-announce]") ? node : node.querySelector?.("[data-announce]");
      if (spoken) { announce(spoken.dataset.announce); return; }
    }
  });

  // Menus close on Escape and when something else is used; closing buttons close.
  const menus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
    const close = event.target.closest?.("[data-close]:not(.toasts)");
    if (!close) return;
    close.closest(".toast, .notice")?.remove();
    lastPlace()?.focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // Filters apply as soon as they change.
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-autosubmit]") && event.target.type !== "search") form.requestSubmit();
  });

  // The calendar: arrows move between days, Home and End within the week, Page keys between months.
  document.addEventListener("keydown", (event) => {
    const grid = event.target.closest?.("[data-grid]");
    if (!grid || event.altKey || event.ctrlKey || event.metaKey) return;
    const days = [...grid.querySelectorAll("a.date")];
    const at = days.indexOf(event.target.closest("td")?.querySelector("a.date"));
    const forward = document.dir === "rtl" ? -1 : 1;
    const step = {
      ArrowRight: forward, ArrowLeft: -forward, ArrowDown: 7, ArrowUp: -7, Home: -(at % 7), End: 6 - (at % 7),
    }[event.key];
    if (at >= 0 && step !== undefined) {
      event.preventDefault();
      days[at + step]?.focus();
    } else if (event.key === "PageUp" || event.key === "PageDown") {
      const link = document.querySelector(event.key === "PageUp" ? "a[rel=prev]" : "a[rel=next]");
      if (link) { event.preventDefault(); link.click(); }
    }
  });

  // The charts of a year: the day under the pointer, or the one that the arrows reach, is read out below them.
  function readOut(year) {
    const { first, marks, amounts, unit, locale } = JSON.parse(year.dataset.year);
    const words = JSON.parse(year.dataset.words);
    const { sayAmount, sayStrength, sayWeek } = year.dataset;
    const values = amounts && amounts.split(",");
    const spoken = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" });
    const number = new Intl.NumberFormat(locale);
    const line = year.querySelector("[data-scores]")?.getAttribute("d").match(/-?\d+/g).map(Number) || [];
    const scores = [];
    for (let at = line[0], height = line[1], step = 2; step <= line.length; step += 2) {
      scores[at] = Math.round((1000 - height) / 10);
      at += 1;
      height += line[step + 1];
    }
    const say = (pattern, count) => pattern.replace("{number}", number.format(count)).replace("{unit}", unit).trim();
    const done = (at) => (values ? Number(values[at] || 0) : Number(marks[at] === "d" || marks[at] === "e"));
    const svg = year.querySelector("svg.days");
    const here = document.createElementNS(svg.namespaceURI, "rect");
    for (const [name, value] of Object.entries({ class: "here", width: 14, height: 14, rx: 3 })) here.setAttribute(name, value);
    let at = marks.length - 1;
    const last = at;

    function show(day) {
      if (!words[marks[day]]) return;
      at = day;
      const week = day - (day % 7);
      let total = 0;
      for (let each = week; each < week + 7; each += 1) total += done(each);
      const date = spoken.format(Date.parse(first) + day * 864e5);
      const parts = [words[marks[day]]];
      if (values?.[day]) parts.push(say(sayAmount.replace("{amount}", "{number}"), Number(values[day])));
      if (scores[day] !== undefined) parts.push(say(sayStrength, scores[day]));
      parts.push(say(sayWeek, total));
      year.querySelector(".readout").textContent = `${date}: ${parts.join(" · ")}`;
      here.setAttribute("x", Math.floor(day / 7) * 14);
      here.setAttribute("y", (day % 7) * 14);
      svg.querySelector("g").append(here);
    }

    year.addEventListener("pointermove", (event) => {
      const chart = event.target.closest("svg");
      if (!chart) return;
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.getScreenCTM().inverse());
      const column = Math.floor((point.x - 34) / 14);
      const row = chart === svg ? Math.floor((point.y - 15) / 14) : Math.floor(((point.x - 34) % 14) / 2);
      if (column >= 0 && row >= 0 && row < 7) show(column * 7 + row);
    });
    year.querySelector(".scroll").addEventListener("keydown", (event) => {
      if (event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey) return;
      const to = {
        ArrowLeft: at - 7, ArrowRight: at + 7, ArrowUp: at - 1, ArrowDown: at + 1, Home: marks.search(/\S/), End: last,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      show(Math.min(Math.max(to, 0), last));
      here.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
  }
  document.querySelectorAll("[data-year]").forEach(readOut);

  // A year of moods: the day under the pointer, or the one that the arrows reach, is read out below; Enter opens it.
  function readPixels(section) {
    const { year, months, locale } = JSON.parse(section.dataset.pixels);
    const words = JSON.parse(section.dataset.words);
    const board = section.querySelector(".board");
    const cells = board.querySelector(".cells");
    const spoken = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" });
    const here = document.createElementNS(cells.namespaceURI, "rect");
    for (const [name, value] of Object.entries({ class: "here", width: 14, height: 14, rx: 3 })) here.setAttribute(name, value);
    let at = null;

    function show(month, day) {
      if (!words[months[month]?.[day]]) return;
      at = new Date(Date.UTC(year, month, day + 1));
      section.querySelector(".readout").textContent = `${spoken.format(at)}: ${words[months[month][day]]}`;
      here.setAttribute("x", day * 14);
      here.setAttribute("y", month * 14);
      cells.append(here);
    }
    const open = () => { if (at) location.assign(`/moods?day=${at.toISOString().slice(0, 10)}#mood-list`); };

    board.addEventListener("pointermove", (event) => {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(cells.getScreenCTM().inverse());
      show(Math.floor(point.y / 14), Math.floor(point.x / 14));
    });
    board.addEventListener("click", (event) => { if (event.target.closest(".cells")) open(); });
    board.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "Enter") { open(); return; }
      const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (!step) return;
      event.preventDefault();
      if (!at) show(0, 0);
      else show(at.getUTCMonth() + step[0], at.getUTCDate() - 1 + step[1]);
    });
  }
  document.querySelectorAll("[data-pixels]").forEach(readPixels);

  // Sign-up: the browser's time zone, unless the person has chosen one.
  const zone = byId("timezone");
  const guess = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && guess && (!zone.value || zone.hasAttribute("data-guess"))) {
    if (zone.tagName !== "SELECT" || [...zone.options].some((option) => option.value === guess)) zone.value = guess;
  }
})();
