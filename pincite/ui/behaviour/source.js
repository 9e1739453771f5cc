// The source pane: it scrolls to what was cited, fetches the parts of a long document that are
// scrolled near, and shows pages as pictures.

function source(element, trigger, watch, server) {
  const pane = byId("source"); // it scrolls, so the keyboard must reach it
  pane.tabIndex = 0;
  pane.setAttribute("role", "region");
  pane.setAttribute("aria-label", say("source"));
  const article = () => element.querySelector(".source");
  const near = new IntersectionObserver((seen) => {
    for (const each of seen) if (each.isIntersecting) draw(each.target);
  }, { root: pane, rootMargin: "1200px 0px" });
  const fetching = new Map();
  // Its element may be the same when another document is drawn.
  const opened = () => article()?.dataset.opened;

  const places = () => JSON.parse(article().dataset.places);
  const steps = () => element.querySelector(".steps");
  const stop = () => (steps() === null ? null : JSON.parse(steps().dataset.stops)[steps().dataset.at]);

  // A part that is not drawn yet takes about the room that it will need.
  function settle() {
    fetching.clear();
    near.disconnect();
    article().classList.remove("with-passages");
    element.querySelector(".source-text").hidden = false;
    for (const each of element.querySelectorAll(".source-pages, .about")) each.hidden = true;
    const parts = [...element.querySelectorAll(".part")];
    parts.forEach((part) => { part.style.height = ""; });
    const drawn = parts.filter((part) => part.firstChild !== null);
    const sum = (values) => values.reduce((total, value) => total + value, 0);
    const each = sum(drawn.map((part) => part.offsetHeight))
      / Math.max(1, sum(drawn.map((part) => Number(part.dataset.size))));
    for (const part of parts) {
      if (part.firstChild !== null) continue;
      part.style.height = `${Math.max(20, each * Number(part.dataset.size))}px`;
      near.observe(part);
    }
  }

  async function draw(part) {
    if (part.firstChild !== null) return;
    const shown = opened();
    const number = part.dataset.number;
    if (!fetching.has(number)) {
      const source = stop() === null ? null : stop()[0];
      const asked = [article().dataset.document, number, places(), source];
      fetching.set(number, server.draw_part(asked));
    }
    const markup = await fetching.get(number);
    if (opened() !== shown || part.firstChild !== null) return;
    near.unobserve(part);
    const before = part.offsetHeight;
    const above = part.getBoundingClientRect().bottom < pane.getBoundingClientRect().top
      + element.querySelector(".source-head").offsetHeight;
    part.innerHTML = markup;
    part.style.height = "";
    point(); // the citation shown may have changed since it was asked for
    if (above) pane.scrollTop += part.offsetHeight - before;
  }

  // Marks the citation that is shown strongly, the others lightly.
  function point() {
    if (stop() === null) return [];
    const source = String(stop()[0]);
    const all = [...element.querySelectorAll(".source-text mark[data-cites]")];
    for (const mark of all) {
      mark.className = mark.dataset.cites.split(" ").includes(source) ? "cited" : "also";
    }
    return all.filter((mark) => mark.className === "cited");
  }

  function scrollTo(mark) {
    if (mark === undefined) {
      pane.scrollTop = 0;
      return;
    }
    const head = element.querySelector(".source-head").offsetHeight;
    const above = mark.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    pane.scrollTop += above - head - (pane.clientHeight - head) * 0.25;
  }

  async function step(by) {
    const bar = steps();
    if (bar === null) return;
    const stops = JSON.parse(bar.dataset.stops);
    const at = Number(bar.dataset.at) + by;
    if (!(at in stops)) return;
    const { exchange, action } = bar.dataset;
    const [source, part, page] = stops[at];
    const marker = document.querySelector(
      `.marker[data-action="${action}"][data-exchange="${exchange}"][data-source="${source}"]`);
    if (marker !== null) press(marker);
    if (part === undefined) { // in another document, or its words stand there no longer
      byKeyboard = false;
      stepped = by;
      trigger("cite", { action, exchange, source });
      return;
    }
    bar.dataset.at = at;
    const place = at - Number(bar.dataset.first) + 1;
    bar.querySelector(".at").textContent = say("placeOf", { place, count: bar.dataset.count });
    bar.querySelector('[data-step="-1"]').disabled = at === 0;
    bar.querySelector('[data-step="1"]').disabled = at === stops.length - 1;
    const cited = element.querySelector(".cited-page");
    if (cited !== null && page) cited.textContent = say("page", { page });
    if (page) article().dataset.page = page;
    if (showsPages()) {
      turn(page);
      return;
    }
    reveal();
  }

  // The citation that is shown, in the text.
  async function reveal() {
    if (stop() === null) return;
    await draw(element.querySelector(`.part[data-number="${stop()[1]}"]`));
    scrollTo(point()[0]);
  }

  const showsPages = () => !element.querySelector(".source-pages").hidden;

  function view(name) {
    const pages = name === "pages";
    element.querySelectorAll("[data-view]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.view === name));
    });
    element.querySelector(".source-text").hidden = pages;
    element.querySelector(".source-pages").hidden = !pages;
    element.querySelector('[data-show="passages"]').hidden = pages;
    if (pages) turn(article().dataset.page);
    else reveal();
  }

  async function turn(page) {
    const shown = opened();
    const box = element.querySelector(".source-pages");
    const held = box.contains(document.activeElement) ? document.activeElement : null;
    const again = held === null ? null : ["[data-turn]", ".page-number"].find((one) => held.matches(one));
    const place = held === null ? 0 : [...box.querySelectorAll(again)].indexOf(held);
    article().dataset.page = page;
    box.setAttribute("aria-busy", "true");
    const source = stop() === null ? null : stop()[0];
    const markup = await server.draw_page(
      [article().dataset.document, Number(page), places(), source]);
    if (opened() !== shown || article().dataset.page !== String(page)) return;
    box.innerHTML = markup;
    box.removeAttribute("aria-busy");
    const mark = box.querySelector(".page-mark.cited");
    scrollTo(mark === null ? undefined : mark);
    if (again) box.querySelectorAll(again)[place]?.focus({ preventScroll: true });
  }

  // What stays where it is when the text around it grows: the citation, or what is read first.
  function topmost() {
    const { top, bottom } = pane.getBoundingClientRect();
    const from = top + element.querySelector(".source-head").offsetHeight;
    const inside = (each) => each.getBoundingClientRect().top >= from
      && each.getBoundingClientRect().top < bottom;
    return [...element.querySelectorAll("mark.cited")].find(inside)
      || [...element.querySelectorAll(".part p")].find(inside);
  }

  function toggle(button) {
    if (button.dataset.show === "about") {
      const about = element.querySelector(".about");
      about.hidden = !about.hidden;
      button.setAttribute("aria-expanded", String(!about.hidden));
    } else {
      const read = topmost();
      const place = read?.getBoundingClientRect().top;
      const on = article().classList.toggle("with-passages");
      button.setAttribute("aria-pressed", String(on));
      if (read !== undefined) pane.scrollTop += read.getBoundingClientRect().top - place;
    }
  }

  // Saved by the browser as a file of no type: it cannot be opened in the page's place.
  async function save(button) {
    const said = element.querySelector(".saved");
    const id = article().dataset.document;
    const pieces = [];
    let size = 0;
    button.disabled = true;
    try {
      for (let whole = 1; size < whole;) {
        said.textContent = pieces.length === 0 ? "" : `${Math.floor(100 * size / whole)} %`;
        const given = await server.read_original([id, size]);
        if (given.trouble !== undefined) throw new Error(given.trouble);
        const piece = Uint8Array.from(atob(given.data), (letter) => letter.charCodeAt(0));
        whole = given.bytes;
        if (piece.length === 0) break;
        pieces.push(piece);
        size += piece.length;
      }
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(pieces, { type: "application/octet-stream" }));
      link.download = button.dataset.original;
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      said.textContent = say("saved");
    } catch (error) {
      said.textContent = error.message;
    }
    button.disabled = false;
  }

  element.addEventListener("click", (event) => {
    if (closest(event, "[data-close]") !== null) closeSource();
    const by = closest(event, "[data-step]");
    if (by !== null) step(Number(by.dataset.step));
    const chosen = closest(event, "[data-view]");
    if (chosen !== null) view(chosen.dataset.view);
    const turned = closest(event, "[data-turn]");
    if (turned !== null) turn(turned.dataset.turn);
    const toggled = closest(event, "[data-show]");
    if (toggled !== null) toggle(toggled);
    const saved = closest(event, "[data-original]");
    if (saved !== null) save(saved);
    const copied = closest(event, "[data-copy-address]");
    if (copied !== null) copyAddress(copied);
  });
  element.addEventListener("change", (event) => {
    const typed = closest(event, ".page-number");
    if (typed === null) return;
    const page = Math.round(Number(typed.value));
    turn(Math.min(Number(typed.max), Math.max(1, page || 1)));
  });
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || closest(event, "input") !== null) return;
    if (event.key === "n") step(1);
    if (event.key === "p") step(-1);
  });
  // The browser looks for words in what is drawn: all of it, from now on.
  window.addEventListener("keydown", async (event) => {
    const finds = event.key === "F3" || ((event.ctrlKey || event.metaKey) && event.key === "f");
    if (!finds || article() === null) return;
    const empty = [...element.querySelectorAll(".part:empty")];
    while (empty.length > 0) await Promise.all(empty.splice(0, 6).map(draw));
  });
  watch("value", () => {
    frame().classList.toggle("source-open", article() !== null);
    if (article() === null) return;
    drawer(false);
    settle();
    const mark = point()[0] || element.querySelector("mark.cited") || undefined;
    scrollTo(mark);
    if (stepped !== 0) {
      const button = element.querySelector(`[data-step="${stepped}"]`);
      (button.disabled ? mark : button)?.focus({ preventScroll: true });
      stepped = 0;
    } else if (byKeyboard || narrow.matches) {
      const goal = mark || element.querySelector(".pane-close");
      goal.focus({ preventScroll: true });
    }
  });
}

let stepped = 0; // the step that led to the document being opened

async function copyAddress(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copyAddress);
    button.textContent = say("copied");
  } catch {
    button.textContent = say("notAllowed");
  }
  window.setTimeout(() => { button.textContent = say("copy"); }, 2500);
}

function closeSource() {
  frame().classList.remove("source-open");
  if (pressed !== null && pressed.isConnected) pressed.focus();
}

window.pincite.source = source;
