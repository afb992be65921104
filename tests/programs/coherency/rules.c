// SPDX-License-Identifier: GPL-2.0-only
/*
 * rules.c - what a CPU and a device that is not coherent with it must see
 *
 * The rules are those of Documentation/core-api/dma-api.rst, and of
 * Documentation/userspace-api/media/v4l/buffer.rst for the hints.
 */
#include "rules.h"

/* Hints are only for V4L2_MEMORY_MMAP. */
static bool hinted(const struct scenario *s, __u32 hints, __u32 hint)
{
	return s->memory == V4L2_MEMORY_MMAP && hints & hint;
}

/**
 * rules_cached() - check whether the CPU accesses a buffer through its cache
 * @s:	the scenario; the kernel has accepted its memory
 *
 * Return: false for memory that dma_alloc_coherent() has allocated.
 */
bool rules_cached(const struct scenario *s)
{
	return s->memory == V4L2_MEMORY_USERPTR || s->non_coherent;
}

/**
 * rules_cleaned() - check whether dirty cache lines are written to memory before the transfer
 * @s:		the scenario
 * @hints:	V4L2_BUF_FLAG_NO_CACHE_*, from PREPARE_BUF or QBUF of this transfer
 *
 * Return: true if dma_sync_sgtable_for_device() must be called.
 */
bool rules_cleaned(const struct scenario *s, __u32 hints)
{
	return rules_cached(s) && !hinted(s, hints, V4L2_BUF_FLAG_NO_CACHE_CLEAN);
}

/**
 * rules_invalidated() - check whether the CPU's cache lines are dropped after the transfer
 * @s:		the scenario
 * @hints:	V4L2_BUF_FLAG_NO_CACHE_*, from PREPARE_BUF or QBUF of this transfer
 *
 * Return: true if dma_sync_sgtable_for_cpu() must be called, and the device has written.
 */
bool rules_invalidated(const struct scenario *s, __u32 hints)
{
	return rules_cached(s) && !s->output &&
	       !hinted(s, hints, V4L2_BUF_FLAG_NO_CACHE_INVALIDATE);
}
