"""Text in, numbers and names out: the language side of 回应台, usable alone.

from nlp import TopicStream, name_topic, normalise

documents = [(normalise(title), normalise(body)) for title, body, said_at in messages]
stream = TopicStream()
topics = stream.partial_fit_predict(documents, [said_at for _, _, said_at in messages])
"""

from nlp.cluster import StreamClusterer
from nlp.duplicates import NearDuplicates, Saying
from nlp.evaluate import Scores, bcubed_f1, evaluate, hot_topic_f1, pair_f1
from nlp.label import TopicName, keywords, label, name_topic
from nlp.linking import Linker, WordCosine
from nlp.match import Match, match
from nlp.normalise import normalise, scripts, to_simplified
from nlp.places import Place, PlaceFinder, find_places
from nlp.representatives import representatives
from nlp.sayings import cosines
from nlp.segment import JiebaSegmenter, RjiebaSegmenter, Segmenter, default_segmenter
from nlp.stream import TopicStream, gather
from nlp.tone import Tone, tone, tone_of_tokens
from nlp.vectorise import BigramVectorizer, Document
from nlp.warming import warm_up
from nlp.weighing import WordWeights
from nlp.words import content_words, default_user_words

__all__ = [
    "BigramVectorizer",
    "Document",
    "JiebaSegmenter",
    "Linker",
    "Match",
    "NearDuplicates",
    "Place",
    "PlaceFinder",
    "RjiebaSegmenter",
    "Saying",
    "Scores",
    "Segmenter",
    "StreamClusterer",
    "Tone",
    "TopicName",
    "TopicStream",
    "WordCosine",
    "WordWeights",
    "bcubed_f1",
    "content_words",
    "cosines",
    "default_segmenter",
    "default_user_words",
    "evaluate",
    "find_places",
    "gather",
    "hot_topic_f1",
    "keywords",
    "label",
    "match",
    "name_topic",
    "normalise",
    "pair_f1",
    "representatives",
    "scripts",
    "to_simplified",
    "tone",
    "tone_of_tokens",
    "warm_up",
]
