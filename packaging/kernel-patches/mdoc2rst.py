#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: mdoc2rst.py MAN-PAGE

Prints the manual page vipin(4) as a page of the kernel's documentation. It knows those macros of
mdoc(7) that the page has, and fails for others."""

import re
import shlex
import sys
import textwrap

TITLE = "vipin: a virtual driver that pins user pointers"
LEFT_OUT = {"NAME", "SYNOPSIS", "SEE ALSO"}
LITERAL = {"Cm", "Dv", "Er", "Fn", "Pa", "Ql", "Va", "Vt"}
INLINE = LITERAL | {"Bq", "Em", "Nm", "No", "Pq", "Sx", "Xr"}
PUNCTUATION = set(".,;:)")


def unescape(text):
    return text.replace("\\e", "\\").replace("\\-", "-").replace("\\&", "")


def words(line):
    """Split the arguments of a macro. An apostrophe is no quote."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.quotes, lexer.escape, lexer.commenters = True, '"', "", ""
    return [unescape(word) for word in lexer]


def marked(macro, tokens):
    """Return the arguments of one inline macro as reStructuredText."""
    text = " ".join(tokens)
    if macro == "Xr":
        return f"{tokens[0]}({tokens[1]})"
    if macro == "Nm":
        return "vipin"
    if macro == "Fn":
        return f"``{text}()``"
    if macro == "Em":
        return f"*{text}*"
    if macro == "Sx":
        return f"`{text}`_"
    return f"``{text}``" if macro in LITERAL else text


def inline(tokens):
    """Return a line of inline macros as reStructuredText."""
    out, macro, arguments, closing = "", "No", [], ""

    def flush():
        nonlocal out, arguments
        if arguments or macro == "Nm":
            glue = "" if not out or out[-1] in "([" else " "
            out += glue + marked(macro, arguments)
        arguments = []

    for number, token in enumerate(tokens):
        if token in ("Pq", "Bq"):
            flush()
            out += (" " if out else "") + "(["[token == "Bq"]
            closing, macro = ")]"[token == "Bq"], "No"
        elif token in INLINE:
            flush()
            macro = token
        elif token in PUNCTUATION:
            flush()
            last = number == len(tokens) - 1
            out += (closing if last else "") + token
            closing = "" if last else closing
            macro = macro if macro != "Nm" else "No"
        else:
            arguments.append(token)
    flush()
    return out + closing


class Page:
    """The output, made of paragraphs at some depth of indentation."""

    def __init__(self):
        self.lines, self.paragraph, self.depth = [], [], 0

    def end(self):
        if self.paragraph:
            prefix = "  " * self.depth
            self.lines += textwrap.wrap(" ".join(self.paragraph), 78, initial_indent=prefix,
                                        subsequent_indent=prefix, break_long_words=False,
                                        break_on_hyphens=False) + [""]
        self.paragraph = []

    def heading(self, text, mark):
        self.end()
        self.lines += [text, mark * len(text), ""]

    def term(self, text):
        self.end()
        self.lines.append("  " * (self.depth - 1) + text)

    def literal(self, lines):
        self.end()
        prefix = "  " * self.depth
        self.lines += [prefix + "::", ""] + [prefix + "    " + line for line in lines] + [""]


def convert(source):
    page, literal, left_out = Page(), None, False
    for line in source.splitlines():
        macro, *rest = line[1:].split(" ", 1) if line.startswith(".") else ("", line)
        rest = rest[0] if rest else ""
        if macro == "Sh":
            page.end()
            left_out = rest in LEFT_OUT
            if not left_out and rest != "DESCRIPTION":
                page.heading(rest.capitalize(), "=")
        elif left_out or macro.startswith('\\"') or macro in ("Dd", "Dt", "Os"):
            pass
        elif literal is not None and macro != "Ed":
            literal.append(unescape(line))
        elif macro == "Ss":
            page.heading(rest, "=")
        elif macro == "Pp":
            page.end()
        elif macro == "Bl":
            page.end()
            page.depth += 1
        elif macro == "El":
            page.end()
            page.depth -= 1
        elif macro == "It":
            page.term(inline(words(rest)))
        elif macro == "Dl":
            page.literal([unescape(rest)])
        elif macro == "Bd":
            literal = []
        elif macro == "Ed":
            page.literal(literal)
            literal = None
        elif macro in INLINE:
            page.paragraph.append(inline([macro] + words(rest)))
        elif macro:
            sys.exit(f"mdoc2rst.py: unknown macro: {line}")
        elif line:
            page.paragraph.append(unescape(line).replace("*", r"\*"))
    page.end()
    return page.lines


def main():
    with open(sys.argv[1]) as file:
        lines = convert(file.read())
    print(".. SPDX-License-Identifier: GPL-2.0-only\n")
    print("=" * len(TITLE), TITLE, "=" * len(TITLE), "", sep="\n")
    print(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip())
    print("\nInterface to userspace\n======================\n")
    print(".. kernel-doc:: drivers/media/test-drivers/vipin/vipin-uapi.h")


main()
