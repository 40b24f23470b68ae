"""The same files under two versions of libyaml and without it have the same values, messages and places."""

from __future__ import annotations

import random
import resource
from functools import cache
from typing import Any

import pytest
from tests.hostile.files import MEMORY
from tests.syntax.builds import BUILDS, folder, outcomes

from snaplint.syntax import yaml_text

under_each_build = pytest.mark.parametrize("version", BUILDS)


@under_each_build
def test_the_build_is_installed(version: str) -> None:
    assert outcomes(version, ["a: 1\n"]) == [{"data": "{'a': 1}", "spans": [[1, 1, 1, 5], [1, 4, 1, 5]]}]


# Valid texts

SOUND: dict[str, Any] = {
    "a: 1\nb: [2, {c: d}]\n": {"a": 1, "b": [2, {"c": "d"}]},
    "a:\tb\nc:\t'd'\t\n": {"a": "b", "c": "d"},
    "a: b\t\n": {"a": "b"},
    "a: b\t# c\n": {"a": "b"},
    "a: [\n\tb,\tc\n]\n": {"a": ["b", "c"]},
    "a: {\n\tb: 'c'\n\t}\n": {"a": {"b": "c"}},
    "a: |\t\n  b\n": {"a": "b\n"},
    "a: | # b\n  c\n": {"a": "c\n"},
    "a: [b?c, d?]\n": {"a": ["b?c", "d?"]},
    "{a? : b}\n": {"a?": "b"},
    "[a,\n--b]\n": ["a", "--b"],
    "{? a : b, ? c}\n": {"a": "b", "c": None},
    "[? a : b]\n": [{"a": "b"}],
    "[a: b, 'c':d]\n": [{"a": "b"}, {"c": "d"}],
    '{"a":1,"b":[2]}\n': {"a": 1, "b": [2]},
    "a: http://b:80/c?d#e\nf: g:h\n": {"a": "http://b:80/c?d#e", "f": "g:h"},
    "a: [http://b:80/c]\n": {"a": ["http://b:80/c"]},
    "- - a\n  - b\n-\n  - c\n": [["a", "b"], ["c"]],
    "a:\n- b\n- c:\n    d\n  e: f\n": {"a": ["b", {"c": "d", "e": "f"}]},
    "a: b\n c\n\n  d\ne: f\n": {"a": "b c\nd", "e": "f"},
    "a: 'b\n\n  c'\nd: \"e\\\n   f\n  g\"\n": {"a": "b\nc", "d": "ef g"},
    "a: 'it''s'\nb: \"\\x41\\u00e9\\U0001f600\\/\\t\"\n": {"a": "it's", "b": "Aé😀/\t"},
    "a: >-\n  b\n  c\n\n   d\n  e\n": {"a": "b c\n\n d\ne"},
    "a: |+\n  b\n\nc: >1\n   d\n": {"a": "b\n\n", "c": "  d\n"},
    "a: &b [c]\nd: *b\n": {"a": ["c"], "d": ["c"]},
    "a: &b\nc: !!str\n": {"a": None, "c": ""},
    "%YAML 1.2\n%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1\n...\n": {"a": "1"},
    "--- |\n a\n...\n# b\n": "a\n",
    "a: 1\r\nb: 2\rc: 3\x85d: 4\u2028e: 5\n": {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5},
    "a: [" + "b, " * 1_000 + "]\n": {"a": ["b"] * 1_000},
    "[" * 100 + "]" * 100: None,
}


@cache
def sound(version: str) -> list[Any]:
    return outcomes(version, list(SOUND))


@under_each_build
@pytest.mark.parametrize("text", SOUND, ids=lambda text: repr(text[:20]))
def test_a_sound_text_has_its_value(version: str, text: str) -> None:
    number = list(SOUND).index(text)
    value = SOUND[text]
    assert sound(version)[number].get("data") == (text.replace("][", "], [") if value is None else repr(value))
    assert sound(version)[number] == sound(BUILDS[0])[number]


# Invalid texts: the message, then texts with line and column, and for some messages the line of the beginning

