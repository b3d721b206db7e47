"""The examples of docs/nlp.md, run from top to bottom as one reader would."""

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "nlp.md"


def test_the_examples_do_what_the_page_says():
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, PAGE.name, str(PAGE), 0)
    report: list[str] = []
    results = doctest.DocTestRunner().run(examples, out=report.append)
    assert results.attempted > 30
    assert not results.failed, "".join(report)


def test_every_estimator_has_an_example():
    text = PAGE.read_text("utf-8")
    for name in (
        "BigramVectorizer", "StreamClusterer", "TopicStream", "NearDuplicates", "PlaceFinder",
        "RjiebaSegmenter", "WordWeights", "Linker", "WordCosine",
    ):  # fmt: skip
        assert f"{name}(" in text
