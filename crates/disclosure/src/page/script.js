'use strict';
(function () {
  var root = document.documentElement;
  function speak(english) {
    root.classList.toggle('en', english);
    root.lang = english ? 'en' : 'zh-CN';
    document.title = document.body.getAttribute(english ? 'data-en' : 'data-zh');
    document.querySelectorAll('input[data-zh]').forEach(function (box) {
      box.placeholder = box.getAttribute(english ? 'data-en' : 'data-zh');
    });
  }
  document.querySelectorAll('button.switch').forEach(function (button) {
    button.addEventListener('click', function () { speak(!root.classList.contains('en')); });
  });
  speak(location.hash === '#en');

  function number(text) {
    var plain = text.replace(/[,\s%]/g, '').replace('\u2212', '-');
    return plain === '' || isNaN(plain) ? null : Number(plain);
  }

  document.querySelectorAll('table.sorts').forEach(function (table) {
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows);
    var first = Number(table.getAttribute('data-first')) || rows.length;
    var tools = document.getElementById(table.id + '-tools');
    var box = tools && tools.querySelector('input');
    var more = tools && tools.querySelector('button');
    var words = rows.map(function (row) { return row.textContent.toLowerCase(); });
    var order = rows.map(function (_, at) { return at; });
    var all = rows.length <= first;

    function show() {
      var wanted = box ? box.value.trim().toLowerCase() : '';
      var hits = 0;
      order.forEach(function (at) {
        var hit = !wanted || words[at].indexOf(wanted) >= 0;
        if (hit) { hits += 1; }
        rows[at].classList.toggle('off', !hit || (!all && hits > first));
      });
      if (tools) {
        tools.querySelectorAll('.shown').forEach(function (place) { place.textContent = all ? hits : Math.min(hits, first); });
        tools.querySelectorAll('.hits').forEach(function (place) { place.textContent = hits; });
        if (more) { more.hidden = all || hits <= first; }
      }
    }

    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
      head.tabIndex = 0;
      function sort() {
        var down = head.getAttribute('aria-sort') ? head.getAttribute('aria-sort') === 'ascending' : head.classList.contains('n');
        var numeric = head.classList.contains('n');
        var keys = rows.map(function (row) {
          var text = row.cells[column] ? row.cells[column].textContent : '';
          return numeric ? number(text) : text;
        });
        order.sort(function (a, b) {
          var x = keys[a], y = keys[b], way;
          if (x === y) { return a - b; }
          if (x === null) { return 1; }
          if (y === null) { return -1; }
          way = numeric ? x - y : x.localeCompare(y, 'zh-CN', { numeric: true });
          return (down ? -way : way) || a - b;
        });
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute('aria-sort'); });
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        var fragment = document.createDocumentFragment();
        order.forEach(function (at) { fragment.appendChild(rows[at]); });
        body.appendChild(fragment);
        show();
      }
      head.addEventListener('click', sort);
      head.addEventListener('keydown', function (event) {
        if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); sort(); }
      });
    });
    if (box) { box.addEventListener('input', show); }
    if (more) { more.addEventListener('click', function () { all = true; show(); }); }
    show();
  });
}());
