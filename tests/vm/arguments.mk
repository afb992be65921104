# SPDX-License-Identifier: GPL-2.0-only
# Checks the arguments of make before anything is downloaded or built. A name that does not
# exist is an error that lists the possible names.

# $(call one-of,VARIABLE,NAMES): an error unless VARIABLE is one of NAMES.
one-of = $(if $(and $(filter 1,$(words $($1))),$(filter $2,$($1))),,$(error \
	there is no $1 '$($1)'; choose one of: $2))
# $(call some-of,VARIABLE,NAMES): an error unless each word of VARIABLE is one of NAMES.
some-of = $(foreach word,$(filter-out $2,$($1)),$(error \
	there is no '$(word)' for $1; choose from: $2))

names-in = $(sort $(notdir $(wildcard $1/*)))
goals-of = $(filter $1,$(MAKECMDGOALS))

$(call one-of,TARGET,$(call names-in,tests/vm/targets))
$(call one-of,MACHINE,$(call names-in,tests/vm/machines))

ifeq ($(strip $(KDIR)),)
$(error KDIR= is empty: name the folder of a kernel's headers, or leave KDIR= out for \
	those of the running kernel)
endif

ifneq ($(call goals-of,check check-all check-nightly check-machines labgrid),)
$(call some-of,SUITES,$(call names-in,tests/guest/suites))
endif
# "basic" and "strict" are no suites: tests/guest/mutants runs v4l2-pincheck for them.
ifneq ($(call goals-of,mutants),)
$(call some-of,SUITES,basic strict $(call names-in,tests/guest/suites))
endif
ifneq ($(call goals-of,bench),)
$(call some-of,SUITES,$(call names-in,tests/bench/suites))
endif

ifneq ($(call goals-of,userland),)
$(call some-of,PROGRAMS,$(call names-in,tests/guest/userland))
endif

ifneq ($(WHEN),)
$(call one-of,WHEN,often nightly)
endif

ifneq ($(PARTS),)
$(if $(and $(filter 1,$(words $(PARTS))),$(filter 1 2 3 4,$(PARTS))),,$(error \
	PARTS=$(PARTS) is not a number of machines from 1 to 4))
endif

ifneq ($(call goals-of,check-nightly),)
$(if $(shell echo "$(SHARD)" | awk -F/ '/^[1-9][0-9]?\/[1-9][0-9]?$$/ && $$1 <= $$2'),,$(error \
	SHARD=$(SHARD) is not K/N, the K-th of up to 99 parts))
endif

ifneq ($(call goals-of,soak),)
$(if $(shell echo "$(MINUTES)" | grep -xE '[1-9][0-9]{0,2}'),,$(error \
	MINUTES=$(MINUTES) is not a number of minutes from 1 to 999))
$(if $(shell echo "$(SEED)" | grep -xE '[0-9]{1,9}'),,$(if $(SEED),$(error \
	SEED=$(SEED) is not a number of up to 9 digits)))
endif

ifneq ($(call goals-of,kcidb),)
$(if $(shell echo "$(ORIGIN)" | grep -xE '[a-z0-9_]+'),,$(error \
	ORIGIN=$(ORIGIN) must have only a-z, 0-9 and _))
endif

# These goals run a target's programs on this host.
ifneq ($(call goals-of,check-host check-packages scenarios userland),)
$(if $(filter foreign,$(shell tests/vm/arch-of $(TARGET))),$(error \
	$(call goals-of,check-host check-packages scenarios userland): \
	$(TARGET) is not of the architecture of this host))
endif

# Only the modules of videobuf2 can be built without a patch, and not a whole kernel.
ifneq ($(WITHOUT),)
with_patches := $(shell . tests/vm/targets/$(TARGET) && [ -z "$$config" ] && echo $$patches)
$(if $(wildcard tests/vm/patches/$(with_patches)/$(WITHOUT)-*.patch),,$(error \
	WITHOUT=$(WITHOUT): the modules of $(TARGET) have no such patch))
endif

ifneq ($(WITH),)
$(if $(shell [ -d "$(WITH)" ] && echo yes),,$(error there is no folder WITH=$(WITH)))
endif

# The kernels of the lab are packages.
packaged = $(shell grep -L '^base=' tests/vm/targets/* | sed 's,.*/,,')
ifneq ($(call goals-of,lab),)
$(call some-of,LAB,$(packaged))
$(if $(strip $(LAB)),,$(error LAB= is empty: name the targets to test, or leave LAB= out))
$(if $(filter 0,$(shell id -u)),,$(error \
	make lab starts a database and a LAVA server, which only root can do: run it as root))
endif
ifneq ($(call goals-of,labgrid),)
$(call one-of,TARGET,$(strip $(foreach target,$(packaged),\
	$(if $(filter amd64,$(shell tests/vm/arch-of $(target))),$(target)))))
$(if $(filter 0,$(shell id -u)),,$(error \
	make labgrid starts processes in a namespace, which only root can do: run it as root))
endif

# "make userland" installs its programs like a real system, which needs root the first time.
ifneq ($(call goals-of,userland),)
$(if $(or $(filter 0,$(shell id -u)),$(wildcard $(shell tests/vm/make-rootfs --path $(TARGET) userland))),,$(error \
	make userland installs a complete Debian system, which only root can do: run it as root))
endif
