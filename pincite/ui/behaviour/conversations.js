// The list of stored conversations, and the one that the address of the page names.

const named = () => new URL(window.location.href).searchParams.get("conversation") || "";

// What is open stands in the address, so that it outlives a reload and "back" leads to it.
function address(conversation) {
  const before = named();
  if (conversation === before) return;
  const url = new URL(window.location.href);
  if (conversation === "") url.searchParams.delete("conversation");
  else url.searchParams.set("conversation", conversation);
  if (before === "") window.history.replaceState(null, "", url);
  else window.history.pushState(null, "", url);
}

function past(element, trigger, watch) {
  let all = false; // whether the whole list is shown; it stays so when the list is drawn anew
  let back = null; // where the keyboard was: conversation and button
  const unfold = () => {
    const more = element.querySelector('[data-past="more"]');
    if (more === null) return;
    more.hidden = all;
    element.querySelectorAll("[data-later]").forEach((row) => { row.hidden = !all; });
    element.querySelectorAll("[data-beyond]").forEach((hint) => { hint.hidden = !all; });
  };
  const swap = (row, part) => {
    for (const name of ["facts", "naming", "sure"]) {
      row.querySelector(`.past-${name}`).hidden = name !== part;
    }
  };
  const give = (row, event, more = {}) => {
    back = { conversation: row.dataset.conversation, part: "open" };
    trigger(event, { conversation: row.dataset.conversation, ...more });
  };
  const name = (row) => {
    const title = row.querySelector("input").value.trim();
    if (title !== "") give(row, "rename", { title });
  };
  const steps = {
    anew: () => document.querySelector("button#anew, #anew button").click(),
    more: () => { all = true; unfold(); },
    open: (row) => {
      drawer(false);
      back = null;
      trigger("open", { conversation: row.dataset.conversation });
    },
    rename: (row) => {
      swap(row, "naming");
      row.querySelector("input").select();
    },
    save: name,
    delete: (row) => {
      swap(row, "sure");
      row.querySelector('[data-past="no"]').focus();
    },
    no: (row) => {
      swap(row, "facts");
      row.querySelector('[data-past="delete"]').focus();
    },
    yes: (row) => give(row, "erase"),
  };
  element.addEventListener("click", (event) => {
    const button = closest(event, "[data-past]");
    if (button !== null) steps[button.dataset.past](button.closest(".past-row"));
  });
  element.addEventListener("keydown", (event) => {
    const row = closest(event, ".past-row");
    if (row === null) return;
    if (event.key === "Enter" && event.target.matches("input")) name(row);
    if (event.key === "Escape" && row.querySelector(".past-facts").hidden) {
      event.stopPropagation(); // the drawer stays
      const was = row.querySelector(".past-naming").hidden ? "delete" : "rename";
      swap(row, "facts");
      row.querySelector(`[data-past="${was}"]`).focus();
    }
  });
  watch("value", () => {
    unfold();
    if (back === null) return;
    const row = element.querySelector(`[data-conversation="${CSS.escape(back.conversation)}"]`);
    const goal = row === null
      ? element.querySelector('[data-past="open"]') || questionBox()
      : row.querySelector(`[data-past="${back.part}"]`);
    back = null;
    goal.focus({ preventScroll: true });
  });
}

window.pincite.past = past;
