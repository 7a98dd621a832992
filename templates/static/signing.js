// 审核签发：勾选全部看过的文书；没有脚本时逐份勾选。
(function () {
  'use strict';
  var form = document.querySelector('.papers-sign');
  if (!form) { return; }
  var ticks = Array.prototype.filter.call(form.querySelectorAll('input[name=document]'), function (one) { return !one.disabled; });
  if (ticks.length < 2) { return; }
  var label = document.createElement('label');
  var all = document.createElement('input');
  all.type = 'checkbox';
  label.className = 'papers-all';
  label.appendChild(all);
  label.appendChild(document.createTextNode(' 勾选全部看过的（' + ticks.length + '份）'));
  all.addEventListener('change', function () {
    ticks.forEach(function (one) { one.checked = all.checked; });
  });
  form.insertBefore(label, form.querySelector('table'));
}());
