# SPDX-License-Identifier: GPL-2.0-only
ifneq ($(KERNELRELEASE),)
# For Kbuild, in a kernel tree or for an external module.
obj-$(CONFIG_VIDEO_VIPIN) += drivers/vipin/
obj-$(CONFIG_VIDEO_VIMAP) += drivers/vimap/
else

# For users: "make help" lists the targets.
TARGET ?= $(if $(filter command,$(firstword $(origin KDIR))),kdir,trixie-backports$(if \
	$(filter fuzz,$(MAKECMDGOALS)),-debug))
MACHINE ?= default
MINUTES ?= 10
SHARD ?= 1/1
ORIGIN ?= vipin
LAB ?= bullseye bookworm trixie trixie-backports trixie-backports-arm64
KDIR ?= /lib/modules/$(shell uname -r)/build
include tests/vm/arguments.mk

# The file of a machine names the suites that depend on it. Those of a target name the only suites
# that it runs, or exclude some. A suite can name the only targets that it runs on. If a target names
# suites that run often, these run with WHEN=often and the others with WHEN=nightly. All run without
# WHEN. The suite watchdogs checks what the others did to the kernel.
suites_of_machine = $(shell vm_dir=tests/vm bash -c \
	'. tests/vm/machines/default && . tests/vm/machines/$(MACHINE) && echo $$suites')
