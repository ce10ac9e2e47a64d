/* Ranking in the browser: the same hits in the same order, for the same reasons, as `kb similar --text` in the terminal.
 *
 * It reads window.KB_INDEX (kb-index.js, made by kb/search/export.py) and does what these modules do, in whole numbers:
 * analysis.py and porter.py (text -> tokens), concepts.py (tokens -> concepts), spelling.py, probe.py (a query),
 * scoring.py (ranking), reasons.py, questions.py. A test runs both on the same queries; change one, change the other.
 * What hits show lies in further scripts (kb-docs-0.js, ...), which are loaded when a hit lies in them.
 *
 *   await kbRank.search(text, limit) -> {hits: [{doc, score, reasons, fit}], questions: [...], total}   of incidents
 *   await kbRank.find(text, chosen, limit) -> {hits, total, facets}   of all entries, as `kb search` ranks plain words
 *   kbRank.spans(text, query)        -> [[start, end], ...] of what a text shares with a query
 */
window.kbRank = (() => {
  "use strict";
  const HOME = document.currentScript.src;
  let index = null;

  // ------------------------------------------------------------------------------------------ analysis.py
  const LETTER = "[\\p{L}\\p{N}]";
  const JOINT = "(?::[\\\\/]{1,2}|::|_+|[.\\-/\\\\:@+#&'’])";
  const RAW = new RegExp(`([0-9]+(?:[.,][0-9]+)?)[ \\u00a0]?%|${LETTER}+(?:${JOINT}${LETTER}+)*`, "gu");
  const PART = new RegExp(`${LETTER}+`, "gu");
  const WORD_ONLY = new RegExp(`^${LETTER}+$`, "u");
  const CAMEL = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g;
  const HUMPED = /[a-z][A-Z]|[A-Z]{2}[a-z]{2}/;
  const PLAIN = /^[a-z]{3,}$/;
  const HYPHENED = /^[a-z]+(?:-[a-z]+)+$/;
  const CLOCK = /^(?:[0-9]{1,2}:[0-9]{2}(?:[:.][0-9]+)*[a-z]{0,3}|[0-9]{4}-[0-9]{2}-[0-9]{2}[t_].*)$/;
  const DATE = /^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}$/;
  const BREAK = /[.!?;](?:[ \t\r\n]|$)|\n[ \t\r]*\n|\n[ \t\r]*[-*#>|0-9]/;
  const ASCII = /^[\x00-\x7f]*$/;

  const normal = (text) => (ASCII.test(text) ? text : text.normalize("NFC"));
  const cut = (text, length) => (text.length <= length ? text : Array.from(text).slice(0, length).join(""));
  const size = (text) => (ASCII.test(text) ? text.length : Array.from(text).length);

  function fold(word) {
    if (ASCII.test(word)) return word.toLowerCase();
    return word.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  }

  function stem(word) {
    let found = index.stems.get(word);
    if (found === undefined) {
      const regular = index.irregular.get(word) ?? word;
      found = index.fixed.get(word) ?? (PLAIN.test(regular) ? porter(regular) : regular);
      index.stems.set(word, found);
    }
    return found;
  }

  /** All tokens of a text as [text, at, start, end]; a jointed word comes before its parts. */
  function tokens(text) {
    const found = [];
    let at = 0, last = 0;
    for (const raw of text.matchAll(RAW)) {
      const start = raw.index, end = start + raw[0].length;
      if (start - last > 1 && BREAK.test(text.slice(last, start + 1))) at += index.c.SENTENCE_GAP;
      last = end;
      if (raw[1]) found.push([raw[1].replace(",", ".") + "%", at++, start, end]);
      else at = jointed(raw[0], at, start, end, found);
    }
    return found;
  }

  function jointed(raw, at, start, end, found) {
    const bare = raw.replace(/['’]/g, "");
    const word = fold(bare);
    if (PLAIN.test(word)) return single(raw, word, at, start, found);
    if (CLOCK.test(word)) return at + 1;
    if (WORD_ONLY.test(word)) return single(raw, word, at, start, found);
    const whole = HYPHENED.test(word) ? word.replaceAll("-", "") : word;
    found.push([stem(cut(whole, index.c.MAX_TOKEN)), at, start, end]);
    if (DATE.test(word)) return at + 1;
    for (const part of bare.matchAll(PART)) {
      at = single(part[0], fold(part[0]), at, Math.min(start + part.index, end - part[0].length), found);
    }
    return at;
  }

  function single(raw, word, at, start, found) {
    found.push([stem(cut(word, index.c.MAX_TOKEN)), at, start, start + raw.length]);
    if (size(raw) < 9 || !HUMPED.test(raw)) return at + 1;
    const humps = [...raw.matchAll(CAMEL)];
    if (humps.length < 2 || humps.some((hump) => hump[0].length < (humps.length < 3 ? 3 : 2))) return at + 1;
    humps.forEach((hump, place) => {
      const left = start + hump.index;
      found.push([stem(hump[0].toLowerCase()), at + place, left, left + hump[0].length]);
    });
    return at + humps.length;
  }

  function informative(token) {
    if (index.stopped.has(token)) return false;
    if (/^[0-9]+$/.test(token)) return token.length >= 3 && token.length <= 8;
    return size(token) > 1;
  }

  // ------------------------------------------------------------------------------------------ porter.py
  const C = "[^aeiou][^aeiouy]*", V = "[aeiouy][aeiou]*";
  const SOME = new RegExp(`^(?:${C})?${V}${C}`);
  const ONE = new RegExp(`^(?:${C})?${V}${C}(?:${V})?$`);
  const MANY = new RegExp(`^(?:${C})?${V}${C}${V}${C}`);
  const VOWEL = new RegExp(`^(?:${C})?[aeiouy]`);
  const SHORT = new RegExp(`^${C}[aeiouy][^aeiouwxy]$`);
  const DOUBLE = /([^aeiouylsz])\1$/;

  function porter(word) {
    const first = word[0] === "y";
    if (first) word = "Y" + word.slice(1);
    word = tenses(word);
    if (word.endsWith("y") && !"aeiou".includes(word.at(-2))) word = word.slice(0, -1) + "i";
    word = replaced(word, index.step2);
    word = replaced(word, index.step3);
    word = stripped(word);
    word = tidied(word);
    return first ? "y" + word.slice(1) : word;
  }

  function tenses(word) {
    if (word.endsWith("sses") || word.endsWith("ies")) word = word.slice(0, -2);
    else if (word.endsWith("s") && !word.endsWith("ss")) word = word.slice(0, -1);
    if (word.endsWith("eed")) return SOME.test(word.slice(0, -3)) ? word.slice(0, -1) : word;
    const off = word.endsWith("ed") ? 2 : word.endsWith("ing") ? 3 : 0;
    if (!off || !VOWEL.test(word.slice(0, -off))) return word;
    word = word.slice(0, -off);
    if (/(?:at|bl|iz)$/.test(word)) return word + "e";
    if (DOUBLE.test(word)) return word.slice(0, -1);
    return SHORT.test(word) ? word + "e" : word;
  }

  function replaced(word, rules) {
    for (const [suffix, instead] of rules) {
      if (word.endsWith(suffix)) {
        const rest = word.slice(0, -suffix.length);
        return SOME.test(rest) ? rest + instead : word;
      }
    }
    return word;
  }

  function stripped(word) {
    for (const suffix of index.step4) {
      if (word.endsWith(suffix)) {
        const rest = word.slice(0, -suffix.length) + (suffix === "sion" || suffix === "tion" ? suffix[0] : "");
        return MANY.test(rest) ? rest : word;
      }
    }
    return word;
  }

  function tidied(word) {
    if (word.endsWith("e")) {
      const rest = word.slice(0, -1);
      if (MANY.test(rest) || (ONE.test(rest) && !SHORT.test(rest))) word = rest;
    }
    return word.endsWith("ll") && MANY.test(word) ? word.slice(0, -1) : word;
  }

  // ------------------------------------------------------------------------------------------ concepts.py
  /** The concepts a text says, as [concept, start, end] in the order of the text. */
  function concepts(found) {
    const spots = spotted(found);
    const said = new Map();
    for (const first of spots.keys()) {
      for (const phrase of index.phrases.get(first) ?? []) {
        if (!phrase.slots.every((slot) => spots.has(slot))) continue;
        for (const [start, end] of (phrase.exact ? inARow : around)(phrase.slots, spots)) {
          said.set(`${phrase.concept} ${start} ${end}`, [phrase.concept, start, end]);
        }
      }
    }
    const ends = new Map();
    const backwards = [...said.values()].sort((a, b) => b[1] - a[1] || a[2] - b[2]);
    const shortest = backwards.filter(([concept, , end]) => {
      const shorter = end < (ends.get(concept) ?? end + 1);
      if (shorter) ends.set(concept, end);
      return shorter;
    });
    return shortest.sort((a, b) => a[1] - b[1] || a[2] - b[2] || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  }

  function spotted(found) {
    const spots = new Map(), ends = new Map();
    const add = (key, spot) => (spots.has(key) ? spots.get(key).push(spot) : spots.set(key, [spot]));
    for (const [text, at, start, end] of found) {
      ends.set(`${at} ${text}`, end);
      add(text, [at, at, start, end]);
    }
    for (const [text, at, start, end] of found) {
      for (const [words, name] of index.members.get(text) ?? []) {
        let last = end;
        for (let step = 1; step < words.length && last !== undefined; step++) last = ends.get(`${at + step} ${words[step]}`);
        if (last !== undefined) add(name, [at, at + words.length - 1, start, last]);
      }
    }
    for (const all of spots.values()) all.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    return spots;
  }

  function inARow(slots, spots) {
    const found = [];
    for (const first of spots.get(slots[0])) {
      let here = first;
      for (let i = 1; i < slots.length && here; i++) {
        const next = here[1] + 1;
        here = spots.get(slots[i]).find((spot) => spot[0] === next);
      }
      if (here) found.push([first[2], here[3]]);
    }
    return found;
  }

  function around(slots, spots) {
    const found = [];
    for (const first of spots.get(slots[0])) {
      const taken = [first];
      for (let i = 1; i < slots.length; i++) {
        const near = nearest(first, spots.get(slots[i]), taken);
        if (!near) break;
        taken.push(near);
      }
      if (taken.length === slots.length && (taken.length < 3 || close(taken))) {
        found.push([Math.min(...taken.map((s) => s[2])), Math.max(...taken.map((s) => s[3]))]);
      }
    }
    return found;
  }

  function nearest(first, spots, taken) {
    let found = null, least = taken.length === 1 ? index.c.SLACK + 2 : 99;
    for (const spot of spots) {
      const away = spot[0] > first[1] ? spot[0] - first[1] : first[0] - spot[1];
      if (away <= 0 || away >= least) continue;
      if (taken.length > 1 && taken.some((other) => spot[0] <= other[1] && other[0] <= spot[1])) continue;
      found = spot;
      least = away;
    }
    return found;
  }

  function close(taken) {
    const width = Math.max(...taken.map((s) => s[1])) - Math.min(...taken.map((s) => s[0])) + 1;
    return width <= taken.reduce((sum, s) => sum + s[1] - s[0] + 1, 0) + index.c.SLACK;
  }

  // ------------------------------------------------------------------------------------------ spelling.py
  function mend(found) {
    if (found.length > index.c.MOST_MENDED) return found;
    return found.map((token) => {
      const text = token[0];
      if (!/^[a-z]{4,}$/.test(text) || !informative(text) || index.known.has(text) || postings(text).length) return token;
      return [better(text, token[3] - token[2]) ?? text, token[1], token[2], token[3]];
    });
  }

  function better(word, typed) {
    const most = typed >= 9 ? 2 : 1;
    let best = null;
    for (const candidate of index.begin.get(word[0]) ?? []) {
      if (Math.abs(candidate.length - word.length) > most || !/^[a-z]{4,}$/.test(candidate)) continue;
      const far = distance(word, candidate, most);
      if (far > most || (typed < 6 && !slip(word, candidate)) || (far > 1 && candidate[1] !== word[1])) continue;
      const rank = [far, -postings(candidate).length, candidate.length === word.length ? 0 : 1, candidate];
      const at = best ? rank.findIndex((part, number) => part !== best[number]) : 0;
      if (at >= 0 && (!best || rank[at] < best[at])) best = rank;
    }
    return best?.[3];
  }

  function slip(word, candidate) {
    if (word.length === candidate.length) return [...word].sort().join() === [...candidate].sort().join();
    return word.length === 5 && candidate.length === 6;
  }

  function distance(one, other, most) {
    if (Math.abs(one.length - other.length) > most) return most + 1;
    let before = [], last = Array.from({ length: other.length + 1 }, (_, i) => i);
    for (let i = 1; i <= one.length; i++) {
      const row = [i];
      for (let j = 1; j <= other.length; j++) {
        const same = one[i - 1] === other[j - 1] ? 0 : 1;
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      if (Math.min(...row) > most) return most + 1;
      before = last;
      last = row;
    }
    return last[other.length];
  }

  // ------------------------------------------------------------------------------------------ probe.py
  function probe(query) {
    const text = normal(cut(query, index.c.LONG));
    const typed = tokens(text);
    const found = mend(typed);
    const asked = { weights: new Map(), said: new Map(), places: new Map(), anyOf: new Map() };
    const add = (token, weight, words, places) => {
      if (weight <= 0) return;
      if (weight > (asked.weights.get(token) ?? 0)) asked.weights.set(token, weight);
      if (words && !asked.said.has(token)) asked.said.set(token, words);
      const all = asked.places.get(token) ?? new Set();
      places.forEach((place) => all.add(place));
      asked.places.set(token, all);
    };
    const telling = found.filter((token) => informative(token[0]));
    const asTyped = new Set(typed.map((token) => token.join("\n")));
    for (const [token, at, start, end] of telling) {
      const said = asTyped.has([token, at, start, end].join("\n")) ? text.slice(start, end) : token;
      add(token, index.weak.has(token) ? index.c.WEAK : index.c.WORD, said, [at]);
    }
    for (const [name, start, end] of concepts(found)) {
      const concept = index.concepts.get(name);
      const weight = index.c.CONCEPT[concept.kind];
      const words = shown(text.slice(start, end));
      const places = telling.filter((t) => start <= t[2] && t[3] <= end).map((t) => t[1]);
      add("~" + name, weight, words, places);
    }
    for (const [token, at, start, end] of telling) {
      for (const number of index.groups.get(token) ?? []) {
        add(`=${number}`, index.c.WORD_ALIKE, text.slice(start, end), [at]);
        asked.anyOf.set(`=${number}`, index.alike[number]);
      }
    }
    balance(asked);
    const whole = `-${dashed(text)}-`;
    for (const token of index.names) {
      const name = token.slice(token.indexOf(":") + 1);
      if (whole.includes(`-${name}-`)) add(token, index.c.NAMED * index.c.FINE, name, []);
    }
    return asked;
  }

  function balance(asked) {
    const mass = new Map(), fine = index.c.FINE;
    for (const [token, places] of asked.places) {
      const part = places.size && Math.floor((asked.weights.get(token) * fine) / places.size);
      for (const place of places) mass.set(place, (mass.get(place) ?? 0) + part);
    }
    for (const [token, places] of asked.places) {
      let sum = 0;
      for (const place of places) sum += Math.min(1000, Math.floor((index.c.MOST_OF_A_WORD * fine * 1000) / mass.get(place)));
      const share = places.size ? Math.floor(sum / places.size) : 1000;
      asked.weights.set(token, Math.max(1, Math.floor((asked.weights.get(token) * fine * share) / 1000)));
    }
  }

  const dashed = (text) =>
    text.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");

  function shown(words) {
    const line = words.replace(/[ \t\n\r\f\v\u00a0\u2028\u2029]+/g, " ").replace(/^ +| +$/g, "");
    const length = index.c.SAID_LENGTH;
    return size(line) <= length ? line : cut(line, length - 1).replace(/ +$/, "") + "…";
  }

  // ------------------------------------------------------------------------------------------ scoring.py
  function postings(token) {
    const number = index.terms.get(token);
    return number === undefined || !index.counted[number] ? [] : (index.unpacked[number] ??= unpack(number));
  }

  function unpack(number) {
    const gap = reader(index.packed.gaps, index.gapAt[number]), impacts = index.packed.impacts, first = index.impactAt[number];
    let doc = 0;
    return Array.from({ length: index.counted[number] }, (_, at) => [(doc += gap()), DIGIT[impacts.charCodeAt(first + at)]]);
  }

  /** The entries that hold a token, or any of the words it stands for. */
  function holding(token, asked) {
    const words = asked.anyOf.get(token);
    if (!words) return postings(token);
    const most = new Map();
    for (const word of words) for (const [doc, impact] of postings(word)) if (impact > (most.get(doc) ?? 0)) most.set(doc, impact);
    return [...most];
  }

  const incident = (doc) => "ilo".includes(index.kinds[doc]);

  function rank(asked, limit, allowed = incident) {
    const held = new Map([...asked.weights.keys()].map((token) => [token, holding(token, asked)]));
    let parts = [];
    for (const [token, weight] of asked.weights) {
      const count = held.get(token).length;
      if (count) parts.push([token, weight * index.rarity[count]]);
    }
    if (parts.length > index.c.MOST) parts = parts.sort((a, b) => b[1] - a[1]).slice(0, index.c.MOST);
    const total = new Map();
    for (const [token, part] of parts) {
      if (asked.said.has(token)) for (const [doc, impact] of held.get(token)) total.set(doc, (total.get(doc) ?? 0) + part * impact);
    }
    for (const [token, part] of parts) {
      if (!asked.said.has(token)) for (const [doc, impact] of held.get(token)) if (total.has(doc)) total.set(doc, total.get(doc) + part * impact);
    }
    const aside = (doc, score) => Math.floor((score * (index.c.ASIDE[index.kinds[doc]] ?? 16)) / 16);
    const kept = [...total].filter(([doc]) => allowed(doc)).map(([doc, score]) => [doc, aside(doc, score)]);
    const best = kept.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, limit);
    const shared = new Map(best.map(([doc]) => [doc, new Map()]));
    for (const [token, part] of parts) {
      for (const [doc, impact] of held.get(token)) shared.get(doc)?.set(token, part * impact);
    }
    return { best, shared, total: kept.length, found: [...total.keys()] };
  }

  /** Tells how well an entry fits: how much of what is said it holds, times how telling it is. */
  function fitting(asked) {
    const most = index.c.SCALE * index.c.WORD * index.c.FINE * Math.max(1, index.rarity[1]);
    const direct = (token) => asked.said.has(token) && !asked.anyOf.has(token);
    const worth = new Map();
    for (const token of asked.said.keys()) {
      if (!direct(token)) continue;
      const rare = index.rarity[Math.max(1, postings(token).length)];
      for (const place of asked.places.get(token) ?? []) worth.set(place, Math.max(rare, worth.get(place) ?? 0));
    }
    const sum = (places) => [...places].reduce((so, place) => so + worth.get(place), 0);
    const all = sum(worth.keys());
    return (score, shared) => {
      const places = new Set([...shared.keys()].filter(direct).flatMap((token) => [...(asked.places.get(token) ?? [])]));
      const held = all ? Math.floor((sum(places) * 1000) / all) : 1000;
      const fit = Math.floor((score * held) / most);
      const symptom = (token) => token[0] === "~" && asked.said.has(token) && index.concepts.get(token.slice(1)).kind === "symptom";
      const seen = held === 1000 || (held >= 500 && [...shared.keys()].some(symptom));
      return index.c.BOUNDS.find(([, least]) => fit >= least)?.[0] ?? (seen ? "weak" : "none");
    };
  }

  // ------------------------------------------------------------------------------------------ reasons.py
  const NAMED = { "@service": "same service", "@system": "same system", "@tag": "same tag" };

  function reasons(shared, asked, said) {
    const direct = [...shared].filter(([token]) => asked.said.has(token)).sort((a, b) => b[1] - a[1]);
    const found = [], given = [], quoted = new Set();
    let words = [], worth = 0, othersWorth = 0;
    const others = [];
    for (const [token, gave] of direct) {
      const words_ = asked.said.get(token);
      if (token[0] === "~") {
        const concept = index.concepts.get(token.slice(1));
        const reason = concept && both(concept, words_, said, given, quoted);
        if (reason) {
          given.push(concept);
          found.push([concept.kind === "thing" ? Math.floor(gave / 2) : gave * 2, reason]);
        }
      } else if (token[0] === "=") {
        if (asked.anyOf.get(token).some((word) => shared.has(word) && asked.said.has(word))) continue;
        if (others.length < 3 && !others.some((other) => other.includes(words_))) {
          othersWorth = Math.max(othersWorth, gave);
          others.push(words_);
        }
      } else if (token[0] === "@") {
        found.push([gave * 2, `${NAMED[token.slice(0, token.indexOf(":"))]}: ${words_}`]);
      } else {
        worth = Math.max(worth, gave);
        const word = words_.toLowerCase();
        if (words.length < 5 && !words.some((other) => other.toLowerCase().includes(word))) {
          words = [...words.filter((other) => !word.includes(other.toLowerCase())), words_];
        }
      }
    }
    if (words.length) found.push([worth, `shared words: ${words.join(", ")}`]);
    if (others.length) found.push([Math.floor(othersWorth / 2), `in other words: ${others.join(", ")}`]);
    return found.sort((a, b) => b[0] - a[0]).slice(0, 4).map(([, reason]) => reason);
  }

  function both(concept, words, said, given, quoted) {
    if (given.some((other) => other.broader.includes(concept.name))) return null;
    if (concept.says) return concept.says;
    const theirs = said[concept.name] || narrower(concept, said);
    const quotes = theirs ? `("${words}" / "${theirs}")` : `("${words}")`;
    if (quoted.has(quotes.toLowerCase())) return null;
    quoted.add(quotes.toLowerCase());
    return `both: ${concept.label} ${quotes}`;
  }

  function narrower(concept, said) {
    for (const [name, words] of Object.entries(said)) {
      if (index.concepts.get(name)?.broader.includes(concept.name)) return words;
    }
    return null;
  }

  // ------------------------------------------------------------------------------------------ questions.py
  function questions(asked, ranked, limit) {
    const found = [];
    const top = ranked.best.length ? ranked.best[0][1] : 1;
    for (const [number, score] of ranked.best) {
      const share = Math.floor((score * 1000) / top);
      if (share >= index.c.LEAST) learn(found, details(number), share);
    }
    found.sort((a, b) => b.worth - a.worth);
    const names = [...asked.said.keys()].filter((token) => token[0] === "~").map((token) => token.slice(1));
    for (const name of [...names.filter((name) => index.starters[name]), ""]) {
      for (const text of index.starters[name]) {
        if (found.length >= limit) break;
        const words = telling(text);
        if (found.some((other) => alike(words, other.words))) continue;
        const reason = name ? `a general question for: ${index.concepts.get(name).label}` : "a general question";
        found.push({ text, verdict: "open", worth: 1, words, asked_in: [], reasons: [reason] });
      }
    }
    return found.slice(0, limit).map(({ text, verdict, worth, asked_in, reasons }) => ({
      text, verdict, asked_in, score: worth / 1000, reasons: reasons.slice(0, 3),
    }));
  }

  function learn(found, doc, share) {
    for (const [text, verdict, seconds] of (doc.questions ?? []).toSorted((a, b) => index.c.WORTH[b[1]] - index.c.WORTH[a[1]])) {
      const words = telling(text);
      if (!words.size) continue;
      const worth = Math.floor((share * index.c.WORTH[verdict]) / 100);
      share = Math.floor((share * index.c.FURTHER) / 100);
      let known = found.find((other) => alike(words, other.words));
      if (!known) {
        known = { text, verdict, worth, words, asked_in: [], reasons: [] };
        found.push(known);
      } else if (!known.asked_in.includes(doc.id)) {
        const more = worth > known.worth;
        if (more) Object.assign(known, { text, verdict });
        known.worth = Math.max(known.worth, worth) + Math.floor((Math.min(known.worth, worth) * index.c.AGAIN) / 100);
      }
      if (!known.asked_in.includes(doc.id)) {
        known.asked_in.push(doc.id);
        known.reasons.push(helped(doc, verdict, seconds));
      }
    }
  }

  function helped(doc, verdict, seconds) {
    const what = { "cracked it": "cracked", lead: "a lead in", "dead end": "a dead end in", open: "asked in" }[verdict];
    return seconds === null || seconds < 0 ? `${what} ${doc.id}` : `${what} ${doc.id}, asked ${after(Math.trunc(seconds))} in`;
  }

  function after(seconds) {
    const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
    return minutes < 90 ? `${minutes} min` : hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
  }

  function telling(text) {
    const all = tokens(normal(text)).map((token) => token[0]);
    const some = all.filter(informative);
    return new Set(some.length ? some : all);
  }

  function alike(one, other) {
    let both = 0;
    for (const word of one) if (other.has(word)) both++;
    return 100 * both >= index.c.ALIKE * (one.size + other.size - both);
  }

  // ------------------------------------------------------------------------------------------ the index
  function load(data) {
    const grouped = (pairs) => {
      const map = new Map();
      for (const [key, value] of pairs) map.has(key) ? map.get(key).push(value) : map.set(key, [value]);
      return map;
    };
    const { stop, irregular, fixed, step2, step3, step4 } = data.words;
    const words = data.vocabulary, counted = [];
    const terms = unfronted(data.terms);
    const next = reader(data.counts, 0);
    terms.forEach(() => counted.push(next()));
    const concepts = words.concepts.map(([name, kind, label, says, broader]) => ({ name, kind, label, says, broader }));
    const slot = (number) => (number < words.classes ? `<${number}` : terms[number - words.classes]);
    const members = [], phrases = [], alike = [], groups = [], known = new Set();
    runs(words.members, slot, known, (name, run) => members.push([run[0], [run, `<${name}`]]));
    runs(words.phrases, slot, known, (concept, slots, exact) => phrases.push([slots[0], { concept: concepts[concept].name, slots, exact }]));
    runs(words.alike, slot, known, (group, run) => {
      alike.push(run);
      run.forEach((word) => groups.push([word, group]));
    });
    const held = terms.filter((term, number) => counted[number]);
    index = {
      c: data.constants, kinds: data.kinds, severities: data.severities, years: [], rarity: data.rarity, starters: data.starters, packed: data,
      irregular: new Map(Object.entries(irregular)), fixed: new Map(Object.entries(fixed)), step2, step3, step4, stems: new Map(),
      weak: new Set(), members: grouped(members), phrases: grouped(phrases), known, alike, groups: grouped(groups),
      concepts: new Map(concepts.map((concept) => [concept.name, concept])),
      terms: new Map(terms.map((term, number) => [term, number])), counted,
      names: held.filter((term) => term.startsWith("@service:") || term.startsWith("@system:")),
      begin: grouped([...new Set([...held, ...known])].map((term) => [term[0], term])),
      unpacked: [], gapAt: [], impactAt: [], conceptNames: concepts.map((concept) => concept.name),
    };
    const year = reader(data.years, 0);
    for (let doc = 0; doc < data.kinds.length; doc++) index.years.push(year());
    const gap = reader(words.weak, 0);
    for (let at = 0, number = 0; at < words.weak.length; at += 1) {
      if (DIGIT[words.weak.charCodeAt(at)] < HALF) index.weak.add(slot((number += gap())));
    }
    index.stopped = new Set([...stop, ...stop.map(stem)]);
    findPlaces(data);
  }

  // export.py: numbers as digits, the lowest first; a digit of the upper half says that another one follows.
  const DIGIT = {};
  [..."#$%&'()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"].forEach((digit, value) => (DIGIT[digit.charCodeAt(0)] = value));
  const HALF = 45;

  function reader(text, at) {
    return () => {
      let number = 0, unit = 1, digit = DIGIT[text.charCodeAt(at++)];
      for (; digit >= HALF; digit = DIGIT[text.charCodeAt(at++)], unit *= HALF) number += (digit - HALF) * unit;
      return number + digit * unit;
    };
  }

  /** Each group of words, one after the other: told its number, the words, and whether they stand exactly so. */
  function runs([counts, shapes, numbers], slot, known, tell) {
    const count = reader(counts, 0), shape = reader(shapes, 0), next = reader(numbers, 0);
    const last = howMany(counts);
    for (let group = 0; group < last; group++) {
      let first = 0;
      for (let left = count(); left > 0; left--) {
        const form = shape();
        const run = Array.from({ length: form >> 1 }, (_, at) => slot(at ? next() : (first += next())));
        run.forEach((word) => known.add(word));
        tell(group, run, form % 2 === 1);
      }
    }
  }

  /** How many numbers a text holds. */
  function howMany(text) {
    let found = 0;
    for (let at = 0; at < text.length; at++) if (DIGIT[text.charCodeAt(at)] < HALF) found++;
    return found;
  }

  /** The sorted words of a list in which each leaves out the letters it shares with the one before. */
  function unfronted(text) {
    let last = "";
    return text.split("\n").map((line) => {
      let digits = 1;
      while (DIGIT[line.charCodeAt(digits - 1)] >= HALF) digits++;
      return (last = last.slice(0, reader(line, 0)()) + line.slice(digits));
    });
  }

  /** Where the postings of each term begin; the rarest terms come first. */
  function findPlaces(data) {
    const order = [...index.counted.keys()].filter((term) => index.counted[term]).sort((a, b) => index.counted[a] - index.counted[b] || a - b);
    let at = 0, first = 0;
    for (const term of order) {
      index.gapAt[term] = at;
      index.impactAt[term] = first;
      first += index.counted[term];
      for (let left = index.counted[term]; left > 0; at++) if (DIGIT[data.gaps.charCodeAt(at)] < HALF) left--;
    }
  }

  function ready() {
    if (!index && window.KB_INDEX) load(window.KB_INDEX);
    return index !== null;
  }

  // ------------------------------------------------------------------------------------------ what hits show
  const loading = new Map();

  const details = (number) => window.KB_DOCS[Math.floor(number / index.c.SHARD)][number % index.c.SHARD];

  /** The words of an entry that are quoted, by concept. */
  function quotes([numbers, words] = ["", ""]) {
    const gap = reader(numbers, 0);
    let number = 0;
    return words ? Object.fromEntries(words.split("\n").map((said) => [index.conceptNames[(number += gap())], said])) : {};
  }

  /** Load the scripts that tell of these entries, each once. */
  function loaded(numbers) {
    const shards = new Set(numbers.map((number) => Math.floor(number / index.c.SHARD)));
    return Promise.all([...shards].map((shard) => {
      if (!loading.has(shard)) {
        loading.set(shard, script(`kb-docs-${shard}.js`).catch((error) => { loading.delete(shard); throw error; }));
      }
      return loading.get(shard);
    }));
  }

  function script(name) {
    return new Promise((done, failed) => {
      const node = Object.assign(document.createElement("script"), { src: new URL(name, HOME).href, onload: done, onerror: failed });
      document.head.append(node);
    });
  }

  function hitsOf(best, ranked, asked) {
    const fit = fitting(asked);
    return best.map(([number, score]) => ({
      doc: details(number),
      score: Math.floor((score * 10000) / index.c.UNIT) / 10000,
      reasons: reasons(ranked.shared.get(number), asked, quotes(details(number).said)),
      fit: fit(score, ranked.shared.get(number)),
    }));
  }

  async function search(text, limit = 10) {
    if (!ready()) return { hits: [], questions: [], total: 0 };
    const asked = probe(text);
    const ranked = rank(asked, Math.max(limit, index.c.INCIDENTS));
    await loaded(ranked.best.map(([number]) => number));
    const hits = hitsOf(ranked.best.slice(0, limit), ranked, asked);
    const learned = { best: ranked.best.slice(0, index.c.INCIDENTS) };
    return { hits, questions: questions(asked, learned, limit), total: ranked.total };
  }

  const KINDS = { d: "deployment", s: "system" };

  /** What an entry can be narrowed by. */
  function facets(doc) {
    const letter = index.kinds[doc], severity = index.severities[doc], year = index.years[doc];
    return {
      kind: KINDS[letter] ?? "incident",
      whose: letter === "l" ? "library" : "own",
      severity: severity === "-" ? "" : `sev${severity}`,
      year: year ? String(index.c.FIRST_YEAR + year) : "",
    };
  }

  /** All entries that share something with a text, of which those are shown that have what is chosen. */
  async function find(text, chosen = {}, limit = 20) {
    if (!ready()) return { hits: [], total: 0, facets: {} };
    const asked = probe(text);
    const wanted = Object.entries(chosen).filter(([, value]) => value);
    const ranked = rank(asked, limit, (doc) => { const has = facets(doc); return wanted.every(([name, value]) => has[name] === value); });
    await loaded(ranked.best.map(([number]) => number));
    const counted = { kind: {}, whose: {}, severity: {}, year: {} };
    for (const doc of ranked.found) {
      for (const [name, value] of Object.entries(facets(doc))) if (value) counted[name][value] = (counted[name][value] ?? 0) + 1;
    }
    return { hits: hitsOf(ranked.best, ranked, asked), total: ranked.total, facets: counted };
  }

  /** What a text shares with a query, to be highlighted: sorted, not overlapping. */
  function spans(text, query) {
    if (!ready()) return [];
    const said = probe(query).said;
    const found = tokens(text);
    const all = found.filter(([token]) => said.has(token)).map(([, , start, end]) => [start, end]);
    for (const [name, start, end] of concepts(found)) if (said.has("~" + name)) all.push([start, end]);
    for (const [token, , start, end] of found) if (index.groups.get(token)?.some((number) => said.has(`=${number}`))) all.push([start, end]);
    const merged = [];
    for (const [start, end] of all.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
      const last = merged.at(-1);
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else merged.push([start, end]);
    }
    return merged;
  }

  return { search, find, spans, ready, tokens: (text) => (ready() ? tokens(normal(text)).map((t) => t[0]) : []) };
})();