FAULTS: dict[str, list[tuple[str, int, int] | tuple[str, int, int, int]]] = {
    "nested more than 100 deep": [
        ("a: " + "[" * 10_000, 1, 103),
        ("[" * 101 + "]" * 101, 1, 101),
        ("a: " + "{a: " * 5_000, 1, 400),
        ("- " * 10_000, 1, 201),
        ("[{a: " * 2000, 1, 251),
        ("".join(" " * depth + "a:\n" for depth in range(1_200)), 101, 101),
        ("".join(" " * depth + "- \n" for depth in range(1_200)), 101, 101),
        ("a:\n  - " + "[" * 2_000 + "]" * 2_000, 2, 103),
        ("[" * 1_500 + "\n'", 1, 101),
        ("&a [" * 1_500, 1, 401),
    ],
    "expected text for a key, found a list or a mapping": [
        ("? " * 2000, 1, 3),
    ],
    "a mapping cannot begin here; does text with `: ` need quotes, or is the indentation wrong?": [
        ("a: b: c\n", 1, 5),
        ("a: 1\n  b: 2\n", 2, 4),
        ("- a\n b: c\n", 2, 3),
        ("x" * 2000 + ": 1", 1, 2001),
        ("'" + "x" * 2000 + "': 1", 1, 2003),
        ("'a\nb': c\n", 2, 3),
    ],
    "a list item cannot begin here; put it on its own line": [
        ("a: - b\n", 1, 4),
    ],
    "a key cannot begin here; put it on its own line": [
        ("a: ? b\n", 1, 4),
    ],
    "expected a list item (`-`) or the end of the list; is the indentation right?": [
        ("- a\nb: 1\n", 2, 1, 1),
        ("- |\n   a\n  b\n c\n", 3, 3, 1),
        ("a:\n  - b\n  -c: [d,\n", 3, 3, 2),
    ],
    "expected a key or the end of the mapping; is the indentation right?": [
        ("a: 1\n- b\n", 2, 1, 1),
        ("a:\n    b: 1\n   c: 2\n", 3, 4, 1),
        ("a: 'b' c\n", 1, 8),
        ("a: [b] c\n", 1, 8),
        ("a: 1\n}\n", 2, 1, 1),
        (": a\n", 1, 1),
        ("a: |\n  b\n c\n", 3, 2, 1),
        ("'a'b: c\n", 1, 4),
    ],
    "expected `:` after the key": [
        ("a: 1\nbc\n", 3, 1, 2),
        ("a: 1\nbc\nd: 2\n", 3, 1, 2),
        ("- a\n-b\n", 3, 1, 2),
        ("? a\nb\n", 3, 1, 2),
    ],
    "expected the end of the document; is the indentation right?": [
        ("  a: 1\n b: 2\n", 2, 2),
        ("a: 1\n...\nb: 2\n", 3, 1),
        ("[a, b]]\n", 1, 7),
        ("%YAML 1.1\na: 1\n", 2, 1),
    ],
    "expected a value": [
        ("a: ]\n", 1, 4),
        ("}\n", 1, 1),
        ("[a,, b]\n", 1, 4),
        ("[, a]\n", 1, 2),
        ("{a: b, , c}\n", 1, 8),
        ("[a, - b]\n", 1, 5),
        ("[a, #b]\n", 2, 1),
        ("{", 1, 2),
        ("[", 1, 2),
        ("--- [", 1, 6),
    ],
    "expected one document, found the beginning of a second": [
        ("a: 1\n--- b\n", 2, 1),
        ("a: 1\n%YAML 1.1\n---\nb\n", 2, 1),
    ],
    "expected `,` or `]`": [
        ("a: [1,\n 2\n", 3, 1, 1),
        ("a: [1 }\n", 1, 7),
        ("[a: b: c]\n", 1, 6),
        ("[a\n---\nb]\n", 2, 1, 1),
    ],
    "expected `,` or `}`": [
        ("a: {b: 1\n", 2, 1, 1),
        ("{a: b c: d}\n", 1, 8),
        ("{a: b\nc: d}\n", 2, 2, 1),
        ("{a\n: b}\n", 2, 1, 1),
        ("{'a' 'b'}\n", 1, 6),
    ],
    "expected a space after `:`; in brackets, put text with a `:` in quotes": [
        ("[a:]\n", 1, 3),
        ("{a:1, b:}\n", 1, 8),
    ],
    "expected a key after `?`": [
        ("[? : a]\n", 1, 2),
        ("[? ]\n", 1, 2),
    ],
    "`|` cannot begin a value; put text that begins with it in quotes": [
        ("[a, |\n b]\n", 1, 5),
    ],
    "`>` cannot begin a value; put text that begins with it in quotes": [
        ("[>]\n", 1, 2),
    ],
    "the quoted text is never closed": [
        ("a: 'b\n\n", 3, 1, 1),
        ('a: "b\nc: d\n', 3, 1, 1),
        ('"', 1, 2),
        ("'", 1, 2),
        ('a: {b: [c, "d', 1, 14),
    ],
    "the quoted text is not closed before the document ends": [
        ("a: 'b\n...\n", 2, 1, 1),
        ('a: "b\n--- c\n', 2, 1, 1),
    ],
    "this is not an escape of YAML; in double quotes, write a backslash as `\\\\`": [
        ('a: "\\q"\n', 1, 5),
        ('a: "\\\'"\n', 1, 5),
        ('a: "b\\', 1, 6),
        ('a: "b\n  \\z"\n', 2, 3, 1),
    ],
    "the escape needs more hexadecimal digits": [
        ('a: "\\x4"\n', 1, 7),
        ('a: "\\u12G4"\n', 1, 7),
        ('a: "\\U0001"\n', 1, 7),
    ],
    "half of a surrogate pair, or not a character; write the character itself": [
        ('a: "\\ud800"\n', 1, 7),
        ('"\\udc00": 1\n', 1, 4),
        ('a: "\\UFFFFFFFF"\n', 1, 7),
    ],
    "a tab cannot indent YAML; use spaces": [
        ("a:\n\t- b\n", 2, 1),
        ("\ta: 1\n", 1, 1),
        ("a: 1\n\tb: 2\n", 2, 1, 1),
        ("a:\n  b: 1\n\tc: 2\n", 3, 1, 2),
        ("- \ta: b\n", 1, 3),
        ("a: b\n\tc\n", 2, 1, 1),
        ("a: |\n\tb\n", 2, 1, 1),
        ("a: |2\n \tb\n", 2, 2, 1),
        ("\t", 1, 1),
    ],
    "`@` cannot begin a value; put text that begins with it in quotes": [
        ("a: [\n\t@]\n", 2, 2),
        ("a:\t\t@\n", 1, 5),
        ("a: @b\n", 1, 4),
    ],
    "``` cannot begin a value; put text that begins with it in quotes": [
        ("a: `b`\n", 1, 4),
    ],
    "`%` cannot begin a value; put text that begins with it in quotes": [
        ("a: %b\n", 1, 4),
        ("- %\n", 1, 3),
    ],
    'expected a name after `*` or `&`; put text that begins with one of them in quotes, as in `"*"`': [
        ("a: *\n", 1, 5),
        ("a: &\n", 1, 5),
        ("a: *b*c\n", 1, 6),
        ("a: &b[c]\n", 1, 6),
        ("a: & b\n", 1, 5),
        ("&", 1, 2),
        ("*", 1, 2),
    ],
    "the alias `*a` names no anchor above it; put text that begins with `*` in quotes": [
        ("*a\n", 1, 1),
    ],
    "the alias `*b` names no anchor above it; put text that begins with `*` in quotes": [
        ("a: *b\n", 1, 4),
    ],
    "the tag is not supported": [
        ("a: !x!y b\n", 1, 4),
    ],
    "the tag `!Ref` is not supported": [
        ("a: !Ref b\n", 1, 4),
    ],
    "expected `>` at the end of the tag": [
        ("a: !<x\n", 1, 7),
        ("a: !<a b> c\n", 1, 7),
    ],
    "expected the name of a tag; put text that begins with `!` in quotes": [
        ("a: !<>\n", 1, 6),
        ("a: !b!\n", 1, 7),
        ("%TAG ! \n---\na\n", 1, 8),
    ],
    "expected a space after the tag; put text that begins with `!` in quotes": [
        ("a: !a{b}\n", 1, 6),
        ("a: !a[b]\n", 1, 6),
        ("[!a, !b]\n", 1, 8),
    ],
    "`%` in a tag needs two hexadecimal digits": [
        ("a: !%zz b\n", 1, 5),
        ("a: !%4 b\n", 1, 5),
    ],
    "the escapes in the tag are not UTF-8": [
        ("a: !<tag:%ff> b\n", 1, 10),
        ("a: !<%c3%28> b\n", 1, 9),
        ("a: !<%ed%a0%80> b\n", 1, 4),
    ],
    "the tag `!!int` is not supported": [
        ("a: !!int 3\n", 1, 4),
    ],
    "expected the name of a directive; put text that begins with `%` in quotes": [
        ("%", 1, 2),
        ("%\n", 1, 2),
    ],
    "expected a version, as in `%YAML 1.2`": [
        ("%YAML\n---\na\n", 1, 6),
        ("%YAML 1\n---\na\n", 1, 8),
        ("%YAML 1.x\n---\na\n", 1, 9),
        ("%YAML 12345678901.1\n---\na\n", 1, 16),
        ("%YAML 1.", 1, 9),
    ],
    "expected the end of the line after the directive": [
        ("%YAML 1.2 x\n---\na\n", 1, 11),
    ],
    "the version of the `%YAML` directive must be 1.1 or 1.2": [
        ("%YAML 9.0\n---\na: 1\n", 1, 1),
    ],
    "the `%YAML` directive is given twice": [
        ("%YAML 1.1\n%YAML 1.1\n---\na\n", 2, 1),
    ],
    "expected a handle and a prefix, as in `%TAG !e! tag:example.com,2026:`": [
        ("%TAG\n---\na\n", 1, 5),
        ("%TAG !a x\n---\na\n", 1, 8),
        ("%TAG !a!x\n---\na\n", 1, 9),
    ],
    "the handle of this `%TAG` is given twice": [
        ("%TAG !a! x\n%TAG !a! y\n---\na\n", 2, 1),
    ],
    "a directive is `%YAML` or `%TAG`; put text that begins with `%` in quotes": [
        ("%FOO bar\n---\na\n", 1, 5),
    ],
    "the name of a directive is letters and digits": [
        ("%a-b! c\n", 1, 5),
    ],
    "expected the end of the line after `|` or `>`; the text begins on the next line": [
        ("a: |x\n b\n", 1, 5),
        ("a: >10\n b\n", 1, 6),
        ("a: |-+\n b\n", 1, 6),
        ("a: | b\n", 1, 6),
    ],
    "the indentation after `|` or `>` is a digit from 1 to 9": [
        ("a: |0\n b\n", 1, 5),
    ],
    "control character U+0001 in the text; in double quotes, write it as an escape": [
        ("é: \x01\n", 1, 4),
        ("a: 1\na: 2\n\x01", 3, 1),
    ],
    "control character U+007F in the text; in double quotes, write it as an escape": [
        ("a: b\n# \x7f\n", 2, 3),
        ("😀\n😀: \x7f\n", 2, 4),
    ],
    "control character U+001B in the text; in double quotes, write it as an escape": [
        ("a: [\n\x1b", 2, 1),
    ],
    "control character U+FFFE in the text; in double quotes, write it as an escape": [
        ("a: \ufffe\n", 1, 4),
    ],
    "a second byte order mark; a file has one at most": [
        ("\ufeff\ufeffa: 1\n", 1, 1),
    ],
    "the tag `!` is not supported": [
        ("!", 1, 1),
    ],
}
EACH = [
    (text, [f"{words} (it begins on line {begun[0]})" if begun else words, line, column])
    for words, faults in FAULTS.items()
    for text, line, column, *begun in faults
]


