import numpy as np
import pytest

from nlp import WordWeights
from tests.nlp.examples import BUS, NOISE_AT_BAIYUN, NOISE_AT_QINGHE

DOCUMENTS = [*NOISE_AT_QINGHE, *NOISE_AT_BAIYUN, *BUS]


def test_a_word_in_title_and_body_counts_as_one_document():
    weights = WordWeights().partial_fit([("搅拌站", "搅拌站搅拌站"), ("路灯", "路灯")])
    assert weights.idf(["搅拌站"])["搅拌站"] == pytest.approx(np.log(3 / 2) + 1)


def test_a_rare_word_has_a_higher_idf_than_a_frequent_one():
    idf = WordWeights().partial_fit(DOCUMENTS).idf(["搅拌站", "江滩", "没见过"])
    assert idf["搅拌站"] < idf["江滩"] < idf["没见过"]


def test_frequencies_learned_in_parts_equal_those_learned_at_once():
    parts, whole = WordWeights(), WordWeights().partial_fit(DOCUMENTS)
    for document in DOCUMENTS:
        parts.partial_fit([document])
    assert parts.terms(*DOCUMENTS[0]) == whole.terms(*DOCUMENTS[0])
    assert parts.n_documents_ == whole.n_documents_ == len(DOCUMENTS)


def test_asking_for_a_word_learns_nothing():
    weights = WordWeights().partial_fit(DOCUMENTS)
    before = dict(weights.document_frequency_)
    weights.idf(["没见过"])
    weights.terms("没见过的路灯")
    assert weights.document_frequency_ == before


def test_terms_are_words_of_the_text_heaviest_first():
    weights = WordWeights().partial_fit(DOCUMENTS)
    title, body = DOCUMENTS[0]
    terms = weights.terms(title, body)
    assert list(terms.values()) == sorted(terms.values(), reverse=True)
    assert all(word in title + body for word in terms)
    assert sum(weight**2 for weight in terms.values()) == pytest.approx(1)
    assert weights.terms("", "") == {}


def test_the_title_weighs_as_asked_and_only_the_opening_of_the_body_is_read():
    terms = WordWeights(title_weight=0.8, body_limit=2).terms("路灯", "停水漏电")
    assert terms == {"路灯": pytest.approx(0.97, abs=0.01), "停水": pytest.approx(0.24, abs=0.01)}
