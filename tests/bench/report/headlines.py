# SPDX-License-Identifier: GPL-2.0-only
"""The figures that most readers want: the cost of a frame, of QBUF, and of policy strict."""

HEAD = ["what", "vipin", "compared with", "ratio"]


# Keeps a number and its unit on one line.
SPACE = "\u00a0"


def time(nanoseconds):
    """Return a time in words."""
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g}{SPACE}{unit}"
    return f"{nanoseconds:.3g}{SPACE}ns"


class Medians:
    """Look up the medians of a run; None where it has no samples."""

    def __init__(self, run):
        self.series = run.series

    def __call__(self, measure, variant, clock):
        series = self.series.get((measure, variant, clock))
        return series.median if series else None

    def frame(self, variant):
        """Return the driver's time for a frame."""
        return self("frame", variant, "cpu-thread")

    def qbuf(self, variant):
        """Return the time of VIDIOC_QBUF with a new pointer."""
        return self("qbuf-new", variant, "wall")

    def maintenance(self, device):
        """Return the time of the maintenance of the cache for a frame."""
        calls = [self("cache", f"{device}/{call}", "wall") for call in ("prepare", "finish")]
        return None if None in calls else sum(calls)


def line(what, value, other_name, other):
    """Return the fields of a line, or None if one of the figures is missing."""
    if value is None or not other:
        return None
    return [what, time(value), f"{other_name}: {time(other)}", f"{value / other:.2f}"]


def price(medians, size, variant):
    """Return the line about the cost of policy strict for QBUF of a new pointer in huge pages."""
    kernel = medians.qbuf(f"pci/huge/{variant}/kernel")
    strict = medians.qbuf(f"pci/huge/{variant}/strict")
    if kernel is None or strict is None:
        return None
    return [f"the price of policy strict, QBUF of {size}", f"{time(strict - kernel)} more",
            f"policy kernel: {time(kernel)}", f"{strict / kernel:.2f}"]


def headlines(run):
    """Return the lines for which the run has samples."""
    m = Medians(run)
    hd, ultra_hd = "YUYV/1920x1080", "YUYV/3840x2160"
    found = [
        line("a frame of 1920x1080, MMAP", m.frame(f"vipin/mmap/{hd}"), "vivid",
             m.frame(f"vivid/mmap/{hd}")),
        line("a frame of 3840x2160, MMAP", m.frame(f"vipin/mmap/{ultra_hd}"), "vivid",
             m.frame(f"vivid/mmap/{ultra_hd}")),
        line("a frame of 1920x1080, USERPTR", m.frame(f"vipin/userptr/{hd}"), "MMAP",
             m.frame(f"vipin/mmap/{hd}")),
        line("the same behind an IOMMU", m.frame(f"vipin-iommu/userptr/{hd}"), "without an IOMMU",
             m.frame(f"vipin/userptr/{hd}")),
        line("a byte of a frame, USERPTR", m("copy", "vipin/userptr", "cpu-thread"),
             "memcpy() in the kernel", m("copy", "memcpy", "cpu-thread")),
        line("QBUF of a new pointer, 2 MiB in huge pages", m.qbuf("pci/huge/2MiB/kernel"),
             "the pin alone", m("pin-alone", "huge/2MiB", "wall")),
        line("QBUF of a new pointer, 2 MiB in 4 KiB pages", m.qbuf("pci/4KiB-pages/2MiB/kernel"),
             "the pin alone", m("pin-alone", "4KiB-pages/2MiB", "wall")),
        line("QBUF of a known pointer while streaming",
             m("qbuf-known", "streaming/userptr-kernel", "wall"),
             "QBUF of an MMAP buffer", m("qbuf-known", "streaming/mmap", "wall")),
        price(m, "4 KiB", "4KiB"),
        price(m, "2 MiB", "2MiB"),
        line("cache maintenance for a frame of 2 MiB, a device that is not coherent",
             m.maintenance("non-coherent"), "a coherent device", m.maintenance("coherent")),
    ]
    return [fields for fields in found if fields]
