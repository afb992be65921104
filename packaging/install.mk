# SPDX-License-Identifier: GPL-2.0-only
# Installing: for this host, or into DESTDIR for a package.

PREFIX ?= /usr/local
mandir := $(DESTDIR)$(PREFIX)/share/man
host_build := $(CURDIR)/build/host
version := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' packaging/debian/changelog)
dkms_tree := $(DESTDIR)/usr/src/vipin-$(version)
# Where GStreamer would look if it had been installed with that PREFIX.
plugins = $(shell pkg-config --define-variable=prefix=$(PREFIX) \
	--variable=pluginsdir gstreamer-1.0 2>/dev/null)
plugindir = $(DESTDIR)$(plugins)
# Not kernel.release, which has another name in Debian's headers before 6.12. The running
# kernel's headers may be gone when its modules are to go.
release = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null || \
	$(if $(filter file,$(origin KDIR)),uname -r,:))
updates = $(DESTDIR)/lib/modules/$(release)/updates

programs := v4l2-pincheck pin-race stamp-verify
pages := $(wildcard drivers/*/*.4 userspace/*/*.1 tests/programs/*.1)

tools:
	$(Q)$(MAKE) $(if $(V),,-s) -C userspace O=$(host_build)/userspace

plugin:
	$(Q)pkg-config --exists gstreamer-allocators-1.0 2>/dev/null || \
		{ echo "GStreamer's development files are missing (Debian: pkgconf libgstreamer-plugins-base1.0-dev)." \
		       "Without the plugin: make install-modules install-tools install-man" >&2; exit 1; }
	$(Q)$(MAKE) $(if $(V),,-s) -C userspace/gst O=$(host_build)/gst $(host_build)/gst/libgstvipin.so

# Kbuild leaves depmod out where it does not find the kernel's System.map; what goes
# into a package is for the machine to do that it will be installed on.
install-modules: kbuild
	$(Q)$(MAKE) $(if $(V),,-s) -C $(KDIR) M=$(abspath $(MODULES)) \
		CONFIG_VIDEO_VIPIN=m CONFIG_VIDEO_VIMAP=m \
		INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates CONFIG_MODULE_SIG_ALL= modules_install
	$(Q)$(if $(DESTDIR),,depmod $(release))

install-tools: tools
	$(Q)install -d $(DESTDIR)$(PREFIX)/bin
	$(Q)install $(addprefix $(host_build)/userspace/,$(programs)) $(DESTDIR)$(PREFIX)/bin/

install-plugin: plugin
	$(Q)install -d $(plugindir)
	$(Q)install -m 644 $(host_build)/gst/libgstvipin.so $(plugindir)/
	$(Q)[ "$(PREFIX)" = /usr ] || echo "For GStreamer to find the plugin:" \
		"export GST_PLUGIN_PATH=$(plugindir:$(DESTDIR)%=%)"

install-man:
	$(Q)for page in $(pages); do \
		install -D -m 644 -t $(mandir)/man$${page##*.} $$page; done

# The sources, where DKMS looks for them: "dkms install vipin/VERSION" does the rest.
install-dkms:
	$(Q)install -d $(dkms_tree)
	$(Q)cp --parents Kconfig Makefile $$(find drivers -name '*.[ch]' -o -name Makefile) $(dkms_tree)/
	$(Q)sed 's/#MODULE_VERSION#/$(version)/' packaging/dkms.conf >$(dkms_tree)/dkms.conf

install: install-modules install-tools install-plugin install-man

uninstall:
	$(Q)[ -n "$(release)" ] || { echo "uninstall: there are no kernel headers in $(KDIR)" >&2; exit 1; }
	$(Q)rm -f $(addprefix $(updates)/drivers/,vipin/vipin.ko* vimap/vimap.ko*)
	$(Q)rmdir $(addprefix $(updates)/,drivers/vipin drivers/vimap drivers) 2>/dev/null || :
	$(Q)$(if $(DESTDIR),,depmod $(release))
	$(Q)rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(programs))
	$(Q)$(if $(plugins),rm -f $(plugindir)/libgstvipin.so)
	$(Q)rm -f $(foreach page,$(pages),$(mandir)/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))

deb:
	$(Q)packaging/build-deb build/deb

check-packages:
	$(Q)tests/packages $(TARGET)

.PHONY: tools plugin install uninstall deb check-packages
.PHONY: $(addprefix install-,modules tools plugin man dkms)
