/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * providers.h - all providers of memory; included by memory.c only
 */
#ifndef PROVIDERS_H
#define PROVIDERS_H

#include "provider.h"

extern const struct memory_provider anonymous_provider;
extern const struct memory_provider brk_provider;
extern const struct memory_provider stack_provider;
extern const struct memory_provider ksm_provider;
extern const struct memory_provider swapped_provider;
extern const struct memory_provider userfault_provider;
extern const struct memory_provider huge_provider;
extern const struct memory_provider fork_provider;
extern const struct memory_provider mseal_provider;
extern const struct memory_provider mremap_provider;
extern const struct memory_provider file_provider;
extern const struct memory_provider sysv_provider;
extern const struct memory_provider truncated_provider;
extern const struct memory_provider sealed_provider;
extern const struct memory_provider ext4_provider;
extern const struct memory_provider fuse_provider;
extern const struct memory_provider fsdax_provider;
extern const struct memory_provider device_dax_provider;
extern const struct memory_provider secret_provider;
extern const struct memory_provider protection_provider;
extern const struct memory_provider guard_provider;
extern const struct memory_provider nowhere_provider;
extern const struct memory_provider length_provider;
extern const struct memory_provider pkey_provider;
extern const struct memory_provider cma_provider;
extern const struct memory_provider cma_anonymous_provider;
extern const struct memory_provider cma_hugetlb_provider;
extern const struct memory_provider cma_gigantic_provider;
extern const struct memory_provider movable_provider;
extern const struct memory_provider heap_provider;
extern const struct memory_provider udmabuf_provider;
extern const struct memory_provider drm_provider;
extern const struct memory_provider v4l2_buffer_provider;
extern const struct memory_provider packet_provider;
extern const struct memory_provider uring_provider;
extern const struct memory_provider aio_provider;
extern const struct memory_provider perf_provider;
extern const struct memory_provider sg_provider;
extern const struct memory_provider pci_provider;
extern const struct memory_provider vdso_provider;
extern const struct memory_provider vimap_provider;
extern const struct memory_provider half_provider;

/* The kinds are listed and run in this order. */
static const struct memory_provider * const providers[] = {
	&anonymous_provider,
	&brk_provider,
	&stack_provider,
	&ksm_provider,
	&swapped_provider,
	&userfault_provider,
	&huge_provider,
	&fork_provider,
	&mseal_provider,
	&mremap_provider,
	&file_provider,
	&sysv_provider,
	&truncated_provider,
	&sealed_provider,
	&ext4_provider,
	&fuse_provider,
	&fsdax_provider,
	&device_dax_provider,
	&secret_provider,
	&protection_provider,
	&guard_provider,
	&nowhere_provider,
	&length_provider,
	&pkey_provider,
	&cma_provider,
	&cma_anonymous_provider,
	&cma_hugetlb_provider,
	&cma_gigantic_provider,
	&movable_provider,
	&heap_provider,
	&udmabuf_provider,
	&drm_provider,
	&v4l2_buffer_provider,
	&packet_provider,
	&uring_provider,
	&aio_provider,
	&perf_provider,
	&sg_provider,
	&pci_provider,
	&vdso_provider,
	&vimap_provider,
	&half_provider,
};

#endif
