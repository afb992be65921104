# SPDX-License-Identifier: GPL-2.0-only
# What is built for a machine of $(TARGET), with that target's own compiler:
# build/TARGET/payload is what the machine finds in /vipin.

build := build/$(TARGET)
jobs := -j$(shell nproc)
root := $(shell tests/vm/root --path $(TARGET))
ifeq ($(root),)
$(error no such TARGET)
endif

module_sources := $(shell find drivers -type f) Kconfig Makefile
userspace_sources := $(shell find userspace -type f) $(wildcard drivers/*/*-uapi.h)
guest_sources := $(shell find tests/guest v4l2-compliance)

# The name of a root holds the hash of what goes into it, so once there it is
# right for ever; making it is left to the script.
$(root): | host-needs
	$(Q)tests/vm/root $(TARGET) >/dev/null

host-needs:
	$(Q)tests/vm/host-needs

$(build)/modules.built: $(module_sources) | $(root)
	@echo 'modules: building for $(TARGET)' >&2
	$(Q)tests/vm/inside $(TARGET) make $(jobs) --no-print-directory W=1 kbuild \
		MODULES=$(build)/modules \
		KDIR=/usr/src/linux-headers-$$(cat $(root)/kernel-release)
	$(Q)touch $@

$(build)/userspace.built: $(userspace_sources) | $(root)
	@echo 'userspace: building for $(TARGET)' >&2
	$(Q)tests/vm/inside $(TARGET) make $(jobs) $(if $(V),,-s) -C userspace \
		O=/vipin/$(build)/userspace
	$(Q)touch $@

# Put together under another name, so that half a payload is never booted.
$(build)/payload.built: $(build)/modules.built $(build)/userspace.built $(guest_sources)
	$(Q)rm -rf $(build)/payload.partial
	$(Q)mkdir -p $(addprefix $(build)/payload.partial/,modules bin tests)
	$(Q)cp $(build)/modules/drivers/*/*.ko $(build)/payload.partial/modules/
	$(Q)cp $(addprefix $(build)/userspace/,v4l2-pincheck pin-race) $(build)/payload.partial/bin/
	$(Q)cp -r tests/guest $(build)/payload.partial/tests/
	$(Q)cp -r v4l2-compliance $(build)/payload.partial/
	$(Q)rm -rf $(build)/payload
	$(Q)mv $(build)/payload.partial $(build)/payload
	$(Q)touch $@

payload: host-needs $(build)/payload.built

.PHONY: host-needs payload