only = $(shell . tests/vm/targets/$(TARGET) && echo $$only_suites)
without = $(shell . tests/vm/targets/$(TARGET) && echo $$without_suites; \
	awk '/^\# Targets: / && !index($$0 " ", " $(TARGET) ") { sub(".*/", "", FILENAME); print FILENAME }' \
	tests/guest/suites/*)
often = $(shell . tests/vm/targets/$(TARGET) && echo $$often_suites)
all_suites := $(sort $(notdir $(wildcard tests/guest/suites/*)))
of_target = $(filter-out $(without),$(or $(only),$(all_suites)))
suites_ = $(of_target)
suites_often = $(or $(filter $(often),$(of_target)),$(of_target))
suites_nightly = $(filter-out $(filter-out watchdogs,$(often)),$(of_target))
check_suites := $(or $(SUITES),\
	$(if $(filter default,$(MACHINE)),$(suites_$(WHEN)),$(suites_of_machine)))
Q := $(if $(V),,@)

help:
	$(Q)sed -nE 's/^#help ?//p' $(firstword $(MAKEFILE_LIST))

#help First steps
#help   make demo              boot a kernel, load vipin and queue good and bad user pointers; shows
#help                          each verdict, and captures a frame into build/demo/frame.png
#help   make report            the same with every kind of memory: build/report/index.html shows all
#help                          verdicts and their reasons
#help   make shell             open a shell in the virtual machine, with both modules loaded, all
#help                          tools and the GStreamer element
#help
#help Tests
#help   make check             run the tests on one kernel; results are in build/check/TARGET
#help   make check-all         run them on every usual kernel and machine
#help   make check-nightly     run them on the other kernels, compiled or patched, and in the other
#help                          preemption modes; check-patches, coverage, check-scenarios, check-nfs,
#help                          lab, labgrid.
#help                          SHARD=2/3: the second of three parts, each for a host of its own
#help   make coverage          which lines of vipin, vimap and their way of pinning do the tests
#help                          execute? build/coverage/index.html
#help   make check-patches     leave out one patch for upstream after the other: which tests fail?
#help   make check-scenarios   run every scenario of a pin on all nodes, in all ways, under both policies
#help   make soak              run random scenarios of pins on all nodes at the same time while
#help                          little memory is free, for MINUTES=10; ends with figures
#help   make fuzz              let AFL++ make sequences of V4L2 calls and memory operations on the
#help                          debug kernel, for MINUTES=10; ends with figures: build/fuzz
#help   make check-machines    run the tests that depend on the machine on every other machine
#help   make targets           list the kernels, and what is downloaded for them
#help   make machines          list the machines
#help   make check-here        run the tests that fit any machine on this one, with its running kernel;
#help                          needs root. YES=1: do not ask
#help   make matrix            compare the verdicts of all kernels that "make check" has run on:
#help                          build/report/matrix.html, docs/matrix.md and docs/timeline.svg
#help   make matrix RESULTS=DIR PLAN=FILE
#help                          compare the results of many boards, folders or tarballs below DIR:
#help                          build/report/lab.html. PLAN can name the jobs that are expected
#help   make kcidb             write the results of all runs of "make check" for KernelCI's database:
#help                          build/report/kcidb.json; docs/testing.md says how to send it
#help   make compliance        run all of v4l2-compliance on vipin and vivid: docs/compliance.md
#help   make devices           write docs/devices.md: what other devices take, from the runs of "make
#help                          check" with TARGET=trixie-backports-devices and trixie-devices
#help   make lab               let a LAVA server test the tarball on four kernels and two architectures,
#help                          with a worker on this host: build/lab/index.html; docs/lab.md; needs
#help                          root
#help   make labgrid           let labgrid test the tarball on TARGET in QEMU: build/labgrid; needs root
#help   make userland          capture with ffmpeg, OpenCV, PipeWire and others: docs/userland.md;
#help                          needs root
#help   make bench             measure what frames and pins cost, and compare with vivid and with the
#help                          last run: build/bench/TARGET/bench/index.html and docs/speed.md. With
#help                          TARGET=trixie-backports-fixed: the patched videobuf2; with
#help                          TARGET=trixie-backports-arm64: 64-bit Arm
#help
#help Your own kernel and programs
#help   make check KDIR=DIR    test the kernel that you compiled in DIR (also demo, report, shell, ...)
#help   make demo WITH=DIR     copy your programs in DIR to /with in the machine (also report,
#help                          compliance, shell); see tests/vm/boot --help
#help   make tarball           make a kselftest for a board or a lab: modules for the kernel of TARGET,
#help                          suites, and all programs that they need, in
#help                          build/TARGET/vipin-kselftest.tar.gz
#help   make static            build v4l2-pincheck for x86_64, i686, aarch64 and armv7l, each as one file
#help                          that needs no library: build/static/aarch64/v4l2-pincheck
#help
#help Installation on this machine
#help   make modules           build vipin.ko and vimap.ko for the running kernel, or for the kernel
#help                          whose headers are in KDIR=
#help   make install           install modules, tools, GStreamer plugin and man pages below PREFIX=
#help                          (default: /usr/local) and DESTDIR=. Also as single steps:
#help                          install-modules, -userspace, and -dkms (sources for DKMS). Without
#help                          the GStreamer plugin: GSTREAMER=disabled
#help   make uninstall         remove all that "make install" installed, but not install-dkms
#help   make deb               build Debian packages for this Debian, in build/deb
#help
#help Development
#help   make payload           build the modules, programs and tests that a virtual machine gets, in
#help                          build/TARGET/payload; then tests/vm/boot runs a command with them
#help   make check-tarball     test the tarball on a board that has only busybox: two minutes
#help   make lint              run checkpatch, sparse, shellcheck, and the compiler with all warnings
#help   make check-front-door  test error messages of make, and links and commands in the documents
#help   make check-compile     compile modules and programs for 32-bit Arm and 64-bit RISC-V, without a
#help                          warning: two minutes
#help   make check-boot        test what a machine copies to the host, that it may be stopped for half a
#help                          minute, and that several "make" can share the cache: two minutes
#help   make check-nfs         test that hosts of a lab can share the cache by NFS: a quarter of an hour
#help   make check-host        test what the tools do without a device: seconds
#help   make scenarios         write docs/scenarios.md: what happens while a buffer is pinned
#help   make check-pages       test the report, the matrix and the bench page in a browser: contrast,
#help                          keyboard, phone; needs npm and Chromium. And test "make kcidb" and
#help                          the files of "make lab" and "make labgrid"
#help   make check-packages    build and lint Debian packages for TARGET, install them into a new
#help                          system and use them there; needs root
#help   make kernel-patches    make a series that adds vipin, vimap and a selftest to the newest
#help                          kernel: build/kernel-patches/*.patch
#help   make mutants           change vipin at one place after the other and check that a test fails:
#help                          docs/testing.md; takes hours, and continues where it was interrupted
#help   make clean             remove everything that was built, also the results of "make bench"
#help   make distclean         also remove the downloaded root file systems and compiled kernels
#help
#help Variables
#help   TARGET=NAME            the kernel and Debian release (make targets)
#help   KDIR=DIR               the folder of your own kernel, instead of a TARGET
#help   MACHINE=NAME           the virtual machine (make machines)
#help   SUITES="NAME..."       for check and labgrid: only these tests of tests/guest/suites; for mutants:
#help                          these, "basic" or "strict"; for bench: only these of tests/bench/suites
#help   MEMORY="PATTERN"       for check: the kinds of memory of the suite pincheck, such as "vimap-*"
#help   PARTS=N                for check and mutants: the number of parallel machines, 1 to 4
#help   MINUTES=N SEED=N       for soak and fuzz: how long, and the seed of an earlier run, to
#help                          repeat its choices
#help   PROGRAMS="NAME..."     for userland: only these of tests/guest/userland; the page keeps the rows
#help                          of the others from the last run
#help   WITH=DIR               a folder of your own programs
#help   LAB="TARGET..."        for lab: the kernels; only those of Debian's packages
#help   ORIGIN=NAME            for kcidb: the name that KernelCI gave to you, by default vipin
#help   V4L_UTILS=DIR          for check and compliance: v4l2-compliance from this copy of v4l-utils'
#help                          source, instead of Debian's
#help   V4L2LOOPBACK=DIR       for check SUITES=v4l2loopback: a copy of v4l2loopback's source, whose
#help                          test programs run with vipin
#help   WITHOUT=0007           leave out this patch for upstream; for TARGET=trixie-backports-fixed
#help   V=1                    show the commands

include tests/vm/build.mk

boot := tests/vm/boot --target $(TARGET) --machine $(MACHINE) $(if $(WITH),--with "$(WITH)")

# The guest's standard output is never a terminal, so the host chooses the colours.
choose-color := [ -t 1 ] && [ -z "$${NO_COLOR-}" ] && color=always || color=never;

demo: payload
	$(Q)$(choose-color) $(boot) --out build/demo -- env VIPIN_COLOR=$$color tests/guest/demo
	@echo 'The first frame that was captured into a user pointer: build/demo/frame.png'

report: payload
	$(Q)$(choose-color) $(boot) --out build/report --time 1800 -- \
		env VIPIN_COLOR=$$color tests/guest/report
	@echo 'The page with all verdicts: build/report/index.html'
	$(Q)set -- build/check/*/rows.json; [ $$# -lt 2 ] || \
		tests/report/matrix build/check build/report/matrix.html

# This script needs Python, which is installed with mmdebstrap. So do bench and mutants.
matrix: $(if $(RESULTS),,host-needs)
	$(Q)$(if $(RESULTS),tests/vm/host-needs --kcidb && \
		tests/report/lab "$(RESULTS)" build/report/lab.html $(if $(PLAN),"$(PLAN)"),\
		tests/report/matrix build/check build/report/matrix.html docs/matrix.md docs/timeline.svg)

kcidb:
	$(Q)tests/vm/host-needs --kcidb
	$(Q)tests/report/kcidb build/check $(ORIGIN) build/report/kcidb.json

checked := build/check/$(TARGET)$(if $(filter default,$(MACHINE)),,.$(MACHINE))

# What the suites need. check-all builds it before it runs them.
gst_suites := applications gstreamer programs recipes tools
check-needs: $(if $(filter $(gst_suites),$(check_suites)),check-payload,test-payload) \
	$(if $(filter userspace-32,$(check_suites)),check-payload-32) \
	$(if $(filter fuzz,$(check_suites)),fuzz-payload)

check: check-needs
	$(Q)tests/vm/check $(TARGET) $(MACHINE) $(checked) $(check_suites)

# The results of some programs replace those of the last run. Chromium crashes with the protection keys
# of an emulated CPU.
userland_out := $(if $(PROGRAMS),build/userland-programs,build/userland)/$(TARGET)

userland: userland-payload
	$(Q)status=0; \
	$(boot) --kind userland --payload build/$(TARGET)/userland-payload --out $(userland_out) \
		--time 5400 --append nopku -- tests/guest/check --userland $(PROGRAMS) || status=$$?; \
	tests/vm/summary $(userland_out) $$status
	$(Q)$(if $(PROGRAMS),mkdir -p build/userland/$(TARGET) && \
		cp -r $(userland_out)/* build/userland/$(TARGET)/)
	$(Q)tests/report/userland $(if $(PROGRAMS),--if-complete) build/userland docs/userland.md

devices:
	$(Q)tests/report/devices build/check docs/devices.md docs/device-examples.md

# The largest frames need 512 MB of CMA.
compliance: payload
	$(Q)status=0; \
	$(boot) --out build/compliance/$(TARGET) --time 3600 --append cma=512M -- \
		tests/guest/check compliance || status=$$?; \
	tests/report/compliance build/compliance docs/compliance.md; \
	tests/vm/summary build/compliance/$(TARGET) $$status

# Every scenario of a pin in every way.
check-scenarios: payload
	$(Q)status=0; \
	$(boot) --out build/check-scenarios/$(TARGET) --time 6600 -- \
		tests/guest/check pin-life-all pin-life-all-planes || status=$$?; \
	tests/vm/summary build/check-scenarios/$(TARGET) $$status

soak: payload
	$(Q)$(boot) --out build/soak/$(TARGET) --time $$(($(MINUTES) * 60 + 900)) -- \
		bash -c 'tests/guest/load && exec tests/guest/soak "$$@"' soak $$(($(MINUTES) * 60)) $(SEED)

fuzz: fuzz-payload
	$(Q)tests/vm/fuzz $(TARGET) $(MACHINE) build/fuzz $$(($(MINUTES) * 60)) $(SEED)

check-all: host-needs
	$(Q)tests/vm/check-all

check-nightly: host-needs
	$(Q)tests/vm/check-nightly $(SHARD) $(TARGET) $(LAB)

coverage: host-needs
	$(Q)tests/coverage/run

check-patches: host-needs
	$(Q)tests/vm/check-patches

check-machines: host-needs
	$(Q)tests/vm/check-all --machines $(TARGET)

check-front-door:
	$(Q)tests/front-door
	$(Q)tests/docs

check-boot: check-payload
	$(Q)tests/vm/test-boot $(TARGET)
	$(Q)tests/vm/test-roots $(TARGET)

check-nfs: host-needs
	$(Q)tests/vm/test-nfs

check-compile: host-needs
	$(Q)tests/vm/check-compile

static:
	$(Q)tests/vm/static

tarball: $(build)/vipin-kselftest.tar.gz

$(build)/vipin-kselftest.tar.gz: $(build)/payload.built $(wildcard tests/tarball/*) \
		tests/lab/lava/vipin.yaml tests/lab/lava/ktap-to-lava
	$(Q)tests/tarball/make $(TARGET) $@

check-tarball: tarball
	$(Q)tests/tarball/test $(TARGET) $(build)/vipin-kselftest.tar.gz

lab: host-needs
	$(Q)tests/lab/run $(LAB)

labgrid: host-needs
	$(Q)tests/lab/run-labgrid $(TARGET) $(SUITES)

check-here:
	$(Q)tests/here $(if $(YES),--yes) $(SUITES)

check-host: payload
	$(Q)tests/vm/run-in-rootfs $(TARGET) meson test $(if $(V),-v,--quiet) -C build/$(TARGET)/programs

scenarios: payload
	$(Q)tests/vm/run-in-rootfs $(TARGET) tests/report/scenarios build/$(TARGET)/programs >docs/scenarios.md

check-pages:
	$(Q)tests/report/check-kcidb
	$(Q)tests/lab/check
	$(Q)tests/report/check-pages

# Counts instructions, which are the same on every host. Where KVM works, measures real time, too.
bench: bench-payload
	$(Q)tests/bench/bench $(TARGET) $(SUITES)

mutants: host-needs
	$(Q)tests/mutants/run $(if $(SUITES),--suites "$(SUITES)")

kernel-patches: host-needs
	$(Q)packaging/kernel-patches/generate
	@echo 'The series for the newest kernel, with a cover letter: build/kernel-patches'

targets:
	$(Q)tests/vm/list-targets

machines:
	$(Q)tests/vm/list-machines

shell: check-payload
	$(Q)$(boot) --out build/shell --time 0 --tty -- tests/guest/shell

# Kbuild writes its output beside the sources, so it builds a copy of them. The copy keeps the time
# stamps, so Kbuild compiles only files that changed. Errors of cat are ignored: make expands this
# before packaging/kernel-fits reports that there are no headers.
MODULES = build/modules/$(shell cat $(KDIR)/include/config/kernel.release 2>/dev/null)

kbuild:
	$(Q)packaging/kernel-fits $(KDIR)
	$(Q)mkdir -p $(MODULES)
	$(Q)cp -pr drivers Kconfig Makefile $(MODULES)/
	$(Q)$(MAKE) $(if $(V),,-s) -C $(KDIR) M=$(abspath $(MODULES)) \
		CONFIG_VIDEO_VIPIN=m CONFIG_VIDEO_VIMAP=m modules

# Print the modules that ours depend on. They are read from the files, since modinfo may not be in
# the PATH of an ordinary user.
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

.PHONY: help demo report matrix kcidb check check-needs userland compliance devices check-all check-nightly check-patches targets machines check-machines
.PHONY: check-front-door check-host check-boot check-nfs check-pages bench mutants kernel-patches shell kbuild modules check-compile
.PHONY: static tarball check-tarball lab labgrid check-here coverage scenarios check-scenarios soak fuzz lint clean distclean
endif
