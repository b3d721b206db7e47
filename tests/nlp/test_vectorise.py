import subprocess
import sys

import numpy as np
import pytest

from nlp import TextVectorizer
from nlp.vectorise import N_FEATURES
from tests.nlp.examples import BUS, NOISE_AT_BAIYUN, NOISE_AT_QINGHE

DOCUMENTS = [*NOISE_AT_QINGHE, *NOISE_AT_BAIYUN, *BUS]


def dense_products(vectors):
    return (vectors @ vectors.T).toarray()


def test_rows_have_length_one_and_a_text_without_words_is_empty():
    vectors = TextVectorizer().fit_transform([*DOCUMENTS, ("", ""), ("您好，", "2019。")])
    assert vectors.shape == (len(DOCUMENTS) + 2, N_FEATURES)
    lengths = np.sqrt(dense_products(vectors).diagonal())
    assert lengths == pytest.approx([1.0] * len(DOCUMENTS) + [0.0, 0.0])


def test_no_documents_give_no_rows():
    assert TextVectorizer().fit_transform([]).shape == (0, N_FEATURES)


def test_messages_on_one_matter_are_nearer_than_on_two():
    products = dense_products(TextVectorizer().fit_transform(DOCUMENTS))
    assert products[0, 1] > 3 * products[0, 3]
    assert products[5, 6] > 3 * products[5, 0]


def test_frequencies_learned_in_parts_equal_those_learned_at_once():
    parts, whole = TextVectorizer(), TextVectorizer()
    for document in DOCUMENTS:
        parts.partial_fit([document])
    whole.partial_fit(DOCUMENTS)
    assert parts.n_documents_ == whole.n_documents_ == len(DOCUMENTS)
    assert np.array_equal(parts.document_frequency_, whole.document_frequency_)
    assert (parts.transform(DOCUMENTS) != whole.transform(DOCUMENTS)).nnz == 0


def test_transform_learns_nothing():
    vectorizer = TextVectorizer().partial_fit(DOCUMENTS)
    before = vectorizer.document_frequency_.copy()
    vectorizer.transform(DOCUMENTS)
    assert np.array_equal(vectorizer.document_frequency_, before)


def test_a_word_in_title_and_body_counts_as_one_document():
    vectorizer = TextVectorizer().partial_fit([("搅拌站", "搅拌站搅拌站"), ("路灯", "路灯")])
    assert vectorizer.idf(["搅拌站"])["搅拌站"] == pytest.approx(np.log(3 / 2) + 1)


def test_a_rare_word_has_a_higher_idf_than_a_frequent_one():
    idf = TextVectorizer().partial_fit(DOCUMENTS).idf(["搅拌站", "江滩", "没见过"])
    assert idf["搅拌站"] < idf["江滩"] < idf["没见过"]


def test_the_title_weighs_as_asked_however_long_the_body():
    body = "停水三次物业公司没有通知业主"
    documents = [("路灯", body), ("路灯", ""), ("", body)]
    products = dense_products(TextVectorizer(title_weight=0.8).fit_transform(documents))
    assert products[0, 1] == pytest.approx(0.8 / np.hypot(0.8, 0.2))
    assert products[0, 2] == pytest.approx(0.2 / np.hypot(0.8, 0.2))


def test_only_the_opening_of_a_body_is_read():
    vectorizer = TextVectorizer(body_limit=4)
    vectors = vectorizer.fit_transform([("", "路灯坏了停水"), ("", "路灯坏了停电")])
    assert dense_products(vectors)[0, 1] == pytest.approx(1)


def test_terms_are_words_of_the_text_heaviest_first():
    vectorizer = TextVectorizer().partial_fit(DOCUMENTS)
    title, body = DOCUMENTS[0]
    terms = vectorizer.terms(title, body)
    assert list(terms.values()) == sorted(terms.values(), reverse=True)
    assert all(word in title + body for word in terms)
    assert sum(weight**2 for weight in terms.values()) == pytest.approx(1)
    assert vectorizer.terms("", "") == {}


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_computes_the_same_columns(seed):
    code = (
        "from nlp import TextVectorizer;"
        "print(TextVectorizer().fit_transform([('清荷苑搅拌站', '噪音扰民')]).indices.tolist())"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(
        command, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
    )
    here = TextVectorizer().fit_transform([("清荷苑搅拌站", "噪音扰民")]).indices.tolist()
    assert result.stdout.strip() == str(here)
