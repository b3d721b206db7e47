"""Text in, numbers and names out: the language side of 回应台, usable alone.

from nlp import StreamClusterer, TextVectorizer, label, normalise

documents = [(normalise(title), normalise(body)) for title, body in messages]
vectors = TextVectorizer().fit_transform(documents)
topics = StreamClusterer().partial_fit_predict(vectors)
"""

from nlp.cluster import StreamClusterer
from nlp.duplicates import NearDuplicates
from nlp.evaluate import Scores, bcubed_f1, evaluate, hot_topic_f1, pair_f1
from nlp.label import keywords, label
from nlp.match import Match, match
from nlp.normalise import normalise, scripts, to_simplified
from nlp.segment import JiebaSegmenter, RjiebaSegmenter, Segmenter
from nlp.vectorise import Document, TextVectorizer
from nlp.words import content_words, default_user_words

__all__ = [
    "Document",
    "JiebaSegmenter",
    "Match",
    "NearDuplicates",
    "RjiebaSegmenter",
    "Scores",
    "Segmenter",
    "StreamClusterer",
    "TextVectorizer",
    "bcubed_f1",
    "content_words",
    "default_user_words",
    "evaluate",
    "hot_topic_f1",
    "keywords",
    "label",
    "match",
    "normalise",
    "pair_f1",
    "scripts",
    "to_simplified",
]
