"""Text for a terminal: what the terminal supports, colours, links, widths, wrapping, and removal of unsafe characters.

Text from a file must go through `sanitise` before any other function here.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

NARROWEST, WIDEST, USUAL = 30, 140, 100

COLOURS = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "ok": "32",
    "success": "1;32",
    "unknown": "1;35",
    "strong": "1",
    "faint": "2",
    "gutter": "1;94",
}
"""Select Graphic Rendition parameters by role: only the sixteen colours that the user's theme defines."""


class Style(NamedTuple):
    """How to write to one output: with colours, with links, and the width in columns."""

    color: bool = False
    hyperlinks: bool = False
    width: int = USUAL

    def paint(self, role: str, text: str) -> str:
        """Return `text` in the colour of `role`, a key of `COLOURS`."""
        return f"\x1b[{COLOURS[role]}m{text}\x1b[0m" if self.color and text else text

    def link(self, url: str, text: str) -> str:
        """Return `text` as a link to `url` (OSC 8), or unchanged if the output has no links.

        The form is described at https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda.
        """
        if (
            not (self.hyperlinks and text)
            or not url.startswith("https://")
            or not (url.isascii() and url.isprintable())
        ):
            return text
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"


def detect(
    environ: Mapping[str, str],
    *,
    isatty: bool,
    color: str = "auto",
    columns: int | None = None,
    hyperlinks: str = "auto",
) -> Style:
    """Return the style for an output in an environment.

    `color` and `hyperlinks` are `auto`, `always` or `never`. With `auto` the environment decides: NO_COLOR
    (https://no-color.org) takes precedence over FORCE_COLOR and CLICOLOR_FORCE, and these over CLICOLOR, which turns
    colours off if it is 0 (https://bixense.com/clicolors/).
    `columns` is the measured width of the terminal, and COLUMNS overrides it; a missing, zero or implausible width
    falls back to the default.
    """
    in_colour = color == "always" or (color == "auto" and _wants_colour(environ, isatty))
    forced = hyperlinks == "always" or _is_set(environ, "FORCE_HYPERLINK")
    linked = hyperlinks != "never" and (forced or (in_colour and isatty and _opens_links(environ)))
    return Style(in_colour, linked, _width(environ.get("COLUMNS", ""), columns))


def _wants_colour(environ: Mapping[str, str], isatty: bool) -> bool:
    if environ.get("NO_COLOR"):
        return False
    if _is_set(environ, "FORCE_COLOR") or _is_set(environ, "CLICOLOR_FORCE"):
        return True
    return isatty and environ.get("TERM") != "dumb" and environ.get("CLICOLOR") != "0"


def _is_set(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "0") not in ("", "0")


def _opens_links(environ: Mapping[str, str]) -> bool:
    """Return True if the terminal is known to support OSC 8; False in a multiplexer, which hides the terminal."""
    term = environ.get("TERM", "")
    if environ.get("TMUX") or environ.get("STY") or term.startswith(("screen", "tmux")):
        return False
    if environ.get("WT_SESSION") or environ.get("KONSOLE_VERSION") or environ.get("DOMTERM"):
        return True
    if term.startswith(("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm")):
        return True
    if environ.get("TERM_PROGRAM") in ("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "Tabby"):
        return True
    vte = environ.get("VTE_VERSION", "")
    return _is_number(vte) and int(vte) >= 5000


def _width(override: str, measured: int | None) -> int:
    columns = int(override) if _is_number(override) else 0
    return usable_width(columns or measured)


def usable_width(columns: int | None) -> int:
    """Return a width between the limits; the default if `columns` is None or 0."""
    return max(NARROWEST, min(columns or USUAL, WIDEST))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


# Letters and marks that are blank: Python calls them printable, but they are invisible.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def sanitise(text: str) -> str:
    """Return `text` with every invisible character as an escape: `\\x1b`, `\\u202e`, `\\U000e0001`.

    This replaces control characters, bidirectional overrides, zero-width characters, unusual spaces, line and paragraph
    separators and lone surrogates, so that text from a file cannot move the cursor, hide, or reverse the line.
    """
    if text.isprintable() and (text.isascii() or _BLANK.isdisjoint(text)):
        return text
    return "".join(map(visible, text))


def shown(argument: str) -> str:
    """Return an argument of the command line, such as a path, for a message: sanitised, and masked if it is a URL."""
    from snaplint.base.secrets import masked_argument

    return sanitise(masked_argument(argument))


def told(message: str) -> str:
    """Return a message that may quote an argument: sanitised, with each URL in it masked."""
    from snaplint.base.secrets import masked_urls

    return masked_urls(sanitise(message))


def visible(character: str) -> str:
    """Return one character in the form that `sanitise` gives it."""
    if character.isprintable() and character not in _BLANK:
        return character
    short = _SHORT.get(character)
    if short:
        return short
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def columns_of(text: str) -> int:
    """Return the width of sanitised text in columns: two for a wide character, none for a combining one."""
    return len(text) if text.isascii() else sum(map(column_width, text))


def column_width(character: str) -> int:
    """Return the width of one sanitised character in columns."""
    if character.isascii():
        return 1
    import unicodedata

    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def wrap(text: str, width: int, indent: int = 0, used: int = 0) -> list[str]:
    """Return `text` as lines of at most `width` columns, broken at spaces only: a URL or an ARN is never split.

    `used` is the number of columns of the first line that precede the text. The other lines begin with `indent` spaces.
    The first line is "" if no word fits into it.
    """
    lines: list[str] = []
    line, column, gap = "", used, 0
    for word in text.split(" "):
        size = columns_of(word)
        fits = column + gap + size <= width
        futile = not gap and (used <= indent or indent + size > width)  # the next line has no more room either
        if fits or futile:
            line, column = line + " " * gap + word, column + gap + size
        else:
            lines.append(line)
            line, column = " " * indent + word, indent + size
        gap = 1
    lines.append(line)
    return lines
