// 办理没有成功：把焦点移到说明上，读屏软件随即读出，键盘从这里继续。
(function () {
  'use strict';
  var told = document.querySelector('.refused');
  if (told) { told.focus(); }
}());