@cache
def faults(version: str) -> list[Any]:
    return outcomes(version, [text for text, _ in EACH])


@under_each_build
@pytest.mark.parametrize("number", range(len(EACH)), ids=lambda number: repr(EACH[number][0][:20]))
def test_a_fault_has_its_words_and_place(version: str, number: int) -> None:
    assert faults(version)[number] == EACH[number][1]


LINES = 2_400
MUCH = "".join(f"a{number}: {{b: [c, 'd'], e: \"f\"}}\n" for number in range(LINES))
ROOT_IS_NAMED = "expected a key or the end of the mapping; is the indentation right?"
FAR_DOWN = [
    (text, [words, line + LINES, column, *(begun + LINES for begun in more)])
    for words, faults in FAULTS.items()
    for text, line, column, *more in faults[:1]
    if text.startswith("a: ") and words != ROOT_IS_NAMED
]


@cache
def faults_far_down(version: str) -> list[Any]:
    return outcomes(version, [MUCH + text for text, _ in FAR_DOWN])


@under_each_build
@pytest.mark.parametrize("number", range(len(FAR_DOWN)), ids=lambda number: repr(FAR_DOWN[number][0][:20]))
def test_a_fault_far_down_has_its_words_and_place(version: str, number: int) -> None:
    """A long file is not read again from its beginning."""
    assert len(MUCH) > yaml_text.MAX_READ_AGAIN
    words, line, column, *begun = FAR_DOWN[number][1]
    message = f"{words} (it begins on line {begun[0]})" if begun else words
    assert faults_far_down(version)[number] == [message, line, column]


