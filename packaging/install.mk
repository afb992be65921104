# SPDX-License-Identifier: GPL-2.0-only
# Installs on this host, or into DESTDIR for a package.

PREFIX ?= /usr/local
host_build := $(CURDIR)/build/host
install_log = $(host_build)/install.log
# Meson's list of the files that it installs. "make uninstall" needs no Meson to read it.
installed_files = $(host_build)/meson-info/intro-installed.json
version := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' packaging/debian/changelog)
dkms_tree := $(DESTDIR)/usr/src/vipin-$(version)
# Build the GStreamer plugin: enabled, disabled, or auto (if GStreamer's development files
# are there).
GSTREAMER ?= enabled
# Read the release from utsrelease.h, since kernel.release has another name in Debian's headers
# before 6.12. "make uninstall" also works when the headers of the running kernel are gone.
release = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null || \
	$(if $(filter file,$(origin KDIR)),uname -r,:))
updates = $(DESTDIR)/lib/modules/$(release)/updates

# The tools, the plugin and the man pages that meson.build installs.
userspace:
	$(Q)packaging/meson-build $(host_build) --prefix=$(PREFIX) -Dtests=false \
		-Dgstreamer=$(GSTREAMER)

# Kbuild runs no depmod if it does not find the kernel's System.map. A package's modules need
# depmod on the machine that installs it.
install-modules: kbuild
	$(Q)$(MAKE) $(if $(V),,-s) -C $(KDIR) M=$(abspath $(MODULES)) \
		CONFIG_VIDEO_VIPIN=m CONFIG_VIDEO_VIMAP=m \
		INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates CONFIG_MODULE_SIG_ALL= modules_install
	$(Q)$(if $(DESTDIR),,depmod $(release))

install-userspace: userspace
	$(Q)DESTDIR=$(DESTDIR) meson install -C $(host_build) --no-rebuild >$(install_log) || \
		{ cat $(install_log) >&2; exit 1; }
	$(Q)plugins=$$(sed -n 's|^Installing .*libgstvipin.so to $(DESTDIR)||p' $(install_log)) && \
		[ "$(PREFIX)" = /usr ] || [ -z "$$plugins" ] || \
		echo "For GStreamer to find the plugin: export GST_PLUGIN_PATH=$$plugins"

# The sources, where DKMS looks for them. A package runs DKMS itself.
install-dkms:
	$(Q)install -d $(dkms_tree)
	$(Q)cp --parents Kconfig Makefile $$(find drivers -name '*.[ch]' -o -name Makefile) $(dkms_tree)/
	$(Q)sed 's/#MODULE_VERSION#/$(version)/' packaging/dkms.conf >$(dkms_tree)/dkms.conf
	$(Q)$(if $(DESTDIR),,echo "To build and install the modules: dkms install vipin/$(version)")

install: install-modules install-userspace

uninstall:
	$(Q)[ -n "$(release)" ] || { echo "uninstall: there are no kernel headers in $(KDIR)" >&2; exit 1; }
	$(Q)rm -f $(addprefix $(updates)/drivers/,vipin/vipin.ko* vimap/vimap.ko*)
	$(Q)rmdir $(addprefix $(updates)/,drivers/vipin drivers/vimap drivers) 2>/dev/null || :
	$(Q)$(if $(DESTDIR),,depmod $(release))
	$(Q)[ -e $(installed_files) ] || { echo "uninstall: the modules are removed. The list of" \
		"tools is in build/host, which is missing: run make install-userspace first" >&2; exit 1; }
	$(Q)grep -qe '--prefix=$(PREFIX) ' $(host_build)/configured || { echo "uninstall: the modules are" \
		"removed. The tools are not in $(PREFIX):" \
		"set$$(sed -n 's/.* --prefix=\([^ ]*\).*/ PREFIX=\1/p' $(host_build)/configured)" >&2; exit 1; }
	$(Q)tr ',' '\n' <$(installed_files) | sed -n 's|.*: "\(.*\)".*|$(DESTDIR)\1|p' | xargs rm -f

deb:
	$(Q)packaging/build-deb build/deb

check-packages:
	$(Q)tests/packages $(TARGET)

.PHONY: userspace install uninstall deb check-packages
.PHONY: $(addprefix install-,modules userspace dkms)
