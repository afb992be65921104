// SPDX-License-Identifier: GPL-2.0-only
/*
 * contiguous-allocator.c - a GstAllocator of memory for frames
 *
 * If the kernel can make a dma-buf of memory in huge pages, that memory has both: a file
 * descriptor to import, and a pointer to pages that a driver may pin. A mapping of the
 * dma-buf itself must not be pinned.
 */
#include "contiguous-allocator.h"
#include "dma-buf.h"
#include "frame-memory.h"

struct _ContiguousAllocator {
	GstDmaBufAllocator parent;

	GstMemoryMapFullFunction map_fd;
	GstMemoryUnmapFullFunction unmap_fd;
	GWeakRef owner;

	GMutex lock;
	struct frame_store store;
	enum memory_source source;
	char *heap;
	gboolean warned;
};

G_DEFINE_TYPE(ContiguousAllocator, contiguous_allocator, GST_TYPE_DMABUF_ALLOCATOR)

/* A frame's memory, and the allocator that frees it. */
struct owned_frame {
	struct frame_memory memory;
	ContiguousAllocator *allocator;
};

static GQuark frame_quark(void)
{
	return g_quark_from_static_string("contiguous-frame");
}

static void owned_frame_free(gpointer data)
{
	struct owned_frame *frame = data;
	ContiguousAllocator *self = frame->allocator;

	g_mutex_lock(&self->lock);
	frame_free(&frame->memory);
	g_mutex_unlock(&self->lock);
	gst_object_unref(self);
	g_free(frame);
}

/* Return the frame of a memory, or of its parent; NULL for a dma-buf of a heap. */
static struct owned_frame *frame_of(GstMemory *memory)
{
	if (memory->parent)
		memory = memory->parent;
	return gst_mini_object_get_qdata(GST_MINI_OBJECT(memory), frame_quark());
}

/*
 * Return a pointer to the pages. GstDmaBufAllocator would map the dma-buf, and since Linux
 * 6.12 that mapping is VM_PFNMAP, which must not be pinned.
 */
static gpointer map(GstMemory *memory, GstMapInfo *info, gsize maxsize)
{
	ContiguousAllocator *self = CONTIGUOUS_ALLOCATOR(memory->allocator);
	struct owned_frame *frame = frame_of(memory);

	if (!frame)
		return self->map_fd(memory, info, maxsize);
	dma_buf_sync(gst_fd_memory_get_fd(memory), info->flags & GST_MAP_WRITE, true);
	return frame->memory.data;
}

static void unmap(GstMemory *memory, GstMapInfo *info)
{
	ContiguousAllocator *self = CONTIGUOUS_ALLOCATOR(memory->allocator);

	if (!frame_of(memory))
		self->unmap_fd(memory, info);
	else
		dma_buf_sync(gst_fd_memory_get_fd(memory), info->flags & GST_MAP_WRITE, false);
}

static void post_error(ContiguousAllocator *self, const char *why)
{
	GstElement *owner = g_weak_ref_get(&self->owner);

	if (!owner)
		return;
	GST_ELEMENT_ERROR(owner, RESOURCE, NO_SPACE_LEFT, ("%s", why), (NULL));
	gst_object_unref(owner);
}

static const char scattered_pages[] =
	"Until then frames lie in scattered pages, enough only for a device behind an IOMMU.";

static void post_warning(ContiguousAllocator *self, const char *why)
{
	GstElement *owner = g_weak_ref_get(&self->owner);

	if (!owner)
		return;
	GST_ELEMENT_WARNING(owner, RESOURCE, SETTINGS,
			    ("%s %s", why, scattered_pages), (NULL));
	gst_object_unref(owner);
}

/* Allocate a frame with the lock held. The text of a message is left in @why. */
static int alloc_frame(ContiguousAllocator *self, gsize size, struct frame_memory *frame,
		       char *why, gboolean *scattered)
{
	*scattered = FALSE;
	if (!frame_alloc_contiguous(&self->store, size, frame, why))
		return 0;
	if (self->source != MEMORY_AUTO || frame_alloc_scattered(size, frame))
		return -1;
	*scattered = !self->warned;
	self->warned = TRUE;
	return 0;
}

