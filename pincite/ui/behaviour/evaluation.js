// The evaluation page: runs are begun, chosen, compared and read.

function chosenQuestions(element, trigger, watch) {
  watch("value", () => {
    const own = document.querySelector("#evaluation-what input[value='file']");
    if (own !== null && element.querySelector(".notice") !== null) own.checked = true;
  });
}

function startRun(element, trigger) {
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const { limit, removed } = event.target.elements;
    const what = document.querySelector("#evaluation-what input:checked");
    trigger("start", {
      what: what === null ? "file" : what.value,
      limit: limit.validity.badInput ? "?" : limit.value,
      removed: removed.checked,
    });
  });
}

// A long report takes seconds; meanwhile the old one is greyed.
function opening(trigger, name, detail) {
  byId("report-column").setAttribute("aria-busy", "true");
  trigger(name, detail);
}

// Runs of other visitors: asked for while the page is seen and no run of it is watched already.
function runProgress(element, trigger, server) {
  let known = null;
  const look = async () => {
    if (document.hidden || element.querySelector("progress") !== null) return;
    const news = await server.read_news();
    if (typeof news !== "string") return; // the server is gone: the next press says so
    if (known !== null && news !== known) trigger("news");
    known = news;
  };
  look();
  window.setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
}

function runButtons(element, trigger) {
  element.addEventListener("click", (event) => {
    const button = closest(event, "[data-run]");
    if (button === null) return;
    if (button.dataset.run === "open") {
      opening(trigger, "open", { name: button.dataset.name });
      return;
    }
    button.disabled = true;
    trigger(button.dataset.run, { name: button.dataset.name });
  });
}

function storedRuns(element, trigger, watch) {
  const chosen = () => [...element.querySelectorAll(".pick-box:checked")]
    .map((box) => box.dataset.pick);
  const sure = (on) => {
    element.querySelector(".removal-choice").hidden = on;
    element.querySelector(".removal-sure").hidden = !on;
    if (on) element.querySelector('[data-run="no"]').focus();
  };
  const refresh = () => {
    const bar = element.querySelector(".removal");
    if (bar === null) return;
    const count = chosen().length;
    bar.hidden = count === 0;
    bar.querySelector('[data-run="compare"]').disabled = count !== 2;
    if (bar.querySelector(".removal-sure") === null) return; // runs can only be read
    bar.querySelector(".removal-words").textContent = say("deleteRuns", { count });
    sure(false);
  };
  element.addEventListener("change", refresh);
  element.addEventListener("click", (event) => {
    const button = closest(event, "[data-run]");
    if (button === null) return;
    const step = button.dataset.run;
    if (step === "open") {
      remember(button, event);
      opening(trigger, "open", { name: button.dataset.name });
    } else if (step === "resume") {
      button.disabled = true;
      trigger("resume", { name: button.dataset.name });
    } else if (step === "compare") opening(trigger, "compare", { names: chosen() });
    else if (step === "yes") trigger("remove", { names: chosen() });
    else sure(step === "ask");
  });
  watch("value", refresh);
}

function runReport(element, trigger, watch) {
  let texts = new Map();
  const folds = () => [...element.querySelectorAll("#all > details")];
  const text = (fold) => {
    if (!texts.has(fold)) texts.set(fold, fold.textContent.toLowerCase());
    return texts.get(fold);
  };
  const show = () => {
    const { words, verdict, type, shown } = element.querySelector("#filter").elements;
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const all = folds();
    for (const fold of all) {
      fold.hidden = (verdict.value && fold.dataset.v !== verdict.value)
        || (type.value && fold.dataset.t !== type.value)
        || !wanted.every((word) => text(fold).includes(word));
    }
    const count = all.filter((fold) => !fold.hidden).length;
    shown.value = say("shownOf", { shown: count, count: all.length });
  };
  element.addEventListener("input", (event) => {
    if (closest(event, "#filter") !== null) show();
  });
  element.addEventListener("submit", (event) => event.preventDefault());
  element.addEventListener("click", (event) => {
    const save = closest(event, "[data-run='save']");
    if (save !== null) trigger("save", { name: save.dataset.name });
    const button = closest(event, "#filter button");
    if (button !== null) {
      for (const fold of folds()) fold.open = button.name === "unfold" && !fold.hidden;
    }
    const link = closest(event, "a[href^='#']");
    if (link === null) return;
    event.preventDefault(); // the address stays that of the page
    goTo(element.querySelector(`[id="${link.getAttribute("href").slice(1)}"]`), show);
  });
  watch("value", () => {
    texts = new Map();
    const filter = element.querySelector("#filter");
    if (filter !== null) {
      filter.hidden = false;
      show();
    }
    byId("report-column").removeAttribute("aria-busy");
    byId("report-column").scrollTop = 0;
    const title = element.querySelector(".report-title");
    if (title === null) return;
    title.focus({ preventScroll: !narrow.matches });
  });
}

function goTo(goal, show) {
  if (goal === null) return;
  const fold = goal.closest("#all > details");
  if (fold !== null) {
    if (fold.hidden) {
      byId("filter").reset();
      show();
    }
    fold.open = true;
    fold.querySelector("summary").focus({ preventScroll: true });
  }
  goal.scrollIntoView();
}

function savedFile(element, trigger, watch) {
  watch("value", () => {
    const file = element.querySelector("[data-file]");
    if (file === null) return;
    const bytes = Uint8Array.from(atob(file.dataset.content), (one) => one.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: file.dataset.media }));
    link.download = file.dataset.file;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

Object.assign(window.pincite, {
  chosenQuestions, startRun, runProgress, runButtons, storedRuns, runReport, savedFile,
});
