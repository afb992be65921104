// SPDX-License-Identifier: GPL-2.0-only
/*
 * contiguous-pool.c - the element "contiguouspool"
 *
 * It passes everything through, and proposes a pool of memory for frames to the elements
 * before it.
 */
#include <gst/video/video.h>

#include "contiguous-allocator.h"
#include "contiguous-pool.h"

enum {
	PROP_0,
	PROP_MEMORY,
	PROP_HEAP,
};

struct _ContiguousPool {
	GstBaseTransform parent;

	GstAllocator *allocator;
	enum memory_source source;
	char *heap;
};

G_DEFINE_TYPE(ContiguousPool, contiguous_pool, GST_TYPE_BASE_TRANSFORM)

static GstStaticPadTemplate sink_template =
	GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template =
	GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static GType memory_source_get_type(void)
{
	static const GEnumValue values[] = {
		{ MEMORY_AUTO, "Huge pages, or else, with a warning, scattered pages", "auto" },
		{ MEMORY_HUGETLB, "Huge pages", "hugetlb" },
		{ MEMORY_DMA_HEAP, "Buffers of a dma-heap, to be imported only", "dma-heap" },
		{ }
	};
	static GType type;

	if (g_once_init_enter(&type))
		g_once_init_leave(&type, g_enum_register_static("ContiguousPoolMemory", values));
	return type;
}

/* Read the sizes that the elements after this one need, and drop their own pool. */
static void parse_pool(GstQuery *query, guint *size, guint *min, guint *max)
{
	*size = 0;
	*min = 0;
	*max = 0;
	if (gst_query_get_n_allocation_pools(query))
		gst_query_parse_nth_allocation_pool(query, 0, NULL, size, min, max);
	while (gst_query_get_n_allocation_pools(query))
		gst_query_remove_nth_allocation_pool(query, 0);
}

/* Replace the allocator of the elements after this one, and keep their padding. */
static void propose_allocator(ContiguousPool *self, GstQuery *query,
			      GstAllocationParams *params)
{
	gst_allocation_params_init(params);
	if (gst_query_get_n_allocation_params(query))
		gst_query_parse_nth_allocation_param(query, 0, NULL, params);
	while (gst_query_get_n_allocation_params(query))
		gst_query_remove_nth_allocation_param(query, 0);
	gst_query_add_allocation_param(query, self->allocator, params);
}

static gboolean propose_allocation(GstBaseTransform *trans, GstQuery *decided, GstQuery *query)
{
	ContiguousPool *self = CONTIGUOUS_POOL(trans);
	GstAllocationParams params;
	guint size, min, max;
	GstBufferPool *pool;
	GstStructure *config;
	GstVideoInfo info;
	gboolean raw, fine;
	GstCaps *caps;

	/* If this fails, the elements after this one need nothing. */
	GST_BASE_TRANSFORM_CLASS(contiguous_pool_parent_class)->propose_allocation(trans, decided,
										   query);
	gst_query_parse_allocation(query, &caps, NULL);
	if (!caps)
		return FALSE;
	parse_pool(query, &size, &min, &max);
	propose_allocator(self, query, &params);

	raw = gst_video_info_from_caps(&info, caps);
	if (raw)
		size = MAX(size, GST_VIDEO_INFO_SIZE(&info));
	pool = raw ? gst_video_buffer_pool_new() : gst_buffer_pool_new();
	config = gst_buffer_pool_get_config(pool);
	gst_buffer_pool_config_set_params(config, caps, size, min, max);
	gst_buffer_pool_config_set_allocator(config, self->allocator, &params);
	/*
	 * Give each buffer a GstVideoMeta, although the caps describe its lines correctly:
	 * if lines are padded, v4l2src imports only frames with a GstVideoMeta.
	 */
	if (raw)
		gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
	fine = gst_buffer_pool_set_config(pool, config);
	if (fine)
		gst_query_add_allocation_pool(query, pool, size, min, max);
	gst_object_unref(pool);
	return fine;
}

static void set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
	ContiguousPool *self = CONTIGUOUS_POOL(object);

	GST_OBJECT_LOCK(self);
	switch (id) {
	case PROP_MEMORY:
		self->source = g_value_get_enum(value);
		break;
	case PROP_HEAP:
		g_free(self->heap);
		self->heap = g_value_dup_string(value);
		break;
	default:
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
	}
	contiguous_allocator_set_source(self->allocator, self->source, self->heap);
	GST_OBJECT_UNLOCK(self);
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
	ContiguousPool *self = CONTIGUOUS_POOL(object);

	GST_OBJECT_LOCK(self);
	switch (id) {
	case PROP_MEMORY:
		g_value_set_enum(value, self->source);
		break;
	case PROP_HEAP:
		g_value_set_string(value, self->heap);
		break;
	default:
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
	}
	GST_OBJECT_UNLOCK(self);
}

static void finalize(GObject *object)
{
	ContiguousPool *self = CONTIGUOUS_POOL(object);

	gst_object_unref(self->allocator);
	g_free(self->heap);
	G_OBJECT_CLASS(contiguous_pool_parent_class)->finalize(object);
}

static void install_properties(GObjectClass *klass)
{
	const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
				  GST_PARAM_MUTABLE_READY;
	GParamSpec *spec;

	spec = g_param_spec_enum("memory", "Memory",
				 "Memory of the frames. Huge pages work with io-mode=userptr, and with io-mode=dmabuf-import if there is /dev/udmabuf and Linux 6.12; a dma-heap works with dmabuf-import",
				 memory_source_get_type(), MEMORY_AUTO, flags);
	g_object_class_install_property(klass, PROP_MEMORY, spec);
	spec = g_param_spec_string("heap", "Heap",
				   "With memory=dma-heap, the heap's name in /dev/dma_heap (default: that of the default CMA area)",
				   NULL, flags);
	g_object_class_install_property(klass, PROP_HEAP, spec);
}

static void contiguous_pool_class_init(ContiguousPoolClass *klass)
{
	GObjectClass *object = G_OBJECT_CLASS(klass);
	GstElementClass *element = GST_ELEMENT_CLASS(klass);

	object->set_property = set_property;
	object->get_property = get_property;
	object->finalize = finalize;
	install_properties(object);

	GST_BASE_TRANSFORM_CLASS(klass)->propose_allocation = propose_allocation;
	gst_element_class_add_static_pad_template(element, &sink_template);
	gst_element_class_add_static_pad_template(element, &src_template);
	gst_element_class_set_static_metadata(element, "Pool of contiguous memory", "Generic",
					      "Proposes a pool of page-aligned, physically contiguous memory to the elements before it, so that v4l2src and v4l2sink can hand it to a device without an IOMMU (io-mode=userptr or dmabuf-import)",
					      "The vipin developers");
	gst_type_mark_as_plugin_api(memory_source_get_type(), 0);
}

static void contiguous_pool_init(ContiguousPool *self)
{
	gst_base_transform_set_passthrough(GST_BASE_TRANSFORM(self), TRUE);
	self->allocator = contiguous_allocator_new(GST_ELEMENT(self));
}
