"""What went wrong, in a sentence that says what to do: read from what `uv` said."""

from __future__ import annotations

import re

_KINDS: tuple[tuple[str, str], ...] = (
    (
        r"no space left|os error 28\b|not enough space|os error 112\b|disk quota|os error 122\b",
        "The disk is full. Make room (see above how much is needed) and try again.",
    ),
    (
        r"hash mismatch|hashes? .*(do not|don't) match",
        "A file that was fetched is not the one that was tested, so it was not installed. Choose another place to fetch from.",
    ),
    (
        r"\b407\b|proxy authentication|unsuccessful tunnel|tunnel error",
        "The proxy refused the connection. Write it as http://name:password@host:port under “Connection”.",
    ),
    (
        r"invalid peer certificate|certificate verify|unknownissuer|self.signed",
        "The connection is not trusted: a certificate on the way is unknown. Ask whoever runs your network for its certificate, "
        "or use another network.",
    ),
    (
        r"permission denied|access is denied|os error 13\b|os error 5\b|read-only file system",
        "Nothing can be written to the folder above. Look at its rights, or free it from other programs, and try again.",
    ),
    (
        r"no wheels? with a matching|(platform|abi|python version) tag",
        "One of the parts does not exist for this system (see the log for which).",
    ),
    (
        r"dns error|failed to lookup|name resolution|error sending request|connect error|connection (refused|reset|closed)|"
        r"timed? ?out|network is unreachable|request failed|failed to fetch|failed to download|end of file|unexpected eof|"
        r"incomplete|body from connection|\b50[234]\b",
        "The connection broke. What was fetched is kept: try again, or choose another place to fetch from or a proxy under “Connection”.",
    ),
    (
        r"was not found in the (package registry|provided)|no solution found|there is no version of|\b404\b",
        "The place to fetch from lacks one of the parts (see the log for which). Choose another one under “Connection”.",
    ),
    (
        r"lib[\w+.\-]+\.so[.\d]*: cannot open shared object",
        "A library of the system is missing: {detail}. Install it with the system's package manager and try again.",
    ),
    (
        r"dll load failed",
        "A part of Windows is missing. Install the “Microsoft Visual C++ Redistributable” and try again.",
    ),
)
OTHER = "The installation failed for a reason that is not known. The log says what happened; send it along when you ask for help."


def sentence_for(said: str) -> tuple[str, str]:
    """The sentence (a key of `words.py`) for the end of what was said, and what stands for {detail} in it."""
    for pattern, sentence in _KINDS:
        found = re.search(pattern, said, re.IGNORECASE)
        if found:
            return sentence, found[0].partition(":")[0]
    return OTHER, ""
