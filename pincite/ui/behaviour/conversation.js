// The conversation: markers, chips, copying and saving.

function conversation(element, trigger, watch) {
  let count = 0;
  let asked = false; // whether the question to come takes the place of another
  const again = (exchange) => {
    asked = true;
    const question = exchange.querySelector(".editor textarea").value;
    trigger("retry", { exchange: exchange.dataset.exchange, question });
  };
  let rated = null; // where the keyboard was when something was thought of an answer
  const rating = (button) => {
    const exchange = button.closest(".exchange");
    const was = exchange.querySelector('[aria-pressed="true"]')?.dataset.rate || "";
    const step = button.dataset.rate;
    rated = `[data-exchange="${exchange.dataset.exchange}"] [data-rate="${step}"]`;
    trigger("rate", {
      exchange: exchange.dataset.exchange,
      rating: step === "note" ? was : (step === was ? "" : step),
      note: exchange.querySelector("[data-note]")?.value || "",
    });
  };
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && closest(event, "[data-note]") !== null) {
      rating(closest(event, ".noting").querySelector("[data-rate]"));
    }
    if (closest(event, ".editor") === null) return;
    const exchange = closest(event, ".exchange");
    if (event.key === "Escape") {
      event.stopPropagation(); // what else is open stays
      editing(exchange, "close");
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing
        && event.target.matches("textarea")) {
      event.preventDefault();
      again(exchange);
    }
  });
  element.addEventListener("click", (event) => {
    const cited = closest(event, "[data-action]");
    if (cited !== null && !selecting()) {
      const { action, exchange, source } = cited.dataset;
      const marker = closest(event, ".marker") || cited.querySelector(".marker") || cited;
      remember(marker, event);
      trigger("cite", { action, exchange, source });
    }
    const chip = closest(event, "[data-question]");
    if (chip !== null) ask(chip.dataset.question);
    const edit = closest(event, "[data-edit]");
    if (edit !== null) fill(edit.dataset.edit);
    if (closest(event, "[data-choose]") !== null) chooseFiles();
    const examples = closest(event, "[data-examples]");
    if (examples !== null) {
      examples.disabled = true;
      if (narrow.matches) drawer(true);
      trigger("examples", {});
    }
    const step = closest(event, "[data-question-edit]");
    if (step !== null) editing(step.closest(".exchange"), step.dataset.questionEdit, again);
    const repeat = closest(event, "[data-again]");
    if (repeat !== null) again(repeat.closest(".exchange"));
    const rate = closest(event, "[data-rate]");
    if (rate !== null) rating(rate);
    const copy = closest(event, "[data-copy]");
    if (copy !== null) copyText(copy);
    const save = closest(event, "[data-save]");
    if (save !== null) {
      const { save: form, whole } = save.dataset;
      const exchange = whole === undefined ? save.closest(".exchange").dataset.exchange : null;
      trigger("save", { form, exchange });
    }
  });
  quotes(element);
  let open = "";
  let before = "";
  frame().classList.toggle("reopening", named() !== ""); // until it is there
  watch("value", () => {
    if (quoted !== null && !quoted.isConnected) hideQuote();
    const exchanges = element.querySelectorAll(".exchange");
    const { conversation } = element.querySelector(".conversation").dataset;
    const opened = conversation !== "" && conversation !== open && count !== exchanges.length;
    const running = element.querySelector("[aria-busy=true]") !== null;
    const state = `${conversation} ${exchanges.length} ${running}`;
    if (state !== before) frame().classList.add("suggested-before");
    before = state;
    const newest = exchanges[exchanges.length - 1];
    if (opened || exchanges.length > count || (asked && newest.ariaBusy === "true")) {
      if (asked) questionBox().focus({ preventScroll: true });
      asked = false;
      showNewest(newest);
    }
    if (exchanges.length === 0 && count > 0) questionBox().focus();
    if (rated !== null) {
      element.querySelector(rated)?.focus({ preventScroll: true });
      element.querySelector(rated)?.closest(".rating").classList.add("kept");
      rated = null;
    }
    count = exchanges.length;
    open = conversation;
    address(conversation);
    frame().classList.remove("reopening");
  });
  window.addEventListener("popstate", () => {
    if (named() !== open) trigger("reopen", { conversation: named() });
  });
}

function editing(exchange, step, again) {
  if (step === "ask") {
    again(exchange);
    return;
  }
  const open = step === "open";
  exchange.classList.toggle("being-edited", open);
  const editor = exchange.querySelector(".editor");
  editor.hidden = !open;
  const box = editor.querySelector("textarea");
  if (open) {
    box.style.height = `${Math.min(box.scrollHeight + 4, 320)}px`;
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  } else {
    box.value = box.defaultValue;
    exchange.querySelector('[data-question-edit="open"]').focus();
  }
}

// Escape in the box where questions are typed stops the answer that is being made.
window.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.activeElement !== questionBox()) return;
  const stop = byId("stop");
  if (stop !== null && stop.offsetParent !== null) stop.click();
});
window.addEventListener("click", (event) => {
  if (closest(event, "#stop") !== null) questionBox().focus();
});

function showNewest(exchange) {
  const scroller = byId("scroller");
  scroller.scrollTop += exchange.getBoundingClientRect().top
    - scroller.getBoundingClientRect().top;
}

const questionBox = () => document.querySelector("#question textarea, #question input");

function fill(text) {
  const box = questionBox();
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  box.setSelectionRange(text.length, text.length);
}

function ask(text) {
  const button = document.querySelector("button#ask, #ask button");
  if (questionBox() === null || button === null) return;
  fill(text);
  window.setTimeout(() => button.click(), 60);
}

async function copyText(button) {
  const said = button.parentElement.querySelector(".copied");
  try {
    const text = button.closest(".exchange").querySelector("[data-export]").textContent;
    await navigator.clipboard.writeText(text);
    said.textContent = say("copied");
  } catch {
    said.textContent = say("copyingFails");
  }
  window.setTimeout(() => { said.textContent = ""; }, 2500);
}

// What the server has put together for saving.
function parcel(element, trigger, watch) {
  watch("value", () => {
    const text = element.querySelector("[data-parcel]");
    if (text === null) return;
    const { name, type } = text.dataset;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text.textContent], { type }));
    link.download = name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    text.remove();
  });
}

Object.assign(window.pincite, { conversation, parcel });
