"use strict";

const filter = document.getElementById("filter");
const folds = [...document.querySelectorAll("#all > details")];
const texts = new Map();
let waiting = 0;

function text(fold) {
  if (!texts.has(fold)) texts.set(fold, fold.textContent.toLowerCase());
  return texts.get(fold);
}

function show() {
  const { words, verdict, type, shown } = filter.elements;
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const fold of folds) {
    const kept =
      (!verdict.value || fold.dataset.v === verdict.value) &&
      (!type.value || fold.dataset.t === type.value) &&
      wanted.every((word) => text(fold).includes(word));
    fold.hidden = !kept;
    count += kept;
  }
  shown.value = `${count.toLocaleString("en")} of ${folds.length.toLocaleString("en")} shown`;
}

filter.hidden = false;
filter.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 150);
});
filter.addEventListener("submit", (event) => event.preventDefault());
filter.elements.unfold.addEventListener("click", () => {
  for (const fold of folds) if (!fold.hidden) fold.open = true;
});
filter.elements.fold.addEventListener("click", () => {
  for (const fold of folds) fold.open = false;
});
// A link to a question that the filter hides would lead nowhere.
addEventListener("hashchange", () => {
  const fold = document.getElementById(location.hash.slice(1))?.closest("#all > details");
  if (fold?.hidden) {
    filter.reset();
    show();
    fold.open = true;
    fold.scrollIntoView();
  }
});
show();
