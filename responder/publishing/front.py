"""What surrounds the public pages, here or as files: the office's name, crest, colour, lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, url_for

from responder.core import colours
from responder.core.errors import SettingsError
from responder.core.file_kinds import DOCUMENTS, FileKind
from responder.publishing.answers import office
from responder.publishing.packages.places import LivePolicy, PolicyFiles, PolicyPlaces
from responder.publishing.places import Files, Live, Places
from responder.settings import Settings

STYLES = ("tokens.css", "public.css", "dark.css")
THEME = "theme.css"
DARK_PAPER = (0x1C, 0x22, 0x29)  # --rs-paper of dark.css
READABLE = 4.5

# A drawing brings its own colours along, and nothing that acts or is fetched.
LOGO_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
MOST_LOGO_BYTES = 200 * 1024
LOGO_KINDS = {
    "svg": FileKind("image/svg+xml", (b"<svg", b"<?xml")),
    **{name: DOCUMENTS[name] for name in ("png", "jpg", "jpeg")},
}


@dataclass(frozen=True)
class Front:
    """For the templates of the public columns.

    :ivar asset: name of a stylesheet or picture → where it stands.
    :ivar theme: where the office's colour stands; empty when it has none of its own.
    """

    concerns: Places
    policy: PolicyPlaces
    asset: Callable[[str], str]
    theme: str
    logo: str
    name: str
    lines: tuple[str, ...]


def live_front() -> Front:
    """Of the pages on this server."""
    settings = office()
    return Front(
        Live(),
        LivePolicy(),
        lambda name: url_for("static", filename=name),
        url_for("publishing.theme") if settings.public_accent else "",
        url_for("publishing.logo") if settings.public_logo else "",
        *_said(settings),
    )


def files_front() -> Front:
    """Of the pages of an export, which lie side by side."""
    settings = office()
    theme = THEME if settings.public_accent else ""
    return Front(
        Files(), PolicyFiles(), lambda name: name, theme, logo_name(settings), *_said(settings)
    )


def _said(settings: Settings) -> tuple[str, tuple[str, ...]]:
    lines = (line.strip() for line in settings.public_footer.split("|"))
    return settings.public_name or settings.city_name, tuple(line for line in lines if line)


def theme(accent: str) -> str:
    """The office's colour, by light and in the dark, for tokens.css and dark.css to take up."""
    colour = colours.parse(accent)
    assert colour is not None, "settings hold no other"
    dark = colours.readable_on(DARK_PAPER, colour, READABLE + 1)
    values = {
        "accent": colour,
        "soft": colours.mixed(colour, colours.WHITE, 0.92),
        "line": colours.mixed(colour, colours.WHITE, 0.7),
        "strong": colours.mixed(colour, colours.BLACK, 0.25),
        "dark-accent": dark,
        "dark-soft": colours.mixed(DARK_PAPER, colour, 0.25),
        "dark-line": colours.mixed(DARK_PAPER, dark, 0.35),
    }
    said = "".join(f"  --office-{name}: {colours.written(one)};\n" for name, one in values.items())
    return f":root {{\n{said}}}\n"


def logo_name(settings: Settings) -> str:
    """What the crest is called beside the pages of an export; empty without one."""
    return f"logo{Path(settings.public_logo).suffix.lower()}" if settings.public_logo else ""


def logo_file(settings: Settings) -> Path:
    return settings.state_dir.resolve() / settings.public_logo


def logo_kind(settings: Settings) -> FileKind:
    return LOGO_KINDS[Path(settings.public_logo).suffix.lower().lstrip(".")]


def require_logo(settings: Settings) -> None:
    """:raises SettingsError: the crest that is set is none."""
    name = settings.public_logo
    if not name:
        return
    if Path(name).name != name or Path(name).suffix.lower().lstrip(".") not in LOGO_KINDS:
        raise SettingsError(
            f"RESPONDER_PUBLIC_LOGO：{name} 不能用作徽标：请填状态目录里的 .svg、.png 或 .jpg 文件"
        )
    path = logo_file(settings)
    if not path.is_file():
        raise SettingsError(
            f"RESPONDER_PUBLIC_LOGO：没有 {path} 这个文件：请把徽标放到那里，或去掉这项设置"
        )
    content = path.read_bytes()
    if len(content) > MOST_LOGO_BYTES or not logo_kind(settings).begins(content.lstrip()):
        raise SettingsError(
            f"RESPONDER_PUBLIC_LOGO：{path} 不是图片或超过 {MOST_LOGO_BYTES // 1024} KB：请换一个"
        )


def init_app(app: Flask) -> None:
    require_logo(app.extensions["settings"])
    app.add_template_global(live_front)
    app.add_template_global(files_front)
