# SPDX-License-Identifier: GPL-2.0-only
# Building for a machine of $(TARGET), with that target's own compiler. The machine mounts
# build/TARGET/payload at /vipin.

build := build/$(TARGET)
jobs := -j$(shell nproc)
# The architecture of the target, and "foreign" if it is not the one of this host.
arch_of := $(shell tests/vm/arch-of $(TARGET))
foreign := $(filter foreign,$(arch_of))
# In "root" modules and programs are compiled. QEMU boots "boot_root", which can be the same.
root := $(shell tests/vm/make-rootfs --path $(TARGET))
boot_root := $(shell tests/vm/make-rootfs --path $(TARGET) boot)

module_sources := $(shell find drivers -type f) Kconfig Makefile
kernel_sources := $(wildcard tests/vm/kernel tests/vm/configs/* tests/vm/targets/$(TARGET))
test_module_sources := $(wildcard tests/modules/*)
program_sources := $(shell find meson.build meson_options.txt userspace tests/programs \
	tests/bench/programs tests/host -type f ! -name '*.go') packaging/meson-build packaging/debian/changelog \
	$(wildcard drivers/*/*-uapi.h) tests/guest/harmless-messages
# These are needed only by the programs that use GStreamer or libv4l2.
gst_only := userspace/gst/% tests/programs/gst-% tests/programs/libv4l2-%
gst_sources := $(filter $(gst_only) userspace/common/% %meson.build meson_options.txt \
	packaging/% drivers/% tests/guest/%,$(program_sources))
