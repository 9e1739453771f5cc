// Questions offered below the conversation; those for another state of it are out of sight.

function suggested(element, trigger, watch) {
  element.addEventListener("click", (event) => {
    const chip = closest(event, "[data-question]");
    if (chip !== null) ask(chip.dataset.question);
  });
  watch("value", () => frame().classList.remove("suggested-before"));
}

window.pincite.suggested = suggested;
