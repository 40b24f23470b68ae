"""Placeholders in the values of requests and policies: templates that were never filled in."""

from __future__ import annotations

from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

_SIGNS = frozenset("$<{%")
_FORMS = (
    r"\$\{[^{}]*\}",  # shells, Terraform, CloudFormation: ${NAME}
    r"\$\([^()]*\)",  # the output of a command, and variables of make: $(NAME)
    r"\$[A-Za-z_]\w*",  # shells: $NAME
    r"[#%]\{[^{}]*\}",  # Ruby and Terraform directives: #{name}, %{name}
    r"\{\{.*?\}\}",  # Jinja, Helm, GitHub: {{ name }}
    r"\{[A-Za-z_][\w.]*\}",  # Python and JavaScript: {name}
    r"%\([A-Za-z_]\w*\)[a-z]",  # Python: %(name)s
    r"%[A-Za-z_]\w*%",  # Windows: %NAME%
    r"<[^<>]+>",  # documentation: <name>
)


def placeholder(text: str) -> str | None:
    """Return the first placeholder in a text, such as `${NAME}`, or None."""
    if _SIGNS.isdisjoint(text):
        return None
    found = _pattern().search(text)
    return found and found[0]


@lru_cache(1)
def _pattern() -> re.Pattern[str]:
    import re

    return re.compile("|".join(_FORMS))
