// The settings page: what was changed is sent, and nothing else.

const typedIn = (control) => (control.type === "checkbox" ? String(control.checked) : control.value);

function changedSettings(element) {
  const values = {};
  for (const control of element.querySelectorAll("[data-initial]")) {
    if (control.disabled) continue;
    if (control.dataset.unset === "true") values[control.name] = null;
    else if (typedIn(control) !== control.dataset.initial) values[control.name] = typedIn(control);
  }
  return values;
}

function settings(element, trigger, watch) {
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    trigger("save", { values: changedSettings(element) });
  });
  element.addEventListener("input", (event) => {
    delete event.target.dataset.unset;
  });
  element.addEventListener("click", (event) => {
    const back = closest(event, "[data-default]");
    if (back !== null) {
      const control = byId(back.dataset.default);
      if (control.type === "checkbox") control.checked = back.dataset.value === "true";
      else control.value = back.dataset.value;
      control.dataset.unset = "true";
      control.focus();
    }
    const attempt = closest(event, "[data-try]");
    if (attempt !== null) {
      attempt.disabled = true;
      element.querySelector(".trial-told").textContent = say("asking");
      trigger("attempt", { values: changedSettings(element) });
    }
  });
  watch("value", () => {
    const said = element.querySelector(".settings-told .notice");
    const goal = element.querySelector("[aria-invalid]") || element.querySelector("[type=submit]");
    if (said !== null && goal !== null) goal.focus(); // which drawing the form anew has lost
  });
}

// What came of a trial is moved to its button: the form keeps what is typed and not saved.
function settingsTrial(element, trigger, watch) {
  watch("value", () => {
    const told = document.querySelector(".trial-told");
    const button = document.querySelector("[data-try]");
    const said = element.querySelector(".notice");
    if (told === null || button === null || said === null) return;
    button.disabled = false;
    told.replaceChildren(said.cloneNode(true));
  });
}

Object.assign(window.pincite, { settings, settingsTrial });
