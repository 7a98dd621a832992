/* Tells of checklists that were typed without a network and have not been sent yet. Chromium 78. */
(function () {
  "use strict";
  var place = document.querySelector("[data-unsynced]");
  if (!place) { return; }
  var user = place.getAttribute("data-unsynced");
  var found = [];
  try {
    Object.keys(window.localStorage).forEach(function (key) {
      var parts = key.split("|");
      if (parts[0] !== "ducha-checklist" || parts[2] !== user) { return; }
      var count = JSON.parse(window.localStorage.getItem(key)).length;
      if (count) { found.push([parts[1], count]); }
    });
  } catch (error) { return; }
  if (!found.length) { return; }
  place.appendChild(document.createTextNode("本机有未同步的检查表内容，打开后自动同步："));
  found.forEach(function (one) {
    var link = document.createElement("a");
    link.href = "/visits/" + encodeURIComponent(one[0]) + "/checklist";
    link.textContent = "督察" + one[0] + "（" + one[1] + "项）";
    place.appendChild(link);
    place.appendChild(document.createTextNode(" "));
  });
  place.hidden = false;
}());
