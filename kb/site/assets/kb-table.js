/* Tables that sort and filter: every `<table data-kb-table>` of a page. Without scripts they are plain tables.
 *
 *   <table class="kb-t" data-kb-table data-filter="Filter actions">   the words label a search field above the table
 *   <th scope="col" data-sort="text|number">                          a column to sort by
 *   <td data-value="3">                                               what a cell is sorted by; its text if not given
 *
 * Nothing is put into a page but nodes and texts. Cells without a value come last, in whatever order.
 */
(() => {
  "use strict";

  const WAIT = 80; // milliseconds after the last key
  const order = new Intl.Collator(document.documentElement.lang || "en", { numeric: true, sensitivity: "base" });
  let made = 0;

  function el(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  /** What a row's cell is sorted by: a number, a text, or null when it says nothing. */
  function value(row, column, kind) {
    const cell = row.cells[column];
    const text = (cell?.dataset.value ?? cell?.textContent ?? "").trim();
    if (kind !== "number") return text || null;
    const number = Number.parseFloat(text.replace(/,/g, ""));
    return Number.isNaN(number) ? null : number;
  }

  function compare(one, other, down) {
    if (one === null || other === null) return (one === null) - (other === null);
    const found = typeof one === "number" ? one - other : order.compare(one, other);
    return down ? -found : found;
  }

  function wire(table) {
    const body = table.tBodies[0];
    const rows = [...(body?.rows ?? [])];
    if (rows.length < 2) return; // nothing to put in order
    const said = el("p", { class: "kb-filter__n", role: "status" });
    const heads = [...table.tHead.rows[0].cells];
    for (const [column, head] of heads.entries()) if (head.dataset.sort) sortable(head, column);
    const field = table.dataset.filter ? filter() : null;
    (table.closest(".kb-table") ?? table).before(el("div", { class: "kb-filter" }, ...(field ?? []), said));

    /** First up, then down, then as it was. */
    function sortable(head, column) {
      const name = head.textContent;
      const button = el("button", { type: "button", class: "kb-sort" }, name);
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const next = { ascending: "descending", descending: "" }[head.getAttribute("aria-sort")] ?? "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (next) head.setAttribute("aria-sort", next);
        body.append(...(next ? sorted(column, head.dataset.sort, next === "descending") : rows));
        said.textContent = next ? `Sorted by ${name}, ${next}` : "In the first order again";
      });
    }

    function sorted(column, kind, down) {
      const keyed = rows.map((row) => [value(row, column, kind), row]);
      return keyed.sort((a, b) => compare(a[0], b[0], down)).map(([, row]) => row);
    }

    /** The field and its label; a row stays when it has every word. */
    function filter() {
      const id = `kb-filter-${++made}`;
      const input = el("input", { type: "search", id, autocomplete: "off", spellcheck: "false" });
      let texts = null;
      let timer = 0;

      function show() {
        texts ??= rows.map((row) => row.textContent.toLowerCase());
        const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
        let left = 0;
        rows.forEach((row, at) => {
          row.hidden = !wanted.every((word) => texts[at].includes(word));
          left += !row.hidden;
        });
        said.textContent = wanted.length ? `${left || "None"} of ${rows.length} shown` : "";
      }

      input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, WAIT); });
      input.addEventListener("keydown", (event) => {
        if (event.key === "Escape") { input.value = ""; show(); }
      });
      return [el("label", { for: id }, table.dataset.filter), input];
    }
  }

  function start() {
    document.querySelectorAll("[data-kb-table]:not([data-on])").forEach((table) => { table.dataset.on = "1"; wire(table); });
  }

  // Material's instant navigation swaps the page without loading it; it says so here.
  if (window.document$) window.document$.subscribe(start);
  else start();
})();
