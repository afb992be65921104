# SPDX-License-Identifier: GPL-2.0-only
"""The four plots at the start of the page. If a run has no samples for a plot, the page says so."""
from plot import Plot
from records import CLOCK

# Bytes of a pixel, times 2.
FORMATS = {"YUYV": 4, "NV12": 3, "XR24": 8}
UNITS = {"KiB": 1 << 10, "MiB": 1 << 20}


def frame_bytes(variant):
    """Return the size of a frame: 614400 for .../YUYV/640x480."""
    *_, fourcc, size = variant.split("/")
    width, height = map(int, size.split("x"))
    return width * height * FORMATS[fourcc] // 2


def length(name):
    """Return a length in bytes: 65536 for 64KiB."""
    return int(name[:-3]) * UNITS[name[-3:]]


def chosen(run, measure, clock, before, after=""):
    """Return (part of the variant between before and after, median) of each series."""
    return [(key[1][len(before):len(key[1]) - len(after)], series.median)
            for key, series in run.series.items()
            if key[0] == measure and key[2] == clock
            and key[1].startswith(before) and key[1].endswith(after)]


def frames(run, device, divide=False):
    """Return (bytes, ns) of a device's frames in YUYV; with divide, (bytes, ns for each byte)."""
    points = []
    for size, median in chosen(run, "frame", "cpu-thread", f"{device}/YUYV/"):
        size = frame_bytes(f"YUYV/{size}")
        points.append((size, median / size if divide else median))
    return sorted(points)


def limit(run, how, sizes):
    """Return the time to copy that many bytes, for each size."""
    series = run.series.get(("copy", how, "cpu-thread"))
    return [(size, series.median * size) for size in sizes] if series else []


def some(lines):
    """Leave out lines without points."""
    return {name: points for name, points in lines.items() if points}


def frame_plot(run):
    """Plot the time of a frame over its size."""
    vipin = frames(run, "vipin/mmap")
    sizes = [size for size, _ in vipin]
    return Plot("A frame", "bytes of a frame (YUYV)", "ns", some({
        "vipin": vipin, "vivid": frames(run, "vivid/mmap"),
        "memcpy()": limit(run, "memcpy", sizes), "copy_page()": limit(run, "copy_page", sizes)}))


def qbuf_plot(run):
    """Plot the time of QBUF of a new pointer over its length."""
    def qbuf(policy):
        return sorted((length(name), median) for name, median in
                      chosen(run, "qbuf-new", "wall", "pci/huge/", f"/{policy}"))
    pin = sorted((length(name), median) for name, median in
                 chosen(run, "pin-alone", "wall", "huge/"))
    return Plot("QBUF of a new pointer, PCI, huge pages", "bytes of the pointer", "ns", some({
        "strict": qbuf("strict"), "kernel": qbuf("kernel"), "pin alone": pin}))


def byte_plot(run):
    """Plot the time of a byte of a frame, with and without an IOMMU."""
    return Plot("A byte of a frame, USERPTR", "bytes of a frame (YUYV)", "ns for a byte", some({
        "IOMMU": frames(run, "vipin-iommu/userptr", True),
        "no IOMMU": frames(run, "vipin/userptr", True)}))


def commits_plot(runs):
    """Plot the verdicts and minutes of make check over the measured commits, oldest first."""
    points = {}
    for run in runs:
        seconds = next((series.median for key, series in run.series.items()
                        if key[0] == "check" and key[2] == CLOCK), None)
        if run.machine.get("commit") and run.machine.get("verdicts") and seconds:
            points[run.machine["commit"]] = (run.machine["verdicts"], seconds / 60)
    return Plot("make check", "commit", "verdicts, minutes", some({
        "verdicts": [(i, verdicts) for i, (verdicts, _) in enumerate(points.values())],
        "minutes": [(i, minutes) for i, (_, minutes) in enumerate(points.values())]}),
        names=dict(enumerate(points)), x_log=False)


MISSING = {
    "A frame": "make bench SUITES=frames measures it.",
    "QBUF of a new pointer, PCI, huge pages": "make bench SUITES=pins measures it.",
    "A byte of a frame, USERPTR": "make bench SUITES=frames measures it.",
    "make check": "make bench adds a point for its commit, if make check ran before it.",
}


def plots(run, earlier):
    """Return the four plots: of this run, and of the runs before it."""
    return [frame_plot(run), qbuf_plot(run), byte_plot(run), commits_plot([*earlier, run])]
