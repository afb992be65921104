# SPDX-License-Identifier: GPL-2.0-only
ifneq ($(KERNELRELEASE),)
# Read by Kbuild, in a kernel tree or for a build of modules outside of one.
obj-$(CONFIG_VIDEO_VIPIN) += drivers/vipin/
obj-$(CONFIG_VIDEO_VIMAP) += drivers/vimap/
else

# The front door.
TARGET ?= $(if $(filter command,$(firstword $(origin KDIR))),kdir,trixie-backports)
MACHINE ?= default
KDIR ?= /lib/modules/$(shell uname -r)/build
include tests/vm/arguments.mk

# On other machines, what depends on the machine: verdicts, and where their frames go. A
# target may leave suites out.
without = $(shell . tests/vm/targets/$(TARGET) && echo $$without_suites)
all_suites := $(sort $(notdir $(wildcard tests/guest/suites/*)))
check_suites = $(or $(SUITES),$(if $(filter default,$(MACHINE)),\
	$(filter-out $(without),$(all_suites)),pincheck bounce))
Q := $(if $(V),,@)

help:
	$(Q)sed -nE 's/^#help ?//p' $(firstword $(MAKEFILE_LIST))

#help make demo       boot a kernel, load vipin, hand it good and bad pointers, and
#help                 show each verdict; build/demo/frame.png is a captured frame
#help make report     hand it every kind of memory; build/report/index.html is a page
#help                 of all verdicts, and why
#help make matrix     from the runs of make check on several kernels, all side by side:
#help                 build/report/matrix.html, and docs/matrix.md, what differs
#help make check      run the tests, some in one such machine and some in others beside it;
#help                 results are in build/check/TARGET
#help make check-all  the same on every target (make targets), and on every machine
#help make check-nightly  the same on the targets that are left out there: older kernels
#help                 that have to be compiled
#help make check-machines  the same on each other machine (make machines), where it matters
#help make check-front-door  what make says to a word that it does not know: seconds
#help make check-boot  what comes home from a machine, and what it is given: two machines
#help make check-pages  test the report, the matrix and the bench page in a browser:
#help                 contrast, keyboard, phone; needs npm and Chromium
#help make targets    which targets there are, and what of them is in the cache
#help make compliance v4l2-compliance with all that it has, on vipin and on vivid;
#help                 docs/compliance.md shows the difference
#help make machines   which machines there are, and what each is for
#help make bench      measure what frames and pins cost, beside vivid and beside last time:
#help                 build/bench/TARGET/bench/index.html, and docs/speed.md; make clean forgets last time
#help make shell      a prompt in one, with both modules loaded, all tools and the
#help                 GStreamer element
#help make modules    vipin.ko and vimap.ko for this host's kernel, or for the one
#help                 whose headers are in KDIR=
#help make install    the modules, tools, GStreamer plugin and man pages of this host,
#help                 below PREFIX= (default: /usr/local) and DESTDIR=; also
#help                 install-modules, -tools, -plugin, -man and -dkms (the sources,
#help                 for DKMS) alone; make uninstall takes all but the last away
#help make deb        Debian packages for this host's Debian, in build/deb
#help make check-packages  the same for TARGET: build and lint them, install them
#help                 into a clean system and use them there; needs root
#help make userland   frames for programs of others: ffmpeg, OpenCV, PipeWire, ...; from
#help                 its runs on all kernels so far, docs/userland.md; needs root
#help make mutants    change vipin in one place after the other, and see whether a test
#help                 notices: docs/testing.md; hours, and goes on where it was interrupted
#help make lint       checkpatch, sparse and all compiler warnings; shellcheck
#help make clean      remove what was built
#help make distclean  also the cached roots: the next make gets Debian's newest
#help
#help TARGET=...      the kernel and Debian to boot: a file of tests/vm/targets
#help KDIR=...        the kernel that you compiled in this folder, instead of Debian's
#help MACHINE=...     the machine to boot it on: a file of tests/vm/machines
#help SUITES="..."    for check and mutants: only these of tests/guest/suites, and for
#help                 mutants "basic"; for bench, of tests/bench/suites
#help PARTS=...       for check: in so many machines side by side, 1 to 4
#help WITH=...        for demo, report, compliance and shell: a folder of your own
#help                 programs, which is /with in the machine (tests/vm/boot --help)
#help V=1             show the commands

include tests/vm/build.mk

boot := tests/vm/boot --target $(TARGET) --machine $(MACHINE) $(if $(WITH),--with "$(WITH)")

demo: payload
	$(Q)$(boot) --out build/demo -- tests/guest/demo
	@echo 'The first frame captured into a pinned user pointer: build/demo/frame.png'

report: payload
	$(Q)$(boot) --out build/report --time 1800 -- tests/guest/report
	@echo 'All verdicts on one page: build/report/index.html'
	$(Q)set -- build/check/*/rows.json; [ $$# -lt 2 ] || \
		tests/report/matrix build/check build/report/matrix.html

# Python comes with mmdebstrap.
matrix: host-needs
	$(Q)tests/report/matrix build/check build/report/matrix.html docs/matrix.md

checked := build/check/$(TARGET)$(if $(filter default,$(MACHINE)),,.$(MACHINE))

check: check-payload
	$(Q)tests/vm/check $(TARGET) $(MACHINE) $(checked) $(check_suites)

userland: userland-payload
	$(Q)status=0; \
	$(boot) --kind userland --payload build/$(TARGET)/userland-payload \
		--out build/userland/$(TARGET) --time 3600 -- tests/guest/check --userland || status=$$?; \
	tests/vm/summary build/userland/$(TARGET) $$status
	$(Q)tests/report/userland build/userland docs/userland.md

# CMA has room for the largest frames.
compliance: payload
	$(Q)status=0; \
	$(boot) --out build/compliance/$(TARGET) --time 3600 --append cma=512M -- \
		tests/guest/check compliance || status=$$?; \
	tests/report/compliance build/compliance docs/compliance.md; \
	tests/vm/summary build/compliance/$(TARGET) $$status

check-all: host-needs
	$(Q)tests/vm/check-all

check-nightly: host-needs
	$(Q)tests/vm/check-all --nightly

check-machines: host-needs
	$(Q)tests/vm/check-all --machines $(TARGET)

check-front-door:
	$(Q)tests/front-door

check-boot: check-payload
	$(Q)tests/vm/test-boot $(TARGET)

check-pages:
	$(Q)tests/report/check-pages

# In instructions, which are the same on every host, and where KVM works, in real time
# too. Python comes with mmdebstrap.
bench: bench-payload
	$(Q)tests/bench/bench $(TARGET) $(SUITES)

# Python comes with mmdebstrap.
mutants: host-needs
	$(Q)tests/mutants/run $(if $(SUITES),--suites "$(SUITES)")

targets:
	$(Q)tests/vm/list-targets

machines:
	$(Q)tests/vm/list-machines

shell: check-payload
	$(Q)$(boot) --out build/shell --time 0 --tty -- tests/guest/shell

# Kbuild leaves its products beside the sources, so it is given a copy of them;
# the copy keeps the times, so it builds again only what changed.
# Make looks for the release before the recipe's first line has run.
MODULES = build/modules/$(shell cat $(KDIR)/include/config/kernel.release 2>/dev/null)

kbuild:
	$(Q)packaging/kernel-fits $(KDIR)
	$(Q)mkdir -p $(MODULES)
	$(Q)cp -pr drivers Kconfig Makefile $(MODULES)/
	$(Q)$(MAKE) $(if $(V),,-s) -C $(KDIR) M=$(abspath $(MODULES)) \
		CONFIG_VIDEO_VIPIN=m CONFIG_VIDEO_VIMAP=m modules

# What they need is in them; modinfo, which can tell, may not be in a user's PATH.
modules: kbuild
	@echo "To load them, as root:"
	@echo "  modprobe -a" $$(cat $(MODULES)/drivers/*/*.ko | tr '\0' '\n' | \
		LC_ALL=C sed -n 's/^depends=//p' | tr ',' '\n' | sort -u)
	@echo "  insmod $(MODULES)/drivers/vipin/vipin.ko"
	@echo "  insmod $(MODULES)/drivers/vimap/vimap.ko"

include packaging/install.mk

lint: host-needs
	$(Q)tests/vm/lint $(TARGET)

clean:
	$(Q)rm -rf build

distclean: clean
	$(Q)rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/vipin"

.PHONY: help demo report matrix check userland compliance check-all check-nightly targets machines check-machines
.PHONY: check-front-door check-boot check-pages bench mutants shell kbuild modules lint clean distclean
endif