static GstMemory *alloc_pages(ContiguousAllocator *self, gsize size)
{
	struct owned_frame *frame = g_new0(struct owned_frame, 1);
	char why[WHY_SIZE] = "";
	gboolean scattered;
	GstMemory *memory;
	int err, fd;

	g_mutex_lock(&self->lock);
	err = alloc_frame(self, size, &frame->memory, why, &scattered);
	g_mutex_unlock(&self->lock);
	if (err) {
		post_error(self, why);
		g_free(frame);
		return NULL;
	}
	if (scattered)
		post_warning(self, why);

	frame->allocator = gst_object_ref(self);
	fd = dma_buf_of_frame(&frame->memory);
	if (fd < 0)
		return gst_memory_new_wrapped(0, frame->memory.data, size, 0, size, frame,
					      owned_frame_free);
	memory = gst_fd_allocator_alloc(GST_ALLOCATOR(self), fd, size, GST_FD_MEMORY_FLAG_NONE);
	gst_mini_object_set_qdata(GST_MINI_OBJECT(memory), frame_quark(), frame,
				  owned_frame_free);
	return memory;
}

static GstMemory *alloc_heap(ContiguousAllocator *self, gsize size)
{
	char why[WHY_SIZE];
	int fd;

	g_mutex_lock(&self->lock);
	fd = dma_buf_of_heap(self->heap, size, why);
	g_mutex_unlock(&self->lock);
	if (fd < 0) {
		post_error(self, why);
		return NULL;
	}
	return gst_fd_allocator_alloc(GST_ALLOCATOR(self), fd, size, GST_FD_MEMORY_FLAG_NONE);
}

/* Each memory starts at a page, so alignment and prefix of @params are ignored. */
static GstMemory *alloc(GstAllocator *allocator, gsize size, GstAllocationParams *params)
{
	ContiguousAllocator *self = CONTIGUOUS_ALLOCATOR(allocator);
	gsize whole = MAX(size + params->padding, 1);
	GstMemory *memory;

	memory = self->source == MEMORY_DMA_HEAP ? alloc_heap(self, whole) :
						   alloc_pages(self, whole);
	if (memory)
		gst_memory_resize(memory, 0, size);
	return memory;
}

static void finalize(GObject *object)
{
	ContiguousAllocator *self = CONTIGUOUS_ALLOCATOR(object);

	g_weak_ref_clear(&self->owner);
	g_mutex_clear(&self->lock);
	g_free(self->heap);
	G_OBJECT_CLASS(contiguous_allocator_parent_class)->finalize(object);
}

static void contiguous_allocator_class_init(ContiguousAllocatorClass *klass)
{
	GST_ALLOCATOR_CLASS(klass)->alloc = alloc;
	G_OBJECT_CLASS(klass)->finalize = finalize;
}

static void contiguous_allocator_init(ContiguousAllocator *self)
{
	GstAllocator *allocator = GST_ALLOCATOR(self);

	/* GstFdAllocator sets this flag, since it has no alloc(). This class has one. */
	GST_OBJECT_FLAG_UNSET(allocator, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
	self->map_fd = allocator->mem_map_full;
	self->unmap_fd = allocator->mem_unmap_full;
	allocator->mem_map_full = map;
	allocator->mem_unmap_full = unmap;
	g_weak_ref_init(&self->owner, NULL);
	g_mutex_init(&self->lock);
	frame_store_init(&self->store);
}

/**
 * contiguous_allocator_new() - make an allocator
 * @owner:	the element that posts errors and warnings, as long as it exists
 *
 * Return: the allocator.
 */
GstAllocator *contiguous_allocator_new(GstElement *owner)
{
	ContiguousAllocator *self = g_object_new(CONTIGUOUS_TYPE_ALLOCATOR, NULL);

	g_weak_ref_set(&self->owner, owner);
	return gst_object_ref_sink(GST_ALLOCATOR(self));
}

/**
 * contiguous_allocator_set_source() - choose the kind of memory for the next frames
 * @allocator:	a ContiguousAllocator
 * @source:	kind of memory
 * @heap:	name of the dma-heap, NULL for the heap of the default CMA area
 */
void contiguous_allocator_set_source(GstAllocator *allocator, enum memory_source source,
				     const char *heap)
{
	ContiguousAllocator *self = CONTIGUOUS_ALLOCATOR(allocator);

	g_mutex_lock(&self->lock);
	self->source = source;
	g_free(self->heap);
	self->heap = g_strdup(heap);
	self->warned = FALSE;
	g_mutex_unlock(&self->lock);
}
