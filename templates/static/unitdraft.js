/* Keeps what a unit types in this browser alone until it is sent or somebody signs out. Chromium 78. */
(function () {
  "use strict";
  var HEAD = "ducha-draft:";
  var DAYS = 14;
  var store;
  try { store = window.localStorage; store.getItem(HEAD); } catch (error) { return; }

  function read(name) {
    try { return JSON.parse(store.getItem(name)); } catch (error) { return null; }
  }
  function each(act) {
    Object.keys(store).forEach(function (name) { if (name.indexOf(HEAD) === 0) { act(name, read(name)); } });
  }
  function two(number) { return number < 10 ? "0" + number : String(number); }
  function clock(time) {
    var when = new Date(time);
    return (when.getMonth() + 1) + "月" + when.getDate() + "日" + two(when.getHours()) + ":" + two(when.getMinutes());
  }

  // What was sent and taken goes, as does what is old; what was refused, or went out without a network, stays.
  var notice = document.querySelector("main > .notice[data-taken]");
  var taken = notice && HEAD + notice.getAttribute("data-taken");
  each(function (name, kept) {
    if (!kept || Date.now() - kept.time > DAYS * 86400000 || (kept.sent && name === taken)) { store.removeItem(name); }
  });
  Array.prototype.forEach.call(document.querySelectorAll('form[action="/sign-out"], form[action="/portal/leave"]'), function (form) {
    form.addEventListener("submit", function () { each(function (name) { store.removeItem(name); }); });
  });

  var form = document.querySelector("form[data-draft]");
  var bar = form && form.querySelector("[data-draft-bar]");
  if (!bar) { return; }
  var name = HEAD + form.getAttribute("data-draft");
  var said = "填写的内容随时保存在本机浏览器中，不上传；提交或者退出后清除。附件不保存，须重新选择。";
  var timer = 0;
  bar.hidden = false;

  function fields() {
    return Array.prototype.filter.call(form.elements, function (one) {
      return one.name && one.name !== "_csrf" && one.type !== "file" && one.type !== "hidden" && one.type !== "submit";
    });
  }
  function values() {
    return fields().map(function (one) {
      var ticked = one.type === "checkbox" || one.type === "radio";
      return [one.name, ticked ? one.value : "", ticked ? one.checked : one.value];
    });
  }
  function keep(sent) {
    window.clearTimeout(timer);
    try { store.setItem(name, JSON.stringify({ time: Date.now(), sent: sent, values: values() })); } catch (error) { return; }
    bar.textContent = "已保存在本机浏览器（" + clock(Date.now()) + "）。" + said;
  }
  function restore(kept) {
    fields().forEach(function (one) {
      kept.values.forEach(function (value) {
        if (value[0] !== one.name) { return; }
        if (one.type === "checkbox" || one.type === "radio") {
          if (value[1] === one.value) { one.checked = value[2]; }
        } else { one.value = value[2]; }
        var fold = one.closest("details");
        if (fold && value[2]) { fold.open = true; }
      });
    });
  }
  function button(text, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "button-plain";
    made.textContent = text;
    made.addEventListener("click", function () { act(); bar.textContent = said; });
    return made;
  }
  var kept = read(name);
  var before = JSON.stringify(values());
  bar.textContent = said;
  if (kept && !form.hasAttribute("data-refused") && JSON.stringify(kept.values) !== before) {
    bar.textContent = clock(kept.time) + "填写的内容还没有提交。";
    bar.appendChild(button("恢复", function () { restore(kept); }));
    bar.appendChild(document.createTextNode(" "));
    bar.appendChild(button("放弃", function () { store.removeItem(name); }));
  }
  form.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(function () { keep(false); }, 800);
  });
  form.addEventListener("submit", function () { keep(true); });
}());