# Any text

SEEDS = [*SOUND, *(text for text, _ in EACH if len(text) < 100)]
PIECES = [
    *(
        "a",
        "b: ",
        "- ",
        "-",
        "? ",
        "?",
        ":",
        ": ",
        ",",
        "[",
        "]",
        "{",
        "}",
        "&a",
        "*a",
        "&",
        "*",
        "!",
        "!!str ",
        "!a!b",
    ),
    *("|", ">", "|2\n", ">-\n", "'", '"', "%", "%YAML 1.1\n", "%TAG ! x\n", "@", "`", "#", " #", "<<: ", " ", "  "),
    *("\n", "\n  ", "\n- ", "\na: ", "\t", "\n\t", "\r", "\r\n", "\x85", "\u2028", "\ufeff", "\xa0", "\x01", "😀"),
    *("\\", "\\x4", "\\\n", "\n---\n", "\n...\n", "--- ", "~", "1e999", "::", "]:", "a:", "[a, ", "{a: ", "x" * 1_030),
]


def mutated(chance: random.Random) -> str:
    """Draw a seed text with pieces inserted, characters removed, parts doubled, or its end cut off."""
    text = chance.choice(SEEDS)
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(text))
        until = at + chance.randint(0, 6)
        changed = [
            text[:at] + chance.choice(PIECES) + text[at:],
            text[:at] + text[until:],
            text[:until] + text[at:],
            text[:at],
            text[:at] + chance.choice(SEEDS)[-until:],
        ]
        text = chance.choices(changed, weights=[5, 2, 1, 1, 1])[0]
    return text


