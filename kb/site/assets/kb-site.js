/* The box *What are you seeing?*, the ticks of the ask lists, and the tab of the page one is on.
 *
 * Everything works from files: the index and its ranking (kb-index.js, kb-rank.js) come by script tags, when the box is
 * first used. What entries say is only ever put into the page as text, never as HTML.
 */
(() => {
  "use strict";

  const HOME = new URL("../", document.currentScript.src);
  const WAIT = 60; // milliseconds after the last key
  const LONGEST = 2000; // characters of the question kept in the address
  const OPEN = new Set(["investigating", "identified", "mitigated"]);
  const ICONS = {
    eye: "M12 9a3 3 0 0 1 3 3 3 3 0 0 1-3 3 3 3 0 0 1-3-3 3 3 0 0 1 3-3m0-4.5c5 0 9.27 3.11 11 7.5-1.73 4.39-6 7.5-11 7.5S2.73 16.39 1 12c1.73-4.39 6-7.5 11-7.5M3.18 12a9.821 9.821 0 0 0 17.64 0 9.821 9.821 0 0 0-17.64 0",
    star: "M12 17.27 18.18 21l-1.64-7.03L22 9.24l-7.19-.62L12 2 9.19 8.62 2 9.24l5.45 4.73L5.82 21z",
    wrench: "m22.61 19-9.08-9.09c.93-2.34.47-5.1-1.44-7C9.79.61 6.21.4 3.66 2.26L7.5 6.11 6.08 7.5 2.25 3.69C.39 6.23.6 9.82 2.9 12.11c1.86 1.86 4.57 2.35 6.89 1.48l9.11 9.11c.39.39 1.02.39 1.41 0l2.3-2.3c.39-.4.39-1.01 0-1.4m-3 1.59-9.46-9.46c-.61.45-1.29.72-2 .82-1.36.2-2.79-.21-3.83-1.25C3.37 9.76 2.93 8.5 3 7.26l3.09 3.09 4.24-4.24L7.24 3c1.26-.05 2.49.39 3.44 1.33a4.47 4.47 0 0 1 1.24 3.96 4.35 4.35 0 0 1-.88 1.96l9.46 9.45z",
  };

  /** An element with attributes and children; texts become text nodes. */
  function el(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) if (value != null) node.setAttribute(key, value);
    node.append(...children.flat().filter((child) => child != null && child !== ""));
    return node;
  }

  function icon(name) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    svg.setAttribute("class", "kb-i");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  /** Kept on this device; without storage (a private window, some file pages) simply forgotten. */
  const memory = {
    has(key) { try { return localStorage.getItem(key) === "1"; } catch { return false; } },
    set(key, on) { try { on ? localStorage.setItem(key, "1") : localStorage.removeItem(key); } catch { /* forgotten */ } },
  };

  // ---- The index, loaded once, when it is first wanted

  let loading = null;

  function load() {
    loading ??= script("assets/kb-rank.js").then(() => script("assets/kb-index.js")).then(() => window.kbRank);
    return loading;
  }

  function script(name) {
    return new Promise((done, failed) => {
      document.head.append(Object.assign(el("script"), { src: new URL(name, HOME).href, onload: done, onerror: failed }));
    });
  }

  // ---- What is shown of an answer

  function address(card) {
    const folder = card.library ? "library" : `${card.kind}s`;
    return new URL(`${folder}/${encodeURIComponent(card.id)}.html`, HOME).href;
  }

  /** The text with what it shares with the query marked. */
  function marked(text, query) {
    const parts = [];
    let last = 0;
    for (const [start, end] of window.kbRank.spans(text, query)) {
      parts.push(text.slice(last, start), el("mark", null, text.slice(start, end)));
      last = end;
    }
    return [...parts, text.slice(last)].filter((part) => part !== "");
  }

  function line(picture, label, children, kind) {
    return children.length ? el("p", { class: kind }, icon(picture), el("span", null, el("b", null, label), " ", children)) : null;
  }

  /** `12 Mar 2019`, as the pages write it. */
  function day(started) {
    const [, year, month, number] = /^(\d{4})-(\d\d)-(\d\d)/.exec(started || "") || [];
    return year && `${Number(number)} ${"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")[month - 1]} ${year}`;
  }

  function card(hit, query, first) {
    const doc = hit.doc;
    const who = doc.company || (doc.services || []).slice(0, 3).join(", ");
    const open = !doc.library && OPEN.has(doc.status);
    const left = !doc.library && doc.open_actions;
    const toDo = left && `${left} action${left === 1 ? "" : "s"} still open`;
    const about = [day(doc.started), who, (doc.severity || "").toUpperCase(), open && "still open", toDo, `${hit.fit} match`];
    return el(
      "article",
      { class: first ? "kb-sim kb-sim--top" : "kb-sim" },
      el("header", null, el("a", { href: address(doc) }, marked(doc.title, query)), el("small", null, about.filter(Boolean).join(" · "))),
      line("eye", "Looked like", marked(doc.looked_like || "", query)),
      line("star", "Cracked by", doc.cracked_by ? [`“${doc.cracked_by}”`] : [], "kb-sim__q"),
      line("wrench", "Fixed by", marked(doc.fixed_by || "", query)),
      hit.reasons && hit.reasons.length
        ? el("footer", null, el("em", null, "Why"), hit.reasons.map((reason) => el("span", null, reason)))
        : null,
    );
  }

  function cards(hits, query, name, compact, amber) {
    if (!hits.length) return [];
    const list = hits.map((hit, at) => card(hit, query, amber && at === 0));
    return [el("h2", null, name), el("div", { class: compact ? "kb-sims kb-sims--compact" : "kb-sims" }, list)];
  }

  function askList(questions, titles) {
    const word = { "cracked it": "cracked", lead: "a lead in" };
    return el(
      "ul",
      { class: "kb-ask" },
      questions.map((one) => {
        const where = (one.asked_in || []).map((id) => titles.get(id) || id).slice(0, 1);
        const small = where.length ? el("small", null, `${word[one.verdict] || "asked in"} ${where[0]}`) : null;
        return el("li", null, el("label", null, el("input", { type: "checkbox" }), el("span", { class: "kb-ask__q" }, one.text)), small);
      }),
    );
  }

  /** A line for the terminal, to copy: a command of what was typed first; safe to paste whatever that was. */
  function terminal(command, text, note) {
    const code = `${command} '${text.trim().split("\n", 1)[0].slice(0, 200).replaceAll("'", "'\\''")}'`;
    const button = el("button", { type: "button" }, "Copy");
    button.addEventListener("click", () => copy(code).then(() => { button.textContent = "Copied"; }));
    return el("div", { class: "kb-copy" }, el("p", null, button, note), el("code", null, code));
  }

  function writeDown(text) {
    return terminal("kb new incident --symptom", text, "Write it down as an open incident");
  }

  async function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = el("textarea", { class: "kb-sr" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy"); // the only way on a page opened from a folder
    area.remove();
  }

  /** The page that searches everything, not only incidents. */
  function everything(text) {
    const href = `${new URL("search.html", HOME).href}#q=${encodeURIComponent(text.slice(0, LONGEST))}`;
    return el("p", { class: "kb-all" }, el("a", { href, class: "kb-more" }, "All results"));
  }

  function nothing(text, found) {
    const nearest = found.hits.slice(0, 3).map((hit) => el("li", null, el("a", { href: address(hit.doc) }, hit.doc.title)));
    return [
      el("p", { class: "kb-none" }, "Nothing like this is written down yet. Open an incident, and this will be the first."),
      writeDown(text),
      nearest.length ? el("p", { class: "kb-none" }, "The nearest, no better than chance:") : null,
      nearest.length ? el("ul", null, nearest) : null,
      everything(text),
    ].filter(Boolean);
  }

  function answer(found, text) {
    const own = found.hits.filter((hit) => !hit.doc.library);
    const others = found.hits.filter((hit) => hit.doc.library);
    const titles = new Map(found.hits.map((hit) => [hit.doc.id, hit.doc.title]));
    const questions = (found.questions || []).slice(0, 6);
    const list = el("div", null, cards(own, text, "Seen here before", false, true), cards(others, text, "Seen elsewhere", true, false), everything(text));
    const ask = questions.length ? [el("h2", null, "Ask these first"), askList(questions, titles)] : [];
    const aside = el("aside", null, ask, writeDown(text));
    keepTicks(aside);
    return el("div", { class: "kb-res" }, list, aside);
  }

  // ---- The box

  function wireBox(box) {
    const field = box.querySelector("textarea");
    const results = box.querySelector(".kb-results");
    const said = box.querySelector("#kb-said");
    const limit = Number(box.dataset.limit) || 6;
    let timer = 0;
    let shown = null;

    async function show() {
      const text = field.value;
      if (text === shown) return;
      shown = text;
      box.parentElement.parentElement.classList.toggle("kb-typing", text.trim() !== "");
      keepQuery(text);
      if (!text.trim()) return void (results.replaceChildren(), (said.textContent = ""));
      const rank = await load().catch(() => null);
      if (text !== field.value) return; // typed on meanwhile
      if (!rank) return void (said.textContent = "The index could not be loaded.");
      const found = await rank.search(text, limit).catch(() => null);
      if (text !== field.value) return;
      if (!found) return void (said.textContent = "The index could not be loaded.");
      const hits = found.hits.filter((hit) => hit.fit !== "none");
      results.replaceChildren(...(hits.length ? [answer({ ...found, hits }, text)] : nothing(text, found)));
      said.textContent = hits.length === 1 ? "1 similar incident" : `${hits.length} similar incidents`;
    }

    field.addEventListener("focus", () => void load().catch(() => null), { once: true });
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, WAIT); });
    box.querySelectorAll(".kb-box__x button").forEach((button) =>
      button.addEventListener("click", () => { field.value = button.textContent; field.focus(); void show(); }));
    const asked = queryOf(location.hash);
    if (asked) { field.value = asked; void show(); }
    if (field.autofocus) field.focus(); // browsers do so only on the first page
  }

  function queryOf(hash) {
    try { return hash.startsWith("#q=") ? decodeURIComponent(hash.slice(3)) : ""; } catch { return ""; }
  }

  /** In the address, so that what one sees can be pasted into a chat. */
  function keepQuery(text) {
    const hash = text.trim() ? `#q=${encodeURIComponent(text.slice(0, LONGEST))}` : "";
    history.replaceState(history.state, "", location.pathname + location.search + hash);
  }

  // ---- Ticks

  function keepTicks(place) {
    const page = location.pathname.split("/").pop();
    place.querySelectorAll(".kb-ask label").forEach((label) => {
      const tick = label.querySelector("input");
      const key = `kb-asked:${page}:${label.textContent}`;
      tick.checked = memory.has(key);
      tick.addEventListener("change", () => memory.set(key, tick.checked));
    });
  }

  /** Pages of entries are not in the navigation: the tab of their list is marked for them. */
  function markTab() {
    const folder = location.pathname.split("/").slice(-2)[0];
    if (document.querySelector(".md-tabs__item--active")) return;
    document.querySelectorAll(".md-tabs__link").forEach((link) => {
      if (new URL(link.href).pathname.endsWith(`/${folder}.html`)) link.parentElement.classList.add("md-tabs__item--active");
    });
  }

  /** Material lets keyboards skip its tabs only on pages with sections; here on all. */
  function addSkip() {
    const place = document.querySelector("[data-md-component=skip]");
    const target = document.querySelector("#kb-q, h1[id]");
    if (place && target && !place.querySelector("a")) {
      place.append(el("a", { class: "md-skip", href: `#${target.id}` }, "Skip to content"));
    }
  }

  /** The theme's own search is a dialog without a name. */
  function nameDialog() {
    document.querySelector(".md-search[role=dialog]:not([aria-label])")?.setAttribute("aria-label", "Search");
  }

  /** The page *Search* has a script of its own. */
  function wireSearch(place) {
    const tools = { el, icon, load, marked, address, day, terminal, queryOf, keepQuery, home: HOME };
    script("assets/kb-search.js").then(() => window.kbSearch(place, tools)).catch(() => null);
  }

  function start() {
    document.querySelectorAll("[data-kb-box]:not([data-on])").forEach((box) => { box.dataset.on = "1"; wireBox(box); });
    document.querySelectorAll("[data-kb-search]:not([data-on])").forEach((place) => { place.dataset.on = "1"; wireSearch(place); });
    document.querySelectorAll("[data-kb-ask]").forEach((list) => keepTicks(list));
    markTab();
    nameDialog();
    addSkip();
  }

  // Material's instant navigation swaps the page without loading it; it says so here.
  if (window.document$) window.document$.subscribe(start);
  else start();
})();
