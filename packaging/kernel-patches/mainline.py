#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: mainline.py before|after FOLDER

Edits copies of vipin and vimap in FOLDER, as the file edits-before or edits-after says: before or
after the semantic patch mainline.cocci. "before" also moves what the newest kernel needs of
vipin-compat.h to the file that uses it, and removes the header. "after" ends with a look for what
must be gone.

The files look like a patch without line numbers: lines with a space or a minus are the old text,
which has to be there once; lines with a space or a plus are the new text. An empty line comes
between two edits."""

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent

# What is left of vipin-compat.h has a new place: the text that it comes before.
MOVES = [
    ("struct vipin_pointer {", "vipin/vipin-userptr.c",
     "/*\n * If a pin has to be undone so often"),
    ("vipin_dc_get_userptr(", "vipin/vipin-userptr.c",
     "/* A signal came."),
    ("vipin_iommu_iova_to_phys(struct", "vipin/vipin-dma.c",
     "/* Translate a bus address to a physical address."),
    ("vipin_bus_dma_region(", "vipin/vipin-dma-test.c",
     "/*\n * Set the DMA ranges of the device so"),
    ("#define VIPIN_PARAM_TEST(", "vipin/vipin-test.h",
     "extern struct kunit_suite vipin_format_suite;"),
]

# Nothing of this may be left: checks of versions, and what they were for.
GONE = re.compile(r"LINUX_VERSION_CODE|KERNEL_VERSION|compat\.h|movable\.c|longterm\.c|"
                  r"\b(Before|Since|before|since|until) (Linux )?[4-7]\.\d|for_writing|->gup_flags")


def edit(folder, edits):
    """Apply all edits of a file."""
    path = None
    for block in edits.read_text().rstrip("\n").split("\n\n"):
        lines = block.split("\n")
        if lines[0].startswith("@@ "):
            path = folder / lines.pop(0)[3:]
        old, new = ("".join(line[1:] + "\n" for line in lines if line[0] in signs)
                    for signs in (" -", " +"))
        text = path.read_text()
        if text.count(old) != 1:
            sys.exit(f"mainline.py: {path.relative_to(folder)} has this text {text.count(old)} "
                     f"times, not once:\n{old}")
        path.write_text(text.replace(old, new))


def compat_blocks(folder):
    """Return the definitions in vipin-compat.h, with the comment of each."""
    return re.split(r"\n\n(?=/\*|static|#define)", (folder / "vipin/vipin-compat.h").read_text())


def move_compat(folder):
    """Move what MOVES names out of the compat header."""
    blocks = compat_blocks(folder)
    for name, target, anchor in MOVES:
        found = [b for b in blocks if name in b]
        text = (folder / target).read_text()
        if len(found) != 1 or text.count(anchor) != 1:
            sys.exit(f"mainline.py: cannot move {name} to {target}: {len(found)} blocks, "
                     f"{text.count(anchor)} places")
        (folder / target).write_text(text.replace(anchor, found[0].strip() + "\n\n" + anchor))


def remove_compat(folder):
    """Remove the compat headers and every line that includes them."""
    for path in folder.glob("*/*.[ch]"):
        text = re.sub(r'(?<=\n\n)#include "\w+-compat\.h"\n\n', "", path.read_text())
        text = re.sub(r'#include "\w+-compat\.h"\n', "", text)
        path.write_text(text.replace("VIPIN_FAULT_COMPLETED", "VM_FAULT_COMPLETED"))
    for path in folder.glob("*/*-compat.h"):
        path.unlink()


def simplify_test(folder):
    """KUnit runs the suites by itself, so vipin has nothing to call."""
    path = folder / "vipin/vipin-test.c"
    path.write_text(path.read_text().split("\n/**\n * vipin_test_init()")[0])


def simplify_trace(folder):
    """Since 6.10, __assign_str() has one parameter."""
    path = folder / "vipin/vipin-trace.h"
    path.write_text(re.sub(r"vipin_assign_str\((\w+), .*\);", r"__assign_str(\1);", path.read_text()))


def look(folder, names):
    """Fail if a name of the compat headers, or a word about older kernels, is left."""
    left = []
    for path in sorted(folder.glob("*/*.[ch]")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if GONE.search(line) or any(re.search(rf"\b{name}\b", line) for name in names):
                left.append(f"{path.relative_to(folder)}:{number}: {line.strip()}")
    if left:
        sys.exit("mainline.py: this is for older kernels and must be gone:\n" + "\n".join(left))


def main():
    when, folder = sys.argv[1], Path(sys.argv[2])
    names = folder / "compat-names"
    if when == "before":
        defined = re.findall(r"^(?:#define\s+|static inline [\w\s*]*?\b)((?:vipin|vimap)_\w+(?=\()|VI\w+)",
                             "".join(p.read_text() for p in folder.glob("*/*-compat.h")), re.M)
        moved = " ".join(name for name, *_ in MOVES) + " VIPIN_PARAM_CASE("
        names.write_text("\n".join(n for n in defined if n + "(" not in moved))
        edit(folder, HERE / "edits-before")
        move_compat(folder)
        remove_compat(folder)
        simplify_test(folder)
        simplify_trace(folder)
    else:
        edit(folder, HERE / "edits-after")
        look(folder, names.read_text().split())
        names.unlink()


main()
