"""The mutants of a C file. points.cocci finds the places. instrument() returns the file with all
mutants, each of which can be enabled while the module is loaded."""
import collections
import hashlib
import re

KINDS = {
    "condition": ("negated", "(MUTANT({n}) ^ !!({text}))"),
    "fallback": ("taken for 0", "(MUTANT({n}) ? 0 : ({text}))"),
    "and": ("clause dropped", "(MUTANT({n}) || ({text}))"),
    "or": ("clause dropped", "(!MUTANT({n}) && ({text}))"),
    "call": ("call dropped", "do {{ if (!MUTANT({n})) {text}; }} while (0)"),
    "value": ("0 instead of the call", "(MUTANT({n}) ? 0 : {text})"),
}

# Inserted before the first line of a file.
HEAD = """extern int vipin_mutant;
extern unsigned char vipin_reached[];
#define MUTANT(n) ({ vipin_reached[n] = 1; *(volatile int *)&vipin_mutant == (n); })
#line 1
"""

# A separate file with the module parameters: the enabled mutant, and which ones were executed.
PARAMETERS = """#include <linux/moduleparam.h>

int vipin_mutant;
module_param_named(mutant, vipin_mutant, int, 0644);

unsigned char vipin_reached[%d];
module_param_array_named(reached, vipin_reached, byte, NULL, 0644);
"""

# The values of these macros are not replaced by 0, since they are never 0.
MACRO = re.compile(r"[A-Z0-9_]+$|container_of$")

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)

# The version is a hash of the function.
Mutant = collections.namedtuple("Mutant",
                                "number file line function kind text nth begin end version")


def key_of(mutant):
    """Return the identity of a mutant, which does not change with other parts of the file."""
    return (mutant.file, mutant.function, KINDS[mutant.kind][0], mutant.text, str(mutant.nth))


def describe(mutant):
    return "%s:%d: %s: %s: %s" % (mutant.file, mutant.line, mutant.function,
                                  KINDS[mutant.kind][0], mutant.text)


def points_of(said, path, source):
    """Return the places in one file as (kind, function, begin, end), sorted and without duplicates."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    points = set()
    for line in said.splitlines():
        words = line.split()
        if words[:1] != ["POINT"] or words[2] != path:
            continue
        kind = words[1]
        line, column, line_end, column_end = map(int, words[3:7])
        points.add((kind, words[7], starts[line - 1] + column, starts[line_end - 1] + column_end))
    return sorted((p for p in points if not is_composite(p, points) and not is_macro(p, source)),
                  key=lambda p: (p[2], -p[3], p[0]))


def is_composite(point, points):
    """Is this "A && B" of "A && B && C"? Its clauses are separate points."""
    kind, _, begin, end = point
    return kind in ("and", "or") and any(
        k == kind and b == begin and e < end for k, _, b, e in points)


def is_macro(point, source):
    kind, _, begin, end = point
    return kind == "value" and MACRO.match(source[begin:end].split("(")[0])


def hash_of(*codes):
    """Return a hash of strings, each without blank space."""
    return hashlib.sha256("\0".join("".join(code.split()) for code in codes).encode()).hexdigest()[:8]


def version_of(source, place):
    """Return the hash of the function at a place, without its comments: new words change no hash."""
    begin = source.rfind("\n}", 0, place) + 2
    return hash_of(COMMENT.sub("", source[max(begin, 0):source.index("\n}", place)]))


def mutants_of(said, path, source, first):
    """Return the mutants of one file, numbered from @first."""
    name = path.rsplit("/", 1)[-1]
    seen = collections.Counter()
    mutants = []
    for kind, function, begin, end in points_of(said, path, source):
        text = " ".join(source[begin:end].split())
        seen[function, kind, text] += 1
        mutants.append(Mutant(first + len(mutants), name, source.count("\n", 0, begin) + 1,
                              function, kind, text, seen[function, kind, text], begin, end,
                              version_of(source, begin)))
    return mutants


def instrument(source, mutants):
    """Return the file with all of its mutants, none of which is enabled."""
    edits = []
    for m in mutants:
        before, after = KINDS[m.kind][1].format(n=m.number, text="\0").split("\0")
        edits.append((m.begin, 1, -m.end, m.number, before))
        edits.append((m.end, 0, -m.begin, -m.number, after))
    # Order of edits at the same place: ends come before begins, inner ends and outer begins first.
    out, at = [], 0
    for place, _, _, _, text in sorted(edits):
        out += [source[at:place], text]
        at = place
    return HEAD + "".join(out) + source[at:]
