"""What helps people to find their way: the keys, the words of the field, the guide, the tour."""

from flask import Flask

from responder.guide import chapters, glossary, keys, tours
from responder.guide.rules import caps
from responder.guide.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.add_template_filter(caps, "key_caps")
    app.add_template_global(keys.of_page, "keys_of_page")
    app.add_template_global(tours.on_page, "tour_stop")
    app.add_template_global(chapters.beside_page, "chapter_beside")
    app.add_template_global(glossary.word, "glossary_word")
