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
    bar.querySelector(".selected").textContent = say("selected", { count });
    bar.querySelector(".removal-words").textContent = say("removeDocuments", { count });
    sure(false);
  };
  const tag = (step) => {
    const name = element.querySelector(".tag-name");
    if (name.value.trim() === "") {
      name.focus();
      return;
    }
    const documents = chosen().map((box) => box.dataset.pick);
    trigger("tag", { documents, tag: name.value, step });
  };
  let sorted = null; // the column whose head keeps the focus
  element.addEventListener("change", (event) => {
    if (closest(event, ".pick-box") !== null) refresh();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && closest(event, ".tag-name") !== null) tag("add");
  });
  element.addEventListener("click", (event) => {
    const open = closest(event, "[data-action='open']");
    if (open !== null) {
      remember(open, event);
      trigger("open", { document: open.dataset.document });
    }
    const sort = closest(event, "[data-sort]");
    if (sort !== null) {
      sorted = sort.dataset.sort;
      trigger("sort", { column: sorted });
    }
    const tagging = closest(event, "[data-tag]");
    if (tagging !== null) tag(tagging.dataset.tag);
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
    if (sorted !== null) element.querySelector(`[data-sort="${sorted}"]`)?.focus();
    sorted = null;
  });
}

// A panel that unfolds stays as it was when it is drawn anew.
function keepsOpen(element, watch) {
  let open = false;
  element.addEventListener("toggle", (event) => { open = event.target.open; }, true);
  watch("value", () => {
    const panel = element.querySelector("details");
    if (panel !== null) panel.open = open;
  });
}

function filters(element, trigger, watch) {
  const fields = () => [...element.querySelectorAll("[data-filter]")];
  const count = () => {
    const set = fields().filter((field) => field.value !== "").length;
    const said = element.querySelector(".chosen");
    if (said !== null) said.textContent = set === 0 ? "" : ` (${set})`;
  };
  const send = () => {
    count();
    trigger("filter", Object.fromEntries(
      fields().map((field) => [field.dataset.filter, field.value])));
  };
  keepsOpen(element, watch);
  element.addEventListener("change", (event) => {
    if (closest(event, "[data-filter]") !== null) send();
  });
  element.addEventListener("click", (event) => {
    if (closest(event, "[data-clear]") === null) return;
    fields().forEach((field) => { field.value = ""; });
    send();
  });
  watch("value", () => { // what was chosen stays with its field, wherever that has moved
    for (const field of fields()) {
      field.value = (field.querySelector("[selected]") || field).getAttribute("value") || "";
    }
    count();
  });
}

function collections(element, trigger, watch) {
  keepsOpen(element, watch);
  watch("value", () => { // drawn anew, boxes may stand for other collections than before
    element.querySelectorAll("[data-collection]").forEach((box) => {
      box.checked = box.hasAttribute("checked");
    });
  });
  element.addEventListener("change", (event) => {
    if (closest(event, "[data-collection]") === null) return;
    const ticked = [...element.querySelectorAll("[data-collection]:checked")];
    const names = ticked.map((box) => box.dataset.collection);
    element.querySelector(".reads").textContent = names.length === 0
      ? say("allDocuments")
      : names.map((name) => `#${name}`).reduce((some, name) => say("either", { names: some, name }));
    trigger("read", { collections: names });
  });
}

function paste(element, trigger, watch) {
  element.addEventListener("click", (event) => {
    if (closest(event, "[data-choose]") !== null) chooseFolder();
    if (closest(event, "[data-paste]") === null) return;
    const text = element.querySelector(".paste-text");
    if (text.value.trim() === "") {
      text.focus();
      return;
    }
    trigger("paste", { title: element.querySelector(".paste-title").value, text: text.value });
  });
  watch("value", () => { // the text was taken
    element.querySelectorAll(".fields input, textarea").forEach((field) => { field.value = ""; });
  });
  keepsOpen(element, watch);
}

function health(element, trigger, watch) {
  element.addEventListener("toggle", (event) => {
    const measured = element.querySelector(".fields [role=status]") !== null;
    if (event.target.open && !measured) trigger("measure", {});
  }, true);
  element.addEventListener("click", (event) => {
    const step = closest(event, "[data-health]");
    if (step === null) return;
    element.querySelectorAll("[data-health]").forEach((button) => { button.disabled = true; });
    trigger(step.dataset.health, {});
  });
  keepsOpen(element, watch);
}

