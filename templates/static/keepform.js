/* Keeps a long form while it is typed: sends it a moment after a change and when its page is left. One sending at a
   time, and each is counted, so that none overtakes a later one. Chromium 78. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-keep]");
  if (!form || !window.fetch || !window.FormData || !window.AbortController) { return; }
  var FIRST = 2000;
  var told = form.querySelector("[data-kept]");
  var turn = document.createElement("input");
  var page = Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
  var count = 0;
  var timer = 0;
  var wait = FIRST;
  var changed = false;
  var sent = false;
  var running = null;
  turn.type = "hidden";
  turn.name = "turn";
  form.appendChild(turn);

  function say(text, bad) {
    if (!told) { return; }
    told.textContent = text;
    told.className = bad ? "soon" : "quiet";
  }
  function number() {
    count += 1;
    turn.value = page + ":" + count;
  }
  function later(milliseconds) {
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, milliseconds);
  }
  function keep() {
    window.clearTimeout(timer);
    if (!changed || sent || running) { return; }
    changed = false;
    number();
    var mine = new window.AbortController();
    running = mine;
    fetch(form.getAttribute("data-keep"), {
      method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual", signal: mine.signal
    })
      .then(function (answer) {
        if (answer.type === "opaqueredirect") { throw new Error("session"); }
        var json = (answer.headers.get("content-type") || "").indexOf("json") > 0;
        if (!json) { throw new Error(answer.status === 403 ? "word" : "server"); }
        return answer.json().then(function (kept) { took(kept, answer.status); });
      })
      .then(function () { over(mine); }, function (error) { over(mine); failed(error.message); });
  }
  function over(one) { if (running === one) { running = null; } }

  function took(kept, code) {
    if (kept.said) {
      wait = FIRST;
      say(kept.said);
      if (changed) { later(1200); }
      return;
    }
    if (code >= 500) { throw new Error("server"); }
    changed = true; // refused: it is sent again with the next change, or when the page is left
    say("没有保存：" + kept.error.what + (kept.error.remedy ? "，" + kept.error.remedy : ""), true);
  }

  function failed(why) {
    changed = true;
    if (sent) { return; } // stopped, because the whole form is on its way
    if (why === "word") {
      renew().then(function () { later(0); }, function () { say("登录已更换，尚未保存。请由原账号登录后回到本页。", true); later(10000); });
    } else if (why === "session") {
      say("登录已过期，尚未保存。请在新窗口登录，然后回到本页。", true);
      later(10000);
    } else {
      say(why === "server" ? "系统暂时不可用，尚未保存，稍后自动重试" : "网络不通，尚未保存，稍后自动重试", true);
      later(wait);
      wait = wait < 20000 ? wait * 2 : wait;
    }
  }

  /* After a new sign-in the form needs the word of that session; whoever may not see the plan is given none. */
  function renew() {
    return fetch(window.location.href, { credentials: "same-origin", redirect: "manual" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (text) {
        var fresh = new DOMParser().parseFromString(text, "text/html").querySelector("form[data-keep] input[name='_csrf']");
        if (!fresh) { throw new Error("user"); }
        document.querySelectorAll("input[name='_csrf']").forEach(function (field) { field.value = fresh.value; });
      });
  }

  function note() {
    changed = true;
    later(1200);
  }
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("submit", function () {
    sent = true;
    window.clearTimeout(timer);
    number();
    if (running) { running.abort(); }
  });
  window.addEventListener("online", function () { wait = FIRST; keep(); });
  window.addEventListener("pageshow", function () {
    sent = false;
    if (changed) { later(1200); }
  });
  window.addEventListener("pagehide", function () {
    if ((changed || running) && !sent && navigator.sendBeacon) {
      number();
      navigator.sendBeacon(form.getAttribute("data-keep"), new FormData(form));
    }
  });
}());
