/* Comfort that the page works without: light or dark by choice, tables that sort, data that can be saved, and
   experiments unfolded on paper. It has no letter that XML would take for its own. */
(function () {
  "use strict";
  var root = document.documentElement, button = document.getElementById("theme");
  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function show() {
    button.textContent = isDark() ? "Light" : "Dark";
    root.style.colorScheme = root.dataset.theme || "light dark"; /* of scroll bars */
  }
  try { if (localStorage.gatebenchTheme) { root.dataset.theme = localStorage.gatebenchTheme; } } catch (e) { /* none kept */ }
  button.hidden = false;
  show();
  button.addEventListener("click", function () {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.gatebenchTheme = root.dataset.theme; } catch (e) { /* none kept */ }
    show();
  });

  function valueOf(row, column) {
    var words = row.cells[column].textContent.trim(), number = parseFloat(words.replace(/,(?=\d{3})/g, "").replace(/^[\u003c>] */, ""));
    return { words: words, number: number };
  }
  function compare(a, b) {
    if (isNaN(a.number) || isNaN(b.number)) {
      return isNaN(a.number) === isNaN(b.number) ? a.words.localeCompare(b.words) : isNaN(a.number) ? 1 : -1;
    }
    return a.number - b.number;
  }
  function sortBy(table, head, column) {
    var up = head.getAttribute("aria-sort") !== "ascending", body = table.tBodies[0];
    Array.from(table.tHead.rows[0].cells).forEach(function (cell) { cell.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    Array.from(body.rows).sort(function (a, b) {
      return (up ? 1 : -1) * compare(valueOf(a, column), valueOf(b, column));
    }).forEach(function (row) { body.appendChild(row); });
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
      var sorter = document.createElement("button");
      sorter.type = "button";
      sorter.textContent = head.textContent;
      sorter.addEventListener("click", function () { sortBy(table, head, column); });
      head.textContent = "";
      head.appendChild(sorter);
    });
  });

  document.querySelectorAll("pre.csv").forEach(function (data) {
    var saver = document.createElement("button");
    saver.type = "button";
    saver.textContent = "Save " + data.dataset.name;
    saver.addEventListener("click", function () {
      var link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([data.textContent], { type: "text/csv" }));
      link.download = data.dataset.name;
      link.click();
      URL.revokeObjectURL(link.href);
    });
    data.parentNode.insertBefore(saver, data);
  });

  var opened = [];
  addEventListener("beforeprint", function () {
    opened = Array.from(document.querySelectorAll(".experiment > details:not([open])"));
    opened.forEach(function (part) { part.open = true; });
  });
  addEventListener("afterprint", function () { opened.forEach(function (part) { part.open = false; }); });
  addEventListener("hashchange", function () {
    var part = document.querySelector(location.hash + " details.evidence");
    if (part) { part.open = true; }
  });
}());
