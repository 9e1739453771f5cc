// What a number rests on, shown beside it while it is pointed at or reached by keyboard.

const quoteTip = document.createElement("div");
quoteTip.id = "quote-tip";
quoteTip.setAttribute("role", "tooltip");
quoteTip.hidden = true;
let quoted = null; // the number whose quote is shown
let quoteTimer = 0;

// A card shows its own quote; and while an answer is made there are no cards yet.
function cardOf(marker) {
  if (marker.closest(".card") !== null) return null;
  const { action, source } = marker.dataset;
  return marker.closest(".exchange").querySelector(
    `.card[data-action="${action}"][data-source="${source}"]`,
  );
}

function showQuote(marker) {
  window.clearTimeout(quoteTimer);
  if (marker === quoted) return;
  hideQuote();
  const card = cardOf(marker);
  if (card === null) return;
  if (!quoteTip.isConnected) frame().append(quoteTip);
  quoteTip.replaceChildren();
  for (const part of [".origin", ".since", "blockquote, .hint"]) {
    const shown = card.querySelector(part);
    if (shown === null) continue;
    const copy = shown.cloneNode(true);
    copy.querySelectorAll(".marker").forEach((number) => number.remove());
    quoteTip.append(copy);
  }
  quoteTip.hidden = false;
  place(marker.getBoundingClientRect());
  marker.setAttribute("aria-describedby", quoteTip.id);
  quoted = marker;
}

// Above the number where there is room, else below it, and always within the window.
function place(number) {
  const gap = 6;
  const { offsetWidth: width, offsetHeight: height } = quoteTip;
  const above = number.top - gap - height;
  const top = above >= gap ? above : Math.min(number.bottom + gap, innerHeight - height - gap);
  const middle = number.left + number.width / 2 - width / 2;
  const left = Math.max(gap, Math.min(middle, document.documentElement.clientWidth - width - gap));
  quoteTip.style.top = `${Math.max(gap, top)}px`;
  quoteTip.style.left = `${left}px`;
}

function hideQuote() {
  window.clearTimeout(quoteTimer);
  if (quoted !== null) quoted.removeAttribute("aria-describedby");
  quoted = null;
  quoteTip.hidden = true;
}

// Time enough to move into the quote, which may be longer than its box.
function leaveQuote() {
  window.clearTimeout(quoteTimer);
  quoteTimer = window.setTimeout(hideQuote, 200);
}

function quotes(element) {
  element.addEventListener("pointerover", (event) => {
    const marker = closest(event, ".marker");
    if (event.pointerType !== "mouse" || marker === null || marker === quoted) return;
    window.clearTimeout(quoteTimer);
    quoteTimer = window.setTimeout(() => { if (marker.isConnected) showQuote(marker); }, 120);
  });
  element.addEventListener("pointerout", (event) => {
    if (event.pointerType === "mouse" && closest(event, ".marker") !== null) leaveQuote();
  });
  element.addEventListener("focusin", (event) => {
    const marker = closest(event, ".marker");
    if (marker !== null && marker.matches(":focus-visible")) showQuote(marker);
  });
  element.addEventListener("focusout", (event) => {
    if (closest(event, ".marker") === quoted) hideQuote();
  });
  element.addEventListener("click", hideQuote);
}

quoteTip.addEventListener("pointerenter", () => window.clearTimeout(quoteTimer));
quoteTip.addEventListener("pointerleave", leaveQuote);
window.addEventListener("resize", hideQuote);
window.addEventListener("scroll", (event) => {
  if (quoted === null || event.target === quoteTip) return;
  if (quoted === document.activeElement) place(quoted.getBoundingClientRect()); // Tab scrolls
  else hideQuote();
}, { capture: true, passive: true });
window.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || quoted === null) return;
  event.stopImmediatePropagation(); // what else is open stays
  hideQuote();
}, { capture: true });