guest_sources := $(shell find tests/guest v4l2-compliance) $(wildcard tests/bench/* tests/bench/suites/*) docs/recipes.md README.md

# The name of a root file system contains a hash of what it is made of, so an existing one is
# never out of date.
$(root): | host-needs
	$(Q)tests/vm/make-rootfs $(TARGET) >/dev/null

gst_root := $(shell tests/vm/make-rootfs --path $(TARGET) gst)
$(gst_root): | host-needs
	$(Q)tests/vm/make-rootfs $(TARGET) gst >/dev/null

root_32 := $(shell tests/vm/make-rootfs --path $(TARGET) i386)
$(root_32): | host-needs
	$(Q)tests/vm/make-rootfs $(TARGET) i386 >/dev/null

host-needs:
	$(Q)tests/vm/host-needs $(TARGET)

# The kernel of a target is that of its root file system, unless it is the user's own, or the
# target has a configuration, with which one is compiled here. Modules are built with it. If a
# target has patches but no configuration, some modules of the kernel are replaced.
config := $(shell . tests/vm/targets/$(TARGET) && echo $$config)
patches := $(shell . tests/vm/targets/$(TARGET) && echo $$patches)
# A target can have the drivers and the selftest of "make kernel-patches" instead.
merged := $(shell . tests/vm/targets/$(TARGET) && echo $$merged)
mainline_sources := $(if $(merged),$(shell find packaging/kernel-patches -type f))
mainline_selftest := $(if $(merged),build/kernel-patches.built/vipin_userptr)
patch_files := $(if $(patches),$(wildcard tests/vm/patches/$(patches)/*.patch))
ifeq ($(TARGET),kdir)
$(build)/modules.built: $(build)/from $(wildcard $(KDIR)/arch/x86/boot/bzImage $(KDIR)/.config)
$(build)/modules.built: $(module_sources) $(wildcard tests/vm/own-kernel tests/vm/configs/*)
	$(Q)tests/vm/own-kernel $(KDIR)
	$(Q)touch $@
# This file changes only if KDIR names another folder.
$(build)/from: host-needs
	$(Q)mkdir -p $(build)
	$(Q)echo $(abspath $(KDIR)) | cmp -s - $@ || echo $(abspath $(KDIR)) >$@
modules = $(build)/kernel/modules/*
else ifneq ($(config),)
$(build)/modules.built: $(if $(patches),$(test_module_sources))
$(build)/modules.built: $(module_sources) $(kernel_sources) $(patch_files) $(mainline_sources) | $(root)
	$(Q)tests/vm/kernel $(TARGET)
	$(Q)touch $@
modules = $(build)/kernel/modules/*
else
# Patched headers come before those of the kernel, and so do symbols of patched modules.
patched := $(if $(patches),/vipin/$(build)/patched/linux)
patched_flags := $(if $(patched),NOSTDINC_FLAGS="-nostdinc -I$(patched)/include" \
	KBUILD_EXTRA_SYMBOLS=$(patched)/Module.symvers PATCHED=$(patched))
patched_built := $(if $(patched),$(build)/patched.built)
$(build)/modules.built: $(module_sources) $(patched_built) | $(root)
	@echo 'modules: building for $(TARGET)' >&2
	$(Q)tests/vm/run-in-rootfs $(TARGET) make $(jobs) --no-print-directory W=1 kbuild \
		MODULES=$(build)/modules \
		KDIR=/usr/src/linux-headers-$$(cat $(root)/kernel-release) $(patched_flags)
	$(Q)touch $@
$(build)/patched.built: $(patch_files) tests/vm/targets/$(TARGET) tests/vm/patched-modules \
		tests/vm/debian-source.sh \
		$(build)/without | $(root)
	@echo 'modules: building the patched videobuf2 of $(TARGET)' >&2
	$(Q)WITHOUT=$(WITHOUT) tests/vm/patched-modules $(TARGET)
	$(Q)touch $@
# This file changes only if WITHOUT names another patch.
$(build)/without: host-needs
	$(Q)mkdir -p $(build)
	$(Q)echo "$(WITHOUT)" | cmp -s - $@ || echo "$(WITHOUT)" >$@
# Drivers that the distribution's kernel lacks.
drivers := $(shell . tests/vm/targets/$(TARGET) && echo $$drivers)
ifneq ($(drivers),)
$(build)/modules.built: $(build)/drivers.built
$(build)/drivers.built: tests/vm/targets/$(TARGET) tests/vm/driver-modules tests/vm/debian-source.sh | $(root)
	@echo 'modules: building $(drivers) for $(TARGET)' >&2
	$(Q)tests/vm/driver-modules $(TARGET)
	$(Q)touch $@
endif
modules = $(build)/modules/drivers/*/*.ko $(if $(patched),$(build)/patched/modules/*) \
	$(if $(drivers),$(build)/drivers/*.ko)
endif

# For programs of another architecture, Meson needs a file that names the compiler.
cross_file := $(if $(foreign),$(build)/cross-file)
$(build)/cross-file: tests/vm/cross-file tests/vm/arch/$(firstword $(arch_of))
	$(Q)mkdir -p $(build)
	$(Q)tests/vm/cross-file $(firstword $(arch_of)) >$@
cross_option := $(if $(foreign),--cross-file $(cross_file))

# The programs are linked statically, so that each can be copied alone to another machine. A warning
# of the compiler is an error.
$(build)/programs.built: $(program_sources) $(cross_file) | $(root)
	@echo 'programs: building for $(TARGET)' >&2
	$(Q)tests/vm/run-in-rootfs $(TARGET) packaging/meson-build $(build)/programs \
		-Dwerror=true -Dstatic_programs=true $(cross_option)
	$(Q)touch $@

$(build)/gst.built: $(gst_sources) $(cross_file) | $(gst_root)
	@echo 'gst: building for $(TARGET)' >&2
	$(Q)tests/vm/run-in-rootfs --kind gst $(TARGET) packaging/meson-build $(build)/gst \
		-Dwerror=true -Dgstreamer=enabled -Dlibv4l2=enabled $(cross_option) -- gstreamer-and-libv4l2
	$(Q)touch $@

# All programs that Meson has linked in a folder.
programs_in = $$(find $(1) -type f -perm -100 ! -name '*.so' ! -path '*.p/*' ! -path '*/meson-*')

# What the patches of the target change, and the tests of each patch, for the suite "patches".
patched_parts := $(if $(patches),media $(if $(config),mm))
patch_tests := $(if $(patches),tests/vm/patches/$(patches)/tests)

$(build)/payload.built: $(patch_tests)

# v4l2-compliance of a copy of v4l-utils' source, instead of Debian's.
ifneq ($(V4L_UTILS),)
$(if $(wildcard $(V4L_UTILS)/utils/v4l2-compliance),,$(error V4L_UTILS=$(V4L_UTILS) has no utils/v4l2-compliance: \
	name a copy of the source of v4l-utils))
$(build)/payload.built: $(build)/v4l-utils.built
$(build)/v4l-utils.built: $(shell find $(V4L_UTILS)/utils/v4l2-compliance $(V4L_UTILS)/utils/common -type f) tests/vm/v4l-utils
	@echo 'programs: building v4l2-compliance for $(TARGET)' >&2
	$(Q)tests/vm/v4l-utils $(TARGET) $(V4L_UTILS)
	$(Q)touch $@
endif

# This file changes only if these variables name other folders.
$(build)/sources-of-others: host-needs
	$(Q)mkdir -p $(build)
	$(Q)echo "$(V4L_UTILS) $(V4L2LOOPBACK)" | cmp -s - $@ || echo "$(V4L_UTILS) $(V4L2LOOPBACK)" >$@
$(build)/payload.built: $(build)/sources-of-others

# Make the payload under another name first, so that an incomplete payload is never booted.
$(build)/payload.built: $(build)/modules.built $(build)/programs.built $(mainline_selftest) $(guest_sources) tests/vm/build.mk
	$(Q)rm -rf $(build)/payload.partial
	$(Q)mkdir -p $(addprefix $(build)/payload.partial/,modules bin lib tests docs)
	$(Q)cp -r $(modules) $(build)/payload.partial/modules/
	$(Q)cp $(call programs_in,$(build)/programs) $(mainline_selftest) $(build)/payload.partial/bin/
	$(Q)cp $(build)/programs/userspace/libhuge-malloc.so $(build)/payload.partial/lib/
	$(Q)cp -r tests/guest tests/bench $(build)/payload.partial/tests/
	$(Q)cp -r v4l2-compliance $(build)/payload.partial/
	$(Q)cp docs/recipes.md $(build)/payload.partial/docs/
	$(Q)cp README.md $(build)/payload.partial/
	$(Q)$(if $(patched_parts),echo $(patched_parts) >$(build)/payload.partial/patched)
	$(Q)$(if $(V4L_UTILS),cp $(build)/v4l-utils/v4l2-compliance $(build)/payload.partial/v4l2-compliance/v4l2-compliance)
	$(Q)$(if $(patch_tests),cp $(patch_tests) $(build)/payload.partial/patch-tests)
	$(Q)rm -rf $(build)/payload
	$(Q)mv $(build)/payload.partial $(build)/payload
	$(Q)touch $@

payload: host-needs $(build)/payload.built

# The selftest of the series. This also compiles the drivers of the series, as a test.
build/kernel-patches.built/vipin_userptr: $(module_sources) $(mainline_sources) | $(root)
	$(Q)tests/vm/test-kernel-patches

# Modules that only tests need, for a distribution's kernel. For a kernel that is compiled here,
# tests/vm/kernel builds the one that needs the patches.
ifneq ($(modules),$(build)/kernel/modules/*)
test_modules := $(build)/test-modules.built
$(build)/test-modules.built: $(test_module_sources) $(patched_built) | $(root)
	$(Q)rm -rf $(build)/test-modules
	$(Q)mkdir -p $(build)
	$(Q)cp -pr tests/modules $(build)/test-modules
	$(Q)tests/vm/run-in-rootfs $(TARGET) make $(if $(V),,-s) --no-print-directory W=1 \
		-C /usr/src/linux-headers-$$(cat $(root)/kernel-release) \
		M=/vipin/$(build)/test-modules $(patched_flags) modules
	$(Q)touch $@
endif

# The kernel's selftest, for targets whose patches change it, or that name such patches.
selftest := $(shell . tests/vm/targets/$(TARGET) && echo $${selftest:-$$patches})
selftest := $(if $(wildcard tests/vm/patches/$(selftest)/*-selftests-*.patch),$(selftest))
ifneq ($(selftest),)
selftest_built := $(build)/kselftest.built
$(selftest_built): $(wildcard tests/vm/patches/$(selftest)/*.patch) tests/vm/kselftest | $(root)
	@echo 'programs: building the selftest of $(TARGET)' >&2
	$(Q)tests/vm/kselftest $(TARGET)
	$(Q)touch $@
endif

# The programs of v4l2loopback's tests and examples, for the suite v4l2loopback. Debian has no package of
# them. They are not ours, so their warnings are not shown.
ifneq ($(V4L2LOOPBACK),)
v4l2loopback_sources := $(wildcard $(addprefix $(V4L2LOOPBACK)/,tests/*.[ch] examples/*.c))
$(if $(v4l2loopback_sources),,$(error V4L2LOOPBACK=$(V4L2LOOPBACK) has no tests/*.c: \
	name a copy of the source of v4l2loopback))
$(build)/test-payload.built: $(build)/v4l2loopback.built
$(build)/v4l2loopback.built: $(v4l2loopback_sources) | $(root)
	@echo 'programs: building those of v4l2loopback for $(TARGET)' >&2
	$(Q)rm -rf $(build)/v4l2loopback
	$(Q)mkdir -p $(build)/v4l2loopback/source
	$(Q)cp $^ $(build)/v4l2loopback/source
	$(Q). tests/vm/arch/$(firstword $(arch_of)) && \
		tests/vm/run-in-rootfs $(TARGET) sh -euc 'cd $(build)/v4l2loopback && \
		for source in source/*.c; do program=$${source##*/}; \
			"$$1-gcc" -w -o $${program%.c} $$source; done' sh $$triplet
	$(Q)rm -r $(build)/v4l2loopback/source
	$(Q)touch $@
endif

# The payload plus the modules and the selftest that only tests need.
$(build)/test-payload.built: $(build)/payload.built $(test_modules) $(selftest_built)
	$(Q)$(if $(test_modules),cp $(build)/test-modules/*.ko $(build)/payload/modules/)
	$(Q)$(if $(selftest),cp $(build)/kselftest/gup_longterm $(build)/payload/bin/)
	$(Q)$(if $(V4L2LOOPBACK),cp -r $(build)/v4l2loopback $(build)/payload/)
	$(Q)touch $@

test-payload: host-needs $(build)/test-payload.built

# The same with what needs GStreamer or libv4l2. Its root file system is large, and few suites need it.
$(build)/check-payload.built: $(build)/test-payload.built $(build)/gst.built
	$(Q)mkdir -p $(build)/payload/lib/gstreamer-1.0
	$(Q)cp $(build)/gst/userspace/gst/libgstvipin.so $(build)/payload/lib/gstreamer-1.0/
	$(Q)cp $(call programs_in,$(build)/gst) $(build)/payload/bin/
	$(Q)touch $@

check-payload: host-needs $(build)/check-payload.built

# 32-bit programs. The suite userspace-32 gets some of ours, linked statically, and v4l2-compliance
# of Debian's architecture i386 with its libraries. All are compiled, for the warnings.
programs_32 := userspace/v4l2-pincheck/v4l2-pincheck userspace/stamp-verify/stamp-verify \
	$(addprefix tests/programs/,pin-life pin-race vimap-check)
$(build)/32.built: $(program_sources) tests/vm/i386.cross tests/vm/copy-with-libraries | $(root_32)
	@echo '32-bit programs: building for $(TARGET)' >&2
	$(Q)tests/vm/run-in-rootfs --kind i386 $(TARGET) packaging/meson-build $(build)/32 \
		-Dwerror=true -Dstatic_programs=true --cross-file tests/vm/i386.cross
	$(Q)tests/vm/run-in-rootfs --kind i386 $(TARGET) \
		tests/vm/copy-with-libraries $(build)/32/v4l2-compliance /usr/bin/v4l2-compliance
	$(Q)touch $@

$(build)/check-payload-32.built: $(build)/check-payload.built $(build)/32.built
	$(Q)rm -rf $(build)/payload/32
	$(Q)mkdir $(build)/payload/32
	$(Q)cp -r $(addprefix $(build)/32/,$(programs_32) v4l2-compliance) $(build)/payload/32/
	$(Q)touch $@

check-payload-32: host-needs $(build)/check-payload-32.built

# The payload plus AFL++, for "make fuzz" and the suite fuzz.
fuzz_root := $(shell tests/vm/make-rootfs --path $(TARGET) fuzz)
$(fuzz_root): | host-needs
	$(Q)tests/vm/make-rootfs $(TARGET) fuzz >/dev/null

$(build)/fuzz-payload.built: $(build)/payload.built | $(fuzz_root)
	$(Q)rm -rf $(build)/payload/afl
	$(Q)cp -r $(fuzz_root)/afl $(build)/payload/
	$(Q)touch $@

fuzz-payload: host-needs $(build)/fuzz-payload.built

# The payload plus the modules tests/bench/*-cost, which only the bench needs: vipin's cost is
# compared with theirs. They are built for a distribution's kernel only, since no headers
# are kept of a kernel that is compiled here.
ifeq ($(modules),$(build)/kernel/modules/*)
bench-payload: payload
else
bench_modules := $(wildcard tests/bench/*-cost)
$(build)/bench.built: $(wildcard $(addsuffix /*,$(bench_modules))) | $(root)
	@echo 'bench: building for $(TARGET)' >&2
	$(Q)mkdir -p $(build)/bench
	$(Q)cp -pr $(bench_modules) $(build)/bench/
	$(Q)for module in $(notdir $(bench_modules)); do \
		tests/vm/run-in-rootfs $(TARGET) make $(if $(V),,-s) --no-print-directory W=1 \
			-C /usr/src/linux-headers-$$(cat $(root)/kernel-release) \
			M=/vipin/$(build)/bench/$$module modules || exit; \
	done
	$(Q)touch $@

bench-payload: payload $(build)/bench.built
	$(Q)cp $(build)/bench/*/*.ko $(build)/payload/modules/
endif

# Debian has the source of Go's libraries below /usr/share/gocode.
$(build)/go-captures: $(wildcard tests/programs/go-captures/* tests/vm/roots/go/*) | host-needs
	@echo 'go-captures: compiling for $(TARGET)' >&2
	$(Q)mkdir -p $(build)
	$(Q)tests/vm/run-in-rootfs --kind go $(TARGET) env GO111MODULE=off GOPATH=/usr/share/gocode \
		CGO_ENABLED=0 go build -o $@ ./tests/programs/go-captures

# The root file system of these programs has no kernel. So the payload gets the modules that
# they need from the kernel of the bench's root file system, unless the target compiles its own.
kernel_modules := drivers/media drivers/block drivers/dma-buf fs/configfs lib mm crypto
$(build)/userland-payload.built: $(build)/check-payload.built $(build)/go-captures
	$(Q)rm -rf $(build)/userland-payload
	$(Q)cp -r $(build)/payload $(build)/userland-payload
	$(Q)release=$$(cat $(root)/kernel-release) && [ -d $(build)/kernel/modules ] || ( \
		cd $(boot_root)/root/usr/lib/modules/$$release && \
		tar -c modules.* $$(ls -d $(addprefix kernel/,$(kernel_modules)) 2>/dev/null) | \
		(mkdir $(CURDIR)/$(build)/userland-payload/modules/$$release && \
		 tar -x -C $(CURDIR)/$(build)/userland-payload/modules/$$release))
	$(Q)cp $(build)/go-captures $(build)/userland-payload/bin/
	$(Q)touch $@

userland-payload: host-needs $(build)/userland-payload.built

programs: host-needs $(build)/programs.built
programs-32: host-needs $(build)/32.built

.PHONY: host-needs programs programs-32 payload test-payload check-payload check-payload-32 fuzz-payload bench-payload userland-payload
