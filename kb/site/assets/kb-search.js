/* The page *Search*: everything of the knowledge base, ranked as `kb search` ranks plain words.
 *
 * Loaded by kb-site.js on the page that needs it, which also lends its tools. What entries say is only ever put into the
 * page as text.
 */
window.kbSearch = (place, tools) => {
  "use strict";
  const { el, icon, load, marked, address, day, terminal, queryOf, keepQuery, home } = tools;

  const WAIT = 80; // milliseconds after the last key
  const MOST = 20; // hits at once
  const GROUPS = { kind: "Kind", whose: "Whose", severity: "Severity", year: "Year" };
  const NAMES = { incident: "Incidents", deployment: "Deployments", system: "Systems", own: "Our own", library: "Library" };
  const ORDER = Object.keys(NAMES);
  const FILTER = /(?:^|\s)-?(?:service|system|severity|tag|kind|status|visibility|company|before|after):\S|(?:^|\s)-[a-z]{4,}|"[^"]+"|\w{3,}\*/i;

  const field = place.querySelector("#kb-s");
  const said = place.querySelector("#kb-s-said");
  const narrow = place.querySelector(".kb-narrow");
  const hits = place.querySelector(".kb-hits");
  const start = place.querySelector(".kb-start");
  let chosen = {};
  let most = MOST;
  let timer = 0;
  let asked = 0;

  async function show() {
    const text = field.value.trim();
    const mine = ++asked;
    keepQuery(text);
    start.hidden = text !== "";
    if (!text) return void (narrow.replaceChildren(), hits.replaceChildren(), (said.textContent = ""));
    const rank = await load().catch(() => null);
    const found = rank && (await rank.find(text, chosen, most).catch(() => null));
    if (mine !== asked) return; // typed on meanwhile
    if (!found) return void (said.textContent = "The index could not be loaded.");
    narrow.replaceChildren(...groups(found.facets));
    hits.replaceChildren(...(FILTER.test(text) ? filters(text) : []), ...(found.total ? listed(found, text) : none(text)));
    said.textContent = found.total ? counted(found) : "Nothing found";
  }

  function counted(found) {
    const all = `${found.total} ${found.total === 1 ? "entry" : "entries"}`;
    return found.hits.length < found.total ? `${all}, the best ${found.hits.length} shown` : all;
  }

  // ---- Buttons that narrow

  function groups(facets) {
    const rows = Object.entries(GROUPS).map(([name, label]) => {
      const values = Object.entries(facets[name]).sort(([a], [b]) => {
        return name === "year" ? b.localeCompare(a) : ORDER.indexOf(a) - ORDER.indexOf(b) || a.localeCompare(b);
      });
      if (values.length < 2 && !chosen[name]) return null;
      const group = el("div", { role: "group", "aria-label": label }, el("span", { "aria-hidden": "true" }, label));
      group.append(...values.map(([value, number]) => choice(name, value, number)));
      return group;
    });
    return rows.filter(Boolean);
  }

  function choice(name, value, number) {
    const pressed = chosen[name] === value;
    const label = NAMES[value] ?? value.toUpperCase();
    const id = `kb-narrow-${name}-${value}`;
    const button = el("button", { type: "button", id, "aria-pressed": String(pressed) }, `${label} `, el("b", null, String(number)));
    button.addEventListener("click", async () => {
      chosen = { ...chosen, [name]: pressed ? "" : value };
      most = MOST;
      await show();
      document.getElementById(id)?.focus(); // the button was made anew
    });
    return button;
  }

  // ---- What is found

  function listed(found, text) {
    const list = el("ol", { class: "kb-found" }, found.hits.map((hit) => one(hit, text)));
    if (found.hits.length >= found.total) return [list];
    const more = el("button", { type: "button", class: "kb-more" }, "Show more");
    more.addEventListener("click", async () => {
      const before = found.hits.length;
      most += MOST;
      await show();
      hits.querySelectorAll(".kb-found > li")[before]?.querySelector("a").focus();
    });
    return [list, more];
  }

  function one({ doc, reasons }, text) {
    const who = doc.company || (doc.services || []).join(", ");
    const about = [kind(doc), day(doc.started), who, (doc.severity || "").toUpperCase(), doc.status];
    return el(
      "li",
      null,
      el("a", { href: address(doc) }, marked(doc.title, text)),
      el("small", null, about.filter(Boolean).join(" · ")),
      doc.looked_like ? el("p", null, marked(doc.looked_like, text)) : null,
      doc.cracked_by ? el("p", { class: "kb-list__q" }, icon("star"), el("span", null, `“${doc.cracked_by}”`)) : null,
      reasons?.length ? el("p", { class: "kb-why" }, el("em", null, "Why"), reasons.map((reason) => el("span", null, reason))) : null,
    );
  }

  function kind(doc) {
    return doc.library ? "Library" : doc.kind[0].toUpperCase() + doc.kind.slice(1);
  }

  function none(text) {
    if (!Object.values(chosen).some(Boolean)) {
      const handle = el("a", { href: `${new URL("handle.html", home).href}#q=${encodeURIComponent(text)}` }, "handle it");
      return [
        el("p", { class: "kb-none" }, "No entry has any of these words, or words that mean alike. Try others, or fewer."),
        el("p", { class: "kb-none" }, "If it is going on right now, ", handle, "."),
      ];
    }
    const clear = el("button", { type: "button", class: "kb-more" }, "Search everything again");
    clear.addEventListener("click", () => { chosen = {}; field.focus(); void show(); });
    return [el("p", { class: "kb-none" }, "Nothing among what the buttons above leave."), clear];
  }

  /** Filters are the terminal's; here their words are words. */
  function filters(text) {
    const note = "Filters (key:value, \"phrases\", -without, begin*) are read in the terminal; here they are plain words.";
    return [terminal("kb search", text, note)];
  }

  function take() {
    if (!place.isConnected) return; // another page took its place
    const text = queryOf(location.hash);
    if (text && text !== field.value) { field.value = text; void show(); }
  }

  field.addEventListener("focus", () => void load().catch(() => null), { once: true });
  field.addEventListener("input", () => { most = MOST; clearTimeout(timer); timer = setTimeout(show, WAIT); });
  window.addEventListener("hashchange", take);
  take();
};
