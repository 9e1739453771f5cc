// The source pane: it scrolls to what was cited.

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

window.pincite.source = source;
