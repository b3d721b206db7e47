"""Every list of the product: what it counts is what it shows, and what a file of it holds."""

from __future__ import annotations

import csv
import html
import re
from collections import Counter
from io import StringIO

import pytest
from flask import Flask, url_for

from responder.web.listing.views import LISTS
from tests.pages.conftest import Readers
from tools import pages

COUNT = re.compile(r'class="listing__count">\D*([\d,]+)')
TAB = re.compile(r'<a href="([^"]*)"[^>]*>[^<]*<span class="figures">([\d,]+)</span></a>')
SORTS = re.compile(r'<nav class="listing__sorts.*?</nav>', re.DOTALL)
OPTION = re.compile(r'<select class="form-select" id="(\w+)".*?</select>', re.DOTALL)
HREF = re.compile(r'href="([^"]*)"')
VALUE = re.compile(r'<option value="([^"]+)"')


@pytest.fixture(scope="module")
def app(opened):
    return opened()


class Shown:
    """The lists as their readers see them."""

    def __init__(self, app: Flask) -> None:
        self._readers = Readers(app)
        who = {pages.endpoint_of(name): who for who, of in pages.PAGES.items() for name in of}
        with app.test_request_context():
            known = app.extensions[LISTS].values()
            self.lists = {url_for(one.endpoint): who[one.endpoint] for one in known}
            trail = url_for("reports.audit_trail")
        self.steady = [one for one in self.lists if one != trail]  # each file is a line of it

    def page(self, address: str) -> str:
        """The list itself, of its page."""
        answer = self._client(address).get(address)
        assert answer.status_code == 200, address
        return answer.text.partition("data-listing>")[2]

    def file(self, address: str) -> list[tuple[str, ...]]:
        """The rows of its file with the same conditions."""
        path, _mark, query = address.partition("?")
        with self._client(address).get(f"{path}/list.csv?{query}") as answer:
            assert answer.status_code == 200, address
            return [*map(tuple, csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))][1:]

    def _client(self, address: str):
        return self._readers.client(self.lists[address.partition("?")[0]])


def told(page: str) -> int:
    """How many rows a page says that there are."""
    found = COUNT.search(page)
    return int(found[1].replace(",", "")) if found else 0


def test_what_a_list_and_its_tabs_count_is_what_their_files_hold(app) -> None:
    shown, wrong = Shown(app), {}
    for address in shown.lists:
        page = shown.page(address)
        tabs = TAB.findall(page.partition("<section")[0].partition("<form")[0])
        counts = {html.unescape(tab): int(number.replace(",", "")) for tab, number in tabs}
        for one, count in {**counts, address: told(page)}.items():
            if not count == told(shown.page(one)) == len(shown.file(one)):
                wrong[one] = (count, told(shown.page(one)), len(shown.file(one)))
    assert len(shown.lists) > 20
    assert wrong == {}


def test_each_order_of_a_list_has_the_same_rows(app) -> None:
    shown = Shown(app)
    for address in shown.steady:
        found = SORTS.search(shown.page(address))
        rows = Counter(shown.file(address))
        for way in HREF.findall(found[0]) if found else ():
            assert Counter(shown.file(html.unescape(way))) == rows, way


def test_each_choice_of_a_list_leaves_some_of_its_rows(app) -> None:
    shown = Shown(app)
    for address in shown.steady:
        page = shown.page(address)
        rows = Counter(shown.file(address))
        for menu in OPTION.finditer(page.partition("<section")[0]):
            for value in VALUE.findall(menu[0])[:2]:
                chosen = f"{address}?{menu[1]}={html.unescape(value)}"
                left = shown.file(chosen)
                assert told(shown.page(chosen)) == len(left), chosen
                assert not Counter(left) - rows, chosen
