// The library column, the drawer it becomes on narrow screens, and files dropped on the page.

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

Object.assign(window.pincite, { library, report });
