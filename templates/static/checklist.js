/* Keeps a checklist as it is typed: every change goes into a queue in this browser first and then, in order, to the
   server. Without a network the queue waits; nothing typed is lost, and what somebody else changed is told. Each sending
   has a key of its own, so that one that arrives twice counts once. Chromium 78. */
(function () {
  "use strict";
  var root = document.querySelector("[data-checklist]");
  if (!root || !window.fetch || !window.URLSearchParams) { return; }
  var base = root.getAttribute("data-checklist");
  var store = "ducha-checklist|" + root.getAttribute("data-visit") + "|" + root.getAttribute("data-user");
  var form = document.getElementById("checklist");
  var status = document.querySelector("[data-sync]");
  var csrf = form.elements._csrf.value;
  var seen = {};
  var queue = [];
  var busy = false;
  var timer = 0;
  var wait = 1000;
  var wanted = null;
  var changed = false;
  var counting = 0;
  var pages = {};
  var last = {};

  function load() {
    try { queue = JSON.parse(window.localStorage.getItem(store) || "[]"); } catch (error) { queue = []; }
  }

  function keep() {
    try {
      if (queue.length) { window.localStorage.setItem(store, JSON.stringify(queue)); } else { window.localStorage.removeItem(store); }
    } catch (error) { say("本机存储已满，请联网并按“保存”。", true); }
  }

  function say(text, bad) {
    status.textContent = text;
    status.className = bad ? "soon" : "";
  }

  function tell() {
    var held = queue.filter(function (one) { return one.held; }).length;
    if (!queue.length) { say("已全部保存", false); return; }
    if (held) { say("未同步 " + queue.length + " 项，其中 " + held + " 项需要您处理", true); return; }
    say(navigator.onLine ? "正在保存，未同步 " + queue.length + " 项" : "未联网，未同步 " + queue.length + " 项，已保存在本机，可继续填写", !navigator.onLine);
  }

  function fieldsOf(place) {
    return document.getElementsByName("v." + place);
  }

  function valueOf(place) {
    var fields = fieldsOf(place);
    for (var i = 0; i < fields.length; i += 1) {
      if (fields[i].type !== "radio") { return fields[i].value; }
      if (fields[i].checked) { return fields[i].value; }
    }
    return "";
  }

  function write(place, value) {
    var fields = fieldsOf(place);
    for (var i = 0; i < fields.length; i += 1) {
      if (fields[i].type === "radio") { fields[i].checked = fields[i].value === value; } else { fields[i].value = value; }
    }
    if (fields.length) { unfold(fields[0], value); }
  }

  function unfold(field, value) {
    var row = field.closest(".ck-row");
    var trouble = row && row.querySelector(".ck-trouble");
    if (!trouble || field.type !== "radio") { return; }
    trouble.open = value === "不合格";
    row.closest("[data-item]").querySelector("[data-more]").parentNode.hidden = !trouble.open;
  }

  function put(place, value) {
    var mine = queue.filter(function (one) { return one.place === place && !one.sending; })[0];
    if (!mine) {
      mine = { place: place, seen: seen[place] || 0 };
      queue.push(mine);
    }
    mine.value = value;
    mine.key = Date.now().toString(36) + Math.random().toString(36).slice(2, 10);
    if (mine.held !== "clash") { mine.held = ""; clear(place); }
    keep();
    tell();
  }

  function clear(place) {
    var old = document.getElementById("said-" + place);
    if (old) { old.parentNode.removeChild(old); }
  }

  function beside(place) {
    clear(place);
    var fields = fieldsOf(place);
    if (!fields.length) { return null; }
    var said = document.createElement("span");
    said.id = "said-" + place;
    said.className = "ck-missing";
    said.setAttribute("role", "alert");
    (fields[0].closest(".ck-cell") || fields[0].parentNode).appendChild(said);
    return said;
  }

  function button(text, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "button-plain";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  function clash(one) {
    var said = beside(one.place);
    if (!said) { return; }
    said.appendChild(document.createTextNode(one.by + "刚刚改为“" + one.theirs + "”，您填写的还没有保存。"));
    said.appendChild(button("用我的", function () {
      one.seen = one.revision;
      one.held = "";
      clear(one.place);
      keep();
      sync();
    }));
    said.appendChild(button("用对方的", function () {
      drop(one);
      seen[one.place] = one.revision;
      write(one.place, one.theirs);
      clear(one.place);
      tell();
    }));
  }

  function drop(one) {
    queue = queue.filter(function (other) { return other !== one; });
    keep();
  }

  function later(milliseconds) {
    window.clearTimeout(timer);
    timer = window.setTimeout(sync, milliseconds);
  }

  function sync() {
    var one = queue.filter(function (entry) { return !entry.held; })[0];
    if (busy || !one) { if (!busy) { tell(); settled(); } return; }
    busy = true;
    one.sending = true;
    var sent = { value: one.value, key: one.key };
    var body = new URLSearchParams();
    body.set("_csrf", csrf);
    body.set("place", one.place);
    body.set("value", one.value);
    body.set("seen", String(one.seen));
    body.set("key", one.key);
    fetch(base + "/checklist/field", { method: "POST", body: body, credentials: "same-origin", redirect: "manual" })
      .then(function (answer) {
        if (answer.type === "opaqueredirect") { throw new Error("session"); }
        var json = (answer.headers.get("content-type") || "").indexOf("json") > 0;
        if (!json && answer.status === 403) { throw new Error("word"); }
        if (!json) { throw new Error("server"); }
        return answer.json().then(function (told) { took(one, sent, told, answer.status); });
      })
      .then(function () { wait = 1000; done(one); later(0); })
      .catch(function (error) { done(one); failed(error.message); });
  }

  /* Everything typed is stored: hand in what was asked for meanwhile, or tell anew how far the checklist is. */
  function settled() {
    if (queue.length) { wanted = null; return; }
    if (wanted) {
      var asked = wanted;
      wanted = null;
      HTMLFormElement.prototype.submit.call(asked);
    } else if (changed) {
      window.clearTimeout(counting);
      counting = window.setTimeout(recount, 1500);
    }
  }

  function recount() {
    changed = false;
    fetch(window.location.href, { credentials: "same-origin", redirect: "manual" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (text) {
        var page = new DOMParser().parseFromString(text, "text/html");
        [".page-sub", "section[aria-labelledby='hand-in']"].forEach(function (which) {
          var old = document.querySelector(which);
          var fresh = page.querySelector(which);
          if (old && fresh && !queue.length && !wanted && !old.contains(document.activeElement)) {
            old.parentNode.replaceChild(document.importNode(fresh, true), old);
          }
        });
      })
      .catch(function () { return null; });
  }

  function done(one) {
    busy = false;
    one.sending = false;
    keep();
  }

  function took(one, sent, told, code) {
    if (told.error) {
      if (code >= 500) { throw new Error("server"); }
      one.held = "refused";
      var said = beside(one.place);
      if (said) { said.textContent = told.error.what + (told.error.remedy ? "，" + told.error.remedy : ""); }
    } else if (told.clash) {
      one.held = "clash";
      one.revision = told.revision;
      one.theirs = told.value;
      one.by = told.by;
      clash(one);
    } else {
      changed = true;
      seen[one.place] = told.revision;
      last[one.place] = sent.value;
      queue.forEach(function (other) { if (other !== one && other.place === one.place) { other.seen = told.revision; } });
      if (one.key === sent.key) { drop(one); } else { one.seen = told.revision; }
      clear(one.place);
    }
    tell();
  }

  function failed(why) {
    wanted = null;
    if (why === "session") {
      say("登录已过期，未同步 " + queue.length + " 项已保存在本机。请在新窗口登录，然后回到本页。", true);
      later(10000);
    } else if (why === "word") {
      ask().then(function () { later(1000); }, function () { later(10000); });
    } else {
      say("未联网，未同步 " + queue.length + " 项，已保存在本机，可继续填写", true);
      wait = wait < 20000 ? wait * 2 : wait;
      later(wait);
    }
  }

  /* Ask what is stored: another word after a new sign-in, and what others typed meanwhile. */
  function ask() {
    return fetch(base + "/checklist/state", { credentials: "same-origin", redirect: "manual" })
      .then(function (answer) {
        if (answer.type === "opaqueredirect" || !answer.ok) { throw new Error("session"); }
        return answer.json();
      })
      .then(function (told) {
        if (told.user !== root.getAttribute("data-user")) {
          say("本机现在由其他账号登录。请由原账号登录后回到本页同步。", true);
          throw new Error("user");
        }
        csrf = told.csrf;
        document.querySelectorAll("input[name='_csrf']").forEach(function (field) { field.value = csrf; });
        Object.keys(told.fields).forEach(function (place) { heard(place, told.fields[place]); });
      });
  }

  function heard(place, kept) {
    var waiting = queue.some(function (one) { return one.place === place; });
    if (waiting || (seen[place] || 0) >= kept[1]) { return; }
    var fields = fieldsOf(place);
    if (fields.length && document.activeElement && document.activeElement.name === "v." + place) { return; }
    seen[place] = kept[1];
    write(place, kept[0]);
  }

  function typed(event) {
    var name = event.target.name || "";
    if (name.slice(0, 2) !== "v.") { return; }
    var place = name.slice(2);
    var waiting = queue.some(function (one) { return one.place === place; });
    if (!waiting && last[place] === valueOf(place)) { return; }
    put(place, valueOf(place));
    if (event.target.type === "radio") { chosen(place, event.target); }
    later(event.type === "change" ? 0 : 800);
  }

  /* A result brings today and whoever fills in, where they are empty and may stand: seen and changeable at once. */
  function chosen(place, radio) {
    unfold(radio, radio.value);
    if (radio.value !== "合格" && radio.value !== "不合格") { return; }
    var stem = place.slice(0, place.lastIndexOf("."));
    var today = root.getAttribute("data-today");
    var inside = today >= root.getAttribute("data-from") && today <= root.getAttribute("data-to");
    if (inside && !valueOf(stem + ".day")) { offer(stem + ".day", today); }
    if (!valueOf(stem + ".inspector")) { offer(stem + ".inspector", root.getAttribute("data-user")); }
  }

  function offer(place, value) {
    write(place, value);
    if (valueOf(place) === value) { put(place, value); }
  }

  /* Another problem of an item, without asking the server. */
  function more(event) {
    var ask = event.target.closest("[data-more]");
    if (!ask) { return; }
    event.preventDefault();
    var item = ask.closest("[data-item]");
    var rows = item.querySelectorAll("[data-position]");
    var position = String(Number(rows[rows.length - 1].getAttribute("data-position")) + 1);
    build(item, position);
  }

  function build(item, position) {
    var first = item.querySelector("[data-position]");
    var row = document.createElement("fieldset");
    row.className = "ck-row";
    row.setAttribute("data-position", position);
    var legend = document.createElement("legend");
    legend.textContent = "另一问题（" + position + "）";
    row.appendChild(legend);
    first.querySelectorAll(".ck-cell:not(.ck-results)").forEach(function (cell) {
      var made = cell.cloneNode(true);
      made.querySelectorAll(".ck-missing").forEach(function (old) { old.parentNode.removeChild(old); });
      made.querySelectorAll("[name]").forEach(function (field) {
        field.name = field.name.replace(/^(v\.[^.]+)\.\d+\./, "$1." + position + ".");
        field.id = field.id.replace(/-\d+-/, "-" + position + "-");
        field.value = "";
      });
      made.querySelectorAll("label").forEach(function (label) { label.htmlFor = label.htmlFor.replace(/-\d+-/, "-" + position + "-"); });
      row.appendChild(made);
    });
    item.insertBefore(row, item.querySelector("[data-more]").parentNode);
  }

  /* Put what waits back onto the page: text that was typed before a reload, a crash or a dropped network. */
  function restore() {
    queue.forEach(function (one) {
      one.sending = false;
      var parts = one.place.split(".");
      var item = document.getElementById(parts[0]);
      if (item && !fieldsOf(one.place).length && Number(parts[1]) > 1) { build(item, parts[1]); }
      write(one.place, one.value);
      if (one.held === "clash") { clash(one); }
    });
  }

  /* What was filled in while this script was still on its way; the form asks the browser not to fill in by itself. */
  function early() {
    document.querySelectorAll("#checklist-body [name^='v.']").forEach(function (field) {
      var place = field.name.slice(2);
      var given = field.type === "radio" ? field.checked && !field.defaultChecked
        : field.options ? field.selectedIndex >= 0 && !field.options[field.selectedIndex].defaultSelected && field.value !== ""
        : field.value !== field.defaultValue;
      if (!given || queue.some(function (one) { return one.place === place; })) { return; }
      put(place, valueOf(place));
      if (field.type === "radio") { chosen(place, field); }
      later(0);
    });
  }

  function readSeen(text) {
    text.split(" ").forEach(function (mark) {
      var parts = mark.split(":");
      if (parts.length > 1) { seen[parts[0]] = Number(parts[1]); }
    });
  }

  /* The other classes are fetched beforehand, so that they open without a network too. */
  function fetchParts() {
    var links = document.querySelectorAll("[data-parts] a");
    var chain = Promise.resolve();
    links.forEach(function (link) {
      if (link.getAttribute("aria-current")) { return; }
      chain = chain.then(function () {
        return fetch(link.href, { credentials: "same-origin", redirect: "manual" })
          .then(function (answer) { return answer.ok ? answer.text() : ""; })
          .then(function (text) { pages[link.href] = text; });
      });
    });
    chain.catch(function () { return null; });
  }

  function open(event) {
    var link = event.target.closest("[data-parts] a");
    if (!link || navigator.onLine || !pages[link.href]) { return; }
    event.preventDefault();
    pages[window.location.href] = document.documentElement.outerHTML;
    var page = new DOMParser().parseFromString(pages[link.href], "text/html");
    var body = page.getElementById("checklist-body");
    if (!body) { return; }
    var fresh = document.importNode(body, true);
    var old = document.getElementById("checklist-body");
    old.parentNode.replaceChild(fresh, old);
    root = fresh;
    form = document.getElementById("checklist");
    readSeen(form.elements.seen.value);
    window.history.replaceState(null, "", link.href);
    document.querySelectorAll("[data-parts] a").forEach(function (one) {
      if (one === link) { one.setAttribute("aria-current", "true"); } else { one.removeAttribute("aria-current"); }
    });
    restore();
  }

  function leaving(event) {
    var target = event.target;
    if (target === form || target.id === "checklist") {
      event.preventDefault();
      sync();
      tell();
    } else if (target.hasAttribute("data-submit") && queue.length) {
      event.preventDefault();
      if (queue.some(function (one) { return one.held; })) {
        say("有 " + queue.length + " 项没有保存，处理后再提交", true);
        return;
      }
      wanted = target;
      say("正在保存，随后提交", false);
      sync();
    } else if (target.getAttribute("action") === "/sign-out") {
      if (queue.length && !window.confirm("还有 " + queue.length + " 项没有同步，退出后将丢失。确定退出吗？")) {
        event.preventDefault();
        sync();
        return;
      }
      queue = [];
      keep();
    }
  }

  readSeen(form.elements.seen.value);
  load();
  restore();
  keep();
  tell();
  early();
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("click", more);
  document.addEventListener("click", open);
  document.addEventListener("submit", leaving);
  window.addEventListener("online", function () { wait = 1000; later(0); });
  window.addEventListener("offline", tell);
  window.addEventListener("beforeunload", function (event) {
    if (queue.length && !navigator.onLine) { event.preventDefault(); event.returnValue = ""; }
  });
  window.setInterval(function () {
    if (!document.hidden && navigator.onLine) { ask().catch(function () { return null; }); }
  }, 30000);
  later(0);
  fetchParts();
}());
