# SPDX-License-Identifier: GPL-2.0-only
ifneq ($(KERNELRELEASE),)
# Read by Kbuild, in a kernel tree or for a build of modules outside of one.
obj-$(CONFIG_VIDEO_VIPIN) += drivers/vipin/
obj-$(CONFIG_VIDEO_VIMAP) += drivers/vimap/
else
endif
