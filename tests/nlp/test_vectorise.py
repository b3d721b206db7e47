import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import BigramVectorizer
from nlp.vectorise import LONGEST, N_FEATURES
from tests.nlp.examples import BUS, NOISE_AT_BAIYUN, NOISE_AT_QINGHE

DOCUMENTS = [*NOISE_AT_QINGHE, *NOISE_AT_BAIYUN, *BUS]

texts = st.text(st.sampled_from("清荷苑搅拌站噪音，。 \nAa1İß😀𠮷"), max_size=12)
documents = st.lists(st.tuples(texts, texts), max_size=8)
unhurried = settings(deadline=None)  # the first call may compile


def products(vectors):
    return (vectors @ vectors.T).toarray()


def frequencies(*documents):
    """The document frequencies learned, those of bigrams that never came left out."""
    learned = BigramVectorizer().partial_fit(documents).document_frequency_
    return sorted(learned[learned > 0].tolist())


def same(one, other):
    return (one != other).nnz == 0


@given(documents)
@unhurried
def test_rows_have_length_one_or_none(given_documents):
    vectors = BigramVectorizer().fit_transform(given_documents)
    assert vectors.shape == (len(given_documents), N_FEATURES)
    for length in np.sqrt(products(vectors).diagonal()):
        assert length == 0 or length == pytest.approx(1, abs=1e-5)


@given(documents)
@unhurried
def test_the_same_documents_give_the_same_vectors(given_documents):
    one, other = (BigramVectorizer().fit_transform(given_documents) for _ in range(2))
    assert same(one, other)


@given(documents)
@unhurried
def test_frequencies_learned_in_parts_equal_those_learned_at_once(given_documents):
    parts, whole = BigramVectorizer(), BigramVectorizer()
    for document in given_documents:
        parts.partial_fit([document])
    whole.partial_fit(given_documents)
    assert parts.n_documents_ == whole.n_documents_ == len(given_documents)
    assert np.array_equal(parts.document_frequency_, whole.document_frequency_)
    assert same(parts.transform(given_documents), whole.transform(given_documents))


def test_a_text_without_two_characters_in_a_row_is_empty():
    vectors = BigramVectorizer().fit_transform(
        [("", ""), ("路", "。"), ("，。！", "路，灯 坏\n了")]
    )
    assert vectors.nnz == 0


def test_no_documents_give_no_rows():
    assert BigramVectorizer().fit_transform([]).shape == (0, N_FEATURES)


@pytest.mark.parametrize("between", ["，", " ", "\n", "\u3000", "😀", "\ud800"])
def test_no_bigram_reaches_across_what_is_no_word(between):
    assert frequencies((f"路灯{between}坏了", "")) == [1, 1]
    assert frequencies(("路灯坏了", "")) == [1, 1, 1]


def test_no_bigram_reaches_from_title_to_body():
    assert frequencies(("路灯", "坏了")) == [1, 1]


def test_a_bigram_in_title_and_body_counts_as_one_document():
    assert frequencies(("路灯", "路灯路灯"), ("路灯", "")) == [1, 2]


def test_characters_beyond_the_basic_plane_are_read():
    products_of = products(BigramVectorizer().fit_transform([("𠮷野路", ""), ("𠮷野", "")]))
    assert products_of[0, 1] > 0.5


def test_capitals_equal_small_letters_even_where_these_are_longer():
    assert len("İ".lower()) == 2
    vectors = BigramVectorizer(full_title=2).fit_transform(
        [("İKEA停车", ""), ("路灯坏了", "停水"), ("路灯坏了", "")]
    )
    alone = BigramVectorizer().partial_fit([("ab", "")] * 3).transform([("AB", ""), ("ab", "")])
    assert products(vectors)[1, 2] > 0.5
    assert products(alone)[0, 1] == pytest.approx(1)


