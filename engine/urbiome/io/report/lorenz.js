// The choice among Lorenz curves. The page is complete without it: this only repaints what is there.
(function () {
  "use strict";
  var source = document.getElementById("lorenz-data");
  if (!source || typeof d3 === "undefined") return;
  var figures = JSON.parse(source.textContent);
  if (figures.length < 2) return;
  var line = d3.svg.line();  // points are in units of the picture
  var box = d3.select("#lorenz-figure");

  function paint(figure) {
    d3.select("#lorenz-title").text(figure.title);
    d3.select("#lorenz-label").text("Lorenz curve: " + figure.title);
    var curves = d3.select("#lorenz-curves").selectAll("path").data(figure.curves);
    curves.enter().append("path").attr("class", "curve");
    curves.exit().remove();
    curves.attr("d", function (c) { return line(c.points); }).attr("stroke", function (c) { return c.colour; });
    d3.select("#lorenz-words").selectAll("li").remove();
    var items = d3.select("#lorenz-words").selectAll("li").data(figure.curves).enter().append("li");
    var names = items.append("strong");
    names.append("span").attr("class", "swatch").style("background", function (c) { return c.colour; });
    names.append("bdi").text(function (c) { return c.name; });
    items.append("span").text(function (c) { return c.words; });
  }

  box.selectAll("option").data(figures).enter().append("option")
    .attr("value", function (f, i) { return i; }).text(function (f) { return f.title; });
  box.on("change", function () { paint(figures[+this.value]); });
  d3.select("#lorenz-controls").attr("hidden", null);
}());
