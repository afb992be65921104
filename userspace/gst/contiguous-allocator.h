/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * contiguous-allocator.h - a GstAllocator of memory for frames
 */
#ifndef CONTIGUOUS_ALLOCATOR_H
#define CONTIGUOUS_ALLOCATOR_H

#include <gst/allocators/gstdmabuf.h>

/**
 * enum memory_source - the kind of memory for frames
 * @MEMORY_AUTO:	as MEMORY_HUGETLB, or scattered pages with a warning
 * @MEMORY_HUGETLB:	huge pages
 * @MEMORY_DMA_HEAP:	dma-bufs of a dma-heap
 */
enum memory_source {
	MEMORY_AUTO,
	MEMORY_HUGETLB,
	MEMORY_DMA_HEAP,
};

GstAllocator *contiguous_allocator_new(GstElement *owner);
void contiguous_allocator_set_source(GstAllocator *allocator, enum memory_source source,
				     const char *heap);

#define CONTIGUOUS_TYPE_ALLOCATOR contiguous_allocator_get_type()
G_DECLARE_FINAL_TYPE(ContiguousAllocator, contiguous_allocator, CONTIGUOUS, ALLOCATOR,
		     GstDmaBufAllocator)

#endif
