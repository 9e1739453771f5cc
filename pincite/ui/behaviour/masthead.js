// The head of the page, on each of its parts.

const PLACE = "pincite.ask"; // where in "Ask" this tab was, to come back to it

function remembered() {
  try {
    return window.sessionStorage.getItem(PLACE) || "";
  } catch { // a browser that keeps nothing
    return "";
  }
}

function masthead(element) {
  const link = element.querySelector("[aria-current]");
  const current = link?.dataset.part;
  if (current === "Ask") {
    window.addEventListener("pagehide", () => {
      try {
        window.sessionStorage.setItem(PLACE, window.location.search);
      } catch { /* nothing is kept, and "Ask" opens as new */ }
    });
  } else {
    document.title = `${link.textContent} – Pincite`;
  }
  element.addEventListener("click", (event) => {
    const part = closest(event, "[data-part]");
    if (part?.dataset.part === "Ask" && current !== "Ask") part.href = `./${remembered()}`;
    if (closest(event, "[data-drawer]") !== null) {
      frame().classList.remove("source-open");
      drawer(!frame().classList.contains("library-open"));
    }
  });
}

window.pincite.masthead = masthead;
