// The choice of level and indicator. The page is complete without it: this only repaints what is there.
(function () {
  "use strict";
  var source = document.getElementById("report-data");
  if (!source || typeof d3 === "undefined") return;
  var data = JSON.parse(source.textContent);
  var svg = d3.select("#map"), tip = d3.select("#tip"), announce = d3.select("#announce");
  var levelBox = d3.select("#level"), measureBox = d3.select("#measure");
  var paths = svg.selectAll("path.zone").datum(function () { return +this.getAttribute("data-zone"); });
  var shown = {};       // zone -> {text, interval, fill} of the current view
  var order = [];       // zones of the current view, as listed
  var chosen = null;

  paths.select("title").remove();  // the tip below says it better

  function viewsOf(level) { return data.views.filter(function (v) { return v.level === level; }); }

  function fillSelects() {
    var levels = d3.set(data.views.map(function (v) { return v.level; })).values().map(Number);
    levelBox.selectAll("option").data(levels).enter().append("option")
      .attr("value", String).text(function (l) { return data.levels[l]; });
    d3.select("#level-label").attr("hidden", levels.length > 1 ? null : "");
    fillMeasures(levels[0]);
    measureBox.property("value", String(data.opening));
    d3.select("#controls").attr("hidden", null);
  }

  function fillMeasures(level) {
    var before = measureBox.property("value");
    var options = measureBox.selectAll("option").data(viewsOf(level));
    options.enter().append("option");
    options.exit().remove();
    options.attr("value", function (v) { return v.measure; }).text(function (v) { return data.measures[v.measure].title; });
    if (viewsOf(level).some(function (v) { return String(v.measure) === before; })) measureBox.property("value", before);
  }

  function currentView() {
    var level = +levelBox.property("value"), measure = +measureBox.property("value");
    return data.views.filter(function (v) { return v.level === level && v.measure === measure; })[0];
  }

  function remember(view) {
    shown = {};
    order = [];
    view.bars.forEach(function (bar) {
      shown[bar[0]] = { text: bar[2], interval: bar[4], fill: view.colours[Math.max(0, bar[1])] };
      order.push(bar[0]);
    });
    view.missing.forEach(function (item) {
      shown[item[0]] = { text: item[1], interval: "", fill: "url(#hatch)" };
      order.push(item[0]);
    });
  }

  function paint(view) {
    remember(view);
    var measure = data.measures[view.measure];
    d3.select("#view-measure").text(measure.title);
    d3.select("#view-level").text(data.levels[view.level]);
    d3.select("#view-definition").text(measure.definition);
    d3.select("#map-title").text("Map of zones: " + measure.title);
    paths.attr("display", function () { return +this.getAttribute("data-level") === view.level ? null : "none"; })
      .attr("fill", function (z) { return shown[z] ? shown[z].fill : "url(#hatch)"; });
    paintLegend(view);
    paintBars(view);
    choose(null);
  }

  function paintLegend(view) {
    var entries = view.labels.map(function (label, i) { return [label, view.colours[i]]; });
    d3.select("#legend").selectAll("li").remove();
    var items = d3.select("#legend").selectAll("li").data(entries).enter().append("li");
    items.append("span").attr("class", "swatch").style("background", function (e) { return e[1]; });
    items.append("span").text(function (e) { return e[0]; });
    var none = d3.select("#legend").append("li").attr("class", "none");
    none.append("span").attr("class", "swatch hatch");
    none.append("span").text("no value");
  }

  function paintBars(view) {
    var list = d3.select("#bars");
    list.selectAll("li").remove();
    var items = list.selectAll("li").data(view.bars.slice(0, data.most_bars)).enter().append("li")
      .attr("title", function (b) { return b[5]; })
      .on("mouseenter", function (b) { choose(b[0]); })
      .on("mouseleave", function () { choose(null); });
    items.append("span").attr("class", "name").append("bdi").text(function (b) { return data.zones[b[0]]; });
    items.append("span").attr("class", "value").text(function (b) { return b[2]; });
    items.append("span").attr("class", "track").attr("aria-hidden", "true").append("span").attr("class", "bar")
      .style("width", function (b) { return b[3] * 100 + "%"; })
      .style("background", function (b) { return view.colours[Math.max(0, b[1])]; });
    var hidden = view.bars.length - data.most_bars;
    d3.select("#bars-note").text(hidden > 0 ? "The " + data.most_bars + " largest of " + view.bars.length +
      " zones; the table below has all." : "");
  }

  function choose(zone) {
    chosen = zone;
    paths.classed("chosen", function (z) { return z === zone; });
    d3.selectAll("#bars li").classed("chosen", function (b) { return b && b[0] === zone; });
    paths.filter(function (z) { return z === zone; }).each(function () { this.parentNode.appendChild(this); });
    if (zone === null) tip.attr("hidden", "");
  }

  function showTip(zone, x, y) {
    var entry = shown[zone];
    if (!entry) return;
    tip.attr("hidden", null).text("");
    tip.append("strong").append("bdi").text(data.zones[zone]);
    tip.append("span").text(entry.text);
    if (entry.interval) tip.append("span").text(entry.interval);
    var box = tip.node().getBoundingClientRect();
    tip.style("left", Math.max(4, Math.min(x + 14, window.innerWidth - box.width - 4)) + "px")
      .style("top", Math.max(4, Math.min(y + 14, window.innerHeight - box.height - 4)) + "px");
  }

  function step(by) {
    if (!order.length) return;
    var at = order.indexOf(chosen);
    var zone = order[(at + by + order.length + (at < 0 && by < 0 ? 1 : 0)) % order.length];
    choose(zone);
    var path = paths.filter(function (z) { return z === zone; }).node();
    if (path) {
      var box = path.getBoundingClientRect();
      showTip(zone, box.left + box.width / 2, box.top + box.height / 2);
    }
    announce.text(data.zones[zone] + ": " + shown[zone].text + (shown[zone].interval ? ", " + shown[zone].interval : ""));
  }

  function onKey() {
    var key = d3.event.key;
    if (key === "ArrowRight" || key === "ArrowDown") step(1);
    else if (key === "ArrowLeft" || key === "ArrowUp") step(-1);
    else if (key === "Escape") choose(null);
    else return;
    d3.event.preventDefault();
  }

  paths.on("mousemove", function (z) { if (chosen !== z) choose(z); showTip(z, d3.event.clientX, d3.event.clientY); })
    .on("mouseleave", function () { choose(null); })
    .on("click", function (z) { choose(z); showTip(z, d3.event.clientX, d3.event.clientY); });
  svg.attr("tabindex", "0").attr("aria-keyshortcuts", "ArrowRight ArrowLeft").on("keydown", onKey).on("blur", function () { choose(null); });
  d3.select("#map-desc").text(d3.select("#map-desc").text() + " With the map in focus the arrow keys go from zone to zone.");
  levelBox.on("change", function () { fillMeasures(+levelBox.property("value")); paint(currentView()); });
  measureBox.on("change", function () {
    paint(currentView());
    announce.text(data.measures[+measureBox.property("value")].title);
  });
  fillSelects();
  paint(currentView());
}());
