/* Ranking in the browser: the same hits in the same order, for the same reasons, as `kb similar --text` in the terminal.
 *
 * It reads window.KB_INDEX (kb-index.js, made by kb/search/export.py) and does what these modules do, in whole numbers:
 * analysis.py and porter.py (text -> tokens), vocabulary.py (tokens -> concepts), spelling.py, probe.py (a query),
 * finder.py (ranking), reasons.py, questions.py. A test runs both on the same queries; change one, change the other.
 *
 *   kbRank.search(text, limit, {kinds, exclude}) -> {hits: [{doc, score, reasons}], questions: [...], total}
 *   kbRank.spans(text, query)                    -> [[start, end], ...] of what a text shares with a query
 */
window.kbRank = (() => {
  "use strict";
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
      found = PLAIN.test(regular) ? porter(regular) : regular;
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

  // ------------------------------------------------------------------------------------------ vocabulary.py
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
      if (!/^[a-z]{4,}$/.test(text) || !informative(text) || index.known.has(text) || index.terms.has(text)) return token;
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
      const held = postings(candidate).length;
      if (!best || far < best.far || (far === best.far && (held > best.held || (held === best.held && candidate < best.candidate)))) {
        best = { far, held, candidate };
      }
    }
    return best?.candidate;
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
    const asked = { weights: new Map(), said: new Map(), places: new Map() };
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
      for (const other of concept.broader) add("~" + other, Math.floor((weight * index.c.BROADER) / 100), words, places);
      for (const other of concept.related) add("~" + other, Math.floor((weight * index.c.RELATED) / 100), "", places);
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

  // ------------------------------------------------------------------------------------------ finder.py
  function postings(token) {
    const number = index.terms.get(token);
    if (number === undefined) return [];
    if (!index.unpacked[number]) index.unpacked[number] = unpack(index.offsets[number]);
    return index.unpacked[number];
  }

  function unpack(offset) {
    const bytes = index.bytes, found = [];
    const varint = () => {
      let number = 0, shift = 1, byte;
      do {
        byte = bytes[offset++];
        number += (byte & 127) * shift;
        shift *= 128;
      } while (byte > 127);
      return number;
    };
    let doc = 0;
    for (let left = varint(); left > 0; left--) {
      doc += varint();
      found.push([doc, bytes[offset++]]);
    }
    return found;
  }

  function rank(asked, limit, counts) {
    let parts = [];
    for (const [token, weight] of asked.weights) {
      const holding = postings(token).length;
      if (holding) parts.push([token, weight * index.rarity[holding]]);
    }
    if (parts.length > index.c.MOST) parts = parts.sort((a, b) => b[1] - a[1]).slice(0, index.c.MOST);
    const total = new Map();
    for (const [token, part] of parts) {
      if (asked.said.has(token)) for (const [doc, impact] of postings(token)) total.set(doc, (total.get(doc) ?? 0) + part * impact);
    }
    for (const [token, part] of parts) {
      if (!asked.said.has(token)) for (const [doc, impact] of postings(token)) if (total.has(doc)) total.set(doc, total.get(doc) + part * impact);
    }
    const kept = [...total].filter(([doc]) => counts(index.docs[doc]));
    const best = kept.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, limit);
    const shared = new Map(best.map(([doc]) => [doc, new Map()]));
    for (const [token, part] of parts) {
      for (const [doc, impact] of postings(token)) shared.get(doc)?.set(token, part * impact);
    }
    return { best, shared, total: kept.length };
  }

  // ------------------------------------------------------------------------------------------ reasons.py
  const NAMED = { "@service": "same service", "@system": "same system", "@tag": "same tag" };

  function reasons(shared, asked, said) {
    const direct = [...shared].filter(([token]) => asked.said.has(token)).sort((a, b) => b[1] - a[1]);
    const found = [], given = [], quoted = new Set();
    let words = [], worth = 0;
    for (const [token, gave] of direct) {
      const words_ = asked.said.get(token);
      if (token[0] === "~") {
        const concept = index.concepts.get(token.slice(1));
        const reason = concept && both(concept, words_, said, given, quoted);
        if (reason) {
          given.push(concept);
          found.push([concept.kind === "thing" ? Math.floor(gave / 2) : gave * 2, reason]);
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
    return found.sort((a, b) => b[0] - a[0]).slice(0, 4).map(([, reason]) => reason);
  }

  function both(concept, words, said, given, quoted) {
    if (given.some((other) => other.broader.includes(concept.name))) return null;
    const theirs = said[concept.name] || narrower(concept, said);
    if (!theirs) return null;
    if (concept.says) return concept.says;
    const quotes = `("${words}" / "${theirs}")`;
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
      if (share >= index.c.LEAST) learn(found, index.docs[number], share);
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
    for (const [text, verdict, seconds] of doc.questions ?? []) {
      const words = telling(text);
      if (!words.size) continue;
      const worth = Math.floor((share * index.c.WORTH[verdict]) / 100);
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
    const { stop, irregular, step2, step3, step4 } = data.words;
    const terms = data.terms ? data.terms.split("\n") : [];
    const members = [], phrases = [], known = new Set();
    for (const [name, lines] of Object.entries(data.vocabulary.members)) {
      for (const line of lines.split("|")) {
        const words = line.split(" ");
        words.forEach((word) => known.add(word));
        members.push([words[0], [words, name]]);
      }
    }
    for (const [concept, lines] of Object.entries(data.vocabulary.phrases)) {
      for (const line of lines ? lines.split("|") : []) {
        const exact = line[0] === "=";
        const slots = (exact ? line.slice(1) : line).split(" ");
        slots.forEach((slot) => known.add(slot));
        phrases.push([slots[0], { concept, slots, exact }]);
      }
    }
    index = {
      c: data.constants, docs: data.docs, rarity: data.rarity, starters: data.starters,
      irregular: new Map(Object.entries(irregular)), step2, step3, step4, stems: new Map(),
      weak: new Set(data.vocabulary.weak.split(" ")), members: grouped(members), phrases: grouped(phrases), known,
      concepts: new Map(data.vocabulary.concepts.map(([name, kind, label, says, broader, related]) => [name, { name, kind, label, says, broader, related }])),
      terms: new Map(terms.map((term, number) => [term, number])),
      names: terms.filter((term) => term.startsWith("@service:") || term.startsWith("@system:")),
      begin: grouped(terms.map((term) => [term[0], term])),
      unpacked: [],
    };
    index.stopped = new Set([...stop, ...stop.map(stem)]);
    index.bytes = Uint8Array.from(atob(data.postings), (c) => c.charCodeAt(0));
    index.offsets = offsets(index.bytes, terms.length);
  }

  function offsets(bytes, count) {
    const found = new Array(count);
    let at = 0;
    for (let term = 0; term < count; term++) {
      found[term] = at;
      let number = 0, shift = 1;
      for (; bytes[at] > 127; at++, shift *= 128) number += (bytes[at] & 127) * shift;
      number += bytes[at++] * shift;
      for (; number > 0; number--) {
        while (bytes[at] > 127) at++;
        at += 2;
      }
    }
    return found;
  }

  function ready() {
    if (!index && window.KB_INDEX) load(window.KB_INDEX);
    return index !== null;
  }

  function search(text, limit = 10, { kinds = ["incident"], exclude = [] } = {}) {
    if (!ready()) return { hits: [], questions: [], total: 0 };
    const asked = probe(text);
    const counts = (doc) => kinds.includes(doc.kind) && !exclude.includes(doc.id);
    const ranked = rank(asked, Math.max(limit, index.c.INCIDENTS), counts);
    const hits = ranked.best.slice(0, limit).map(([number, score]) => ({
      doc: index.docs[number],
      score: Math.floor((score * 10000) / index.c.UNIT) / 10000,
      reasons: reasons(ranked.shared.get(number), asked, index.docs[number].said ?? {}),
    }));
    const learned = { best: ranked.best.slice(0, index.c.INCIDENTS) };
    return { hits, questions: questions(asked, learned, limit), total: ranked.total };
  }

  /** What a text shares with a query, to be highlighted: sorted, not overlapping. */
  function spans(text, query) {
    if (!ready()) return [];
    const said = probe(query).said;
    const found = tokens(text);
    const all = found.filter(([token]) => said.has(token)).map(([, , start, end]) => [start, end]);
    for (const [name, start, end] of concepts(found)) if (said.has("~" + name)) all.push([start, end]);
    const merged = [];
    for (const [start, end] of all.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
      const last = merged.at(-1);
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else merged.push([start, end]);
    }
    return merged;
  }

  return { search, spans, ready, tokens: (text) => (ready() ? tokens(normal(text)).map((t) => t[0]) : []) };
})();