def test_messages_on_one_matter_are_nearer_than_on_two():
    near = products(BigramVectorizer().fit_transform(DOCUMENTS))
    assert near[0, 1] > 3 * near[0, 3]
    assert near[5, 6] > 3 * near[5, 0]


def test_a_misspelt_name_still_meets():
    spelt = products(BigramVectorizer().fit_transform([("金路花园停水", ""), ("金麓花园停水", "")]))
    assert 0.3 < spelt[0, 1] < 0.9


def test_a_rare_bigram_weighs_more_than_a_frequent_one():
    vectorizer = BigramVectorizer().partial_fit([("停水", "")] * 9 + [("路灯", "")])
    rare, frequent = sorted(vectorizer.transform([("停水，路灯", "")]).data, reverse=True)
    expected = ((np.log(11 / 2) + 1) / (np.log(11 / 10) + 1)) ** vectorizer.rarity_power
    assert rare / frequent == pytest.approx(expected, rel=1e-4)


def test_transform_learns_nothing():
    vectorizer = BigramVectorizer().partial_fit(DOCUMENTS)
    before = vectorizer.document_frequency_.copy()
    vectorizer.transform([*DOCUMENTS, ("从未见过", "")])
    assert np.array_equal(vectorizer.document_frequency_, before)
    assert vectorizer.n_documents_ == len(DOCUMENTS)


def test_the_title_weighs_as_asked_however_long_the_body():
    body = "停水三次物业公司没有通知业主"
    shares = products(
        BigramVectorizer(title_weight=0.8, full_title=2).fit_transform(
            [("路灯", body), ("路灯", ""), ("", body)]
        )
    )
    assert shares[0, 1] == pytest.approx(0.8 / np.hypot(0.8, 0.2), abs=1e-4)
    assert shares[0, 2] == pytest.approx(0.2 / np.hypot(0.8, 0.2), abs=1e-4)


def test_a_short_title_weighs_as_much_less_as_it_is_short():
    body = "停水三次物业公司没有通知业主"
    documents = [("路灯坏", body), ("路灯坏", "")]
    short, full = (
        products(BigramVectorizer(title_weight=0.8, full_title=length).fit_transform(documents))
        for length in (5, 3)
    )
    assert full[0, 1] == pytest.approx(0.8 / np.hypot(0.8, 0.2), abs=1e-4)
    assert short[0, 1] == pytest.approx(0.4 / np.hypot(0.4, 0.6), abs=1e-4)


def test_only_the_opening_of_a_body_is_read():
    vectors = BigramVectorizer(body_limit=4).fit_transform(
        [("", "路灯坏了停水"), ("", "路灯坏了停电")]
    )
    assert products(vectors)[0, 1] == pytest.approx(1)


def test_endless_texts_are_cut_where_the_table_would_overflow():
    endless = "".join(chr(0x4E00 + place) for place in range(5000))
    vectors = BigramVectorizer(body_limit=10**6, most=10**6).fit_transform([(endless, endless)])
    assert vectors.nnz == LONGEST - 1


def test_a_row_keeps_its_heaviest_entries_and_no_more():
    text = "".join(chr(0x4E00 + place) for place in range(40))
    learned = [(text[:20], "")] * 5
    cut = BigramVectorizer(most=10).partial_fit(learned).transform([(text, "")])
    whole = BigramVectorizer().partial_fit(learned).transform([(text, "")])
    assert cut.nnz == 10
    assert whole.nnz == 39
    assert cut.data.min() >= np.sort(whole.data)[-10]


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_computes_the_same_columns(seed):
    code = (
        "from nlp import BigramVectorizer;"
        "print(BigramVectorizer().fit_transform([('清荷苑搅拌站', '噪音扰民')]).indices.tolist())"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(
        command, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
    )
    here = BigramVectorizer().fit_transform([("清荷苑搅拌站", "噪音扰民")]).indices.tolist()
    assert result.stdout.strip() == str(here)
