// What the parts of the page share. No address but the page's own is ever asked for anything.
// Markup never carries handlers: presses are caught and passed on by their data attributes.
// The files of this folder are parts of one function, this one first (see theme.py).

window.pincite = {};

// SPOKEN stands before this: the language of the page, and what scripts say in it.
document.documentElement.lang = SPOKEN.language;
const plurals = new Intl.PluralRules(SPOKEN.language);

// The sentence of that name with its places filled, in the form that goes with its count.
function say(name, places = {}) {
  const found = SPOKEN.words[name];
  const sentence = Array.isArray(found)
    ? found[plurals.select(places.count) === "one" ? 0 : 1] : found;
  return sentence.replace(/\{(\w+)\}/g, (_, place) => (typeof places[place] === "number"
    ? places[place].toLocaleString(SPOKEN.language) : places[place]));
}

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

function press(element) {
  document.querySelectorAll(".pressed").forEach((other) => other.classList.remove("pressed"));
  pressed = element;
  pressed.classList.add("pressed");
}

function remember(element, event) {
  press(element);
  byKeyboard = event.detail === 0;
}
