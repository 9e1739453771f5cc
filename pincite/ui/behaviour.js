// What the page does in the browser. No address but the page's own is ever asked for anything.
// Markup never carries handlers: presses are caught here and passed on by their data attributes.
(() => {
  "use strict";

  const narrow = window.matchMedia("(max-width: 760px)");
  let pressed = null; // the marker or card that opened the source pane
  let byKeyboard = false;

  const frame = () => document.querySelector(".gradio-container");
  const byId = (id) => document.getElementById(id);
  const closest = (event, selector) =>
    event.target instanceof Element ? event.target.closest(selector) : null;

  function selecting() {
    const selection = window.getSelection();
    return selection !== null && !selection.isCollapsed && String(selection).trim() !== "";
  }

  function remember(element, event) {
    document.querySelectorAll(".pressed").forEach((other) => other.classList.remove("pressed"));
    pressed = element;
    pressed.classList.add("pressed");
    byKeyboard = event.detail === 0;
  }

  // --- conversation -------------------------------------------------------------------------

  function conversation(element, trigger, watch) {
    let count = 0;
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
      const copy = closest(event, "[data-copy]");
      if (copy !== null) copyText(copy);
      const save = closest(event, "[data-save]");
      if (save !== null) saveText(save);
    });
    watch("value", () => {
      const exchanges = element.querySelectorAll(".exchange");
      if (exchanges.length > count) showNewest(exchanges[exchanges.length - 1]);
      if (exchanges.length === 0 && count > 0) questionBox().focus();
      count = exchanges.length;
    });
  }

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

  function exported(button, kind) {
    const text = button.closest(".exchange").querySelector(`[data-export="${kind}"]`);
    return text === null ? "" : text.textContent;
  }

  async function copyText(button) {
    const said = button.parentElement.querySelector(".copied");
    try {
      await navigator.clipboard.writeText(exported(button, button.dataset.copy));
      said.textContent = "Copied";
    } catch {
      said.textContent = "The browser does not allow copying here; save it instead.";
    }
    window.setTimeout(() => { said.textContent = ""; }, 2500);
  }

  function saveText(button) {
    const kind = button.dataset.save;
    const [ending, type] = kind === "json" ? ["json", "application/json"] : ["md", "text/markdown"];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([exported(button, kind)], { type }));
    link.download = `answer.${ending}`;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // --- source pane --------------------------------------------------------------------------

  function source(element, trigger, watch) {
    const pane = byId("source"); // it scrolls, so the keyboard must reach it
    pane.tabIndex = 0;
    pane.setAttribute("role", "region");
    pane.setAttribute("aria-label", "Source");
    element.addEventListener("click", (event) => {
      if (closest(event, "[data-close]") !== null) closeSource();
    });
    watch("value", () => {
      const article = element.querySelector(".source");
      frame().classList.toggle("source-open", article !== null);
      if (article === null) return;
      drawer(false);
      const mark = element.querySelector("mark.cited");
      const scroller = byId("source");
      if (mark === null) {
        scroller.scrollTop = 0;
      } else {
        const head = element.querySelector(".source-head").offsetHeight;
        const above = mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
        scroller.scrollTop += above - head - (scroller.clientHeight - head) * 0.25;
      }
      if (byKeyboard || narrow.matches) {
        const goal = mark || element.querySelector(".pane-close");
        goal.focus({ preventScroll: true });
      }
    });
  }

  function closeSource() {
    frame().classList.remove("source-open");
    if (pressed !== null && pressed.isConnected) pressed.focus();
  }

  // --- library ------------------------------------------------------------------------------

  function library(element, trigger, watch) {
    const chosen = () => [...element.querySelectorAll(".pick-box:checked")];
    const sure = (on) => {
      element.querySelector('[data-remove="ask"]').hidden = on;
      element.querySelector(".removal-sure").hidden = !on;
      if (on) element.querySelector('[data-remove="no"]').focus();
    };
    const refresh = () => {
      const bar = element.querySelector(".removal");
      if (bar === null) return;
      const count = chosen().length;
      bar.hidden = count === 0;
      const things = count === 1 ? "1 document" : `${count} documents`;
      bar.querySelector(".removal-words").textContent = `Remove ${things} for good?`;
      sure(false);
    };
    element.addEventListener("change", (event) => {
      if (closest(event, ".pick-box") !== null) refresh();
    });
    element.addEventListener("click", (event) => {
      const open = closest(event, "[data-action='open']");
      if (open !== null) {
        remember(open, event);
        trigger("open", { document: open.dataset.document });
      }
      const step = closest(event, "[data-remove]");
      if (step === null) return;
      if (step.dataset.remove !== "yes") {
        sure(step.dataset.remove === "ask");
        return;
      }
      const shown = document.querySelector("#source .source");
      trigger("remove", {
        documents: chosen().map((box) => box.dataset.pick),
        opened: shown === null ? "" : shown.dataset.document || "",
      });
    });
    watch("value", () => {
      element.querySelectorAll(".pick-box").forEach((box) => { box.checked = false; });
      refresh();
    });
  }

  function report(element, trigger) {
    element.addEventListener("click", (event) => {
      const dismiss = closest(event, "[data-dismiss]");
      if (dismiss !== null) trigger("dismiss", { key: dismiss.dataset.dismiss });
      const stop = closest(event, "[data-stop]");
      if (stop !== null) {
        stop.disabled = true;
        stop.textContent = "Stopping";
        trigger("stop", { key: stop.dataset.stop });
      }
      const resume = closest(event, "[data-resume]");
      if (resume !== null) {
        resume.disabled = true;
        trigger("resume", { key: resume.dataset.resume });
      }
    });
  }

  function drawer(open) {
    frame().classList.toggle("library-open", open);
    const button = document.querySelector("[data-drawer]");
    if (button !== null) button.setAttribute("aria-expanded", String(open));
  }

  function masthead(element) {
    element.addEventListener("click", (event) => {
      if (closest(event, "[data-drawer]") !== null) {
        frame().classList.remove("source-open");
        drawer(!frame().classList.contains("library-open"));
      }
    });
  }

  // --- files --------------------------------------------------------------------------------

  function chooseFiles() {
    const button = document.querySelector("button#uploader, #uploader button");
    if (button !== null) button.click();
  }

  function fileInput() {
    const button = byId("uploader");
    if (button === null) return null;
    return button.querySelector("input[type=file]")
      || button.parentElement.querySelector("input[type=file]");
  }

  const holdsFiles = (event) =>
    event.dataTransfer !== null && [...event.dataTransfer.types].includes("Files");

  window.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    frame().classList.add("dropping");
  });
  window.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) frame().classList.remove("dropping");
  });
  window.addEventListener("drop", (event) => {
    frame().classList.remove("dropping");
    const input = fileInput();
    if (!holdsFiles(event) || input === null) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  window.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (frame().classList.contains("library-open")) drawer(false);
    else if (byId("source")?.contains(document.activeElement)) closeSource();
  });

  window.pincite = { masthead, conversation, source, library, report };
})();