@cache
def read(version: str, read_again: int | None = None) -> list[Any]:
    return outcomes(version, TEXTS, read_again)


TEXTS = [mutated(random.Random(number)) for number in range(12_000)]  # noqa: S311  # no secrets are made


@under_each_build
@pytest.mark.parametrize("read_again", [None, 0], ids=["from the beginning", "from the last value"])
def test_any_text_is_read_as_under_the_other_builds(version: str, read_again: int | None) -> None:
    both = zip(TEXTS, read(version, read_again), read("0.2.5"), strict=True)
    assert [(text, found, other) for text, found, other in both if found != other] == []


# Cost

SECONDS = 40
"""In seconds of CPU time: many times what is needed, and a fraction of reading the whole file in Python."""
LARGE = 16 * 1024 * 1024 - 100
ITEM = "  - {b: c, d: 'e f'}\n"
COUNT = LARGE // len(ITEM)
HUGE: list[tuple[str, list[Any]]] = [
    (
        "a:\n" + ITEM * COUNT + "  - b: c: d\n",
        ["a mapping cannot begin here; does text with `: ` need quotes, or is the indentation wrong?", COUNT + 2, 9],
    ),
    ("a: [" + "b, " * (LARGE // 3) + "}\n", ["expected a value", 1, 5 + LARGE // 3 * 3]),
    ("a: 'b\n" + "c: d\n" * (LARGE // 5), ["the quoted text is never closed (it begins on line 1)", LARGE // 5 + 2, 1]),
    (
        "a: |\n" + " b\n" * (LARGE // 3) + "\tc\n",
        ["a tab cannot indent YAML; use spaces (it begins on line 1)", LARGE // 3 + 2, 1],
    ),
]


@pytest.mark.parametrize("version", BUILDS[:-1])
@pytest.mark.parametrize("number", range(len(HUGE)), ids=["items", "brackets", "quotes", "block"])
def test_a_huge_file_that_is_broken_at_its_end_costs_seconds(version: str, number: int) -> None:
    text, fault = HUGE[number]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert outcomes(version, [text]) == [fault]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < SECONDS
    assert after.ru_maxrss < MEMORY // 1024


@under_each_build
def test_a_missing_build_is_named(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.prefix", "/nowhere")
    with pytest.raises(AssertionError, match=f"there is no PyYAML in {folder(version)}: `make test` installs it there"):
        outcomes(version, [])
