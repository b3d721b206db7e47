"""Charts of pages: no style and script of their own, marks that lead and speak."""

from __future__ import annotations

from lxml import etree

from responder.core.charts import ChartKind, Figures, Mark
from responder.web import charts

NAMES = ("11-01", "11-02", "11-03")
SVG = "{http://www.w3.org/2000/svg}"


def drawn(app, figures: Figures):
    with app.test_request_context():
        return etree.fromstring(charts.svg(figures))


def curve(**facts) -> Figures:
    series = (("热度", (40.0, None, 62.5)),)
    return Figures(ChartKind.LINES, "热度曲线", "热度", NAMES, series, **facts)


def test_a_chart_obeys_the_policy_of_the_pages(app) -> None:
    links = (("/a", "/b", "/c"),)
    for kind in ChartKind:
        figures = Figures(kind, "图", "条", NAMES, (("<b>甲</b>", (1.0, 2.0, 3.0)),), links=links)
        root = drawn(app, figures)
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert not tags & {"style", "script", "desc", "defs", "b"}, kind
        assert not root.xpath("//@style | //@id | //@target"), kind


def test_marks_are_links_that_say_what_they_count(app) -> None:
    bars = Figures(ChartKind.BARS, "渠道", "条", ("热线", "微博"), (("留言", (3.0, 1.0)),),
                   links=(("/hotline", "/weibo"),))  # fmt: skip
    found = drawn(app, bars).findall(f".//{SVG}a")
    said = {one.get("href"): one.get("aria-label") for one in found}
    assert said == {"/hotline": "热线 留言：3", "/weibo": "微博 留言：1"}


def test_what_happened_stands_on_the_curve_and_in_its_table(app) -> None:
    figures = curve(marks=(Mark("11-03", "发布《答复》", "/concerns/1"),))
    (mark,) = drawn(app, figures).findall(f".//{SVG}a")
    assert mark.get("aria-label") == "11-03 发布《答复》"
    with app.test_request_context():
        page = str(app.jinja_env.get_template("components/charts.html").module.figure(figures))
    assert page.count('href="/concerns/1"') == 3  # the mark, the legend, the table


def test_a_line_lies_within_its_scale_wherever_that_ends(app) -> None:
    """A platform's own heat has no end, a topic's has one."""
    for facts, top in (({}, "986,000"), ({"top": 2e6}, "2,000,000")):
        series = (("热度", (900.0, 986_000.0, 4.0)),)
        root = drawn(app, Figures(ChartKind.LINES, "热度", "热度", NAMES, series, **facts))
        labels = {text.text for text in root.iter(f"{SVG}text")}
        assert top in labels
        heights = [float(dot.get("cy")) for dot in root.iter(f"{SVG}circle")]
        assert len(heights) == 3
        assert all(0 <= height <= charts.HEIGHT for height in heights)


def test_a_day_without_a_number_breaks_the_line(app) -> None:
    root = drawn(app, curve())
    assert len(root.findall(f".//{SVG}circle")) == 2
    assert (
        root.get("aria-label") == "热度曲线：热度 11-01 至 11-03 从 40 到 62.5，最高 62.5（11-03）"
    )
    assert root.get("role") == "img"
