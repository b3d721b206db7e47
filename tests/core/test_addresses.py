"""What is shown and kept of whoever asks."""

from __future__ import annotations

import pytest

from responder.core.addresses import browser_of, key_of, masked

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("10.1.3.77", "10.1.3.*"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::1", "::/48"),
        ("unix:", ""),
        ("", ""),
    ],
)
def test_an_address_is_shown_in_part(address, shown) -> None:
    assert masked(address) == shown


def test_an_address_is_known_again_by_one_installation_alone() -> None:
    one = key_of("a secret", "address", "10.1.3.77")
    assert one == key_of("a secret", "address", "10.1.3.77")
    assert (
        len({one, key_of("another", "address", "10.1.3.77"), key_of("a secret", "address1")}) == 3
    )


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (WINDOWS + "Chrome/131.0.0.0 Safari/537.36", "Chrome 131 · Windows"),
        (WINDOWS + "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge 131 · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
         "Firefox 133 · Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari",
         "Safari 18 · macOS"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile MicroMessenger/8.0.49",
         "微信 8 · Android"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_named_in_short(agent, shown) -> None:
    assert browser_of(agent) == shown