function report(element, trigger, watch) {
  let late = 0;
  watch("value", () => {
    window.clearTimeout(late);
    const undo = element.querySelector(".undo");
    if (undo === null) return;
    late = window.setTimeout(() => undo.remove(), 1000 * Number(undo.dataset.seconds));
  });
  element.addEventListener("click", (event) => {
    const undo = closest(event, "[data-undo]");
    if (undo !== null) {
      undo.disabled = true;
      trigger("undo", { key: undo.dataset.undo });
    }
    const dismiss = closest(event, "[data-dismiss]");
    if (dismiss !== null) trigger("dismiss", { key: dismiss.dataset.dismiss });
    const stop = closest(event, "[data-stop]");
    if (stop !== null) {
      stop.disabled = true;
      stop.textContent = say("stopping");
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

function chooseFolder() {
  const input = document.createElement("input");
  input.type = "file";
  input.webkitdirectory = true;
  input.addEventListener("change", () => {
    const found = [...input.files].map((file) => ({ file, path: file.webkitRelativePath }));
    give(toldApart(found.filter(({ path }) => !path.split("/").some(isHidden))));
  });
  input.click();
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
window.addEventListener("drop", async (event) => {
  frame().classList.remove("dropping");
  if (!holdsFiles(event) || fileInput() === null) return;
  event.preventDefault();
  // Only until the event is over can the folders be asked for.
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.() || null);
  if (entries.some((entry) => entry === null)) {
    give([...event.dataTransfer.files]);
    return;
  }
  const found = [];
  for (const entry of entries) await gather(entry, entry.isDirectory, found);
  give(toldApart(found));
});

const isHidden = (name) => name.startsWith(".");

// The files in a folder and the folders in it, hidden ones left out as by `pincite add`.
async function gather(entry, within, found) {
  if (within && isHidden(entry.name)) return;
  if (entry.isFile) {
    const file = await new Promise((resolve) => { entry.file(resolve, () => resolve(null)); });
    if (file !== null) found.push({ file, path: entry.fullPath });
    return;
  }
  const reader = entry.createReader();
  for (;;) { // it gives a hundred at a time
    const some = await new Promise((resolve) => {
      reader.readEntries(resolve, () => resolve([]));
    });
    if (some.length === 0) return;
    for (const each of some) await gather(each, true, found);
  }
}

// Files of one name are told apart by their folder; others keep the name they have.
function toldApart(found) {
  const count = new Map();
  for (const { file } of found) count.set(file.name, (count.get(file.name) || 0) + 1);
  return found.map(({ file, path }) => {
    const folder = path.split("/").at(-2);
    if (count.get(file.name) === 1 || !folder) return file;
    return new File([file], `${folder} - ${file.name}`, { type: file.type });
  });
}

// What may be added at once, in bytes; the server refuses more, but amid the upload.
const UPLOAD_LIMIT = 2 * 1024 ** 3;

// Before Gradio hears of it, whether files were chosen, dropped or come from a folder.
window.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || input !== fileInput()) return;
  const size = [...input.files].reduce((sum, file) => sum + file.size, 0);
  if (size <= UPLOAD_LIMIT) return;
  event.stopImmediatePropagation();
  input.value = "";
  announce(say("tooMuch", { size: Math.round(size / 1024 ** 3 * 10) / 10 }));
}, true);

function give(files) {
  const input = fileInput();
  if (input === null) return;
  if (files.length === 0) {
    announce(say("noFiles"));
    return;
  }
  const transfer = new DataTransfer();
  files.forEach((file) => transfer.items.add(file));
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// A sentence in the library column that needs no answer from the server.
function announce(sentence) {
  const place = byId("report");
  place.querySelector(".announced")?.remove();
  const box = document.createElement("div");
  box.className = "notice trouble announced";
  box.setAttribute("role", "status");
  box.textContent = sentence;
  place.append(box);
  window.setTimeout(() => box.remove(), 8000);
}

window.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (frame().classList.contains("library-open")) drawer(false);
  else if (byId("source")?.contains(document.activeElement)) closeSource();
});

Object.assign(window.pincite, {
  library, report, filters, collections, paste, health,
});
