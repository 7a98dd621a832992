/* Follows long work: asks every second how far it is, and shows the page anew when it has ended. Chromium 78. */
(function () {
  "use strict";
  var panel = document.querySelector("[data-progress]");
  if (!panel) { return; }
  var bar = panel.querySelector("progress");
  var step = panel.querySelector("[data-step]");
  function ask() {
    fetch(panel.getAttribute("data-progress"), { credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok || answer.redirected) { window.location.reload(); throw new Error("gone"); }
        return answer.json();
      })
      .then(function (state) {
        if (state.ended) { window.location.reload(); return; }
        if (state.percent) { bar.value = state.percent; }
        step.textContent = state.step;
        window.setTimeout(ask, 1000);
      })
      .catch(function (error) { if (error.message !== "gone") { window.setTimeout(ask, 5000); } });
  }
  window.setTimeout(ask, 1000);
}());
