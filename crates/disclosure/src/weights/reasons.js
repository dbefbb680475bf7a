'use strict';
(function () {
  var stored = JSON.parse(document.getElementById('why-data').textContent);
  var panel = document.getElementById('why');
  var picked = null;
  function words(template, values) {
    return template.replace(/\{(\d+)\}/g, function (_, at) { return values[Number(at) + 1]; });
  }
  function span(name, text) {
    var element = document.createElement('span');
    element.className = name;
    element.textContent = text;
    return element;
  }
  function show(row) {
    var group = row.getAttribute('data-g');
    var list = document.createElement('ol');
    stored.groups[group].forEach(function (step) {
      var rule = stored.rules[step[0]];
      var item = document.createElement('li');
      item.appendChild(span('zh', words(rule[0], step)));
      item.appendChild(span('en', words(rule[1], step)));
      if (rule[2]) { item.appendChild(span('small', rule[2])); }
      list.appendChild(item);
    });
    var title = document.createElement('h3');
    title.textContent = group;
    panel.replaceChildren(title, list);
    panel.scrollIntoView({ block: 'nearest' });
    if (picked) { picked.classList.remove('picked'); }
    picked = row;
    picked.classList.add('picked');
  }
  document.getElementById('weights-table').tBodies[0].addEventListener('click', function (event) {
    var row = event.target.closest('tr[data-g]');
    if (row) { show(row); }
  });
}());
